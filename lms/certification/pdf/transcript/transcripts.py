"""Transcripts: everything somebody completed, in the same words on screen and on paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lms.accounts.records import get_programme
from lms.certification.awards.codes import grouped
from lms.certification.awards.records import Award, last_issued, list_awards_of_person
from lms.certification.awards.rules import State
from lms.certification.awards.texts import state_wording, wording
from lms.foundation.config.settings import Settings
from lms.foundation.text.i18n import day, direction, duration, language
from lms.foundation.text.i18n import gettext as _


@dataclass(frozen=True)
class Line:
    """One completed course: what it was, when, how long, how its certificate stands, and what was met otherwise."""

    course: str
    about: str
    notes: tuple[str, ...]
    completed: str
    hours: str
    state: str
    mark: str
    code: str


@dataclass(frozen=True)
class Transcript:
    """All lines of somebody, with their name, the sum of hours, and the words around them."""

    name: str
    made_on: date
    lines: tuple[Line, ...]
    total: str
    limits: str

    @property
    def heads(self) -> tuple[str, ...]:
        """Return the heads of the table."""
        return _("Course"), _("Completed"), _("Length"), _("Status"), _("Certificate code")


def transcript_of(person_id: str, name: str, today: date) -> Transcript:
    """Return somebody's transcript: each course once, by the certificate of it that stands, the first completed first.

    What the programme withdrew is listed as withdrawn, and its hours are not in the sum.
    """
    current = [last_issued(row) for row in reversed(list_awards_of_person(person_id)) if row.current_for]
    awards = [row for row in current if not row.waiting]
    awards.sort(key=lambda award: award.passed_on)
    counted = sum(award.attestation.minutes for award in awards if award.withdrawn_at is None)
    total = _("In total: %(time)s.", time=_lowered(duration(counted))) if counted else ""
    limits = awards[-1].attestation.does_not_attest if awards else ""
    return Transcript(name, today, tuple(_line(award, today) for award in awards), total, limits)


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def _line(award: Award, today: date) -> Line:
    state: State = award.state(today)
    mark, words, sentence = state_wording.state_words(state, award.valid_until)
    programme = get_programme(award.programme_id).name
    attested = award.attestation
    observed = (wording.observed_words(attested),) if attested.observations else ()
    return Line(
        course=award.title,
        about=_(
            "Version %(version)s, %(programme)s. %(stage)s.",
            version=award.version,
            programme=programme,
            stage=wording.level_words(attested),
        ),
        notes=(*wording.otherwise(attested), *observed),
        completed=day(award.passed_on),
        hours=duration(attested.minutes),
        state=sentence if state == "valid" else words,
        mark=mark,
        code=grouped(award.code),
    )


def values_of(transcript: Transcript, settings: Settings) -> Mapping[str, Any]:
    """Return all that the transcript's page on paper is made of: primitive values only."""
    return {
        "title": _("%(name)s: transcript of training", name=transcript.name),
        "record": _("Transcript of training"),
        "made": _("Issued on %(day)s", day=day(transcript.made_on)),
        "name": transcript.name,
        "lead": _("has completed these courses."),
        "heads": transcript.heads,
        "lines": tuple(vars(line) for line in transcript.lines),
        "total": transcript.total,
        "limits": transcript.limits,
        "check": _(
            "You can verify each line by its code at %(address)s, without an account. A printed copy can be out of"
            " date, so our records are what counts.",
            address=settings.base_url.partition("://")[2] + "/v",
        ),
        "language": language(),
        "direction": direction(),
    }
