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
# In a file of the MPEG-4 family, the brand says which: QuickTime and pictures of phones play in few browsers or none.
_BRAND = 4
_NOT_PLAYED = re.compile(rb"ftyp(?:qt  |hei[cxms]|hev[cx]|mif1|msf1|avi[fs])")
_SRT_TIME = re.compile(r"((?:\d+:)?\d\d:\d\d),(\d{3})(?=\s+-->|\s*$)", re.M)
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


def ending_of(name: str, beginning: bytes) -> str | None:
    """The ending of a recording by its first bytes, its own where that's true; None where browsers don't play it."""
    own = splitext(name)[1].lower()
    if _NOT_PLAYED.match(beginning, _BRAND):
        return None
    if own in TYPES and type_of(name, beginning):
        return own
    if beginning.startswith(b"ftypM4A", _BRAND):
        return ".m4a"
    return next((ending for ending in (".mp4", *TYPES) if type_of(f"x{ending}", beginning)), None)


def as_captions(text: str) -> str | None:
    """Captions in WebVTT, also from SRT, which differs in the marks of its times; None for a text without a cue."""
    if not text.startswith("WEBVTT"):
        lines = (_SRT_TIME.sub(r"\1.\2", line) if "-->" in line else line for line in text.split("\n"))
        text = "WEBVTT\n\n" + "\n".join(lines)
    return text if words_of_captions(text) else None


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
