"""Commands that seal the audit trail and verify it."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click

from lms.certification.awards.codes import grouped
from lms.certification.verification.trail_check import WithoutEvent, list_without_event
from lms.cli.output import json_option, say
from lms.cli.shared import inside
from lms.foundation import clock
from lms.foundation.audit.check import Finding, TrailReport, verify_trail
from lms.foundation.audit.report import note_verified
from lms.foundation.audit.seals import seal_entries
from lms.foundation.keys import BadKey, find_audit_key
from lms.foundation.web.security import settings

AN_HOUR = 3600.0
SHOWN_MOST = 100
FOUND = {
    "changed": "Entry {number} was changed after it was sealed",
    "removed": "Entry {number} was removed after it was sealed",
    "added": "An entry was added after entry {number}, or written while the clock was behind",
    "seal changed": "Seal {number} was changed",
    "seal removed": "Seal {number} was removed",
    "other key": "Seal {number} was made with another key than keys/audit",
}
WORDS = {
    "added": "was added without an event",
    "deleted": "was deleted",
    "changed": "was changed without an event",
    "issued": "was issued without an event, although it waited for a review",
    "withdrawn": "was withdrawn without an event",
    "reinstated": "was reinstated without an event",
    "PDF changed": "has another PDF than the one that was stored",
}


@click.group()
def audit() -> None:
    """Seal and verify the audit trail.

    Example: lms audit verify
    """


@audit.command("seal")
@inside
def audit_seal() -> None:
    """Seal the entries that aren't sealed yet. The job process does this every minute.

    Example: lms audit seal
    """
    try:
        sealed = seal_entries(settings().data, seconds=AN_HOUR)
    except BadKey as error:
        raise click.ClickException(str(error)) from None
    say(f"Entries sealed: {sealed}.")


@audit.command("verify")
@click.option("--mac", "kept_mac", default="", help="A MAC that an earlier run printed: the chain must still have it.")
@json_option
@inside
def audit_verify(kept_mac: str, as_json: bool) -> None:
    """Verify the audit trail, and compare certificates with it.

    It names the first entry that was changed, removed or added since it was sealed, and certificates that were changed
    in the database. The exit status is 0 only if it finds nothing.

    Example: lms audit verify --json
    """
    try:
        key = find_audit_key(settings().data)
    except BadKey as error:
        raise click.ClickException(str(error)) from None
    report = verify_trail(key, kept_mac)
    certificates = list(list_without_event())
    is_lost = bool(kept_mac) and not report.has_mac
    whole = report.first is None and not certificates and not is_lost
    note_verified(settings().data, clock.now(), whole)
    if as_json:
        say(json.dumps(_as_json(report, certificates, whole), ensure_ascii=False, indent=2, default=_plain))
    else:
        _tell(report, certificates, is_lost)
    sys.exit(0 if whole else 1)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _as_json(report: TrailReport, certificates: list[WithoutEvent], whole: bool) -> dict[str, Any]:
    shown = certificates[:SHOWN_MOST]
    return {
        "whole": whole,
        **asdict(report),
        "certificates": len(certificates),
        "first_certificates": [asdict(each) for each in shown],
    }


def _tell(report: TrailReport, certificates: list[WithoutEvent], is_lost: bool) -> None:
    if report.first:
        say(_words(report.first))
        say("Problems by kind: " + ", ".join(f"{kind}: {count}" for kind, count in report.counts.items()) + ".")
    else:
        say(f"All {report.sealed} sealed entries are as they were sealed.")
    for first, last in report.other_keys:
        say(
            f"Seals {first} to {last} were made with a key that isn’t here. Later seals of this key vouch for them "
            "only as they were found. If you didn’t lose keys/audit, find out who changed it."
        )
    if report.late and report.late_until:
        say(
            f"Entries sealed long after they were written: {report.late}, the last on {_moment(report.late_until)}. "
            "They’re from before there were seals, or no job process was running. Their seals cover them as they were "
            "found."
        )
    say(f"Newest entries not sealed yet: {report.unsealed}.")
    _tell_certificates(certificates)
    if is_lost:
        say("The chain doesn’t have the MAC you gave: seals were removed, or a backup from before it was restored.")
    if report.newest_at:
        say(f"Newest seal: {report.newest_mac} of {_moment(report.newest_at)}. Keep a copy somewhere else.")


def _tell_certificates(certificates: list[WithoutEvent]) -> None:
    for each in certificates[:SHOWN_MOST]:
        code = f"with the inner number {each.code}" if each.what == "deleted" else grouped(each.code)
        say(f"The certificate {code} {WORDS[each.what]}.")
    if len(certificates) > SHOWN_MOST:
        say(f"More certificates like these: {len(certificates) - SHOWN_MOST}.")
    if not certificates:
        say("All certificates are as the audit trail says.")


def _words(first: Finding) -> str:
    what = FOUND[first.kind].format(number=first.number)
    about = [text for text in (first.at and _moment(first.at), first.event) if text]
    return f"{what}: {', '.join(about)}." if about else f"{what}."


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
