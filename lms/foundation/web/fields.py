"""Form fields: a WTForms base with translated words, and fields that several rooms share."""

from __future__ import annotations

import unicodedata
from typing import Any

from wtforms import Form as PlainForm
from wtforms import StringField
from wtforms.validators import ValidationError

from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.names import is_selector, takes_selector, tidy_name


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


class NameField(TextField):
    """A name, without invisible characters: direction marks, soft hyphens, selectors that select nothing."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the name."""
        super().process_formdata(valuelist)
        if self.data:
            self.data = tidy_name(self.data)


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
                    "This is %(seen)s characters long and can be %(limit)s at most. Please shorten it a little.",
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
                _("Please enter a whole number from %(least)s to %(most)s.", least=self.least, most=self.most)
            )


# Unicode's Default_Ignorable_Code_Points that are no format characters, and the blank Braille pattern.
# U+FFFC and U+FFFD are what is left of a picture or a letter that a paste lost.
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufffc\ufffd")
# More marks on one letter than any script asks for spill over the lines of other people.
_MARKS_MOST = 6
_STACKED = {"Mn", "Me"}
# Code points that Unicode keeps for characters that are never shown.
_NEVER_SHOWN = (("\u2065", "\u2065"), ("\ufff0", "\ufff8"), ("\U000e0000", "\U000e0fff"))
_JOINERS = frozenset("\u200c\u200d")
# After a symbol, this asks for the picture in colour, as phones type a heart; a joiner makes one picture of two.
_AS_PICTURE = "\ufe0f"
# Word processors put these between words of two directions; running text needs them, and a name doesn't.
DIRECTION_MARKS = "\u061c\u200e\u200f"


def _is_of_picture(text: str, place: int) -> bool:
    """Decide whether a character only says how the symbol before it looks, or joins it to the one after it."""
    before, after = text[:place].rstrip(_AS_PICTURE)[-1:], text[place + 1 : place + 2]
    if not before or unicodedata.category(before) not in {"So", "Sk"}:
        return False
    joins = text[place] == "\u200d" and unicodedata.category(after or " ") == "So"
    return joins or (text[place] == _AS_PICTURE and text[place - 1] == before)


def _is_hidden(text: str, place: int) -> bool:
    """Decide whether a character cannot be seen; the joiners that scripts need stand between two letters."""
    sign = text[place]
    if _is_of_picture(text, place):
        return False
    if sign in _JOINERS:
        beside = text[place - 1 : place] + text[place + 1 : place + 2]
        return len(beside) < 2 or any(unicodedata.category(other)[0] not in "LM" for other in beside)
    if is_selector(sign):
        # A letter of a name may have one, as in 葛󠄀城; a picture was looked at above.
        return not place or not takes_selector(text[place - 1]) or unicodedata.category(text[place - 1])[0] == "S"
    return sign in _UNSEEN or _is_unseen_kind(sign)


def _is_unseen_kind(sign: str) -> bool:
    """Decide whether characters of this kind show nothing.

    Letters of somebody's own font, and of scripts that are newer than our tables, show at least a box.
    """
    kind = unicodedata.category(sign)
    if kind == "Cn":
        return not _can_stand_on_a_page(sign) or any(first <= sign <= last for first, last in _NEVER_SHOWN)
    return kind in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def hides_something(text: str, besides: str = "") -> bool:
    """Return whether there is a character in a text that cannot be seen, besides some that may be there."""
    return any(_is_hidden(text, place) for place, sign in enumerate(text) if sign not in besides)


def show_hidden(text: str) -> list[tuple[str, bool]]:
    """Return a text in pieces, with True for each that is the code of a hidden character, such as U+200D."""
    pieces: list[tuple[str, bool]] = []
    for place, sign in enumerate(text):
        if _is_hidden(text, place):
            pieces.append((f"U+{ord(sign):04X}", True))
        elif pieces and not pieces[-1][1]:
            pieces[-1] = (pieces[-1][0] + sign, False)
        else:
            pieces.append((sign, False))
    return pieces


def name_trouble(name: str) -> str | None:
    """Return what to change about a name, in words, or None: one line, with a letter, and nothing that hides."""
    if hides_something(name):
        return _("This has a hidden character or a line break in it. Please enter it again on one line.")
    marks = "".join("m" if unicodedata.category(sign) in _STACKED else "." for sign in name)
    if "m" * (_MARKS_MOST + 1) in marks:
        return _("There are more marks on one character than we can show. Please remove some of them.")
    if not any(unicodedata.category(sign)[0] == "L" or unicodedata.category(sign) == "Cn" for sign in name):
        return _("This needs at least one letter.")
    return None


class OneLine:
    """Keeps names to one line that can be seen."""

    def __call__(self, form: PlainForm, field: Any) -> None:
        """Refuse a name that hides something, or that has no letter."""
        trouble = name_trouble(field.data) if field.data else None
        if trouble:
            raise ValidationError(trouble)


class NothingHidden:
    """Keeps a line to characters that can be seen; unlike a name, it can do without letters."""

    def __init__(self, besides: str = "") -> None:
        self.besides = besides

    def __call__(self, form: PlainForm, field: Any) -> None:
        """Refuse a line with a character that can't be seen."""
        if field.data and hides_something(field.data, self.besides):
            raise ValidationError(_("This has a hidden character or a line break in it. Please type it again."))
