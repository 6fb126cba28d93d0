"""Email addresses and sign-in names: the form in which they are stored and compared, and why some can't be used."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import idna

from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.fields import hides_something

EMAIL_MOST, LOCAL_MOST = 254, 64
SIGN_IN_NAME_MOST = 40
# A suggested name that's longer has only the first and last part.
SHORT_ENOUGH = 24
_SIGN_IN_NAME = re.compile(r"[a-z][a-z0-9]+(?:\.[a-z0-9]+)*")
# Letters that have no plain letter inside, for names such as Søren and Łukasz.
_PLAIN = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h"}
)
# What RFC 5322 allows in an unquoted local part, beside the letters and digits of every script (RFC 6531).
_SYMBOLS = frozenset("!#$%&'*+-/=?^_`{|}~.")
_ALPHABETS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "DESERET", "LISU", "OSAGE")
# Characters that read as another one, from Unicode's confusables.txt: Cyrillic, Greek, Armenian, Latin, digits.
_READS_AS = {
    **dict(zip("\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04bb", "aeopcyxijsh", strict=True)),
    **dict(zip("\u0501\u051b\u051d\u044c\u0433\u043f\u04cf\u03b1\u03bf\u03bd\u03c1", "dqwbrnlaovp", strict=True)),
    **dict(zip("\u03b9\u03ba\u03c5\u03c7\u03b3\u03c4\u03b5\u0585\u0578\u0570\u057d", "ikuxyteonhu", strict=True)),
    **dict(zip("\u0581\u0251\u0261\u0131\u0269" + "01|", "gagii" + "oll", strict=True)),
    # Small capitals: the alphabet is the same, so nothing else tells them apart.
    **dict(zip("\u1d00\u1d04\u0262\u026a\u1d0f\ua731\u1d1c\u1d20\u1d21\u028f\u1d22", "acgiosuvwyz", strict=True)),
    "rn": "m",
    "vv": "w",
}


@dataclass(frozen=True)
class NotDeliverable:
    """An expected "no": no mail can reach this text, and why."""

    reason: str


def read_address(text: str) -> str | NotDeliverable:
    """Return an address as it is stored: lower case, its domain in IDNA's ASCII form (RFC 5891)."""
    plain = unicodedata.normalize("NFKC", text.strip())
    reason = _what_is_around_it(plain) or _what_hides(text.strip()) or _problem_with(plain)
    if reason is None:
        local, _at, domain = plain.rpartition("@")
        try:
            found = f"{unicodedata.normalize('NFC', local.lower())}@{_as_ascii(domain)}"
        except idna.IDNAError:
            reason = _("The part after the @ isn’t the name of a mail server.")
        else:
            if len(found) <= EMAIL_MOST:
                return found
            reason = _("This is longer than an email address can be.")
    return NotDeliverable(f"{reason} {_('An address looks like name@example.org.')}")


def normal_email(text: str) -> str:
    """Return an address as it is stored and compared; what no mail can reach is only brought into lower case."""
    found = read_address(text)
    return found if isinstance(found, str) else text.strip().lower()


def is_sign_in_name(text: str) -> bool:
    """Decide whether a text can be the sign-in name of somebody without email: plain small letters, digits, dots."""
    return len(text) <= SIGN_IN_NAME_MOST and _SIGN_IN_NAME.fullmatch(text) is not None


def suggest_sign_in_name(name: str) -> str:
    """Return a sign-in name for a person's name, as rosa.lind for Rosa Lind; other alphabets give "person"."""
    folded = unicodedata.normalize("NFKD", name.lower().translate(_PLAIN))
    parts = re.findall(r"[a-z0-9]+", "".join(sign for sign in folded if not unicodedata.combining(sign)))
    text = ".".join(parts)
    if len(text) > SHORT_ENOUGH:
        text = f"{parts[0]}.{parts[-1]}"[: SIGN_IN_NAME_MOST - 5].strip(".")
    return text if is_sign_in_name(text) else "person"


def as_people_write(address: str) -> str:
    """Return a stored address with its domain in its own script."""
    local, at, domain = address.rpartition("@")
    try:
        return local + at + idna.decode(domain)
    except idna.IDNAError:
        return address


def skeleton(address: str) -> str:
    """Return what an address looks like: two that can be taken for one another have the same skeleton."""
    text = unicodedata.normalize("NFKC", as_people_write(address))
    for seen, read in _READS_AS.items():
        text = text.replace(seen, read)
    return text


def _as_ascii(domain: str) -> str:
    return idna.encode(domain, uts46=True, std3_rules=True, transitional=False).decode("ascii").lower()


def _what_is_around_it(text: str) -> str | None:
    """Return what a pasted address brought with it, in words."""
    if text.lower().startswith("mailto:"):
        return _("Please enter just the address, without “mailto:”.")
    if "<" in text or ">" in text:
        return _("Please enter just the address, without a name and angle brackets.")
    if any(sign in text for sign in ",;"):
        return _("Please enter one address, without a comma or semicolon.")
    return None


def _what_hides(text: str) -> str | None:
    """Return that an address has something in it that nobody sees, before any of it is mapped away."""
    if hides_something(text) or any(unicodedata.category(sign)[0] in "CZ" for sign in text):
        return _("This address has a space or a hidden character in it. Please enter it again.")
    return None


def _problem_with(text: str) -> str | None:
    """Return why no mail server takes an address, in words."""
    local, _at, domain = text.rpartition("@")
    if text.count("@") != 1 or not local or not domain:
        return _("An email address needs one @, with something on both sides.")
    if ".." in text or text[0] == "." or text[-1] == "." or ".@" in text or "@." in text:
        return _("This address has one full stop too many.")
    if "." not in domain or domain.rpartition(".")[2].isdigit() or domain.startswith("["):
        return _("The part after the @ isn’t the name of a mail server.")
    if len(local.encode()) > LOCAL_MOST:
        return _("The part before the @ is too long.")
    if any(not (sign in _SYMBOLS or unicodedata.category(sign)[0] in "LMN") for sign in local):
        return _("There’s a character before the @ that email addresses can’t have.")
    if any(_mixes_alphabets(part) for part in (local, *domain.split("."))):
        return _("This address mixes letters from different alphabets that look alike. Please enter it again.")
    return None


def _mixes_alphabets(text: str) -> bool:
    names = {unicodedata.name(sign, "").partition(" ")[0] for sign in text if sign.isalpha()}
    return len(names & set(_ALPHABETS)) > 1
