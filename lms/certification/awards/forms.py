"""What people send about certificates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import BooleanField, FileField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf

from lms.accounts.programmes.facts import tidy
from lms.accounts.programmes.forms import SettingsForm
from lms.certification.awards.rules import REASONS
from lms.certification.awards.validity import DAYS_MOST, MODES, MONTHS_MOST, Validity
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import lazy_gettext as _l
from lms.foundation.web.fields import Form, NameField, Number, OneLine, Required, ShortEnough, TextField

REASON_WORDS = {
    "issued in error": _l("It was issued in error"),
    "requirement not met": _l("A requirement wasn’t met after all"),
    "harm observed": _l("Observed practice could have done harm"),
    "holder asked": _l("The holder asked for it"),
    "programme decision": _l("The programme decided to"),
    "other": _l("Another reason"),
}


class WithdrawForm(Form):
    """The class of a reason, which stays private."""

    reason = RadioField(
        _l("Why are you withdrawing it?"),
        [AnyOf(REASONS, _l("Choose a reason. Only your programme can see it."))],
        choices=[SelectChoice(reason, REASON_WORDS[reason]) for reason in REASONS],
        validate_choice=False,
    )


class ReissueForm(Form):
    """Why a certificate is reissued, or that the holder's request is declined."""

    because = RadioField(
        _l("Why are you reissuing it?"),
        [AnyOf(("name", "fault", "leave"), _l("Choose a reason."))],
        choices=[
            SelectChoice("name", _l("The holder uses another name now")),
            SelectChoice("fault", _l("Something on it wasn’t right")),
            SelectChoice("leave", _l("Don’t reissue it")),
        ],
        validate_choice=False,
    )


class ValidityForm(Form):
    """How long a course's certificates are valid in a programme, and when they can be renewed."""

    mode = RadioField(
        _l("How long is a certificate valid?"),
        [AnyOf(MODES, _l("Choose one of the three options."))],
        choices=[
            SelectChoice("completion", _l("A number of months from the day somebody passes or renews")),
            SelectChoice("expiry", _l("A number of months, counted from the old end date when it’s renewed in time")),
            SelectChoice("fixed", _l("Until the same day of the year for everybody")),
        ],
        validate_choice=False,
    )
    months = TextField(_l("Months"), [Number(0, MONTHS_MOST)])
    window_days = TextField(_l("How many days before the end date does renewal open?"), [Number(0, DAYS_MOST)])
    grace_days = TextField(_l("Grace period in days"), [Number(0, DAYS_MOST)])
    fixed_day = TextField(_l("Day of the month"), [Number(1, 31)])
    fixed_month = TextField(_l("Month, as a number"), [Number(1, 12)])
    minimum_months = TextField(_l("Shortest validity in months"), [Number(0, MONTHS_MOST)])

    @classmethod
    def of(cls, rule: Validity) -> ValidityForm:
        """Return the form filled with a rule."""
        month, day = rule.fixed
        return cls(
            data={
                "mode": rule.mode,
                "months": str(rule.months or 0),
                "window_days": str(rule.window_days),
                "grace_days": str(rule.grace_days),
                "fixed_month": str(month),
                "fixed_day": str(day),
                "minimum_months": str(rule.minimum_months),
            }
        )

    def seen(self) -> str:
        """Return a mark of the rule, by which a page knows whether its dates were those that were looked at."""
        return " ".join(str(field.data) for field in self)

    def rule(self) -> Validity:
        """Return the rule that the form tells, once it has been looked over; no months are no end."""

        def number(field: TextField) -> int:
            return int(field.data or 0)

        return Validity(
            self.mode.data,
            number(self.months) or None,
            number(self.window_days),
            number(self.grace_days),
            number(self.minimum_months),
            (number(self.fixed_month), number(self.fixed_day)),
        )


class NameForm(Form):
    """A name to compare with the one on a certificate."""

    name = NameField(
        _l("Name as written on the certificate"), [Required(_l("Enter a name.")), ShortEnough(200), OneLine()]
    )


class DesignForm(SettingsForm):
    """How a programme's certificates look from now on."""

    KEYS = ("signatory", "design", "logo")
    logo = FileField(_l("Logo"))
    no_logo = BooleanField(_l("Stop printing a logo"), false_values=("", "no"))
    signatory = TextField(_l("Who signs"))
    design = TextField(_l("Design"))

    @classmethod
    def data_of(cls, now: Mapping[str, str]) -> dict[str, Any]:
        """Return what the fields contain; a file never does."""
        return {"signatory": now["signatory"], "design": now["design"]}

    def wanted(self) -> dict[str, str]:
        """Return who signs and the design; the logo is read from its file."""
        return {key: tidy(key, self[key].data or "") for key in ("signatory", "design")}

    def changed_words(self, key: str, value: str) -> str:
        """Return what a setting is now, in words; a logo is looked at on the page."""
        return _("Somebody else has changed the logo.") if key == "logo" else super().changed_words(key, value)
