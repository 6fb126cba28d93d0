"""Bytes of unknown origin as text: byte order marks, older encodings, line ends of every system."""

from __future__ import annotations

import codecs

from lms.content.model.wording import Sentence, say

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip


def read_text(content: bytes) -> tuple[str, list[Sentence]]:
    """The text with plain line ends, and a note when its encoding had to be guessed."""
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    notes = []
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
        notes.append(say("This file isn’t in UTF-8, so it was read as Windows text. Please check words with accents."))
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", ""), notes
