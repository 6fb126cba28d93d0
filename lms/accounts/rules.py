"""Rules of accounts: who may do what, when a sign-in expires, and which passwords are safe enough."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from unicodedata import normalize
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from babel import Locale

from lms.foundation.networks import read_address

# The facts of a programme without which nothing is published, because learners need somebody to talk to.
SOMEBODY_TO_TALK_TO = ("lead", "contact", "reply_time")
ROLES = ("learner", "trainer", "observer", "coordinator", "employer", "operator")
# Those that a programme gives.
PROGRAMME_ROLES = ROLES[:-1]
# The roles of people who train others or look after them; an employer only sees who has completed what.
TRAINING_STAFF = frozenset({"trainer", "observer", "coordinator"})

IDLE_SHARED, IDLE_OWN = timedelta(minutes=30), timedelta(hours=20)
IDLE_LONG = timedelta(hours=2)
# However busy a sign-in is: a working day on a shared device, and as long as the cookie on one's own.
LONGEST_SHARED, LONGEST_OWN = timedelta(hours=12), timedelta(hours=20)
TOUCH_SHARED, TOUCH_OWN = timedelta(minutes=5), timedelta(minutes=15)
INVITATION_DAYS = 14
INVITATION_KEPT_DAYS = 30
# A sign-in that isn't used any more, and a link to a new password after its end.
SIGN_IN_KEPT = timedelta(days=2)
# How many people a programme can invite at once, and within an hour.
INVITED_AT_ONCE, INVITED_PER_HOUR = 200, 600
# A file is looked through in a preview and names its programme's people, so it may bring more.
IMPORTED_AT_ONCE, IMPORTED_PER_DAY = 20_000, 20_000
IMPORT_FILE_MOST = 5 * 1024 * 1024
PASSWORD_LEAST, PASSWORD_MOST = 8, 256
PASSWORD_LINK_HOURS = 1
DEVICE_KEPT = timedelta(days=180)
# The first name that stands in what a browser says of itself; later ones are claimed by the earlier browsers too.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class May:
    """Who may do one thing; `self_only` means that people reach their own rows and nobody else's.

    `site_wide` lets operators do it in every programme, without a role there.
    """

    roles: frozenset[str]
    self_only: bool = False
    site_wide: bool = False


def _may(*roles: str, self_only: bool = False, site_wide: bool = False) -> May:
    return May(frozenset(roles), self_only, site_wide)


MAY: dict[str, May] = {
    "keep an account": _may(*ROLES, self_only=True),
    "learn": _may(*ROLES, self_only=True),
    "see own answers": _may(*ROLES, self_only=True),
    "hold certificates": _may(*ROLES, self_only=True),
    "read facilitator notes": _may("trainer", "observer", "coordinator"),
    "read feedback": _may("trainer"),
    "write courses": _may("trainer", "operator", site_wide=True),
    "read reviews of courses": _may("trainer", "coordinator", "operator", site_wide=True),
    "publish courses": _may("trainer", "operator", site_wide=True),
    "reset a second factor": _may("coordinator", "operator", site_wide=True),
    "see training states": _may("coordinator"),
    "invite people": _may("coordinator"),
    "record an equivalent": _may("coordinator"),
    "decide about regrades": _may("coordinator"),
    "record observed practice": _may("coordinator"),
    "confirm observed practice": _may("trainer", "coordinator"),
    "see certificates of a programme": _may("coordinator"),
    "withdraw a certificate": _may("coordinator"),
    "reissue a certificate": _may("coordinator"),
    "set validity": _may("coordinator"),
    "set how certificates look": _may("coordinator"),
    "work for many at once": _may("coordinator"),
    "look after support lines": _may("coordinator"),
    "assign courses": _may("coordinator"),
    "look after units": _may("coordinator"),
    "look after members": _may("coordinator"),
    "give roles": _may("coordinator", "operator", site_wide=True),
    "hand out a password link": _may("coordinator", "operator", site_wide=True),
    "merge accounts": _may("coordinator", "operator", site_wide=True),
    "close accounts": _may("operator", site_wide=True),
    "see status only": _may("employer"),
    "read the audit trail": _may("operator", site_wide=True),
    "run the site": _may("operator", site_wide=True),
    "change programme settings": _may("coordinator", "operator", site_wide=True),
}


@dataclass(frozen=True)
class Visitor:
    """Somebody who is signed in: what a page needs to know, from one statement."""

    person_id: str
    public_id: str
    display_name: str
    language: str | None
    operator: bool
    roles: dict[str, list[str]] = field(default_factory=dict)
    own_device: bool = False
    last_seen_at: datetime | None = None
    began_at: datetime | None = None
    factor_asked_at: datetime | None = None
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """Return the id that Flask-Login asks for."""
        return self.person_id

    @property
    def is_operator(self) -> bool:
        """True for the people who run the site."""
        return self.operator


@dataclass(frozen=True)
class Vouched:
    """That a provider said who somebody is: until when that counts, and whether it asked them for a second step.

    `session` is the fingerprint of the name that the provider gave to the session there, or empty.
    """

    until: datetime
    second_step: bool = False
    session: str = ""


def may(visitor: Visitor | None, action: str, programme_id: str | None = None) -> bool:
    """Decide whether a visitor may do something, in a programme where it takes a role there."""
    rule = MAY[action]
    if visitor is None:
        return False
    if rule.self_only:
        return True
    if rule.site_wide and visitor.operator:
        return True
    if programme_id is None:
        return any(set(roles) & rule.roles for roles in visitor.roles.values())
    return bool(set(visitor.roles.get(programme_id, ())) & rule.roles)


def factor_due(visitor: Visitor, grace_days: int | None) -> datetime | None:
    """Return from when on an operator or coordinator needs a second factor for staff pages; None for others."""
    staff = visitor.operator or any("coordinator" in roles for roles in visitor.roles.values())
    if grace_days is None or visitor.factor_asked_at is None or not staff:
        return None
    return visitor.factor_asked_at + timedelta(days=grace_days)


def lacks_factor(visitor: Visitor, grace_days: int | None) -> bool:
    """Decide whether somebody has to set up a second factor first.

    A sign-in that started within the grace period lasts until it ends, so nobody loses what they're working on.
    """
    due = factor_due(visitor, grace_days)
    return due is not None and visitor.began_at is not None and visitor.began_at >= due


def passkey_host(base_url: str) -> str | None:
    """Return the name for which passkeys are made; None where browsers allow none, as over http or at an IP address."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    if read_address(host) is not None or not (parts.scheme == "https" or host == "localhost"):
        return None
    return host


def missing_contact(facts: Mapping[str, Any]) -> list[str]:
    """Return the facts that a programme lacks before it can offer a course."""
    return [fact for fact in SOMEBODY_TO_TALK_TO if not facts.get(fact)]


def zone_of(facts: Mapping[str, Any], otherwise: str) -> str:
    """Return the time zone in which a programme's days begin: its own, or the site's."""
    return str(facts.get("timezone") or otherwise)


def is_zone(name: str) -> bool:
    """Decide whether a time zone goes by this name, as in Europe/London."""
    return name in available_timezones()


def idle_limit(own_device: bool, long_rest: bool = False) -> timedelta:
    """Return how long a sign-in may rest before it ends; touching is coarse, so its step is added.

    `long_rest` is for people who asked for more time on devices that others use as well.
    """
    if own_device:
        return IDLE_OWN + TOUCH_OWN
    return (IDLE_LONG if long_rest else IDLE_SHARED) + TOUCH_SHARED


def is_over(own_device: bool, long_rest: bool, began: datetime, last_seen: datetime, now: datetime) -> bool:
    """Decide whether a sign-in has ended by itself: it rested too long, or had its longest life.

    Moments that lie as far ahead were written while a clock was fast. Counting from them, it would last for years.
    """
    longest = LONGEST_OWN if own_device else LONGEST_SHARED
    return abs(now - last_seen) >= idle_limit(own_device, long_rest) or abs(now - began) >= longest


def touch_is_due(own_device: bool, last_seen: datetime, now: datetime) -> bool:
    """Decide whether "last seen" is old enough to be written again."""
    return abs(now - last_seen) >= (TOUCH_OWN if own_device else TOUCH_SHARED)


def device_kind(user_agent: str) -> str:
    """Return what a browser says of itself as coarsely as "Firefox, Windows"; nothing when it says nothing known."""
    browser = next((name for sign, name in BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in SYSTEMS if sign in user_agent), "")
    return ", ".join(part for part in (browser, system) if part)


SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
SLUG_MOST, PROGRAMME_NAME_MOST = 40, 120
# Hangul letters that are drawn as nothing.
_FILLERS = "\u115f\u1160\u3164\uffa0"
# Regions that CLDR lists beside countries: unions, groups, test data and "unknown".
_NO_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
# What people write for countries whose code is another.
_OTHER_CODES = {"UK": "GB", "EN": "GB", "SF": "FI"}


def is_slug(text: str) -> bool:
    """Decide whether a text can be a programme's short name, which stands in addresses."""
    return len(text) <= SLUG_MOST and SLUG.fullmatch(text) is not None


def is_readable(text: str) -> bool:
    """Decide whether a text of one line has a letter or digit that is drawn, and no hidden character."""
    return text.isprintable() and any(sign.isalnum() and sign not in _FILLERS for sign in text)


def slug_for(text: str) -> str:
    """Return a short name close to a text: plain small letters, digits and hyphens; "harbour" where nothing is left."""
    plain = normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:SLUG_MOST].strip("-") or "harbour"


def _countries() -> dict[str, str]:
    names = Locale("en").territories
    return {code: name for code, name in names.items() if len(code) == 2 and code not in _NO_COUNTRIES}


def country_codes() -> list[str]:
    """Return the ISO 3166 codes of all countries."""
    return sorted(_countries())


def country_code(text: str) -> str | None:
    """Return the ISO 3166 code that a text is, in capital letters; None when it is none."""
    code = text.strip().upper()
    return code if code in _countries() else None


def country_for(text: str) -> str:
    """Return the code that somebody probably means by another code or by a country's English name; GB as an example."""
    wanted = text.strip().casefold()
    by_name = {name.casefold(): code for code, name in _countries().items()}
    return _OTHER_CODES.get(wanted.upper()) or by_name.get(wanted) or "GB"


def without_role(signatories: str) -> tuple[str, ...]:
    """Return who of `Ingrid Okafor, peer support lead; …` has no name or no role, so that nothing would be printed."""
    parts = [one.strip() for one in signatories.split(";") if one.strip()]
    return tuple(one for one in parts if not all(half.strip() for half in (*one.partition(",")[::2],)))
