"""Publishes drafts at the time that was set, or emails whoever set it why that couldn't be done."""

from __future__ import annotations

from flask import url_for

from lms.accounts.notifications import preferences
from lms.accounts.notifications.reader_language import language_of
from lms.accounts.records import get_person, get_programme, has_email, roles_of
from lms.accounts.rules import zone_of
from lms.authoring.drafts.records import Draft
from lms.authoring.publishing import plan_actions, records
from lms.authoring.publishing.actions import Decided, prepare, publish_draft
from lms.authoring.publishing.events import PublicationStopped
from lms.authoring.publishing.plan_pages import stop_words
from lms.authoring.publishing.publish_pages import publish_page
from lms.authoring.publishing.records import Publication, find_publication
from lms.authoring.publishing.rules import Stop
from lms.foundation import clock
from lms.foundation.config.settings import Settings
from lms.foundation.db import db, write
from lms.foundation.mail.outbox import queue_mail
from lms.foundation.mail.templates import writing_in


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
    page = publish_page(draft, is_operator, zone_of(get_programme(draft.programme_id).facts, settings.timezone))
    if page.problems or page.blocks:
        return "problems"
    possible = {choice.version for choice in page.choices}
    prepared = prepare(draft, plan.version, plan.note or "") if plan.version in possible else None
    if prepared is None:
        return "version"
    decided = Decided(plan.decided_by, is_operator, plan.asked_by, is_approved=plan.decided_by is not None)
    return "changed" if write(publish_draft, prepared, decided, offer=True) else None


def _may_still_publish(plan: Publication) -> bool | None:
    """Return whether whoever asked is an operator; None when they may publish nothing in this programme any more."""
    person = get_person(plan.asked_by) if plan.asked_by else None
    if person is None or person.disabled_at is not None:
        return None
    trains = "trainer" in roles_of(person.id).get(plan.programme_id, [])
    return person.operator if person.operator or trains else None


def email_about_stop(event: PublicationStopped, settings: Settings) -> None:
    """Tell whoever asked for it why their draft wasn't published, and where to go on."""
    plan, draft = find_publication(event.draft_id), db.session.get_one(Draft, event.draft_id)
    if plan is None or plan.asked_by is None:
        return
    person, programme = get_person(plan.asked_by), get_programme(plan.programme_id)
    if not has_email(person):
        return
    page = url_for("authoring.publish", programme=programme.slug, draft=draft.public_id)
    with writing_in(language_of(person, programme)) as render_email:
        email = render_email(
            "publication_stopped",
            name=person.display_name,
            programme=programme.name,
            title=draft.title,
            lines=[stop_words(plan.note)],
            address=settings.base_url + page,
            preferences_url=settings.base_url + url_for("accounts.email_preferences"),
        )
    queue_mail(settings, person.email, *email, quiet=preferences.quiet_hours(person.id))
