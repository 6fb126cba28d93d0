"""Forms of two-step sign-in."""

from __future__ import annotations

from wtforms import HiddenField

from lms.accounts.second_factor.rules import PASSKEY_NAME_MOST
from lms.foundation.text.i18n import lazy_gettext as _l
from lms.foundation.web.fields import Form, OneLine, Required, ShortEnough, TextField


class SecondStepForm(Form):
    """What follows the password: a code of the app, or a recovery code."""

    code = TextField(_l("Code from your app"))
    recovery = TextField(_l("Recovery code"))


class AppForm(Form):
    """The first code of an app that is being set up."""

    code = TextField(_l("Code from your app"), [Required(_l("Please enter the six digits that your app shows."))])


class PasskeyForm(Form):
    """What a passkey is called, and what the browser made."""

    name = TextField(
        _l("Name of this passkey"),
        [
            Required(_l("Please enter a name, such as “Work laptop”.")),
            ShortEnough(PASSKEY_NAME_MOST),
            OneLine(),
        ],
    )
    passkey_answer = HiddenField()
    passkey_challenge = HiddenField()
