"""Commands for signing keys: list them, mark one as compromised, and reissue what it signed."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

import click

from lms.certification.badges import records as badge_records
from lms.certification.badges.reissue import list_to_reissue, reissue_all
from lms.certification.keys import keyring
from lms.certification.keys.did import multikey
from lms.certification.keys.key_files import KeyRests, KeyTrouble
from lms.certification.keys.opening import keys_of
from lms.certification.keys.records import OWN_KINDS, SigningKey, list_keys, mark_compromised
from lms.cli.output import json_option, say, say_rows
from lms.cli.shared import inside
from lms.foundation.clock import today
from lms.foundation.db import write
from lms.foundation.hosts.key_fingerprints import fingerprints_of
from lms.foundation.hosts.key_marks import note_marks
from lms.foundation.web.security import settings

SHOWN, SHORTEST = 16, 8
EARLIER_TOO = click.option(
    "--earlier-too",
    is_flag=True,
    help="Also reissue what the key signed before that day, because other sites no longer accept those badges.",
)


@click.group()
def keys() -> None:
    """List signing keys, mark one as compromised, and reissue the certificates that it signed.

    Example: lms keys list
    """


@keys.command("list")
@json_option
@inside
def list_all(as_json: bool) -> None:
    """List every key that has ever signed here: the start of its id, what it signs, and until when it's trusted.

    Example: lms keys list
    """
    rows: list[dict[str, Any]] = [
        {
            "key": key.id[:SHOWN],
            "signs": key.kind,
            "since": key.since.date(),
            "until": key.until.date() if key.until else None,
            "compromised_from": key.compromised_from,
        }
        for key in list_keys()
    ]
    say_rows(rows, as_json)


@keys.command("compromised")
@click.argument("names", nargs=-1, required=True, metavar="KEY…")
@click.option(
    "--from",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    required=True,
    help="The first day (UTC) on which somebody else may have had the key, such as 2026-11-20.",
)
@click.option("--yes", is_flag=True, help="Do it. Without this, the command only says what would change.")
@inside
def compromised(names: tuple[str, ...], day: datetime, yes: bool) -> None:
    """Mark keys as compromised from a day on. If a key is in use, it's moved aside, and a new one replaces it.

    This can’t be undone. This site still verifies what its own records have; anywhere else, nothing that the key
    signed from that day on is trusted.

    Example: lms keys compromised z6MkpTHR8VNs --from 2026-11-20
    """
    found, from_day = [_find(name) for name in names], day.date()
    if from_day > today("UTC"):
        raise click.ClickException("This day is in the future. Nothing was changed.")
    for key in found:
        say(f"{key.kind} key {key.id[:SHOWN]}: not trusted from {from_day} on")
    if not yes:
        raise click.ClickException(
            "This can’t be undone. Please look at the keys and the day again, and add --yes if they’re the ones you "
            "mean. Nothing was changed."
        )
    ids, kinds = [key.id for key in found], _kinds_in_use({key.id for key in found})
    write(mark_compromised, ids, from_day)
    own = {"document"} if settings().signing_key else set()
    for path in keyring.put_aside(settings(), kinds - own):
        say(f"Moved to {path}")
    if kinds & own:
        say("LMS_SIGNING_KEY still names this key. PDFs wait until you set another one and restart the site.")
    with suppress(KeyRests):
        keys_of(settings(), fresh=True)
    write(note_marks, fingerprints_of(settings()), instead=True)
    write(badge_records.mark_all_stale)
    count = sum(1 for _award in list_to_reissue())
    say(f"Marked. {count} current certificates were signed with a compromised key.")
    say("To reissue those, run: lms keys reissue --yes. Then back up LMS_DATA/keys.")


def _find(name: str) -> SigningKey:
    """Return the signing key whose id starts with a text; raise ClickException if there is none, or several."""
    found = [key for key in list_keys() if key.kind in OWN_KINDS and key.id.startswith(name)]
    if len(name) < SHORTEST or len(found) != 1:
        raise click.ClickException(
            f"{name} has to be the start of one key’s id, {SHORTEST} characters or more. lms keys list shows them. "
            "Nothing was changed."
        )
    return found[0]


def _kinds_in_use(ids: set[str]) -> set[str]:
    """Return the kinds (document, badge) for which the site signs with one of these keys now."""
    try:
        ring = keyring.open_ring(settings(), set(OWN_KINDS))
    except KeyTrouble:
        return set()
    in_use = {"document": ring.certificate_id, "badge": multikey(ring.badge_public)}
    return {kind for kind, key_id in in_use.items() if key_id in ids}


@keys.command("reissue")
@EARLIER_TOO
@click.option("--yes", is_flag=True, help="Do it. Without this, the command only says how many there are.")
@inside
def reissue(earlier_too: bool, yes: bool) -> None:
    """Reissue the current certificates that a compromised key signed: same dates and name, new code and signature.

    Their holders get an email with the new one. The earlier codes then say “replaced”.

    Example: lms keys reissue
    """
    if not yes:
        count = sum(1 for _award in list_to_reissue(earlier_too=earlier_too))
        raise click.ClickException(f"{count} certificates would be reissued. To do it, add --yes. Nothing was changed.")
    done, left = reissue_all(earlier_too=earlier_too)
    say(f"Reissued: {done}. Their PDFs are made one after another by the job process.")
    if left:
        say(f"{left} can’t be reissued while their holders’ readiness is on hold. Please run this again later.")
