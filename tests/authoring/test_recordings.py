"""Recordings of a draft: what Tara uploads comes in with its words, or she's told why it doesn't."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage

from lms.authoring.outlining import recording_views
from lms.content.lint.check import check
from lms.content.model.archive import write_zip
from lms.content.model.bundle import Bundle, StoredFile
from lms.foundation.storage.files import FileStore
from lms.library.media import keep_media
from tests.builders.drafts import add_draft
from tests.conftest import Site
from tests.content.small_course import FILES, bundle
from tests.inspector import Page

MP3, WAV, MP4 = b"ID3" + bytes(40), b"RIFF\x24\0\0\0WAVEfmt ", b"\0\0\0\x18ftypmp42" + bytes(40)
SRT = "1\r\n00:00:01,000 --> 00:00:03,500\r\nI’m fine, thanks.\r\n".encode("utf-16")
WORDS = "I’m fine, thanks."


def file(content: bytes, name: str) -> FileStorage:
    return FileStorage(io.BytesIO(content), name)


def add(site: Site, draft: str, expect: int, sent: dict[str, Any], press: str = "Add") -> Page:
    page = site.visitor("tara").get(f"/programmes/harbour/drafts/{draft}/recordings")
    token = dict(page.form_with(press).fields)["form_token"]
    return page.client.send(page.path, {"form_token": token, **sent}, expect=expect)


CASES: list[tuple[dict[str, Any], int, str, str]] = [
    ({}, 422, "Choose a recording first", ""),
    ({"recording": (b"\0\0\0\x18ftypqt  ", "dana.mov")}, 422, "Browsers can’t play this file", ""),
    ({"recording": (b"\0\0\0\x18ftypheic", "dana.mp4")}, 422, "Browsers can’t play this file", ""),
    ({"recording": (WAV + bytes(64), "dana.wav")}, 422, "larger than 0 MB", ""),
    ({"recording": (MP3, "Dana am Becken.MP3")}, 200, "(media/dana-am-becken.mp3)", "a transcript or captions"),
    ({"recording": (MP4, "dana.mp3"), "title": "A [b]"}, 200, r"[A \[b\]](media/dana.mp4)", "captions"),
    ({"recording": (MP3, "dana.mp3"), "transcript": WORDS}, 200, "(media/dana.mp3)", ""),
    ({"recording": (MP3, "d.mp3"), "transcript_file": (WORDS.encode("utf-16"), "d.txt")}, 200, "Transcript", ""),
    ({"recording": (MP4, "dana.mp4"), "captions": (SRT, "dana.srt")}, 200, "Captions", ""),
    ({"recording": (MP4, "dana.mp4"), "captions": (b"WEBVTT\n", "d.vtt")}, 422, "any captions", "captions"),
    (
        {"recording": (MP3, "d.mp3"), "transcript_file": (b"PK\3\4\x14\0", "d.docx")},
        422,
        "isn’t plain text",
        "a tr",
    ),
]


def test_a_recording_comes_in_with_its_words_or_is_refused(sqlite_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording_views, "MAX_MEDIA", 64)
    for sent, expect, says, missing in CASES:
        draft = add_draft(sqlite_site, bundle())
        files = {name: file(*value) if isinstance(value, tuple) else value for name, value in sent.items()}
        page = add(sqlite_site, draft, expect, files)
        assert says in page.main
        assert f"Still needs {missing}" in page.main if missing else "Still needs" not in page.main, says
        assert ("no recordings yet" in page.main) == (expect == 422 and not missing), "what is good of it comes in"


def test_words_come_later_and_go_along_with_a_new_name_and_a_course_takes_no_more_than_it_may(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "## How to begin\n\n[Dana at the sink](../media/dana.mp4)\n\n"
    draft = add_draft(sqlite_site, bundle(**{"1-begin/1-hello.md": "---\nid: hello\n---\n" + text}))
    add(sqlite_site, draft, 200, {"recording": file(MP4, "dana.mp4")})
    later = {"of": "media/dana.mp4", "captions": file(SRT, "x.srt"), "transcript": WORDS}
    nothing = add(sqlite_site, draft, 422, {"of": "media/dana.mp4"}, "Add to the recording")
    assert "Choose a file with captions" in nothing.main
    page = add(sqlite_site, draft, 200, later, "Add to the recording")
    assert WORDS in page.follow("Captions (dana.mp4)").html
    page.follow("Rename, move or remove (dana.mp4)").form_with("Save").submit(part_id="the-sink")
    home = sqlite_site.visitor("tara").get(f"/programmes/harbour/drafts/{draft}")
    assert all(f"the-sink.{ending}" in home.main for ending in ("mp4", "vtt", "txt"))
    assert "(../media/the-sink.mp4)" in home.client.get(f"{home.path}/files/1-begin/1-hello.md").html
    part = home.client.get(f"{home.path}/parts/media/the-sink.mp4")
    assert "the-sink.vtt" not in part.form_with("Remove").submit().main
    monkeypatch.setattr(recording_views, "MAX_TOTAL", 60)
    add(sqlite_site, draft, 200, {"recording": file(MP3, "one.mp3")})
    assert "the course would be larger" in add(sqlite_site, draft, 422, {"recording": file(MP3, "two.mp3")}).main


def test_no_recording_is_in_memory_as_a_whole_while_it_is_checked_packed_and_published(tmp_path: Path) -> None:
    content, store, packed = MP3 * 25_000, FileStore(tmp_path), io.BytesIO()

    def whole() -> bytes:
        raise AssertionError("read as a whole")

    stored = StoredFile(len(content), whole, part=lambda at, most: content[at : at + most])
    files = {path: text.encode() for path, text in FILES.items()}
    course = Bundle({**files, "media/dana.mp3": stored, "media/dana.txt": WORDS.encode()})
    assert check(course, "small-course").course is not None
    write_zip(course, "small-course", packed)
    assert keep_media(course, store) is None and store.get(course.manifest["media/dana.mp3"]) == content
    with zipfile.ZipFile(packed) as archive:
        assert archive.read("small-course/media/dana.mp3") == content
