"""The verification page: one frame for many certificates, and the slots in it for each one's own words."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from flask import render_template, url_for
from markupsafe import Markup, escape
from wtforms import Form

from lms.certification.awards.attestation import Attestation
from lms.certification.awards.codes import grouped
from lms.certification.awards.records import Award
from lms.certification.awards.rules import State
from lms.certification.awards.texts import name_wording, state_wording, wording
from lms.certification.awards.texts.text import plain
from lms.certification.keys.did import from_multikey
from lms.certification.verification.records import DOUBTED, Entry
from lms.foundation import clock
from lms.foundation.text.i18n import day, language, moment
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.page_cache import Piece, piece, slot
from lms.foundation.web.security import settings

# Four bytes, by which a QR code says which key signed it.
KEY_MARK_HEX = 8
SHOWS_DETAILS = {"valid", "expired"}
_DATES = ("passed", "until", "passediso", "untiliso", "checked", "confirmed")
_SLOTS = ("code", "grouped", "title", "course", "version", "programme", "holder", "based", *_DATES)


def own_words(award: Award, state: State, entry: Entry, now: datetime) -> dict[str, str | Piece]:
    """Return what is this certificate's own on its page, as safe HTML for each slot, in text and in an attribute."""
    spoken = language()
    zone = entry.zone_of(settings().timezone)
    passed, passed_iso = _day(award.passed_on, spoken)
    until, until_iso = _day(award.valid_until, spoken)
    words = {
        "code": award.code,
        "grouped": grouped(award.code),
        "title": award.title,
        "course": plain(award.title),
        "version": award.version,
        "programme": entry.programme,
        "holder": _shown_name(award, state) or "",
        "passed": passed,
        "until": until,
        "passediso": passed_iso,
        "untiliso": until_iso,
        "confirmed": _confirmed(name_wording.day_confirmed(award.name_confirmed_at, zone), spoken),
        "checked": _checked(now.replace(second=0, microsecond=0), settings().timezone, spoken),
    }
    based = _based_on(award.attestation, award.version, award.digest, spoken) if state in SHOWS_DETAILS else ""
    return {name: escape(value) for name, value in words.items()} | {"based": based}


@lru_cache(maxsize=4096)
def _day(value: date | None, _language: str) -> tuple[str, str]:
    """Return a day in words and as the signed words of a QR code have it: 14 March 2026, 20260314."""
    return (day(value), f"{value:%Y%m%d}") if value else ("", "")


@lru_cache(maxsize=1024)
def _confirmed(on: date | None, _language: str) -> str:
    return name_wording.today_words(on)


@lru_cache(maxsize=16)
def _checked(minute: datetime, zone: str, _language: str) -> str:
    return moment(minute, zone)


@lru_cache(maxsize=1024)
def _based_on(attestation: Attestation, version: str, digest: str, _language: str) -> Piece:
    """Return the section on what a certificate is based on, which many certificates of a course share."""
    rows = [*wording.asked_rows(attestation), (_("Course text"), wording.text_words(version, digest))]
    return piece(
        render_template("certification/parts/based_on.html", rows=rows, does_not_attest=attestation.does_not_attest)
    )


def frame_key(award: Award, state: State, entry: Entry) -> tuple[Hashable, ...]:
    """Return everything that a certificate's page shows or depends on beside its slots.

    What belongs to one programme, course or person is in a slot, so a site of any size has a handful of frames.
    """
    return (
        state,
        entry.badge_keys,
        award.valid_until is None,
        award.attestation.renewal is None,
        award.renewed_by is None,
        award.raised_to is None,
        award.current_for is None,
        _is_nameless(award),
        _shown_name(award, state) is None,
    )


def _is_nameless(award: Award) -> bool:
    return not award.name and not award.name_seal


def _shown_name(award: Award, state: State) -> str | None:
    return award.name or None if award.name_shown and state in SHOWS_DETAILS else None


def frame(award: Award, state: State, entry: Entry, form: Form) -> str:
    """Return the page of a certificate with a slot for everything that is its own."""
    slots: dict[str, str | Piece] = {name: Markup(slot(name)) for name in _SLOTS}  # noqa: S704 - filled with safe HTML
    if award.valid_until is None:
        slots["until"] = ""
    return _page(award, state, entry, slots, form)


def page(award: Award, state: State, entry: Entry, form: Form, **compared: Any) -> str:
    """Return the page of one certificate, with the answer to a name that was compared."""
    own = own_words(award, state, entry, clock.now())
    return _page(award, state, entry, own, form, **compared)


def _page(award: Award, state: State, entry: Entry, own: Mapping[str, Any], form: Form, **compared: Any) -> str:
    heading, lead = state_wording.verdict(state, award, own["until"])
    rows = [
        (_("Course"), own["title"]),
        (_("Version"), own["version"]),
        (_("Programme"), own["programme"]),
        (_("Renewed") if award.attestation.renewal else _("Completed"), own["passed"]),
    ]
    if award.valid_until:
        until = {"valid": _("Valid until"), "expired": _("Was valid until")}
        rows.append((until.get(state, _("Originally valid until")), own["until"]))
    return render_template(
        "certification/verify.html",
        here="verify",
        state=state,
        heading=heading,
        lead=lead,
        form=form,
        rows=rows,
        own=own,
        name=own["holder"] if _shown_name(award, state) is not None else None,
        nameless=_is_nameless(award),
        keys=_in_hex(entry.badge_keys),
        json_url=url_for("certification.verify", code=own["code"], format="json"),
        **compared,
    )


def unknown_page(code: str, entry: Entry, form: Form) -> str:
    """Return the page of a code that nobody has."""
    heading, lead = state_wording.verdict("unknown", None)
    return render_template(
        "certification/verify.html",
        here="verify",
        state="unknown",
        heading=heading,
        lead=lead,
        form=form,
        own={"code": code, "grouped": grouped(code)},
        keys=_in_hex(entry.badge_keys),
    )


def _in_hex(multikeys: str) -> str:
    """Return the keys, in hex, for the script that checks QR codes; only the start of a compromised one.

    The script then finds whose signature it is and can't check it: whoever has the key could have written any name.
    """
    return " ".join(
        from_multikey(key.removesuffix(DOUBTED)).hex()[: KEY_MARK_HEX if key.endswith(DOUBTED) else None]
        for key in multikeys.split()
    )
