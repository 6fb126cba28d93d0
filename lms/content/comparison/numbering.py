"""Gives a bundle another version, without touching a character of it that isn't the version."""

from __future__ import annotations

import json
import re

from lms.content.model.bundle import Bundle
from lms.content.model.course import Correction

_FRONT = re.compile(rb"\A(?:\xef\xbb\xbf)?---[ \t]*\r?\n(?P<keys>.*?)^---[ \t]*\r?$", re.DOTALL | re.MULTILINE)
_VERSION = re.compile(rb"^version[ \t]*:[^\r\n]*", re.MULTILINE)
# One line in braces, as it's written here, or lines that are indented below the key.
_CORRECTED = re.compile(rb"^corrected[ \t]*:[^\r\n]*\r?\n(?:[ \t]+[^\r\n]*\r?\n)*", re.MULTILINE)
_DRAFT = re.compile(rb"^status[ \t]*:[ \t]*[\"']?draft[\"']?[ \t]*(?:#[^\r\n]*)?\r?\n", re.MULTILINE)


def ready_as(bundle: Bundle, version: str, correction: Correction | None = None) -> Bundle:
    """Return a bundle as it's published under a version: course.md names it and no longer says that it's a draft.

    A correction for safety is written into it; that of an earlier version is left out.
    """
    text = bundle.files.get("course.md", b"")
    found = _FRONT.match(text)
    if found is None:
        return bundle
    line = f'version: "{version}"'.encode()
    keys = _CORRECTED.sub(b"", _DRAFT.sub(b"", found["keys"]))
    if correction is not None:
        keys += _line_of(correction)
    keys = _VERSION.sub(line, keys, count=1) if _VERSION.search(keys) else line + b"\n" + keys
    start, end = found.span("keys")
    return Bundle({**dict(bundle.files.held()), "course.md": text[:start] + keys + text[end:]}, bundle.refused)


def _line_of(correction: Correction) -> bytes:
    lessons = ", ".join(correction.lessons)
    note = json.dumps(correction.note, ensure_ascii=False)
    return f"corrected: {{day: {correction.day}, lessons: [{lessons}], note: {note}}}\n".encode()


def carried_over(known: Bundle, newest: Bundle, other: Bundle) -> Bundle | None:
    """Return the bundle of another line with what changed between two versions; None where its text was another.

    course.md stays that of the other line.
    """
    before, after, there = known.manifest, newest.manifest, other.manifest
    changed = {path for path in {*before, *after} if before.get(path) != after.get(path)} - {"course.md"}
    if not changed or any(there.get(path) != before.get(path) for path in changed):
        return None
    files = {path: held for path, held in other.files.held() if path not in changed}
    return Bundle({**files, **{path: held for path, held in newest.files.held() if path in changed}})
