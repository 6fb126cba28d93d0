"""The command that verifies: a code, a QR code or a file, with the register or only with a list of keys."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any

import click

from lms.accounts.records import get_programme
from lms.app import at_work
from lms.certification.awards.texts import wording
from lms.certification.keys.listing import key_rows
from lms.certification.keys.qr_payload import QrRefused, read_payload
from lms.certification.verification.file_check import compare_with_records, qr_parts
from lms.certification.verification.file_reader import KeysUnreadable, KnownKeys, known_from, read
from lms.certification.verification.file_report import ends_at, said_in
from lms.certification.verification.refusals import in_words
from lms.certification.verification.status_file import ListRefused, read_status_file
from lms.cli.awards.certificates import find_award
from lms.cli.output import json_option, say
from lms.cli.shared import open_app
from lms.foundation.clock import now, today
from lms.foundation.config.shipped import shipped
from lms.foundation.web.security import settings

OFFLINE = "unknown offline"
_SIGNED = "Signed by the site whose keys you gave. "
_NOT_KNOWN = "Whether it was withdrawn isn’t known offline."
# A QR code names its last day without a time zone, and no place ends a day later than this.
_LAST_ON_EARTH = timezone(timedelta(hours=-12))


@click.command("verify")
@click.argument("what")
@click.option(
    "--keys",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The JSON from a site's /credentials/keys: verify a file or a QR code anywhere, without the site's data.",
)
@click.option(
    "--status",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="With --keys: a signed status list of the site, which says whether the file's certificate was withdrawn.",
)
@json_option
def verify(what: str, keys: Path | None, status: Path | None, as_json: bool) -> None:
    """Verify a code, a file (PDF, or a badge as JSON, SVG or PNG), or the address in a QR code.

    The exit status is 0 only if it is valid. With --keys, it doesn't look in the register: 0 then means genuine and
    within its dates, but it could have been withdrawn. With --status as well, 0 means that it hadn't been
    withdrawn when that list was signed.

    Example: lms certificates verify certificate.pdf
    """
    if keys is None and status is not None:
        raise click.ClickException("A status list is checked with the site’s keys, so please give --keys as well.")
    if keys is None:
        with at_work(open_app()):
            report = _by_register(what)
    else:
        report = _offline(what, keys, status)
    if as_json:
        say(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        for line in (
            report["heading"],
            report["text"],
            *(f"{name}: {value}" for name, value in report["says"].items()),
        ):
            say(line)
    sys.exit(0 if report["state"] in {"valid", OFFLINE} and report["genuine"] and not report["amiss"] else 1)


def _is_file(what: str) -> bool:
    """Return whether a text is a file's path; what is too long for a path is none."""
    try:
        return Path(what).is_file()
    except OSError:
        return False


def _by_register(what: str) -> dict[str, Any]:
    award, problem, says = None, "", {}
    is_file = _is_file(what)
    if is_file or qr_parts(what):
        known = known_from(key_rows(settings()))
        if is_file:
            found = compare_with_records(read(Path(what).read_bytes(), known, shipped("certificates")))
            award, problem, says = found.award, found.problem, _said(found.badge)
            says |= {"timestamp": found.stamped_at} if found.stamped_at else {}
        else:
            problem, says = _read_qr_code(what, known)
            award = find_award(what.partition("#")[0].rpartition("/")[2])
    else:
        award = find_award(what)
    state = award.state(today(settings().timezone)) if award else "unknown"
    shown = None if award is None or award.waiting else award
    programme = get_programme(shown.programme_id).name if shown else None
    report = wording.as_json(state, shown, shown.code if shown else what, programme)
    if shown is not None and not says:
        says = {"certificate": f"{shown.title} {shown.version}, completed {shown.passed_on}"}
    if problem:
        report |= {"heading": "Please don’t rely on this", "text": in_words(problem)}
    return {**report, "genuine": not problem, "amiss": problem or None, "says": says}


def _offline(what: str, keys: Path, status: Path | None) -> dict[str, Any]:
    try:
        known = known_from(json.loads(keys.read_text("utf-8")))
    except (ValueError, KeysUnreadable):
        raise click.ClickException(f"{keys} isn’t a list of keys from a site’s /credentials/keys.") from None
    badge = None
    if _is_file(what):
        reading = read(Path(what).read_bytes(), known, shipped("certificates"))
        badge, problem, says = reading.badge, reading.problem or reading.doubt, _said(reading.badge)
        last_moment = ends_at(badge) if badge else None
        says |= {"timestamp": reading.stamped_at} if reading.stamped_at else {}
    elif "#" in what:
        problem, says = _read_qr_code(what, known)
        last_moment = _end_of_day(says.get("valid_until", ""))
    else:
        raise click.ClickException(
            f"There’s no file {what} here. With --keys, you can verify a file, or the whole address in a QR code "
            "with what comes after the #. A code alone can only be looked up in the site’s records."
        )
    if problem:
        unsure = problem == "key-unsure"
        heading = "We can’t be sure about this" if unsure else "Please don’t rely on this"
        report = {"heading": heading, "text": in_words(problem), "state": "unknown"}
    elif last_moment is not None and last_moment < now():
        report = {"heading": "This has expired", "text": _SIGNED + _NOT_KNOWN, "state": "expired"}
    else:
        report = {"heading": "This is genuine", "text": _SIGNED + _NOT_KNOWN, "state": OFFLINE}
        if status is not None:
            report |= _by_list(badge, status, known)
            problem = report.pop("amiss", "")
            return {**report, "genuine": True, "amiss": problem or None, "says": says}
    return {**report, "genuine": not problem, "amiss": problem or None, "says": says}


def _by_list(badge: dict[str, Any] | None, status: Path, known: KnownKeys) -> dict[str, str]:
    """Return what a status list says about a genuine badge within its dates."""
    try:
        if badge is None:
            raise ListRefused("list-for-qr")
        found = read_status_file(status.read_bytes(), known, now())
        listed = found.has(badge)
    except ListRefused as refused:
        text = f"{in_words(str(refused))} {_SIGNED}{_NOT_KNOWN}"
        return {"heading": "This is genuine, but we can’t use the status list", "text": text, "amiss": str(refused)}
    source = f"According to the site’s list of {found.signed_at:%Y-%m-%d}, it"
    if listed:
        text = f"{_SIGNED}{source} was withdrawn or replaced."
        return {"heading": "This is genuine, but no longer valid", "text": text, "state": "revoked"}
    return {"text": f"{_SIGNED}{source} wasn’t withdrawn or replaced.", "state": "valid"}


def _end_of_day(day: str) -> datetime | None:
    """Return when a day of a QR code is over everywhere, as the code doesn't say where its programme is."""
    return datetime.combine(date.fromisoformat(day), time(23, 59, 59), _LAST_ON_EARTH) if day else None


def _said(badge: dict[str, Any] | None) -> dict[str, str]:
    return said_in(badge) if badge else {}


def _read_qr_code(what: str, known: KnownKeys) -> tuple[str, dict[str, str]]:
    """Return the problem with a QR code’s payload, or what it says."""
    code, words = qr_parts(what) or ("", "")
    doubted = [key for key in known.raw_keys if known.dates_of(key).compromised_from]
    try:
        paper = read_payload(words, known.raw_keys, code)
    except QrRefused as refused:
        return str(refused), {}
    with suppress(QrRefused):
        # It names no day of its signature, and whoever has the key could have written any name.
        read_payload(words, doubted, code)
        return "key-unsure", {}
    if paper.code != code:
        return "square-of-another", {}
    days = {name: _with_dashes(getattr(paper, name)) for name in ("awarded_on", "valid_until")}
    return "", {"name": paper.name, "course": paper.course, "version": paper.version, **days}


def _with_dashes(day: str) -> str:
    return f"{day[:4]}-{day[4:6]}-{day[6:]}" if day else ""
