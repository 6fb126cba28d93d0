"""Emails about marking checks again: to coordinators who decide, and to people whose result changed."""

from __future__ import annotations

from flask import url_for

from lms.accounts.notifications.preferences import quiet_hours
from lms.accounts.notifications.reader_language import language_of
from lms.accounts.records import get_person, get_programme, list_staff
from lms.authoring.statistics.regrading.events import CheckRegraded, RegradeProposed
from lms.authoring.statistics.regrading.records import get_regrade, passed_elsewhere
from lms.foundation.config.settings import Settings
from lms.foundation.mail.outbox import queue_mail
from lms.foundation.mail.templates import writing_in
from lms.learning.progress.attempt_records import get_attempt
from lms.library.course_cache import get_course


def email_about_proposal(event: RegradeProposed, settings: Settings) -> None:
    """Tell coordinators that a trainer proposed to mark earlier checks again."""
    programme, regrade = get_programme(event.programme_id), get_regrade(event.regrade_id)
    address = url_for("authoring.decide_regrade", programme=programme.slug, regrade=regrade.public_id)
    for person, roles in list_staff(programme.id):
        if "coordinator" not in roles:
            continue
        with writing_in(language_of(person, programme)) as render_email:
            email = render_email(
                "regrade_proposed",
                name=person.display_name,
                title=get_course(regrade.digest).title,
                programme=programme.name,
                address=settings.base_url + address,
                preferences_url=settings.base_url + url_for("accounts.email_preferences"),
            )
        queue_mail(settings, person.email, *email, quiet=quiet_hours(person.id))


def email_about_marking(event: CheckRegraded, settings: Settings) -> None:
    """Tell somebody that a check of theirs was marked again and what came of it.

    Whoever passed with another check hears nothing of a pass that was taken back: for them, nothing changes.
    """
    person, programme = get_person(event.person_id), get_programme(event.programme_id)
    attempt = get_attempt(event.attempt_id)
    if not event.passed and passed_elsewhere(attempt):
        return
    with writing_in(language_of(person, programme)) as render_email:
        email = render_email(
            "check_marked_again",
            name=person.display_name,
            title=get_course(attempt.digest).title,
            programme=programme.name,
            contact=programme.facts.get("contact") or "",
            passed=event.passed,
            address=settings.base_url + url_for("learning.result", attempt=attempt.public_id),
            preferences_url=settings.base_url + url_for("accounts.email_preferences"),
        )
    queue_mail(settings, person.email, *email, quiet=quiet_hours(person.id))
