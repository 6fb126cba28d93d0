"""What coordinators send about assignments."""

from __future__ import annotations

from datetime import date
from typing import Any

from wtforms import RadioField, SelectField
from wtforms.validators import AnyOf, ValidationError

from lms.coordination.assignments.rules import (
    AUDIENCES,
    GROUPS,
    NOTE_MOST,
    REMINDER_MOST,
    SEARCH_MOST,
    TwoDays,
    read_day,
)
from lms.foundation.text.i18n import day
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import lazy_gettext as _l
from lms.foundation.web.fields import (
    DIRECTION_MARKS,
    Form,
    NothingHidden,
    Required,
    ShortEnough,
    TextField,
    hides_something,
)


class OneDay:
    """Takes a day in one of several forms; one that could be two days is asked about, not guessed."""

    def __call__(self, form: Any, field: Any) -> None:
        """Refuse what is no day, or two."""
        found = read_day(field.data) if field.data else None
        if isinstance(found, TwoDays):
            raise ValidationError(
                _(
                    "This could be %(one)s or %(other)s. Please write the month as a word.",
                    one=day(found.one),
                    other=day(found.other),
                )
            )
        if field.data and found is None:
            raise ValidationError(_("Please enter a date such as 14 March 2027 or 2027-03-14."))


def day_in(field: TextField) -> date | None:
    """Return the day of a field that was looked over; None when it is empty."""
    found = read_day(field.data or "")
    return found if isinstance(found, date) else None


class DateForm(Form):
    """Until when people are asked, and a note to them; both can stay empty."""

    due_on = TextField(_l("By which date? (optional)"), [OneDay()])
    note = TextField(_l("Note to them (optional)"), [ShortEnough(NOTE_MOST), NothingHidden(DIRECTION_MARKS)])


class AssignForm(DateForm):
    """Which course is asked of whom; what was chosen from lists is looked at by the action."""

    course = SelectField(_l("Course"), [Required(_l("Choose a course."))], choices=[])
    audience = RadioField(
        _l("Who’s asked to take it?"), [AnyOf(AUDIENCES, _l("Choose who’s asked to take it."))], validate_choice=False
    )
    unit = SelectField(_l("Unit"), choices=[], validate_choice=False)
    role = SelectField(_l("Role"), choices=[], validate_choice=False)
    q = TextField(_l("Find a person"), [ShortEnough(SEARCH_MOST)])


class FindForm(Form):
    """Whom a coordinator looks for by name."""

    q = TextField(_l("Find a person"), [ShortEnough(SEARCH_MOST)])


class MoreTimeForm(Form):
    """The date until which somebody gets more time."""

    until = TextField(_l("More time until"), [Required(_l("Please enter a date such as 14 March 2027.")), OneDay()])


class Readable:
    """Keeps a text of several lines to characters that can be seen."""

    def __call__(self, form: Any, field: Any) -> None:
        """Refuse a text with a hidden character in one of its lines."""
        if any(hides_something(line, f"\t{DIRECTION_MARKS}") for line in (field.data or "").splitlines()):
            raise ValidationError(_("This has a hidden character in it. Please type it again."))


class ReminderForm(Form):
    """What a reminder says, and whom it is for."""

    group = RadioField(_l("Who gets it?"), [AnyOf(GROUPS, _l("Choose who gets it."))], validate_choice=False)
    text = TextField(
        _l("Your message"),
        [Required(_l("Please write a sentence or two.")), ShortEnough(REMINDER_MOST), Readable()],
    )
