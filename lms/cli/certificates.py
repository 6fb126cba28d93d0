"""Commands for certificates: list, download, verify, revoke."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from lms.cli.shared import get_programme, inside, json_option, say, say_rows


@click.group()
def certificates() -> None:
    """List, verify and withdraw certificates.

    Example: lms certificates verify "7QK4 M2XD 9RTP C6HV"
    """


def find_award(code: str) -> Any:
    """Return the award behind a code, or end the command kindly."""
    from lms.certification import records
    from lms.certification.codes import normalise_code

    found = records.find_award(normalise_code(code) or "")
    if found is None:
        raise click.ClickException("No certificate has this code.")
    return found


@certificates.command("list")
@click.option("--programme", "slug", default=None)
@json_option
@inside
def certificates_list(slug: str | None, as_json: bool) -> None:
    """List certificates with their states.

    Example: lms certificates list --json
    """
    from lms.certification import records
    from lms.certification.codes import grouped
    from lms.foundation.clock import today
    from lms.foundation.gate import settings

    awards = records.list_awards_of_programme(get_programme(slug).id) if slug else records.list_awards()
    troubled = records.list_troubled()
    say_rows(
        [
            {
                "code": grouped(award.code),
                "state": award.state(today(settings().timezone)),
                "name": award.name,
                "course": award.course_id,
                "version": award.version,
                "awarded_on": award.passed_on,
                "valid_until": award.valid_until,
                "document": "stored" if records.document_is_stored(award.id) else _why_not(troubled.get(award.id)),
            }
            for award in awards
        ],
        as_json,
    )


def _why_not(request: Any) -> str:
    """Return why a document is not there, as far as that is known."""
    return f"could not be made, tried {request.tries} times: {request.trouble}" if request else "not made yet"


@certificates.command("download")
@click.option("--programme", "slug", default=None, help="The programme; needed when there are several.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
@inside
def certificates_download(slug: str | None, out: Path) -> None:
    """Write the kept PDFs of a programme's certificates into one ZIP; withdrawn and waiting ones are left out.

    Example: lms certificates download --programme harbour --out certificates.zip
    """
    from lms.certification import parcels, records

    awards = records.list_awards_of_programme(get_programme(slug).id)
    standing = [award.id for award in awards if not award.waiting and award.withdrawn_at is None]
    if out.exists():
        raise click.ClickException(f"There is a file {out} already. Nothing was changed.")
    _digest, count = parcels.put_together(standing, out)
    say(f"{count} of {len(standing)} certificates are in {out}.")
    if count < len(standing):
        say("The others have no PDF yet; lms certificates list says why.")


@certificates.command("verify")
@click.argument("code")
@json_option
@inside
def certificates_verify(code: str, as_json: bool) -> None:
    """Say what stands behind a code; the exit status is 0 only when it is valid.

    Example: lms certificates verify "7QK4 M2XD 9RTP C6HV"
    """
    from lms.accounts.records import get_programme as get_programme_by_id
    from lms.certification import pages
    from lms.foundation.clock import today
    from lms.foundation.gate import settings

    award = find_award(code)
    state = award.state(today(settings().timezone))
    told = pages.as_json(state, None if award.waiting else award, code, get_programme_by_id(award.programme_id).name)
    if as_json:
        say(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        say(told["heading"])
        say(told["text"])
        say(f"{award.title} {award.version}, completed {award.passed_on}")
    sys.exit(0 if state == "valid" else 1)


@certificates.command("revoke")
@click.argument("code")
@click.option("--reason", default="programme decision", show_default=True, help="A class; it stays private.")
@inside
def certificates_revoke(code: str, reason: str) -> None:
    """Withdraw a certificate; whoever verifies it next sees so.

    Example: lms certificates revoke "7QK4 M2XD 9RTP C6HV" --reason "issued in error"
    """
    from lms.certification import actions
    from lms.certification.rules import REASONS
    from lms.foundation.db import write

    if reason not in REASONS:
        raise click.ClickException(f"A reason is one of: {', '.join(REASONS)}. Nothing was changed.")
    award = find_award(code)
    write(actions.withdraw, award.id, reason)
    say("Withdrawn. Whoever verifies it from now on sees so; the reason stays with the programme.")


@certificates.command("reinstate")
@click.argument("code")
@inside
def certificates_reinstate(code: str) -> None:
    """Take a withdrawal back.

    Example: lms certificates reinstate "7QK4 M2XD 9RTP C6HV"
    """
    from lms.certification import reissue
    from lms.foundation.db import write

    write(reissue.reinstate, find_award(code).id)
    say("It stands again. Whoever verifies it from now on sees so.")


@certificates.command("reissue")
@click.argument("code")
@inside
def certificates_reissue(code: str) -> None:
    """Make a certificate anew after a fault: same dates, a new code; the earlier one says that it was replaced.

    Example: lms certificates reissue "7QK4 M2XD 9RTP C6HV"
    """
    from lms.certification import reissue
    from lms.certification.actions import Refused
    from lms.certification.codes import grouped
    from lms.foundation.db import write

    made = write(reissue.make_anew, find_award(code).id, "fault")
    if isinstance(made, Refused):
        raise click.ClickException(made.message)
    say(f"Made anew under the code {grouped(made.code)}. The earlier code says that it was replaced.")


@certificates.group("keys")
def certificates_keys() -> None:
    """Keys with which other programs ask the register, up to 500 codes at once.

    Example: lms certificates keys make "Harbour staff system"
    """


@certificates_keys.command("make")
@click.argument("label")
@inside
def keys_make(label: str) -> None:
    """Make a key and print it, once.

    Example: lms certificates keys make "Harbour staff system"
    """
    from lms.certification import actions
    from lms.certification.actions import Refused
    from lms.foundation.db import write

    made = write(actions.make_key, label)
    if isinstance(made, Refused):
        raise click.ClickException(made.message)
    say(made)
    say("This is the only time it is shown. POST /api/verify takes it as: Authorization: Bearer KEY")


@certificates_keys.command("list")
@json_option
@inside
def keys_list(as_json: bool) -> None:
    """List keys by their labels.

    Example: lms certificates keys list
    """
    from lms.certification.records import list_api_keys

    say_rows(
        [
            {"label": key.label, "made_at": key.made_at, "state": "ended" if key.ended_at else "in use"}
            for key in list_api_keys()
        ],
        as_json,
    )


@certificates_keys.command("end")
@click.argument("label")
@inside
def keys_end(label: str) -> None:
    """End a key at once.

    Example: lms certificates keys end "Harbour staff system"
    """
    from lms.certification import actions
    from lms.foundation.db import write

    refused = write(actions.end_key, label)
    if refused is not None:
        raise click.ClickException(refused.message)
    say("The key is ended; the next question with it is turned away.")


@certificates.command("render", hidden=True)
@click.argument("code")
@inside
def certificates_render(code: str) -> None:
    """Make one certificate's PDF now.

    Example: lms certificates render "7QK4 M2XD 9RTP C6HV"
    """
    from flask import current_app

    from lms.certification.rendering import make_document
    from lms.foundation.gate import settings

    make_document(find_award(code).id, settings(), current_app.extensions["lms_designs"])
