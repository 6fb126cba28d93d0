"""What asks for a coordinator's attention beside the list, in one statement."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import bindparam, exists, func, select

from lms.accounts.personal_data.closed_accounts import AccountEnding, unreachable
from lms.certification.awards.document_records import RenderRequest
from lms.certification.awards.name_records import NameRequest
from lms.certification.awards.observations import Observation
from lms.certification.awards.records import Award
from lms.coordination.assignments.audience_records import count_requests
from lms.foundation.db import db
from lms.learning.progress.records import Enrolment


@dataclass(frozen=True)
class Tasks:
    """How many PDFs could not be made, observers and names are to be confirmed, and people ask for something.

    `endings` is how many closed accounts will be deleted whose people no email reaches.
    """

    troubled: int
    to_confirm: int
    name_requests: int
    more_time: int
    endings: int
    names: int


def count_tasks(programme_id: str, private: Collection[str]) -> Tasks:
    """Return what waits in a programme, without private courses."""
    row = db.session.execute(_tasks(), {"programme": programme_id, "private": list(private)}).one()
    return Tasks(*row)


@cache
def _tasks() -> Any:
    """Return the query for all counts, made once, because making it takes longer than asking it.

    Each count begins with what waits, which is little, and not with the certificates of the programme.
    """
    programme: Any = bindparam("programme")
    private: Any = bindparam("private", expanding=True)
    of_award = exists().where(Award.programme_id == programme, Award.course_id.not_in(private))
    troubled = select(func.count()).select_from(RenderRequest)
    troubled = troubled.where(RenderRequest.done_at.is_(None), RenderRequest.trouble.is_not(None))
    asked = select(func.count()).select_from(NameRequest)
    pending = select(func.count()).select_from(Observation)
    pending = pending.where(Observation.programme_id == programme, Observation.pending)
    shown = exists().where(Enrolment.id == Observation.enrolment_id, Enrolment.course_id.not_in(private))
    endings = select(func.count()).select_from(AccountEnding).where(*unreachable(programme))
    names = select(func.count()).select_from(Award).where(Award.programme_id == programme)
    names = names.where(Award.name_waits_since.is_not(None), Award.name != "", Award.course_id.not_in(private))
    return select(
        troubled.where(of_award.where(Award.id == RenderRequest.award_id)).scalar_subquery(),
        pending.where(Observation.undone_at.is_(None), shown).scalar_subquery(),
        asked.where(of_award.where(Award.id == NameRequest.award_id)).scalar_subquery(),
        count_requests(programme, private),
        endings.scalar_subquery(),
        names.scalar_subquery(),
    )
