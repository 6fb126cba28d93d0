"""A course as a zip file: nothing gets out, nothing fills a disk, and the same files are the same bytes."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from lms.content.lint.check import check
from lms.content.model import bundle as bundles
from lms.content.model.archive import from_zip, write_zip
from lms.content.model.bundle import Bundle, from_folder
from tests.content.small_course import bundle

ROOT = Path(__file__).resolve().parents[2]
Entry = tuple[str | zipfile.ZipInfo, bytes]


def packed(*entries: Entry, how: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    """Return a zip file of a few entries."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", how) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return file


def link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return entry


def read(file: io.BytesIO) -> Bundle:
    found = from_zip(file)
    assert isinstance(found, Bundle), found
    return found


def test_a_course_goes_out_and_comes_back_with_its_digest_and_always_as_the_same_bytes(tmp_path: Path) -> None:
    for course in (from_folder(ROOT / "courses" / "psychological-first-aid"), bundle(**{"media/ä.svg": b"<svg/>"})):
        first, second = io.BytesIO(), io.BytesIO()
        write_zip(course, "my-course", first)
        write_zip(Bundle(dict(reversed(list(course.files.items())))), "my-course", second)
        assert first.getvalue() == second.getvalue()
        assert read(first).digest == course.digest
        with zipfile.ZipFile(first) as archive:
            assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            archive.extractall(tmp_path / course.digest)
        assert from_folder(tmp_path / course.digest / "my-course").digest == course.digest


@pytest.mark.parametrize(
    ("entries", "taken"),
    [
        ([("a/course.md", b"1"), ("a/media/x.svg", b"2")], ["course.md", "media/x.svg"]),
        ([("a/course.md", b"1"), ("a/", b""), ("__MACOSX/a/._course.md", b"x")], ["course.md"]),
        ([("course.md", b"1"), (".DS_Store", b"x"), ("media/Thumbs.db", b"x"), ("desktop.ini", b"x")], ["course.md"]),
        ([("course.md", b"1"), (".git/config", b"x"), ("1-a/._1-b.md", b"x")], ["course.md"]),
        ([("course.md", b"1"), ("1-a\\1-b.md", b"2")], ["1-a/1-b.md", "course.md"]),
        ([("course.md", b"1"), ("media/old.zip", packed(("in.md", b"2")).getvalue())], ["course.md", "media/old.zip"]),
        ([("1-know/1-a.md", b"1")], ["1-know/1-a.md"]),
    ],
)
def test_a_folder_round_everything_and_what_systems_leave_are_passed_over(
    entries: list[Entry], taken: list[str]
) -> None:
    found = read(packed(*entries))
    assert sorted(found.files) == taken and found.refused == ()


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../out.md", "PATH_OUTSIDE"),
        ("media/bell\x07.png", "PATH_OUTSIDE"),
        ("a/../../out.md", "PATH_OUTSIDE"),
        ("..\\out.md", "PATH_OUTSIDE"),
        ("/etc/passwd", "PATH_OUTSIDE"),
        ("\\\\host\\out.md", "PATH_OUTSIDE"),
        ("C:\\out.md", "PATH_OUTSIDE"),
        ("c:out.md", "PATH_OUTSIDE"),
        (link("media/x.svg"), "PATH_OUTSIDE"),
        (link("media/"), "PATH_OUTSIDE"),
        (".course.md", "HIDDEN_FILE"),
        (".practice/a.md", "HIDDEN_FILE"),
    ],
)
def test_what_may_not_come_in_is_named_and_the_rest_is_read(name: str | zipfile.ZipInfo, code: str) -> None:
    found = read(packed(("course.md", b"1"), (name, b"x")))
    assert list(found.files) == ["course.md"] and [refused for refused, _ in found.refused] == [code]
    assert code in {finding.code for finding in check(found, "course").findings}


def test_names_come_in_any_encoding() -> None:
    def in_bytes(name: bytes) -> io.BytesIO:
        file = packed(("course.md", b"1"), ("media/" + "x" * len(name), b"2"))
        return io.BytesIO(file.getvalue().replace(b"x" * len(name), name))

    for written in ("größe.svg".encode(), "größe.svg".encode("cp437"), "gro\u0308ße.svg".encode()):
        assert sorted(read(in_bytes(written)).files)[1] == "media/größe.svg"


def _claim(size: int) -> Callable[[bytes], bytes]:
    """Return how a zip is changed that says its files unpack to so many bytes."""

    def change(content: bytes) -> bytes:
        content, at = bytearray(content), content.index(b"PK\1\2")
        struct.pack_into("<L", content, at + 24, size)
        return bytes(content)

    return change


@pytest.mark.parametrize(
    ("content", "change", "code"),
    [
        (b"\0" * 3_000_000, bytes, "COURSE_TOO_LARGE"),
        (b"\0" * 3_000_000, _claim(9), "UNREADABLE_FILE"),
        (b"ab" * 3_000, _claim(500_000_000), "COURSE_TOO_LARGE"),
    ],
)
def test_a_bomb_is_refused_whatever_it_says_of_its_size(
    content: bytes, change: Callable[[bytes], bytes], code: str
) -> None:
    file = io.BytesIO(change(packed(("media/a.svg", content)).getvalue()))
    assert read(file).refused == ((code, "media/a.svg"),)


def test_what_is_too_large_for_a_course_stays_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "MAX_TOTAL", 3000)
    monkeypatch.setattr(bundles, "MAX_MARKDOWN", 1000)
    monkeypatch.setattr(bundles, "MAX_FILES", 3)
    sizes = {"a.md": 1001, "b.svg": 2500, "c.svg": 600, "d.svg": 100, "e.svg": 100, "f.svg": 1}
    found = read(packed(*_of(sizes)))
    assert list(found.files) == ["b.svg", "d.svg", "e.svg"]
    assert {name: code for code, name in found.refused} == {
        "a.md": "FILE_TOO_LARGE", "c.svg": "COURSE_TOO_LARGE", "f.svg": "TOO_MANY_FILES",
    }  # fmt: skip


def _of(sizes: dict[str, int]) -> list[Entry]:
    return [(name, b"x" * size) for name, size in sizes.items()]


def test_a_hundred_thousand_entries_are_refused_before_they_are_looked_at() -> None:
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0, 0, 0)
    assert from_zip(io.BytesIO(end)) == "too many entries"
    lying = packed(*_of({f"{number}.md": 0 for number in range(9_000)})).getvalue()
    few = bytearray(lying)
    struct.pack_into("<2H", few, len(few) - 14, 5, 5)
    assert from_zip(io.BytesIO(bytes(few))) == "too many entries"


def large(zipped: bytes, entries: int = 0, directory: int = 0, extra: bytes = b"") -> io.BytesIO:
    """Return a zip with a second end as large ones have it, which counts instead of the usual one."""
    _, _, _, here, total, size, at, _ = struct.unpack("<4s4H2LH", zipped[-22:])
    numbers = (here, entries or total, directory or size, at)
    second = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, *numbers) + extra
    return io.BytesIO(zipped[:-22] + second + struct.pack("<4sLQL", b"PK\6\7", 0, len(zipped) - 22, 1) + zipped[-22:])


@pytest.mark.parametrize(
    ("file", "answer"),
    [
        (large(packed(("course.md", b"1")).getvalue()), ["course.md"]),
        (large(packed(("a.md", b"1")).getvalue(), entries=100_000), "too many entries"),
        (large(packed(("a.md", b"1")).getvalue(), directory=50_000_000), "too many entries"),
        (large(packed(("a.md", b"1")).getvalue(), extra=b"hidden"), "no zip"),
    ],
)
def test_the_second_end_of_a_large_zip_counts(file: io.BytesIO, answer: list[str] | str) -> None:
    found = from_zip(file)
    assert (list(found.files) if isinstance(found, Bundle) else found) == answer


@pytest.mark.parametrize(
    "content",
    [b"", b"PK", b"no zip at all" * 99, packed(("a.md", b"1")).getvalue()[:-9]],
    ids=["empty", "two bytes", "words", "cut off"],
)
def test_what_is_no_zip_is_said_to_be_none(content: bytes) -> None:
    assert from_zip(io.BytesIO(content)) == "no zip"


def test_a_file_that_is_encrypted_or_broken_is_named_and_the_rest_is_read() -> None:
    whole = packed(("a.md", b"1" * 50), ("course.md", b"1")).getvalue()
    encrypted = bytearray(whole)
    encrypted[whole.index(b"PK\1\2") + 8] |= 1
    broken = whole.replace(whole[34:38], b"\xff" * 4, 1)
    for content in (bytes(encrypted), broken, packed(("a.md", b"1"), how=zipfile.ZIP_LZMA).getvalue()):
        found = read(io.BytesIO(content))
        assert found.refused == (("UNREADABLE_FILE", "a.md"),) and "a.md" not in found.files
