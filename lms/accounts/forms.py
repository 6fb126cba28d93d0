"""Forms of the account pages."""

from __future__ import annotations

from wtforms import BooleanField, PasswordField
from wtforms.validators import StopValidation, ValidationError

from lms.accounts.addresses import EMAIL_MOST, NotDeliverable, is_sign_in_name, read_address
from lms.accounts.rules import PASSWORD_MOST
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import lazy_gettext as _l
from lms.foundation.web.fields import Form, NameField, OneLine, Required, ShortEnough, TextField

NAME_MOST, CERTIFICATE_NAME_MOST = 80, 120
PRONOUNS_MOST = 40


class _Email:
    """Asks for an address that mail can reach."""

    def __call__(self, form: Form, field: TextField) -> None:
        """Refuse a line that cannot be an address, with the reason."""
        found = read_address(field.data) if field.data else ""
        if isinstance(found, NotDeliverable):
            raise ValidationError(found.reason)


class _NoSignInName:
    """Says whom to ask to those who have a sign-in name, because no email reaches them."""

    def __call__(self, form: Form, field: TextField) -> None:
        """Refuse what reads as a sign-in name, whether or not somebody has it."""
        if is_sign_in_name((field.data or "").strip().lower()):
            raise StopValidation(
                _("This reads as a sign-in name. Please ask your coordinator for a link to a new password.")
            )


class SignInForm(Form):
    """An address or sign-in name, and a password."""

    email = TextField(
        _l("Email or sign-in name"),
        [Required(_l("Please enter your email address or sign-in name.")), ShortEnough(EMAIL_MOST)],
    )
    password = PasswordField(_l("Password"), [Required(_l("Please enter your password.")), ShortEnough(PASSWORD_MOST)])
    own_device = BooleanField(_l("Only I use this device"))


class RegisterForm(Form):
    """What it takes to have an account."""

    display_name = NameField(
        _l("Your name, as others see it here"),
        [Required(_l("Please enter a name. Any name you use will do.")), ShortEnough(NAME_MOST), OneLine()],
    )
    email = TextField(
        _l("Email address"), [Required(_l("Please enter your email address.")), ShortEnough(EMAIL_MOST), _Email()]
    )
    password = PasswordField(_l("Password"), [Required(_l("Please choose a password."))])


class PasswordForm(Form):
    """The password one has, and the one to have."""

    old = PasswordField(_l("Current password"), [Required(_l("Please enter your current password."))])
    new = PasswordField(_l("New password"), [Required(_l("Please choose a password."))])


class ForgottenForm(Form):
    """The address to which a link goes."""

    email = TextField(
        _l("Email address"), [Required(_l("Please enter your email address.")), ShortEnough(EMAIL_MOST), _Email()]
    )


class ForgottenPasswordForm(ForgottenForm):
    """The address to which a link to a new password goes."""

    email = TextField(
        _l("Email address"),
        [Required(_l("Please enter your email address.")), ShortEnough(EMAIL_MOST), _NoSignInName(), _Email()],
    )


class EmailAddressForm(Form):
    """The address to have instead of the present one."""

    email = TextField(
        _l("New email address"), [Required(_l("Please enter your email address.")), ShortEnough(EMAIL_MOST), _Email()]
    )


class NewPasswordForm(Form):
    """The password to have, for somebody with a one-time link."""

    new = PasswordField(_l("New password"), [Required(_l("Please choose a password."))])


class DeleteForm(Form):
    """Whether a seal of the name stays when an account goes."""

    seal = BooleanField(_l("Let people still check the name on my certificates"))


class LearningPreferencesForm(Form):
    """How somebody likes to be met: set once, and it holds everywhere."""

    long_rest = BooleanField(_l("Keep me signed in for two hours on a shared device"))
    check_at_once = BooleanField(_l("Show all questions of a check on one page"))
    wins_hidden = BooleanField(_l("Don’t tell me when I finish a lesson"))
    pronouns = TextField(_l("Pronouns (optional)"), [ShortEnough(PRONOUNS_MOST), OneLine()])
    pronouns_shown = BooleanField(_l("Show them beside my name to my programme’s coordinators"))


class NamesForm(Form):
    """The two names of a person."""

    display_name = NameField(
        _l("Your name, as others see it here"),
        [Required(_l("Please enter a name. Any name you use will do.")), ShortEnough(NAME_MOST), OneLine()],
    )
    certificate_name = NameField(
        _l("Name on certificates"),
        [
            Required(_l("Please enter the name to show on certificates.")),
            ShortEnough(CERTIFICATE_NAME_MOST),
            OneLine(),
        ],
    )
