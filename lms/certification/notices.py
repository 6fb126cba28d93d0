"""Certificates that end soon: whose holders are told once, two months before."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from lms.certification.events import EndTold
from lms.certification.records import Award, get_award
from lms.foundation.audit import AuditEntry
from lms.foundation.db import db
from lms.foundation.events import announce

BEFORE = timedelta(days=60)
# A site that was away on the day itself still tells within the week.
CATCH_UP = timedelta(days=7)


def _was_told(award: Award) -> bool:
    query = select(AuditEntry.facts).where(
        AuditEntry.person_id == award.person_id, AuditEntry.event == EndTold.__name__
    )
    return any(
        facts["award_id"] == award.id and facts["valid_until"] == str(award.valid_until)
        for facts in db.session.scalars(query)
    )


def list_ending(today: date) -> list[str]:
    """Return the ids of certificates that stand, end in two months, and whose holders have not been told."""
    query = select(Award).where(
        Award.valid_until.between(today + BEFORE - CATCH_UP, today + BEFORE),
        Award.current_for.is_not(None),
        Award.withdrawn_at.is_(None),
        Award.waiting.is_(False),
    )
    return [award.id for award in db.session.scalars(query) if not _was_told(award)]


def note_told(award_id: str) -> None:
    """Keep that the holder of a certificate was told of its end."""
    award = get_award(award_id)
    if award.valid_until is None:
        return
    announce(EndTold(award.person_id, award.programme_id, award.id, award.valid_until))
