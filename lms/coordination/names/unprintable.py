"""Which characters of names on a list certificates can't print yet, looked up once for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lms.foundation.hooks import hooks
from lms.foundation.text.graphemes import whole_letters
from lms.foundation.text.names import as_shown


def letters_by_name(names: Iterable[str]) -> Mapping[str, str]:
    """Return what can't be printed of each name of which something can't, with a space between two characters."""
    others = [name for name in dict.fromkeys(names) if not name.isascii()]
    missing = set(hooks().missing_letters(" ".join(others))) if others else set()
    found = {name: [letter for letter in map(as_shown, whole_letters(name)) if letter in missing] for name in others}
    return {name: " ".join(dict.fromkeys(letters)) for name, letters in found.items() if letters}
