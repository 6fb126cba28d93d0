"""Form fields: a WTForms base whose words are translated, and the fields that several rooms share."""

from __future__ import annotations

import unicodedata
from typing import Any

from wtforms import Form as PlainForm
from wtforms import StringField
from wtforms.validators import ValidationError

from lms.foundation.words import gettext as _


def whole_number(text: str | None, otherwise: int, digits: int = 9) -> int:
    """Return the whole number that somebody sent in a few plain digits, or the other one for anything else."""
    return int(text) if text and len(text) <= digits and text.isascii() and text.isdigit() else otherwise


def _can_stand_on_a_page(sign: str) -> bool:
    """Decide whether HTML and databases can hold a sign: NUL and its kind come from tampering or a broken paste."""
    beyond = ord(sign) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(sign) <= 0xFDEF
    return sign in "\t\n\r" or not (beyond or unicodedata.category(sign) in {"Cc", "Cs"})


class Form(PlainForm):
    """The parent of every form; the form token is checked before any form is read."""

    def refuse(self, field: str, message: str) -> None:
        """Add a message to a field, as an expected "no" of an action does."""
        self[field].errors = [*self[field].errors, message]


class TextField(StringField):
    """A line of text that is stripped and brought into one Unicode form, without signs that no page can hold."""

    data: str | None

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the line."""
        super().process_formdata(valuelist)
        if self.data:
            self.data = unicodedata.normalize("NFC", "".join(filter(_can_stand_on_a_page, self.data))).strip()


class Required:
    """Asks for something, in words of one's own."""

    field_flags = {"required": True}  # noqa: RUF012 - WTForms reads a plain dict here

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, form: PlainForm, field: Any) -> None:
        """Refuse an empty field."""
        if not field.data or not str(field.data).strip():
            raise ValidationError(str(self.message))


class ShortEnough:
    """Keeps a line within a number of characters, and says how many there are."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def __call__(self, form: PlainForm, field: Any) -> None:
        """Refuse a line that is too long."""
        if field.data and len(field.data) > self.limit:
            raise ValidationError(
                _(
                    "This has %(seen)s characters and we can keep %(limit)s. Please shorten it a little.",
                    seen=len(field.data),
                    limit=self.limit,
                )
            )


class Number:
    """Takes a whole number between two bounds, in plain digits."""

    def __init__(self, least: int, most: int) -> None:
        self.least, self.most = least, most

    def __call__(self, form: PlainForm, field: Any) -> None:
        """Refuse anything else."""
        if not self.least <= whole_number(field.data, -1) <= self.most:
            raise ValidationError(
                _("Please type a whole number from %(least)s to %(most)s.", least=self.least, most=self.most)
            )


class OneLine:
    """Keeps control characters and line breaks out of names."""

    def __call__(self, form: PlainForm, field: Any) -> None:
        """Refuse signs that cannot be seen, but keep the joiners that scripts need."""
        joiners = {"\u200c", "\u200d"}
        if field.data and any(
            unicodedata.category(sign) in {"Cc", "Cf"} and sign not in joiners for sign in field.data
        ):
            raise ValidationError(_("This holds a sign that cannot be seen. Please type the name again."))
