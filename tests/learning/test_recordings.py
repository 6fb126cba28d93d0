"""Recordings in lessons: played when asked, with captions and a transcript, sent in parts, and what their names say."""

from __future__ import annotations

import tracemalloc

from lms.content.lint.check import check
from lms.content.model.bundle import Bundle
from lms.content.model.recordings import words_of_captions
from lms.foundation.per_app import provided
from lms.foundation.storage.files import FileStore
from lms.library import actions as library
from lms.library.media import keep_media
from tests.conftest import Site, find_programme
from tests.content.recordings_course import FILES_WITH_MEDIA, LESSON_PATH, MP3, MP4, VTT
from tests.content.small_course import FILES, LESSON, bundle, codes
from tests.inspector import BASE

HEARD = {"media/talk.mp3": MP3, "media/talk.txt": "She waits."}


def test_a_recording_is_played_with_captions_and_transcript_and_sent_in_parts(sqlite_site: Site) -> None:
    whole = Bundle(
        {path: text.encode() if isinstance(text, str) else text for path, text in {**FILES, **FILES_WITH_MEDIA}.items()}
    )
    reading = check(whole, "small-course")
    assert codes(reading) == {"THIN_GROUP"} and reading.course is not None
    with sqlite_site.inside():
        programme = find_programme("harbour")
        assert programme is not None and keep_media(whole, provided(FileStore)) is None
    sqlite_site.do(library.publish, whole, reading.course)
    sqlite_site.do(library.offer, programme.id, "small-course", True, 1)
    stranger = sqlite_site.stranger()
    page = stranger.get("/courses/small-course/lessons/hello")
    [video], [audio] = page.find("video"), page.find("audio")
    for player in (video, audio):
        assert player.get("preload") == "none" and player.get("controls") is not None and player.get("autoplay") is None
    assert video.get("aria-label") == "Dana at the sink" and video.find("track").get("srclang") == "en"
    assert "She turns the tap & lamp off." in page.main and "Then <she> speaks." in page.main
    assert "Show the recording: Dana speaks" in page.main
    assert stranger.get("/courses/small-course/lessons/hello/gentler").find("video")
    assert "media-src 'self'" in page.response.headers["Content-Security-Policy"]
    address, captions = str(video.get("src")), str(video.find("track").get("src"))
    with stranger.browser.get(captions, base_url=BASE) as reply:
        assert reply.content_type == "text/vtt; charset=utf-8" and reply.text == VTT
    tracemalloc.start()
    with stranger.browser.get(address, base_url=BASE, headers={"Range": "bytes=8-11"}) as part:
        assert (part.status_code, part.data, part.content_type) == (206, b"mp42", "video/mp4")
        assert part.headers["Content-Range"] == f"bytes 8-11/{len(MP4)}"
    with stranger.browser.get(address, base_url=BASE, buffered=False) as reply:
        assert sum(map(len, reply.iter_encoded())) == len(MP4)
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()
    for other, status in ((address, 416), (address.replace(".mp4", ".webm"), 404)):
        with stranger.browser.get(other, base_url=BASE, headers={"Range": "bytes=9999999-"}) as reply:
            assert reply.status_code == status


def test_what_a_recording_lacks_is_named() -> None:
    for code, changed in (
        ("NO_CAPTIONS", {"media/dana.vtt": None, "media/dana.txt": "Words."}),
        ("NO_TRANSCRIPT", {"media/talk.txt": None}),
        ("BAD_MEDIA", {"media/talk.mp3": b"<html>"}),
        ("BAD_MEDIA", {"media/dana.vtt": "1\n00:01"}),
        ("BAD_LINK", {LESSON_PATH: FILES_WITH_MEDIA[LESSON_PATH].replace("talk.mp3)", "tlak.mp3)")}),
        (
            "RECORDING_NOT_ALONE",
            {LESSON_PATH: FILES_WITH_MEDIA[LESSON_PATH].replace("[Dana speaks]", "Now: [Dana speaks]")},
        ),
        (
            "RECORDING_NOT_ALONE",
            {"check.md": FILES["check.md"].replace("Leaving tells", "[Leaving](media/talk.mp3) tells")},
        ),
    ):
        assert code in codes(check(bundle(**{**FILES_WITH_MEDIA, **changed}), "small-course")), code


def test_captions_become_paragraphs() -> None:
    assert words_of_captions(VTT) == ["She turns the tap & lamp off.", "Silence."]
    assert words_of_captions("WEBVTT\n\nNOTE a note\n") == []


def test_the_title_of_a_recording_is_what_its_author_wrote() -> None:
    title = r"A \<b\> &lt;i&gt; `<u>` \& *she*"
    read = check(
        bundle(**{LESSON_PATH: LESSON.replace("## How", f"[{title}](../media/talk.mp3)\n\n## How"), **HEARD}),
        "small-course",
    )
    assert read.course is not None
    html = read.course.lessons[0].html
    assert 'aria-label="A &lt;b&gt; &lt;i&gt; &lt;u&gt; &amp; she"' in html and "\x02" not in html
