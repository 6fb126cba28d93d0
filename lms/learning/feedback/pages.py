"""Comments on a lesson beside the text that they are about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lms.foundation.text.i18n import gettext as _
from lms.learning.feedback.places import WHOLE_LESSON, lines_of
from lms.learning.feedback.records import Feedback


def said_words() -> dict[str, str]:
    """Return the choices of the feedback form, with their labels."""
    return {"helpful": _("It was helpful"), "unclear": _("It was unclear"), "too_much": _("It was too much")}


@dataclass(frozen=True)
class Comment:
    """A comment as its authors read it: `line` is that of its heading in the lesson's text, or the first."""

    line: int
    heading: str
    said: str
    words: str
    week: str


def beside(rows: Iterable[Feedback], text: str) -> list[Comment]:
    """Return comments on one lesson in the order of its text, those on the whole lesson first."""
    rows, said = list(rows), said_words()
    lines = lines_of(text, {row.heading for row in rows if row.heading})
    found = [
        Comment(lines.get(row.heading, WHOLE_LESSON), row.heading, said.get(row.said, row.said), row.words, row.week)
        for row in rows
    ]
    return sorted(found, key=lambda comment: (comment.line, comment.heading))
