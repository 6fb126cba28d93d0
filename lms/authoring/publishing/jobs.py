"""Publishes drafts at the time that was set, and tells people in the middle of a version that it closes."""

from __future__ import annotations

from flask import url_for

from lms.accounts.notifications import preferences
from lms.accounts.notifications.reader_language import language_of
from lms.accounts.records import Person, get_person, get_programme, has_email
from lms.accounts.rules import zone_of
from lms.authoring.drafts.records import Draft
from lms.authoring.publishing import records
from lms.authoring.publishing.actions import Decided, prepare, publish_draft
from lms.authoring.publishing.plans import actions as plan_actions
from lms.authoring.publishing.plans.emails import is_publisher
from lms.authoring.publishing.publish_pages import publish_page
from lms.authoring.publishing.records import Publication
from lms.authoring.publishing.rules import Stop, needs_approval
from lms.foundation import clock
from lms.foundation.config.settings import Settings
from lms.foundation.db import db, write
from lms.foundation.mail.outbox import EVERY_NIGHT, is_quiet, queue_mail
from lms.foundation.mail.templates import Email, writing_in
from lms.foundation.text.i18n import day
from lms.library.actions import note_told
from lms.library.course_cache import get_course
from lms.library.records import VersionClosing, find_newest_digest, find_withdrawn, list_closings_to_tell

# How many people are told of a closing at once, so that other work gets its turn.
CLOSING_STEP = 50


def sweep(settings: Settings) -> None:
    """Publish what is due."""
    for draft_id in records.list_due(clock.now()):
        why = publish_due(draft_id, settings)
        if why is not None:
            write(plan_actions.stop, draft_id, why)


def publish_due(draft_id: str, settings: Settings) -> Stop | None:
    """Publish a draft whose time has come, after looking at everything again; return why it couldn't be."""
    draft, plan = db.session.get_one(Draft, draft_id), records.find_publication(draft_id)
    if plan is None or draft.state != "open" or draft.revision != plan.revision:
        return "changed"
    is_operator = _may_still_publish(plan)
    if is_operator is None:
        return "person"
    programme = get_programme(draft.programme_id)
    if needs_approval(programme.facts) and plan.decided_by is None:
        return "approval"
    page = publish_page(draft, is_operator, zone_of(programme.facts, settings.timezone))
    if page.problems:
        return "problems"
    withdrawn = find_withdrawn(plan.course_id)
    if withdrawn is not None and withdrawn.at >= plan.asked_at:
        return "withdrawn"
    if page.blocks:
        return "blocked"
    possible = {choice.version for choice in page.choices}
    prepared = prepare(draft, plan.version, plan.note or "") if plan.version in possible else None
    if prepared is None:
        return "version"
    decided = Decided(plan.decided_by, is_operator, plan.asked_by, is_approved=plan.decided_by is not None)
    return "changed" if write(publish_draft, prepared, decided, offer=True) else None


def _may_still_publish(plan: Publication) -> bool | None:
    """Return whether whoever asked is an operator; None when they may publish nothing in this programme any more."""
    person = get_person(plan.asked_by) if plan.asked_by else None
    return person.operator if person and is_publisher(person, plan.programme_id) else None


def sweep_closings(settings: Settings) -> None:
    """Tell the next people in the middle of each version that closes, while people get emails."""
    if is_quiet(settings, EVERY_NIGHT):
        return
    for closing in list_closings_to_tell(clock.today(settings.timezone)):
        found = records.list_to_tell(closing, CLOSING_STEP)
        emails = [_closing_email(closing, person_id, programme_id, settings) for _id, person_id, programme_id in found]
        key, seen = (closing.course_id, closing.minor_line), closing.after_enrolment
        after = found[-1][0] if found else seen
        write(_send_part, key, (seen, after), len(found) < CLOSING_STEP, [one for one in emails if one], settings)


def _closing_email(
    closing: VersionClosing, person_id: str, programme_id: str, settings: Settings
) -> tuple[Person, Email] | None:
    """Return what somebody reads of a version that closes; None for somebody without an email address."""
    person, programme = get_person(person_id), get_programme(programme_id)
    digest = find_newest_digest(closing.course_id, closing.minor_line)
    if digest is None or not has_email(person):
        return None
    with writing_in(language_of(person, programme)) as render_email:
        email = render_email(
            "version_closes",
            name=person.display_name,
            title=get_course(digest).title,
            day=day(closing.closes_on),
            course_url=settings.base_url + url_for("learning.course", course=closing.course_id),
            preferences_url=settings.base_url + url_for("accounts.email_preferences"),
        )
    return person, email


def _send_part(
    key: tuple[str, str],
    cursor: tuple[str, str],
    all_told: bool,
    emails: list[tuple[Person, Email]],
    settings: Settings,
) -> None:
    """Queue one part of the emails, unless the closing was called off or the part was sent meanwhile."""
    if not note_told(*key, *cursor, all_told):
        return
    for person, email in emails:
        queue_mail(settings, person.email, *email, quiet=preferences.quiet_hours(person.id))
