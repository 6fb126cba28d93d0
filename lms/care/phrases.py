"""Phrases that a page should not say: found in its words, unless the page says that it has none of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

DENIED = re.compile(r"\b(no|not|never|nor|without|nobody|none|nothing|instead of)\b[^.!?\n]{0,40}$", re.IGNORECASE)


def list_phrases(pattern: re.Pattern[str], words: str) -> Iterator[str]:
    """Return each phrase that the pattern finds, in quotation marks; “no points, no ranks” promises, and is passed by."""
    for found in pattern.finditer(words):
        if not DENIED.search(words[: found.start()]):
            yield f"“{' '.join(found[0].split())}”"
