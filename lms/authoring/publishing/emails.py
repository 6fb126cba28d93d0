"""The email that says that a draft couldn't be published at its time."""

from __future__ import annotations

from flask import url_for

from lms.accounts.notifications import preferences
from lms.accounts.notifications.reader_language import language_of
from lms.accounts.records import get_person, get_programme, has_email
from lms.authoring.drafts.records import Draft
from lms.authoring.publishing.events import PublicationStopped
from lms.authoring.publishing.plan_pages import stop_words
from lms.authoring.publishing.records import find_publication
from lms.foundation.config.settings import Settings
from lms.foundation.db import db
from lms.foundation.mail.outbox import queue_mail
from lms.foundation.mail.templates import writing_in


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
