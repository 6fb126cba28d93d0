"""Sentences for learners that a page can put into its own language."""

from __future__ import annotations

from typing import Any


def N_(text: str) -> str:
    """The text itself, marked for translation where it is shown."""
    return text


NUMBERS = (
    N_("none"), N_("one"), N_("two"), N_("three"), N_("four"), N_("five"), N_("six"), N_("seven"), N_("eight"),
    N_("nine"), N_("ten"), N_("eleven"), N_("twelve"),
)  # fmt: skip


class Sentence(str):
    """Plain English text that still knows the template it was made from and what was filled in."""

    template: str
    values: dict[str, Any]


def say(template: str, **values: Any) -> Sentence:
    """Fills in a template; a page translates it with `_(sentence.template) % sentence.values`."""
    sentence = Sentence(template % values if values else template)
    sentence.template, sentence.values = template, values
    return sentence


def number(count: int) -> str:
    """A count in words up to twelve, in figures above."""
    return NUMBERS[count] if 0 <= count < len(NUMBERS) else str(count)


def fixed(words: str) -> str:
    """The token that a page puts its own language's words in place of."""
    return f"⟦t:{words}⟧"
