"""Emails about drafts on their way to being published: a request to approve, its answer, and a time that passed."""

from __future__ import annotations

from flask import url_for

from lms.accounts.notifications import preferences
from lms.accounts.notifications.reader_language import language_of
from lms.accounts.records import Person, get_person, get_programme, list_operators, list_staff, roles_of
from lms.accounts.rules import zone_of
from lms.authoring.drafts.records import Draft
from lms.authoring.publishing.events import (
    ChangesAsked,
    PublicationApproved,
    PublicationAsked,
    PublicationCalledOff,
    PublicationStopped,
)
from lms.authoring.publishing.plans.pages import name_of, stop_words
from lms.authoring.publishing.records import Publication, find_publication
from lms.foundation.config.settings import Settings
from lms.foundation.db import db
from lms.foundation.keys import secret_key
from lms.foundation.mail.outbox import queue_mail, take_back
from lms.foundation.mail.templates import writing_in
from lms.foundation.text.i18n import moment


def is_publisher(person: Person, programme_id: str) -> bool:
    """Decide whether somebody can still publish courses of a programme, and so open the pages of its drafts."""
    if person.disabled_at is not None:
        return False
    return person.operator or "trainer" in roles_of(person.id).get(programme_id, [])


def list_others(plan: Publication) -> list[Person]:
    """Return who can publish a draft besides whoever asked: trainers of its programme, and operators if it has none."""
    trainers = [person for person, roles in list_staff(plan.programme_id) if "trainer" in roles]
    others = [person for person in trainers if person.id != plan.asked_by]
    operators = [person for person in list_operators() if person.disabled_at is None and person.id != plan.asked_by]
    return others or operators


def email_about_request(event: PublicationAsked, settings: Settings) -> None:
    """Tell everybody who can approve a draft that it waits, unless they turned these emails off."""
    plan = find_publication(event.draft_id)
    for person in list_others(plan) if plan else ():
        if plan and "approvals" in preferences.list_consents(person.id):
            _email_publisher("approval_asked", person, plan, settings, purpose="approvals")


def take_back_request(event: PublicationCalledOff | PublicationApproved | ChangesAsked) -> None:
    """Delete emails about a request that haven't left yet, as it's answered or was cancelled."""
    take_back(_about(event.draft_id))


def email_about_approval(event: PublicationApproved, settings: Settings) -> None:
    """Tell whoever asked that their draft was approved, and when it's published."""
    plan = find_publication(event.draft_id)
    if plan is not None:
        _email_author("draft_approved", plan, settings)


def email_about_changes(event: ChangesAsked, settings: Settings) -> None:
    """Tell whoever asked which changes their draft needs first."""
    plan = find_publication(event.draft_id)
    if plan is not None:
        _email_author("changes_asked", plan, settings, lines=(plan.note or "").splitlines())


def email_about_stop(event: PublicationStopped, settings: Settings) -> None:
    """Say why a draft wasn't published at its time: to whoever set it or, if they're gone, to who can do it now."""
    plan = find_publication(event.draft_id)
    if plan is None or db.session.get_one(Draft, event.draft_id).state != "open":
        return
    lines = [stop_words(plan.note)]
    if not _email_author("publication_stopped", plan, settings, lines=lines):
        for person in list_others(plan):
            _email_publisher("publication_stopped", person, plan, settings, lines=lines)


def _email_author(kind: str, plan: Publication, settings: Settings, lines: list[str] | None = None) -> bool:
    """Email whoever asked, and return whether they can still open the page that it leads to."""
    author = get_person(plan.asked_by) if plan.asked_by else None
    if author is None or not is_publisher(author, plan.programme_id):
        return False
    _email_publisher(kind, author, plan, settings, lines=lines)
    return True


def _email_publisher(
    kind: str, person: Person, plan: Publication, settings: Settings, lines: list[str] | None = None, purpose: str = ""
) -> None:
    programme, draft = get_programme(plan.programme_id), db.session.get_one(Draft, plan.draft_id)
    off_url = _off_url(person, purpose, settings) if purpose else None
    with writing_in(language_of(person, programme)) as render_email:
        email = render_email(
            kind,
            name=person.display_name,
            programme=programme.name,
            title=draft.title,
            version=plan.version,
            sender=name_of(plan.decided_by if kind in {"draft_approved", "changes_asked"} else plan.asked_by),
            own=person.id == plan.asked_by,
            moment=moment(plan.publish_at, zone_of(programme.facts, settings.timezone)) if plan.publish_at else "",
            lines=lines or [],
            address=settings.base_url + _page_of(draft, programme.slug),
            off_url=off_url,
            preferences_url=settings.base_url + url_for("accounts.email_preferences"),
        )
    about = _about(plan.draft_id) if purpose else None
    quiet = preferences.quiet_hours(person.id)
    queue_mail(settings, person.email, *email, quiet=quiet, off_url=off_url, about=about)


def _about(draft_id: str) -> str:
    return f"approval {draft_id}"


def _page_of(draft: Draft, slug: str) -> str:
    page = "authoring.published" if draft.state == "published" else "authoring.publish"
    return url_for(page, programme=slug, draft=draft.public_id)


def _off_url(person: Person, purpose: str, settings: Settings) -> str:
    mark = preferences.off_mark(secret_key(settings.data), person.public_id, purpose)
    return settings.base_url + url_for("accounts.unsubscribe", mark=mark)
