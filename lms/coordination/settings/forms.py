"""What coordinators send of their programme's settings; each page has a form and a Save of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from babel import Locale
from wtforms import HiddenField, RadioField, SelectField, TextAreaField

from lms.accounts.programmes.colour_rules import PALETTE, as_hex
from lms.accounts.programmes.facts import tidy
from lms.accounts.programmes.forms import SettingsForm
from lms.accounts.programmes.keeping import ANSWERS, KEEPS, months_of_site
from lms.accounts.rules import country_codes
from lms.coordination.settings.words import approval_words, colour_choices, confirming_words, offer_words
from lms.foundation.text.collation import sort_key
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import language
from lms.foundation.text.i18n import lazy_gettext as _l
from lms.foundation.web.fields import Form, TextField
from lms.foundation.web.security import settings as this_site
from lms.library.rules import OFFERING_STATES

OWN_COLOUR = "own"


def country_choices() -> list[tuple[str, str]]:
    """Return all countries by code, in the reader's language and order."""
    spoken = language()
    names = Locale.parse(spoken).territories
    found = sorted(((code, names.get(code, code)) for code in country_codes()), key=lambda c: sort_key(c[1], spoken))
    return [("", _("Not chosen yet")), *found]


class NameForm(SettingsForm):
    """What the programme is called, and where it is."""

    KEYS = ("name", "country", "timezone")
    name = TextField(_l("Name of the programme"), description=_l("On certificates, in emails and on every page."))
    country = SelectField(
        _l("Country"),
        choices=[],
        validate_choice=False,
        description=_l("This decides which support lines your people see first."),
    )
    timezone = TextField(
        _l("Time zone"),
        description=_l(
            "For example Europe/London or America/New_York. It decides which day is printed on a certificate. "
            "If you leave it empty, we use the time zone of this site."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country.choices = country_choices()


class ContactsForm(SettingsForm):
    """Whom the people of the programme can talk to, and what its courses say of it."""

    KEYS = ("lead", "contact", "hours", "reply_time", "emergency", "limits_statement")
    lead = TextField(_l("Who to talk to"), description=_l("A name, for example Ingrid Okafor. Lessons show it."))
    contact = TextField(_l("How to reach them"), description=_l("An email address or a telephone number."))
    hours = TextField(_l("When they can be reached"), description=_l("For example: Monday to Friday, 9 to 5."))
    reply_time = TextField(_l("How soon they reply"), description=_l("For example: within two days."))
    emergency = TextField(
        _l("Emergency number"),
        description=_l("The number that your people call in an emergency, for example 999. Lessons show it."),
    )
    limits_statement = TextAreaField(
        _l("Limits of confidentiality"),
        description=_l("What a peer supporter in your programme says about what stays confidential and what can’t."),
    )


class RegistrationForm(SettingsForm):
    """Who can make an account for this programme."""

    KEYS = ("registration",)
    registration = RadioField(_l("Who can join?"), choices=[], validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.registration.choices = [("closed", _("Only people you invite")), ("open", _("Anybody who registers"))]

    @classmethod
    def data_of(cls, now: Mapping[str, str]) -> dict[str, Any]:
        """Return what stands in the field; open is what a programme is that says nothing."""
        return {"registration": now["registration"] or "open"}

    def changed_words(self, key: str, value: str) -> str:
        """Return what it is now, in words."""
        return super().changed_words(key, value or "open")


class ReviewsForm(SettingsForm):
    """When certificates are issued, and for how long prior learning counts."""

    KEYS = ("hold_unreviewed", "confirm_names", "second_approval", "prior_months")
    _NO = frozenset({"confirm_names", "second_approval"})
    hold_unreviewed = RadioField(
        _l("Certificates of courses that nobody has reviewed yet"), choices=[], validate_choice=False
    )
    confirm_names = RadioField(
        _l("Certificates whose names nobody has confirmed yet"), choices=[], validate_choice=False
    )
    second_approval = RadioField(_l("New versions of courses"), choices=[], validate_choice=False)
    prior_months = TextField(
        _l("How many months prior learning counts for"),
        description=_l("What people learned elsewhere counts for this long. If you leave this empty, it’s 24 months."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hold_unreviewed.choices = [
            ("site", _("As on the rest of this site")),
            ("yes", _("Wait until the course has been reviewed")),
            ("no", _("Are issued straight away")),
        ]
        self.confirm_names.choices = list(confirming_words().items())
        self.second_approval.choices = list(approval_words().items())

    @classmethod
    def data_of(cls, now: Mapping[str, str]) -> dict[str, Any]:
        """Return what the fields contain; a programme that says nothing asks for no approval and no names."""
        return {**super().data_of(now), **{key: now[key] or "no" for key in cls._NO}}

    def changed_words(self, key: str, value: str) -> str:
        """Return what it is now, in words."""
        return super().changed_words(key, value or "no" if key in self._NO else value)


class KeepingForm(SettingsForm):
    """How long the programme keeps answers, and details of people who left; `looked` is what its sender saw go."""

    KEYS = KEEPS
    keep_answers_months = TextField(_l("Answers to checks"))
    keep_details_months = TextField(
        _l("Details of people who left"),
        description=_l(
            "How many months we keep their unit, staff number and line manager. If you leave this empty, it’s as "
            "long as their account."
        ),
    )
    looked = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        months = months_of_site(this_site(), ANSWERS)
        self.keep_answers_months.description = (
            _("How many months we keep them. This site keeps them for %(num)s, and you can choose fewer.", num=months)
            if months
            else _("How many months we keep them. If you leave this empty, it’s as long as their account.")
        )


class ColourForm(SettingsForm):
    """The colour of links and buttons on the programme's pages."""

    KEYS = ("colour",)
    colour = RadioField(_l("Colour of links and buttons"), choices=[], validate_choice=False)
    own = TextField(
        _l("Your own colour"),
        description=_l(
            "A hex code such as #12466e. Dark colours are easiest to read; we’ll tell you if yours is too light."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.colour.choices = [*colour_choices(), (OWN_COLOUR, _("Another colour"))]

    @classmethod
    def data_of(cls, now: Mapping[str, str]) -> dict[str, Any]:
        """Return what the fields contain: a colour that isn't among the choices stands in the field of its own."""
        colour = now["colour"]
        if not colour or colour in PALETTE.values():
            return {"colour": colour, "own": ""}
        return {"colour": OWN_COLOUR, "own": colour}

    def wanted(self) -> dict[str, str]:
        """Return the colour that was chosen, or typed."""
        if self.colour.data != OWN_COLOUR:
            return {"colour": tidy("colour", self.colour.data or "")}
        return {"colour": tidy("colour", self.own.data or "") or OWN_COLOUR}

    def refuse(self, field: str, message: str) -> None:
        """Add a message beside the field in which the colour was typed."""
        super().refuse("own" if field == "colour" and self.colour.data == OWN_COLOUR else field, message)

    def shown(self) -> str | None:
        """Return the colour that was typed, if it is one."""
        return as_hex(self.own.data or "")


class OfferForm(Form):
    """Whether the programme offers a course, and to whom."""

    offer = RadioField(_l("Who can take this course?"), choices=[], validate_choice=False)
    was = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer.choices = [(state, offer_words()[state]) for state in reversed(OFFERING_STATES)]


FORMS: dict[str, type[SettingsForm]] = {
    "name": NameForm,
    "contacts": ContactsForm,
    "registration": RegistrationForm,
    "reviews": ReviewsForm,
    "colour": ColourForm,
    "keeping": KeepingForm,
}
