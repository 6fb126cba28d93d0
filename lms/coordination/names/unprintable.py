"""Find the characters of listed names that certificates can't print yet, with one look-up for the whole list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lms.foundation.hooks import hooks
from lms.foundation.text.graphemes import whole_letters
from lms.foundation.text.names import as_shown


def letters_by_name(names: Iterable[str]) -> Mapping[str, str]:
    """Return the characters that can't be printed, by name and separated by spaces, for the names that have any."""
    others = [name for name in dict.fromkeys(names) if not name.isascii()]
    missing = set(hooks().missing_letters(" ".join(others))) if others else set()
    found = {name: [letter for letter in map(as_shown, whole_letters(name)) if letter in missing] for name in others}
    return {name: " ".join(dict.fromkeys(letters)) for name, letters in found.items() if letters}
