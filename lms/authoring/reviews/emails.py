"""The email that asks somebody to review a course."""

from __future__ import annotations

from flask import url_for

from lms.accounts.notifications import preferences
from lms.accounts.notifications.reader_language import language_of
from lms.accounts.records import get_person, get_programme, has_email
from lms.authoring.reviews.events import ReviewAsked
from lms.authoring.reviews.records import get_request
from lms.foundation.config.settings import Settings
from lms.foundation.mail.outbox import queue_mail
from lms.foundation.mail.templates import writing_in
from lms.library.course_cache import get_course


def email_about_review(event: ReviewAsked, settings: Settings) -> None:
    """Ask somebody to review a version, with a link to its whole text."""
    request = get_request(event.request_id)
    person, programme = get_person(event.person_id), get_programme(event.programme_id)
    if not has_email(person):
        return
    with writing_in(language_of(person, programme)) as render_email:
        email = render_email(
            "review_asked",
            name=person.display_name,
            programme=programme.name,
            title=get_course(request.digest).title,
            lines=(request.note or "").splitlines(),
            address=settings.base_url + url_for("authoring.review", review_request=request.public_id),
            preferences_url=settings.base_url + url_for("accounts.email_preferences"),
        )
    queue_mail(settings, person.email, *email, quiet=preferences.quiet_hours(person.id))
