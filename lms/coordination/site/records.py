"""Queries over the whole site for the people who run it: a page at a time, and no query for each row."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select, update

from lms.accounts.records import Membership, Person, Programme
from lms.certification.awards.document_records import RenderRequest
from lms.certification.awards.records import Award
from lms.foundation import clock
from lms.foundation.db import db
from lms.foundation.mail.outbox import TRIES, OutboxMail
from lms.foundation.statements.sql import aggregate_text
from lms.library.records import CourseLine, Offering, Version


@dataclass(frozen=True)
class ProgrammeRow:
    """A programme with how many people, coordinators who can sign in, and courses it has."""

    slug: str
    name: str
    facts: dict[str, Any]
    people: int
    coordinators: int
    courses: int


def list_programmes_page(after: str, most: int) -> list[ProgrammeRow]:
    """Return programmes in the order of their short names, from the one after `after` on."""
    page = list(
        db.session.scalars(select(Programme).where(Programme.slug > after).order_by(Programme.slug).limit(most))
    )
    ids = [row.id for row in page]
    is_coordinator = (Membership.role == "coordinator") & Person.disabled_at.is_(None)
    members = select(
        Membership.programme_id,
        func.count(Membership.person_id.distinct()).label("people"),
        func.count(case((is_coordinator, 1))).label("coordinators"),
    ).join(Person, Person.id == Membership.person_id)
    members = members.where(Membership.programme_id.in_(ids)).group_by(Membership.programme_id)
    counts = {row.programme_id: (row.people, row.coordinators) for row in db.session.execute(members)}
    offered = select(Offering.programme_id, func.count()).where(Offering.programme_id.in_(ids))
    courses = {row[0]: row[1] for row in db.session.execute(offered.group_by(Offering.programme_id))}
    return [
        ProgrammeRow(row.slug, row.name, row.facts, *counts.get(row.id, (0, 0)), courses.get(row.id, 0)) for row in page
    ]


def list_roles_of(person_ids: Collection[str]) -> dict[str, list[tuple[Programme, str]]]:
    """Return the programmes and roles of a few people, by inner id."""
    query = select(Membership.person_id, Membership.role, Programme).join(Programme)
    query = query.where(Membership.person_id.in_(person_ids)).order_by(Programme.slug, Membership.role)
    found: dict[str, list[tuple[Programme, str]]] = {}
    for person_id, role, programme in db.session.execute(query):
        found.setdefault(person_id, []).append((programme, role))
    return found


def count_versions() -> dict[str, tuple[int, datetime]]:
    """Return how many versions of each course there are, and when the last was published."""
    query = select(Version.course_id, func.count(), func.max(Version.published_at)).group_by(Version.course_id)
    return {row[0]: (row[1], row[2]) for row in db.session.execute(query)}


def list_offering_names(most: int) -> dict[str, list[str]]:
    """Return the names of the first programmes that offer each course, by course id, in one statement."""
    course = select(CourseLine.course_id).distinct().subquery()
    first = select(Offering.programme_id).where(Offering.course_id == course.c.course_id)
    first = first.order_by(Offering.open_reading, Offering.position, Offering.id).limit(most).correlate(course)
    names = select(aggregate_text(Programme.name, "\n")).where(Programme.id.in_(first)).correlate(course)
    rows = db.session.execute(select(course.c.course_id, names.scalar_subquery()))
    return {course_id: sorted(found.split("\n")) for course_id, found in rows if found}


def list_offering_programmes(course_id: str, most: int) -> list[Programme]:
    """Return the first programmes that offer a course."""
    query = select(Programme).join(Offering, Offering.programme_id == Programme.id)
    query = query.where(Offering.course_id == course_id).order_by(Offering.open_reading, Offering.position, Offering.id)
    return list(db.session.scalars(query.limit(most)))


def list_pdfs_in_trouble(most: int) -> list[tuple[RenderRequest, Award, Programme]]:
    """Return PDFs that couldn't be made so far with their certificate and programme, the longest waiting first."""
    query = (
        select(RenderRequest, Award, Programme)
        .join(Award, Award.id == RenderRequest.award_id)
        .join(Programme, Programme.id == Award.programme_id)
        .where(RenderRequest.done_at.is_(None), RenderRequest.trouble.is_not(None))
        .order_by(RenderRequest.requested_at, RenderRequest.award_id)
    )
    return [(request, award, programme) for request, award, programme in db.session.execute(query.limit(most))]


def retry_given_up_emails() -> int:
    """Let emails leave that had been given up; return how many."""
    query = update(OutboxMail).where(OutboxMail.sent_at.is_(None), OutboxMail.tries >= TRIES)
    done: Any = db.session.execute(query.values(tries=0, not_before=clock.now()))
    return int(done.rowcount)
