"""What learning stores about a person, why and for how long, as the page “Your data” shows it."""

from __future__ import annotations

from lms.accounts.programmes.keeping import ANSWERS, list_shorter
from lms.foundation.personal_data import StoredData
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.periods import in_words, months_in_words
from lms.foundation.web.security import settings as this_site
from lms.learning.practice.records import KEPT_AFTER_DEBRIEF, KEPT_UNFINISHED


def _columns(table: str, names: str) -> tuple[str, ...]:
    return tuple(f"{table}.{name}" for name in names.split())


def stored_data(person_id: str | None = None) -> tuple[StoredData, ...]:
    """Return what is kept of somebody's learning."""
    return (*_of_courses(), *_of_checks(person_id), *_of_refreshers_and_adjustments())


def _of_courses() -> tuple[StoredData, ...]:
    return (
        StoredData(
            _("Which courses you started, and when"),
            _("To save your place."),
            _("Until you delete your account. Where a certificate depends on it, the day you started stays with that."),
            _columns("enrolment", "id programme_id person_id course_id minor_line started_at"),
        ),
        StoredData(
            _("Which lessons and practice conversations you finished"),
            _("To save your place, and because certificates need some of it. We don’t save which version you read."),
            _("Until you delete your account."),
            (
                *_columns("lesson_done", "enrolment_id lesson_id at known"),
                *_columns("practice_done", "enrolment_id conversation_id counts at"),
            ),
        ),
        StoredData(
            _("What you chose in practice conversations"),
            _("So that you can continue where you left off and read the conversation back. Nobody else can see it."),
            _(
                "Until %(read)s after you finish, %(left)s after you leave one unfinished, or until you delete it.",
                read=in_words(KEPT_AFTER_DEBRIEF),
                left=in_words(KEPT_UNFINISHED),
            ),
            _columns(
                "talk_run",
                "id public_id enrolment_id open_for conversation_id digest path revision tells own_first touched_at"
                " debrief_at",
            ),
        ),
    )


def _of_answers(person_id: str | None) -> str:
    months = this_site().keep_answers_months
    if months is None:
        on_site = _("Until you delete your account.")
    else:
        on_site = _(
            "%(months)s after you gave them, or until you delete your account.",
            months=months_in_words(months),
        )
    sooner = [
        _("In %(programme)s: %(months)s.", programme=programme.name, months=months_in_words(shorter))
        for programme, shorter in (list_shorter(this_site(), ANSWERS, person_id) if person_id else ())
    ]
    return " ".join([on_site, *sooner])


def _of_checks(person_id: str | None) -> tuple[StoredData, ...]:
    stays = _("Until you delete your account.")
    return (
        StoredData(
            _("Your attempts at the check: which questions you were asked, and the results"),
            _("So that you can continue where you left off and look back, and because certificates depend on passing."),
            stays,
            (
                *_columns("attempt", "id public_id enrolment_id open_for digest seed drawn opened_at renewal_id"),
                *_columns("result", "attempt_id right asked passed at counted regraded_at"),
            ),
        ),
        StoredData(
            _("Your answers in the check"),
            _("So that you can continue where you left off, and look back at your result."),
            _of_answers(person_id),
            _columns("answer", "attempt_id question_id value revision saved_at"),
        ),
        StoredData(
            _("When you started to renew a certificate, and from which version"),
            _("So that you only need to do what has changed since."),
            stays,
            _columns("renewal", "id enrolment_id open_for since begun_at ended_at"),
        ),
    )


def _of_refreshers_and_adjustments() -> tuple[StoredData, ...]:
    return (
        StoredData(
            _("How often you want refreshers, and the day you last saw each question"),
            _("So that a question doesn’t come back too soon. We don’t save how you answered."),
            _("Until you turn refreshers off."),
            (
                *_columns("refresher", "person_id pace next_on"),
                *_columns("refresher_shown", "person_id question shown_on"),
            ),
        ),
        StoredData(
            _("Adjustments and recognised prior learning, with the reason"),
            _(
                "So that you don’t have to repeat what you know or can’t do. "
                "Only you and the coordinator who recorded it see why."
            ),
            _("Until you delete your account."),
            _columns(
                "equivalent",
                "id public_id enrolment_id item item_id way reason done_on recorded_by recorded_at undone_at"
                " undone_reason",
            ),
        ),
    )
