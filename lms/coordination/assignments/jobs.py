"""Emails about assignments, written in the job process a part at a time; they continue after an interruption."""

from __future__ import annotations

from datetime import date

from flask import url_for

from lms.accounts.notifications import preferences
from lms.accounts.notifications.reader_language import language_in
from lms.accounts.records import Programme, get_person, get_programme
from lms.accounts.rules import zone_of
from lms.coordination.assignments import actions, records
from lms.coordination.assignments.actions import Outgoing
from lms.coordination.assignments.audience_records import Recipient, list_recipients
from lms.coordination.assignments.records import Assignment, AssignmentMail
from lms.coordination.assignments.rules import STEP, time_until
from lms.coordination.pages import title_of
from lms.foundation import clock
from lms.foundation.config.settings import Settings
from lms.foundation.db import write
from lms.foundation.keys import secret_key
from lms.foundation.mail.templates import Email, RenderEmail, writing_in
from lms.foundation.text.i18n import day


def work(mail_id: str, settings: Settings) -> None:
    """Write the next part of some emails, and ask for the part after it, so that other work gets its turn."""
    mail = records.find_mail(mail_id)
    if mail is None:
        return
    assignment = records.get_assignment(mail.assignment_id)
    programme = get_programme(assignment.programme_id)
    zone = zone_of(programme.facts, settings.timezone)
    today = clock.today(zone)
    purpose = "assignment-reminders" if mail.kind == "reminder" else "assigned"
    found = list_recipients(mail, purpose, today, STEP, zone)
    outgoing = []
    for recipient in found:
        mark = preferences.off_mark(secret_key(settings.data), recipient.public_id, purpose)
        off_url = settings.base_url + url_for("accounts.unsubscribe", mark=mark)
        with writing_in(language_in(programme, recipient.language)) as render_email:
            email = _email(mail, assignment, recipient, off_url, render_email, settings)
        outgoing.append(Outgoing(recipient, email, off_url))
    write(actions.send_part, mail.id, mail.after_person, outgoing, len(found) < STEP, settings)


def _email(
    mail: AssignmentMail,
    assignment: Assignment,
    to: Recipient,
    off_url: str,
    render_email: RenderEmail,
    settings: Settings,
) -> Email:
    values = _values(assignment, to.name, off_url, time_until(assignment.due_on, to.granted_until), settings)
    if mail.kind != "reminder":
        return render_email("course_assigned", note=assignment.note, **values)
    sender = get_person(mail.asked_by).display_name
    return render_email("course_reminder", sender=sender, lines=lines_of(mail.text), **values)


def preview_reminder(programme: Programme, assignment: Assignment, text: str, sender: str, settings: Settings) -> Email:
    """Return a reminder as most people get it, without a name."""
    with writing_in(language_in(programme)) as render_email:
        values = _values(assignment, "…", "", assignment.due_on, settings)
        return render_email("course_reminder", sender=sender, lines=lines_of(text), **values)


def _values(
    assignment: Assignment, name: str, off_url: str, until: date | None, settings: Settings
) -> dict[str, object]:
    return {
        "name": name,
        "programme": get_programme(assignment.programme_id).name,
        "course": title_of(assignment.course_id),
        "until": day(until) if until else "",
        "course_url": settings.base_url + url_for("learning.course", course=assignment.course_id),
        "off_url": off_url,
        "preferences_url": settings.base_url + url_for("accounts.email_preferences") if off_url else "",
    }


def lines_of(text: str) -> list[str]:
    """Return the lines of a text that a coordinator wrote, without empty ones."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def sweep(settings: Settings) -> None:
    """Go on with whatever isn't sent yet."""
    for mail_id in records.list_unsent():
        work(mail_id, settings)
