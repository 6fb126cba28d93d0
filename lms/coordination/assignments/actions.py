"""What coordinators and learners do about assignments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lms.accounts.actions import FormError
from lms.accounts.members.records import find_unit
from lms.coordination.assignments import audience_records as audiences
from lms.coordination.assignments import records
from lms.coordination.assignments.audience_records import Recipient
from lms.coordination.assignments.events import (
    AssignmentChanged,
    AssignmentClosed,
    CourseAssigned,
    MoreTimeAnswered,
    MoreTimeAsked,
    MoreTimeGiven,
    PeopleAssigned,
    ReminderAsked,
)
from lms.coordination.assignments.records import (
    Assignment,
    AssignmentExtension,
    AssignmentMail,
    AssignmentMailPerson,
    AssignmentPerson,
)
from lms.coordination.assignments.rules import ASKED_ROLES, Answer, Audience, Group
from lms.foundation import clock, ids
from lms.foundation.background import jobs
from lms.foundation.config.settings import Settings
from lms.foundation.db import db
from lms.foundation.events import announce
from lms.foundation.mail import outbox
from lms.foundation.mail.templates import Email
from lms.foundation.text.i18n import gettext as _

WORK = "coordination.assignment_mail"


@dataclass(frozen=True)
class Wanted:
    """What a coordinator asks for: `unit` and `people` are public ids, each empty unless its audience is chosen."""

    course_id: str
    audience: Audience
    unit: str = ""
    role: str = ""
    people: tuple[str, ...] = ()
    due_on: date | None = None
    note: str = ""


@dataclass(frozen=True)
class SentToday:
    """A reminder about an assignment went out today already."""


def assign(programme_id: str, made_by: str, wanted: Wanted, today: date) -> Assignment | FormError:
    """Ask people to take a course, and let an email say so; asking the same group again is refused."""
    unit = find_unit(wanted.unit, programme_id) if wanted.audience == "unit" else None
    if wanted.audience == "unit" and unit is None:
        return FormError("unit", _("Choose a unit from the list."))
    if wanted.audience == "role" and wanted.role not in ASKED_ROLES:
        return FormError("role", _("Choose a role from the list."))
    people = audiences.list_chosen(programme_id, wanted.people) if wanted.audience == "people" else []
    if wanted.audience == "people" and not people:
        return FormError("q", _("Choose at least one person: search for their name, then tick it."))
    assignment = Assignment(
        id=ids.inner_id(),
        public_id=ids.public_id(),
        programme_id=programme_id,
        course_id=wanted.course_id,
        audience=wanted.audience,
        unit_id=unit.id if unit else None,
        role=wanted.role if wanted.audience == "role" else None,
        due_on=wanted.due_on,
        note=wanted.note,
        made_by=made_by,
        made_at=clock.now(),
    )
    chosen = [row[0] for row in people]
    if records.find_same(assignment, chosen):
        words = _("This course is already assigned to them. You can change its date on the page of that assignment.")
        return FormError("course", words)
    db.session.add(assignment)
    db.session.flush()
    db.session.add_all(AssignmentPerson(assignment_id=assignment.id, person_id=person_id) for person_id in chosen)
    announce(CourseAssigned(assignment.id, programme_id, wanted.course_id, wanted.audience, wanted.due_on))
    _send(AssignmentMail(assignment_id=assignment.id, kind="asked", sent_on=today, asked_by=made_by))
    return assignment


def add_people(assignment_id: str, added_by: str, people: Sequence[str], today: date) -> FormError | None:
    """Ask more people by name, by their public ids, and let an email say so to them alone.

    Those who are asked already stay as they are, so a second press changes nothing.
    """
    assignment = records.get_assignment(assignment_id)
    chosen, known = audiences.list_chosen(assignment.programme_id, people), records.list_chosen_ids(assignment_id)
    if not chosen or assignment.closed_at:
        return FormError("q", _("Choose at least one person: search for their name, then tick it."))
    added = [row[0] for row in chosen if row[0] not in known]
    if not added:
        return None
    db.session.add_all(AssignmentPerson(assignment_id=assignment_id, person_id=person_id) for person_id in added)
    announce(PeopleAssigned(assignment_id, assignment.programme_id, len(added)))
    kind = f"added {records.last_added(assignment_id, today) + 1}"
    mail = AssignmentMail(assignment_id=assignment_id, kind=kind, sent_on=today, asked_by=added_by, whom="chosen")
    _send(mail)
    db.session.add_all(AssignmentMailPerson(mail_id=mail.id, person_id=person_id) for person_id in added)
    return None


def _send(mail: AssignmentMail) -> None:
    """Let the job process write emails, a part at a time."""
    mail.id, mail.asked_at = ids.inner_id(), clock.now()
    db.session.add(mail)
    db.session.flush()
    jobs.push(WORK, mail.id)


def change(assignment_id: str, due_on: date | None, note: str) -> None:
    """Give an assignment another date or note; one that is closed stays as it is."""
    assignment = records.get_assignment(assignment_id)
    if assignment.closed_at is None and (assignment.due_on, assignment.note) != (due_on, note):
        assignment.due_on, assignment.note = due_on, note
        announce(AssignmentChanged(assignment.id, assignment.programme_id, due_on))


def close(assignment_id: str) -> None:
    """Ask nobody any longer, and take back emails that haven't left; a second time changes nothing."""
    assignment = records.get_assignment(assignment_id)
    if assignment.closed_at is None:
        assignment.closed_at = clock.now()
        records.end_mail(assignment.id, clock.now())
        outbox.take_back(about(assignment.id))
        announce(AssignmentClosed(assignment.id, assignment.programme_id))


def leave_unit(unit_id: str) -> None:
    """Close the assignments of a unit that goes, and let go of it."""
    for assignment in records.list_of_unit(unit_id):
        close(assignment.id)
        assignment.unit_id = None
    db.session.flush()


def about(assignment_id: str) -> str:
    """Return the word under which emails about an assignment can be taken back."""
    return f"assignment:{assignment_id}"


def ask_for_more_time(person_id: str, course_id: str, public_id: str) -> bool:
    """Ask for more time for something that is asked of somebody; return False when it isn't asked of them.

    While a request waits, asking again changes nothing.
    """
    own = audiences.list_own(person_id, course_id)
    found = next((row for row in own if row.public_id == public_id and row.due_on), None)
    if found is None:
        return False
    row = records.find_extension(found.assignment_id, person_id)
    if row is None:
        row = AssignmentExtension(assignment_id=found.assignment_id, person_id=person_id)
        db.session.add(row)
    elif row.answered_at is None:
        return True
    row.asked_at, row.answer, row.answered_by, row.answered_at = clock.now(), None, None, None
    db.session.flush()
    programme_id = records.get_assignment(found.assignment_id).programme_id
    announce(MoreTimeAsked(found.assignment_id, person_id, programme_id))
    return True


def answer_more_time(
    assignment_id: str, person_id: str, answered_by: str, answer: Answer, granted_until: date | None
) -> bool:
    """Answer a request for more time; return False when none waits, as after the second of two clicks."""
    row = records.find_extension(assignment_id, person_id)
    if row is None or row.answered_at is not None:
        return False
    row.answer, row.answered_by, row.answered_at = answer, answered_by, clock.now()
    if granted_until:
        row.granted_until = granted_until
    programme_id = records.get_assignment(assignment_id).programme_id
    announce(MoreTimeAnswered(assignment_id, person_id, programme_id, answer, granted_until))
    return True


def give_more_time(assignment_id: str, person_id: str, given_by: str, until: date) -> None:
    """Give somebody a date of their own, whether they asked for more time or not."""
    row = records.find_extension(assignment_id, person_id)
    if row is not None and row.answered_at is None:
        answer_more_time(assignment_id, person_id, given_by, "more", until)
        return
    if row is None:
        row = AssignmentExtension(assignment_id=assignment_id, person_id=person_id, asked_at=clock.now())
        db.session.add(row)
    row.answer, row.answered_by, row.answered_at, row.granted_until = "given", given_by, clock.now(), until
    announce(MoreTimeGiven(assignment_id, person_id, records.get_assignment(assignment_id).programme_id, until))


def remind(
    assignment_id: str, asked_by: str, text: str, group: Group, chosen: Sequence[str], today: date
) -> SentToday | FormError | None:
    """Send a reminder to those of a group who haven't completed the course; once a day for each assignment."""
    assignment = records.get_assignment(assignment_id)
    if records.find_reminder(assignment_id, today):
        return SentToday()
    people = audiences.list_reached(assignment_id, chosen) if group == "chosen" else []
    if assignment.closed_at or (group == "chosen" and not people):
        return FormError("group", _("Everybody you chose has completed the course, so no reminder is needed."))
    mail = AssignmentMail(assignment_id=assignment_id, kind="reminder", sent_on=today, asked_by=asked_by)
    mail.text, mail.whom = text, group
    _send(mail)
    db.session.add_all(AssignmentMailPerson(mail_id=mail.id, person_id=person_id) for person_id in people)
    announce(ReminderAsked(assignment_id, assignment.programme_id, group, len(people)))
    return None


@dataclass(frozen=True)
class Outgoing:
    """An email that is written, and whom it goes to."""

    recipient: Recipient
    email: Email
    off_url: str


def send_part(mail_id: str, after: str, outgoing: Sequence[Outgoing], is_last: bool, settings: Settings) -> bool:
    """Put a part of some emails into the outbox; return False when it is there already, or isn't to be sent."""
    mail = records.find_mail(mail_id)
    if mail is None or mail.after_person != after:
        return False
    for one in outgoing:
        to = one.recipient
        outbox.queue_mail(
            settings,
            to.email,
            *one.email,
            quiet=to.quiet,
            off_url=one.off_url,
            about=about(mail.assignment_id),
        )
        mail.after_person = to.person_id
    if is_last:
        mail.ended_at, mail.after_person = clock.now(), ""
    else:
        jobs.push(WORK, mail.id)
    return True
