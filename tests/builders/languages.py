"""Translations that mark every text of ours with their language, as long as a test lasts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from lms.foundation.text import i18n


@contextmanager
def marked(folder: Path, *languages: str) -> Iterator[None]:
    """Have translations in these languages, where each text begins with its language and ¶."""
    former = i18n.TRANSLATIONS
    with (former / "messages.pot").open("rb") as template:
        catalogue = read_po(template)
    texts = [message for message in catalogue if message.id]
    for language in languages:
        for message in texts:
            many = isinstance(message.id, tuple)
            message.string = tuple(f"{language}¶{text}" for text in message.id) if many else f"{language}¶{message.id}"
        place = folder / language / "LC_MESSAGES"
        place.mkdir(parents=True)
        with (place / "messages.mo").open("wb") as file:
            write_mo(file, catalogue)
    i18n.TRANSLATIONS = folder
    _forget()
    try:
        yield
    finally:
        i18n.TRANSLATIONS = former
        _forget()


def _forget() -> None:
    i18n._table.cache_clear()
    i18n._markup.cache_clear()
