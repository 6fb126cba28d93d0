"""The small course with a film, its captions, a recording and its transcript."""

from __future__ import annotations

from tests.content.small_course import GENTLE, LESSON

LESSON_PATH = "1-begin/1-hello.md"
MP4, MP3 = b"\0\0\0\x18ftypmp42" + bytes(4_000_000), b"ID3" + bytes(100)
VTT = """WEBVTT

1
00:01.000 --> 00:04.000
She turns

00:04.000 --> 00:06.000
<v Dana>the tap &amp; lamp off.

00:07.000 --> 00:09.000
Silence.
"""
LINKS = "## How to begin\n\n[Dana at the sink](../media/dana.mp4)\n\n[Dana speaks](../media/talk.mp3)\n"
FILES_WITH_MEDIA = {
    LESSON_PATH: LESSON.replace("## How to begin\n", LINKS).replace(
        "self_care: yes", "self_care: yes\ndistressing: [../media/talk.mp3]"
    ),
    "1-begin/1-hello.gentle.md": GENTLE + "\n[Dana at the sink](../media/dana.mp4)\n",
    "media/dana.mp4": MP4,
    "media/dana.vtt": VTT,
    "media/talk.mp3": MP3,
    "media/talk.txt": "First she waits.\r\n\r\nThen <she> speaks.",
}
