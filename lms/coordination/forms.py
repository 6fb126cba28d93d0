"""What coordinators send."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf

from lms.certification.awards.rules import OBSERVATIONS_MOST, OBSERVER_ROLES, RATINGS
from lms.certification.readiness.actions import ObservationInput
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import lazy_gettext as _l
from lms.foundation.web.fields import Form, Number, OneLine, Required, ShortEnough, TextField
from lms.learning.progress.rules import EQUIVALENT_KINDS

REASON_MOST, OBSERVER_MOST = 600, 80
# Chosen for an observer without an account in the programme.
OUTSIDE = "outside"
ROLE_WORDS = {
    "trainer": _l("Trainer"),
    "observer": _l("Observer"),
    "coordinator": _l("Coordinator"),
    "supervisor": _l("Supervisor of peer support"),
}
WAY_WORDS = {
    "talked": _l("They talked it through with a trainer"),
    "written": _l("They wrote it down instead of role-playing it"),
    "elsewhere": _l("They’d already learned it elsewhere"),
    "waived": _l("They’re exempted from it"),
}


class EquivalentForm(Form):
    """Which part of a course is recognised or exempted, how, and why."""

    item = SelectField(_l("Part of the course"), [Required(_l("Choose a part of the course."))], choices=[])
    way = RadioField(
        _l("What are you recording?"),
        [AnyOf(EQUIVALENT_KINDS, _l("Choose what you’re recording."))],
        choices=[SelectChoice(way, WAY_WORDS[way]) for way in EQUIVALENT_KINDS],
        validate_choice=False,
    )
    done_on = TextField(_l("When did they learn it?"), [ShortEnough(10)])
    reason = TextField(_l("Reason"), [Required(_l("Give a reason, in a sentence.")), ShortEnough(REASON_MOST)])

    def day(self) -> date | None:
        """Return the day that was sent, or None when nothing like a day was."""
        return _as_day(self.done_on.data)


class ObservationForm(Form):
    """A practice that somebody observed: who, when, and one of four words; there is no field for what was said."""

    course = SelectField(_l("Which course?"), [Required(_l("Choose a course."))], choices=[])
    observer = SelectField(_l("Who observed it?"), [Required(_l("Choose who was there."))], choices=[])
    observer_name = TextField(_l("Their name, if they have no account here"), [ShortEnough(OBSERVER_MOST), OneLine()])
    role = SelectField(
        _l("What’s their role in your programme?"),
        [AnyOf(OBSERVER_ROLES, _l("Choose their role."))],
        choices=[SelectChoice(role, words) for role, words in ROLE_WORDS.items()],
        validate_choice=False,
    )
    seen_on = TextField(_l("When was it?"), [ShortEnough(10)])
    rating = RadioField(
        _l("How did it go?"),
        [AnyOf(RATINGS, _l("Choose how it went."))],
        choices=[SelectChoice(rating, rating) for rating in RATINGS],
        validate_choice=False,
    )

    def fits(self, courses: Collection[str], observers: Collection[str]) -> bool:
        """Look the form over, with a course that asks for observed practice and an observer among those there are."""
        self.course.choices = [(course, course) for course in courses]
        self.observer.choices = [("", ""), (OUTSIDE, OUTSIDE), *((observer, observer) for observer in observers)]
        self.validate()
        if self.observer.data == OUTSIDE and not (self.observer_name.data or "").strip():
            self.refuse("observer_name", _("Enter the name of the person who was there."))
        return not self.errors

    def day(self) -> date | None:
        """Return the day that was sent, or None when nothing like a day was."""
        return _as_day(self.seen_on.data)

    def seen(self, on: date, observers: Mapping[str, str]) -> ObservationInput:
        """Return what was observed, once the form has been looked over; `observers` leads to the ids of accounts."""
        observer = observers.get(self.observer.data)
        name = "" if observer else " ".join((self.observer_name.data or "").split())
        return ObservationInput(name, self.role.data, on, self.rating.data, observer)


class ReadinessForm(Form):
    """How many observed practices a programme asks for."""

    observations = TextField(_l("Number of observed practices"), [Number(0, OBSERVATIONS_MOST)])


def _as_day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
