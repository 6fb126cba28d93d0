"""Find phrases that a page shouldn't use, except where it says that it has none of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

NEGATED = re.compile(r"\b(no|not|never|nor|without|nobody|none|nothing|instead of)\b[^.!?\n]{0,40}$", re.IGNORECASE)


def list_phrases(pattern: re.Pattern[str], words: str) -> Iterator[str]:
    """Yield each match in quotation marks; skip promises such as “no points, no ranks”."""
    for found in pattern.finditer(words):
        if not NEGATED.search(words[: found.start()]):
            yield f"“{' '.join(found[0].split())}”"
