"""Pictures are what their names say, small enough to open, and tell nothing of where they were taken."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from unicodedata import normalize

import pytest
from PIL import Image

from lms.content.lint.check import check
from lms.content.model.bundle import Bundle, for_publishing
from lms.content.model.pictures import UnreadablePicture, inspect_picture, without_metadata
from tests.builders.pictures import NOT_SHOWN, SVG, picture, taken_in_berlin
from tests.content.small_course import LESSON, bundle, codes

LESSON_PATH = "1-begin/1-hello.md"


def huge_png() -> bytes:
    """A small file that unpacks to 30,000 by 30,000 pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("path", NOT_SHOWN)
def test_what_no_browser_shows_is_refused_by_its_bytes(path):
    found = [one for one in check(bundle(**{path: NOT_SHOWN[path]}), "small-course").findings if one.path == path]
    assert [(one.code, one.severity) for one in found] == [("BAD_MEDIA", "error")]
    with pytest.raises(UnreadablePicture):
        inspect_picture(NOT_SHOWN[path])


@pytest.mark.parametrize(
    ("path", "content", "right"),
    [
        ("media/a.jpg", picture("PNG"), "media/a.png"),
        ("media/a.png", picture("JPEG"), "media/a.jpg"),
        ("media/a.png", picture("WEBP"), "media/a.webp"),
        ("media/a.bmp", SVG, "media/a.svg"),
    ],
)
def test_a_picture_under_another_ending_is_told_its_own(path, content, right):
    found = [one for one in check(bundle(**{path: content})).findings if one.code == "BAD_MEDIA"]
    assert len(found) == 1 and right in found[0].fix


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("media/a.png", picture("PNG")),
        ("media/a.jpg", picture("JPEG")),
        ("media/a.JPEG", picture("JPEG", progressive=True)),
        ("media/a.webp", picture("WEBP")),
        ("media/b.webp", picture("WEBP", lossless=True)),
        ("media/a.svg", SVG),
        ("media/b.svg", b"\xef\xbb\xbf" + SVG),
        ("media/c.svg", b'<!DOCTYPE svg PUBLIC "a" "b" [ <!ENTITY x "y"> ]>\n<svg>\n</svg><!-- end -->'),
    ],
)
def test_a_picture_that_browsers_show_is_taken(path, content):
    assert codes(check(bundle(**{path: content}), "small-course")) == {"THIN_GROUP"}
    assert (inspect_picture(content).width, inspect_picture(content).height) in ((40, 30), (0, 0))


def test_a_small_file_with_a_huge_picture_is_refused():
    reading = check(bundle(**{"media/a.png": huge_png()}), "small-course")
    assert codes(reading) == {"THIN_GROUP", "PICTURE_TOO_LARGE"} and reading.course is None


@pytest.mark.parametrize("turned", [1, 6, 8])
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_a_published_picture_tells_no_place_and_looks_the_same(format, turned):
    before = picture(format, exif=taken_in_berlin(turned), **({"comment": b"Sam"} if format == "JPEG" else {}))
    before += b"" if format == "WEBP" else picture("JPEG", exif=taken_in_berlin())
    after = without_metadata(before)
    assert b"Phone of Sam" in before and b"Phone of Sam" not in after and b"Sam" not in after
    opened = Image.open(BytesIO(after))
    assert opened.tobytes() == Image.open(BytesIO(before)).tobytes()
    assert not opened.getexif().get_ifd(0x8825)
    assert opened.getexif().get(0x0112, 1) == (turned if format == "JPEG" else 1)
    assert without_metadata(after) == after


@pytest.mark.parametrize("name", [b"prVt", b"caBX", b"dSIG", b"eXIf", b"iTXt"])
def test_what_a_png_has_beside_its_picture_is_not_published(name):
    whole, secret = picture("PNG"), b"Sam, Ward 7"
    chunk = struct.pack(">I", len(secret)) + name + secret + struct.pack(">I", zlib.crc32(name + secret))
    told = whole[:33] + chunk + whole[33:]
    assert without_metadata(told) == whole


@pytest.mark.parametrize("name", [b"C2PA", b"EXIF", b"XMP ", b"????"])
def test_what_a_webp_has_beside_its_picture_is_not_published(name):
    whole, secret = picture("WEBP"), b"Sam, Ward 7!"
    told = whole + name + struct.pack("<I", len(secret)) + secret
    told = told[:4] + struct.pack("<I", len(told) - 8) + told[8:]
    assert secret not in without_metadata(told)


def test_publishing_cleans_pictures_and_leaves_all_else():
    photo = picture("JPEG", exif=taken_in_berlin())
    before = bundle(
        **{"media/a.jpg": photo, "media/b.svg": SVG, "media/c.mp3": b"ID3 Phone of Sam", "media/c.txt": "Sam"}
    )
    after = for_publishing(before)
    assert {path for path in before.files if before.files[path] != after.files[path]} == {"media/a.jpg"}
    assert for_publishing(after).digest == after.digest


@pytest.mark.parametrize(("in_name", "in_text"), [("NFC", "NFD"), ("NFD", "NFC"), ("NFD", "NFD")])
def test_a_name_with_an_accent_is_one_however_it_is_typed(in_name, in_text):
    name = "media/café-ärzte.png"
    text = LESSON.replace("- one\n", f"![Two people](../{normalize(in_text, name)})\n\n- one\n")
    reading = check(bundle(**{normalize(in_name, name): picture("PNG"), LESSON_PATH: text}), "small-course")
    assert codes(reading) == {"THIN_GROUP"}
    assert reading.course is not None and "⟦media:" in reading.course.lessons[0].html


def test_two_names_that_look_the_same_are_told():
    both = {normalize(form, "media/café.png"): picture("PNG") for form in ("NFC", "NFD")}
    assert "SAME_NAME" in codes(check(Bundle({**bundle().files, **both})))


def test_a_recording_is_not_shown_as_a_picture():
    text = LESSON.replace("- one\n", "![A talk](../media/talk.mp3)\n\n- one\n")
    reading = check(bundle(**{"media/talk.mp3": b"ID3", "media/talk.txt": "Words.", LESSON_PATH: text}), "small-course")
    found = [one.message for one in reading.findings if one.code == "BAD_IMAGE"]
    assert len(found) == 1 and "a recording" in found[0]


def test_a_picture_that_was_too_large_is_not_called_missing():
    text = LESSON.replace("- one\n", "![Two people](../media/a.png)\n\n- one\n")
    files = bundle(**{LESSON_PATH: text})
    reading = check(Bundle(files.files, (("COURSE_TOO_LARGE", "media/a.png"),)), "small-course")
    found = [one.message for one in reading.findings if one.code == "BAD_IMAGE"]
    assert len(found) == 1 and "200 MB" in found[0] and "media folder" not in found[0]
