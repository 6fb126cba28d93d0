"""What a certificate says of the lessons behind it and of the time they took, in words."""

from __future__ import annotations

from lms.certification.awards.attestation import Attestation
from lms.foundation.text.i18n import duration, ngettext
from lms.foundation.text.i18n import gettext as _


def length_words(attested: Attestation) -> tuple[str, str]:
    """Return a heading and how long what was done takes; certificates of before tell the length of the course."""
    heading = _("Length") if attested.lessons is None else _("Learning time")
    return heading, duration(attested.minutes)


def length_clause(attested: Attestation) -> str:
    """Return the same as one sentence."""
    time = duration(attested.minutes)
    if attested.lessons is None:
        return _("The course is self-paced. Length: %(time)s.", time=time)
    return _("The course is self-paced. Learning time: %(time)s.", time=time)


def lessons_words(attested: Attestation) -> str:
    """Return how many lessons were completed of those that were asked for; nothing where none was."""
    asked = attested.lessons
    if not asked:
        return ""
    done = asked - attested.lessons_known - attested.lessons_otherwise - attested.lessons_waived
    if done < asked:
        return _("%(done)s of %(asked)s lessons were completed.", done=done, asked=asked)
    return ngettext("The one lesson was completed.", "All %(num)s lessons were completed.", asked)


def lessons_beside(attested: Attestation) -> list[str]:
    """Return which lessons were known already, replaced by prior learning or exempted, each in a sentence."""
    known, recognised, exempted = attested.lessons_known, attested.lessons_otherwise, attested.lessons_waived
    found = [
        known
        and ngettext(
            "The learner already knew one lesson, so its time isn’t counted.",
            "The learner already knew %(num)s lessons, so their time isn’t counted.",
            known,
        ),
        recognised
        and ngettext(
            "The programme recognised prior learning in place of one lesson.",
            "The programme recognised prior learning in place of %(num)s lessons.",
            recognised,
        ),
        exempted
        and ngettext(
            "The programme exempted the learner from one lesson.",
            "The programme exempted the learner from %(num)s lessons.",
            exempted,
        ),
    ]
    return [words for words in found if words]
