"""Audio and video of courses: which files browsers can play, what lies beside them, and the words of captions."""

from __future__ import annotations

import re
from html import unescape
from posixpath import splitext

# What every current browser plays, by ending.
TYPES = {
    ".mp3": "audio/mpeg", ".ogg": "audio/ogg", ".wav": "audio/wav", ".m4a": "audio/mp4", ".mp4": "video/mp4",
    ".webm": "video/webm",
}  # fmt: skip
CAPTIONS, CAPTIONS_TYPE = ".vtt", "text/vtt"
# How such a file begins: bytes at a place.
_BEGINNINGS = {
    ".mp3": ((0, b"ID3"), (0, b"\xff\xfb"), (0, b"\xff\xf3"), (0, b"\xff\xf2"), (0, b"\xff\xfa")),
    ".ogg": ((0, b"OggS"),),
    ".wav": ((8, b"WAVE"),),
    ".m4a": ((4, b"ftyp"),),
    ".mp4": ((4, b"ftyp"),),
    ".webm": ((0, b"\x1a\x45\xdf\xa3"),),
    ".vtt": ((0, b"WEBVTT"), (0, b"\xef\xbb\xbfWEBVTT")),
}
LOOKED_AT = 16
_TIME = re.compile(r"(?:\d+:)?\d\d:\d\d\.\d{3}\s+-->")
_TAG = re.compile(r"<[^>]*>")


def is_video(path: str) -> bool:
    """True for a recording with pictures."""
    return TYPES.get(splitext(path)[1].lower(), "").startswith("video/")


def type_of(name: str, beginning: bytes) -> str | None:
    """The content type of a recording or its captions by name; None when its first bytes say something else."""
    ending = splitext(name)[1].lower()
    if not any(beginning[at:].startswith(sign) for at, sign in _BEGINNINGS.get(ending, ())):
        return None
    return CAPTIONS_TYPE if ending == CAPTIONS else TYPES[ending]


def words_of_captions(text: str) -> list[str]:
    """The words of WebVTT captions as paragraphs, one for each cue; a cue that only goes on joins the one before."""
    found: list[str] = []
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n")):
        lines = block.split("\n")
        time = next((number for number, line in enumerate(lines) if _TIME.match(line.strip())), None)
        words = " ".join(unescape(_TAG.sub("", " ".join(lines[time + 1 :]))).split()) if time is not None else ""
        if words and found and not found[-1].endswith((".", "!", "?", "…", "”", '"')):
            found[-1] += f" {words}"
        elif words:
            found.append(words)
    return found
