"""What people send about certificates."""

from __future__ import annotations

from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf

from lms.certification.rules import REASONS
from lms.foundation.fields import Form, OneLine, Required, ShortEnough, TextField
from lms.foundation.words import lazy_gettext as _l

REASON_WORDS = {
    "issued in error": _l("It was issued in error"),
    "requirement not met": _l("A requirement turned out not to be met"),
    "holder asked": _l("Its holder asked for it"),
    "programme decision": _l("A decision of the programme"),
    "other": _l("Another reason"),
}


class WithdrawForm(Form):
    """The class of a reason, which stays private."""

    reason = RadioField(
        _l("Why is it withdrawn?"),
        [AnyOf(REASONS, _l("Please choose one of the reasons. Only your programme sees it."))],
        choices=[SelectChoice(reason, REASON_WORDS[reason]) for reason in REASONS],
        validate_choice=False,
    )


class ReissueForm(Form):
    """Why a certificate is made anew, or that it stays as it is."""

    because = RadioField(
        _l("Why is it made anew?"),
        [AnyOf(("name", "fault", "leave"), _l("Please choose one of them."))],
        choices=[
            SelectChoice("name", _l("Its holder uses another name now")),
            SelectChoice("fault", _l("Something on it was not as it should be")),
            SelectChoice("leave", _l("Leave it as it is")),
        ],
        validate_choice=False,
    )


class NameForm(Form):
    """A name to compare with the one on a certificate."""

    name = TextField(
        _l("Name as written on the certificate"), [Required(_l("Please type a name.")), ShortEnough(200), OneLine()]
    )
