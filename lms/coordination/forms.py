"""What coordinators send."""

from __future__ import annotations

from datetime import date

from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf

from lms.foundation.fields import Form, Required, ShortEnough, TextField
from lms.foundation.words import lazy_gettext as _l
from lms.learning.rules import WAYS

REASON_MOST = 600
WAY_WORDS = {
    "talked": _l("They talked it through with a trainer"),
    "written": _l("They wrote it down instead of playing it"),
    "elsewhere": _l("They learned it elsewhere before"),
    "waived": _l("It is waived"),
}


class EquivalentForm(Form):
    """What was met in another way, how, and why."""

    item = SelectField(_l("What was met"), [Required(_l("Please choose what was met."))], choices=[])
    way = RadioField(
        _l("How was it met?"),
        [AnyOf(WAYS, _l("Please choose one of them."))],
        choices=[SelectChoice(way, WAY_WORDS[way]) for way in WAYS],
        validate_choice=False,
    )
    done_on = TextField(_l("When did it take place?"), [ShortEnough(10)])
    reason = TextField(_l("Reason"), [Required(_l("Please give a reason, in a sentence.")), ShortEnough(REASON_MOST)])

    def day(self) -> date | None:
        """Return the day that was sent, or None when nothing like a day was."""
        try:
            return date.fromisoformat(self.done_on.data or "")
        except ValueError:
            return None
