"""The types of fields in front matter, each with a sentence for what it does not take."""

from __future__ import annotations

import re
from html import escape
from typing import Annotated, Any

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from lms.content.model.safe import says_something

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SOURCE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_VERSION = re.compile(r"(?:0|[1-9]\d{0,5})(?:\.(?:0|[1-9]\d{0,5})){2}")
_ENDING = re.compile(r"open|good(?: needs [a-z0-9]+(?:-[a-z0-9]+)*(?: and [a-z0-9]+(?:-[a-z0-9]+)*)*)?")
_LONGEST_ID = 80
_NOTHING = ("", "null", "~", "none")


def read_text(value: Any) -> str:
    """Return a value as one line of text; raise a kind error where it is none."""
    if not isinstance(value, str):
        raise PydanticCustomError("BAD_VALUE", "write a line of text.")
    if not says_something(escape(value)):
        raise PydanticCustomError("BAD_VALUE", "the text is empty.")
    return " ".join(value.split())


def _maybe(value: Any) -> str | None:
    return None if value is None or (isinstance(value, str) and value.strip().lower() in _NOTHING) else read_text(value)


def _yes(value: Any) -> bool:
    if value in ("yes", "true"):
        return True
    if value in ("no", "false"):
        return False
    raise PydanticCustomError("BAD_VALUE", "write yes or no.")


def _whole(value: Any) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 7:
        return int(value)
    raise PydanticCustomError("BAD_VALUE", "write a whole number.")


def _maybe_whole(value: Any) -> int | None:
    return None if isinstance(value, str) and value.strip().lower() in _NOTHING else _whole(value)


def _score(value: Any) -> int:
    number = _whole(value.removesuffix("%").strip() if isinstance(value, str) else value)
    if not 1 <= number <= 100:
        raise PydanticCustomError("BAD_VALUE", "write the score as a whole percentage, such as 80.")
    return number


def _matching(pattern: re.Pattern[str], code: str, words: str, longest: int = _LONGEST_ID) -> BeforeValidator:
    def fit(value: Any) -> str:
        text = read_text(value)
        if not pattern.fullmatch(text) or len(text) > longest:
            raise PydanticCustomError(code, words)
        return text

    return BeforeValidator(fit)


def _day(value: Any) -> str | None:
    text = _maybe(value)
    if text is not None and not _DAY.fullmatch(text):
        raise PydanticCustomError("BAD_VALUE", "write a date such as 2027-03-01, or null.")
    return text


def _listed(value: Any) -> Any:
    """A single word where a list is meant is a list of one; nothing is an empty list."""
    if isinstance(value, str):
        return [value] if value.strip() and value.strip() not in _NOTHING else []
    return value


Text = Annotated[str, BeforeValidator(read_text)]
MaybeText = Annotated[str | None, BeforeValidator(_maybe)]
Yes = Annotated[bool, BeforeValidator(_yes)]
Whole = Annotated[int, BeforeValidator(_whole)]
MaybeWhole = Annotated[int | None, BeforeValidator(_maybe_whole)]
Minutes = Annotated[int | None, BeforeValidator(_whole)]
Score = Annotated[int, BeforeValidator(_score)]
Day = Annotated[str | None, BeforeValidator(_day)]
Date = Annotated[str, BeforeValidator(_day)]
Id = Annotated[str, _matching(_ID, "BAD_ID", "use a short id with only lower-case letters, digits and hyphens.")]
Ending = Annotated[
    str, _matching(_ENDING, "BAD_VALUE", "write good, open, or good needs followed by facts joined by “and”.", 800)
]
SourceId = Annotated[
    str, _matching(_SOURCE_ID, "BAD_ID", "use only letters, digits and hyphens for the id of a source.")
]
Version = Annotated[str, _matching(_VERSION, "BAD_VERSION", 'write three whole numbers, such as "1.0.0".')]
Ids = Annotated[list[Id], BeforeValidator(_listed)]
SourceIds = Annotated[list[SourceId], BeforeValidator(_listed)]
Texts = Annotated[list[Text], BeforeValidator(_listed)]
