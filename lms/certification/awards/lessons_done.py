"""What a certificate says of the lessons behind it and of the time they took, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lms.foundation.text.i18n import duration, ngettext
from lms.foundation.text.i18n import gettext as _


def all_lessons_asked(facts: Mapping[str, Any]) -> bool:
    """Return whether all lessons were asked for; certificates of before do not tell, and keep their words."""
    return bool(facts.get("first", facts).get("lessons", True))


def length_words(facts: Mapping[str, Any]) -> tuple[str, str]:
    """Return a heading and how long what was done takes; certificates of before tell the length of the course."""
    heading = _("Learning time") if "lessons" in facts else _("Length")
    return heading, duration(facts["minutes"])


def length_clause(facts: Mapping[str, Any]) -> str:
    """Return the same as one sentence."""
    time = duration(facts["minutes"])
    if "lessons" in facts:
        return _("The course is self-paced. Learning time: %(time)s.", time=time)
    return _("The course is self-paced. Length: %(time)s.", time=time)


def lessons_words(facts: Mapping[str, Any]) -> str:
    """Return how many lessons were completed of those that were asked for; nothing where none was."""
    asked = facts.get("lessons", 0)
    if not asked:
        return ""
    done = asked - sum(facts.get(name, 0) for name in ("lessons_known", "lessons_otherwise", "lessons_waived"))
    if done < asked:
        return _("%(done)s of %(asked)s lessons were completed.", done=done, asked=asked)
    return ngettext("The one lesson was completed.", "All %(num)s lessons were completed.", asked)


def lessons_beside(facts: Mapping[str, Any]) -> list[str]:
    """Return which lessons were known already, replaced by prior learning or exempted, each in a sentence."""
    known, lessons, waived = (facts.get(f"lessons_{way}", 0) for way in ("known", "otherwise", "waived"))
    found = [
        known
        and ngettext(
            "The learner already knew one lesson, so its time isn’t counted.",
            "The learner already knew %(num)s lessons, so their time isn’t counted.",
            known,
        ),
        lessons
        and ngettext(
            "The programme recognised prior learning in place of one lesson.",
            "The programme recognised prior learning in place of %(num)s lessons.",
            lessons,
        ),
        waived
        and ngettext(
            "The programme exempted the learner from one lesson.",
            "The programme exempted the learner from %(num)s lessons.",
            waived,
        ),
    ]
    return [words for words in found if words]
