"""What pages show of renewals and of newer versions of a course."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for

from lms.content.model.changes import changes_between
from lms.content.model.course import Course
from lms.foundation.text.i18n import day, ngettext
from lms.foundation.text.i18n import gettext as _
from lms.learning.progress.pages import lesson_path
from lms.learning.progress.renewal_rules import RenewalScope, minutes_of, renewal_requirements
from lms.learning.progress.rules import Progress, Requirement, needed_right
from lms.library.rules import is_closed


@dataclass(frozen=True)
class RenewalProgress:
    """A renewal that is under way, as pages show it."""

    scope: RenewalScope
    rows: list[dict[str, Any]]
    minutes: int
    passed: bool

    @property
    def left(self) -> list[dict[str, Any]]:
        """What is not met yet."""
        return [row for row in self.rows if not row["met"]]

    @property
    def next_url(self) -> str:
        """The address of the one next step."""
        return str((self.left or self.rows)[0]["url"])


def as_shown(course: Course, scope: RenewalScope, progress: Progress, passed: bool) -> RenewalProgress:
    """Return a renewal as pages show it; `passed` tells of its own check."""
    rows = [_row(course, scope, progress, item) for item in renewal_requirements(course, scope, progress, passed)]
    return RenewalProgress(scope, rows, minutes_of(course, scope, progress), passed)


def _row(course: Course, scope: RenewalScope, progress: Progress, item: Requirement) -> dict[str, Any]:
    if item.kind == "lessons":
        words = ngettext(
            "The lesson that changed, full or gentler version",
            "The %(num)s lessons that changed, full or gentler version",
            item.needed,
        )
        open_ones = [one for one in scope.changes.lessons if one.id not in progress.lessons]
        lesson = (open_ones or scope.changes.lessons)[0]
        url, act = lesson_path(course, lesson), _("Read “%(title)s”", title=lesson.title)
    elif item.kind == "practice":
        words = ngettext("One practice conversation", "%(num)s practice conversations", item.needed)
        conversations = [*scope.changes.conversations, *course.conversations]
        conversation = next(
            (conversation for conversation in conversations if conversation.id not in progress.practised),
            conversations[0],
        )
        url = url_for("learning.conversation", course=course.id, conversation=conversation.id)
        act = _("Play “%(title)s”", title=conversation.title)
    else:
        words = _("All safety questions right") if item.kind == "safety" else questions_words(course, scope)
        url, act = url_for("learning.check", course=course.id), _("Go to the check")
    counted = item.kind in {"lessons", "practice"}
    if item.met:
        state, state_text = "ok", _("Done")
    elif counted:
        state, state_text = (
            "go" if item.done else "none",
            _("%(done)s of %(needed)s", done=item.done, needed=item.needed),
        )
    else:
        state, state_text = "none", _("Not done yet")
    return {"text": words, "act": act, "url": url, "met": item.met, "state": state, "state_text": state_text}


def questions_words(course: Course, scope: RenewalScope) -> str:
    """Return how many questions renewing asks, about what, and how many of them have to be right."""
    needed = needed_right(course.criteria, scope.draw)
    if scope.across:
        return ngettext(
            "One question right in a shorter check",
            "%(needed)s of %(num)s questions right in a shorter check, with as many attempts as you like",
            scope.draw,
            needed=needed,
        )
    return ngettext(
        "One question right in a check on what changed",
        "%(needed)s of %(num)s questions right in a check on what changed, with as many attempts as you like",
        scope.draw,
        needed=needed,
    )


@dataclass(frozen=True)
class NewerVersion:
    """A newer version of a course, to somebody in the middle of an earlier one: what changed, and what stays.

    If the earlier one closes, `last_day` is the day on which it can be finished last, in words.
    """

    version: str
    new: tuple[str, ...]
    changed: tuple[str, ...]
    conversations: tuple[str, ...]
    done: int
    stays: int
    last_day: str = ""
    is_closed: bool = False


def newer_version(
    known: Course, newest: Course, progress: Progress, closes_on: date | None, today: date
) -> NewerVersion:
    """Return what going on with the newest version would mean for somebody in the middle."""
    changes = changes_between(known, newest)
    again = {lesson.id for lesson in changes.lessons}
    done = progress.lessons & known.lesson_by_id.keys()
    return NewerVersion(
        newest.version,
        tuple(lesson.title for lesson in changes.new),
        tuple(lesson.title for lesson in changes.changed),
        tuple(conversation.title for conversation in changes.conversations),
        len(done),
        len((done & newest.lesson_by_id.keys()) - again),
        day(closes_on) if closes_on else "",
        closes_on is not None and is_closed(closes_on, today),
    )
