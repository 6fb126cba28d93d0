"""Commands for certificates: list, download, revoke, reissue, and API keys."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from lms.accounts.actions import note_export
from lms.accounts.addresses import normal_email
from lms.accounts.records import find_person_by_email
from lms.certification.awards import actions, document_records, records, reissue
from lms.certification.awards.actions import today_in
from lms.certification.awards.codes import grouped, normalise_code
from lms.certification.awards.rules import EARLIEST_PRACTICE, OBSERVATIONS_MOST, OBSERVER_ROLES, RATINGS, REASONS
from lms.certification.pdf import zip_archive
from lms.certification.pdf.jobs import make_document
from lms.certification.readiness import actions as readiness_actions
from lms.certification.verification.actions import end_key, make_key
from lms.certification.verification.records import list_api_keys
from lms.cli.lazy import LazyGroup
from lms.cli.output import json_option, say, say_rows
from lms.cli.shared import get_programme, inside
from lms.foundation.config.shipped import shipped
from lms.foundation.db import write
from lms.foundation.refused import Refused
from lms.foundation.text.i18n import ngettext
from lms.foundation.web.security import settings
from lms.learning.progress.records import find_enrolment
from lms.library.records import find_offering

COMMANDS = {
    "verify": "lms.cli.awards.verify:verify",
    "preview": "lms.cli.awards.designs:preview",
    "designs": "lms.cli.awards.designs:designs",
    "fonts": "lms.cli.awards.fonts:fonts",
    "badge": "lms.cli.awards.designs:badge",
    "new-keys": "lms.cli.awards.designs:new_keys",
}
# What is said of a PDF that is kept, by its timestamp.
STORED = {None: "stored", "missing": "stored without a timestamp"}


@click.group(cls=LazyGroup, places=COMMANDS)
def certificates() -> None:
    """List, verify and withdraw certificates.

    Example: lms certificates verify "7QK4 M2XD 9RTP C6HV"
    """


def find_award(code: str) -> Any:
    """Return the award behind a code, or end the command kindly."""
    found = records.find_award(normalise_code(code) or "")
    if found is None:
        raise click.ClickException("There’s no certificate with this code.")
    return found


@certificates.command("list")
@click.option("--programme", "slug", default=None)
@json_option
@inside
def certificates_list(slug: str | None, as_json: bool) -> None:
    """List certificates with their statuses.

    Example: lms certificates list --json
    """
    programme_id = get_programme(slug).id if slug else None
    write(note_export, programme_id, "certificates", document_records.count_listed(programme_id))
    say_rows(_listed(programme_id), as_json)


def _listed(programme_id: str | None) -> Iterator[dict[str, Any]]:
    today: dict[str, date] = {}
    for award, pdf in document_records.read_listed(programme_id):
        here = award.programme_id
        if here not in today:
            today[here] = today_in(here, settings())
        yield {
            "code": grouped(award.code),
            "state": award.state(today[here]),
            "name": award.name,
            "course": award.course_id,
            "version": award.version,
            "awarded_on": award.passed_on,
            "valid_until": award.valid_until,
            "document": STORED.get(pdf.timestamp, "stored with a timestamp") if pdf.stored else _why_not(pdf),
        }


def _why_not(pdf: document_records.PdfState) -> str:
    """Return why a document is not there, as far as that is known."""
    if pdf.trouble is None:
        return "not made yet"
    if not pdf.tries:
        return f"waits for a timestamp: {pdf.trouble}"
    return ngettext(
        "couldn’t be made after %(num)s attempt: %(trouble)s",
        "couldn’t be made after %(num)s attempts: %(trouble)s",
        pdf.tries,
        trouble=pdf.trouble,
    )


@certificates.command("download")
@click.option("--programme", "slug", default=None, help="The programme. You need this if there are several.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
@inside
def certificates_download(slug: str | None, out: Path) -> None:
    """Write the PDFs of a programme's certificates into one ZIP file, without withdrawn and waiting certificates.

    Example: lms certificates download --programme harbour --out certificates.zip
    """
    programme = get_programme(slug)
    today = today_in(programme.id, settings())
    if out.exists():
        raise click.ClickException(f"The file {out} already exists. Nothing was changed.")
    found = (records.best_issued(awards, today) for awards in records.read_awards_by_enrolment(programme.id))
    standing = [award.id for award in found if award and award.withdrawn_at is None]
    _digest, count = zip_archive.put_together(standing, out)
    say(f"{count} of {len(standing)} certificates are in {out}.")
    if count < len(standing):
        say("The others have no PDF yet. lms certificates list shows why.")


@certificates.command("revoke")
@click.argument("code")
@click.option(
    "--reason", default="programme decision", show_default=True, help="The kind of reason. Only the programme sees it."
)
@inside
def certificates_revoke(code: str, reason: str) -> None:
    """Withdraw a certificate. Anyone who verifies it from then on sees that it was withdrawn.

    Example: lms certificates revoke "7QK4 M2XD 9RTP C6HV" --reason "issued in error"
    """
    if reason not in REASONS:
        raise click.ClickException(f"The reason must be one of: {', '.join(REASONS)}. Nothing was changed.")
    award = find_award(code)
    write(actions.withdraw, award.id, reason)
    say("Withdrawn. Anyone who verifies it from now on sees that; only the programme sees the reason.")


@certificates.command("reinstate")
@click.argument("code")
@inside
def certificates_reinstate(code: str) -> None:
    """Reinstate a withdrawn certificate.

    Example: lms certificates reinstate "7QK4 M2XD 9RTP C6HV"
    """
    refused = write(reissue.reinstate, find_award(code).id)
    if refused:
        raise click.ClickException(refused.message)
    say("Reinstated. Anyone who verifies it from now on sees its usual status again.")


@certificates.command("reissue")
@click.argument("code")
@inside
def certificates_reissue(code: str) -> None:
    """Reissue a certificate after a mistake, with the same dates and a new code. The earlier code then says “replaced”.

    Example: lms certificates reissue "7QK4 M2XD 9RTP C6HV"
    """
    made = write(reissue.reissue_certificate, find_award(code).id, "fault")
    if isinstance(made, Refused):
        raise click.ClickException(made.message)
    say(f"Reissued with the code {grouped(made.code)}. The earlier code now says “replaced”.")


@certificates.command("evidence")
@click.argument("email")
@click.option("--course", "course_id", required=True, help="The course.")
@click.option("--observer", required=True, help="The email address of their account, or their name if they have none.")
@click.option("--role", type=click.Choice(OBSERVER_ROLES), default="observer", show_default=True)
@click.option(
    "--date", "on", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The date, for example 2026-03-14."
)
@click.option("--rating", type=click.Choice(RATINGS), required=True, help="How it went.")
@click.option("--programme", "slug", default=None)
@inside
def certificates_evidence(
    email: str, course_id: str, observer: str, role: str, on: datetime, rating: str, slug: str | None
) -> None:
    """Record an observed practice. The last one that is needed also issues the certificate.

    If the observer has no account in the programme, it counts once a trainer or coordinator confirms them.

    Example: lms certificates evidence sam@example.org --course active-listening --observer tara@example.org
    --date 2026-03-14 --rating basic
    """
    person = find_person_by_email(normal_email(email))
    enrolment = find_enrolment(person.id, course_id, get_programme(slug).id) if person else None
    if enrolment is None:
        raise click.ClickException(f"{email} hasn’t started {course_id} in this programme. Nothing was recorded.")
    if on.date() > today_in(enrolment.programme_id, settings()):
        raise click.ClickException("This date is in the future. Nothing was recorded.")
    if on.date() < EARLIEST_PRACTICE:
        raise click.ClickException(f"This date is before {EARLIEST_PRACTICE.isoformat()}. Nothing was recorded.")
    account = find_person_by_email(normal_email(observer)) if "@" in observer else None
    if "@" in observer and account is None:
        raise click.ClickException(f"There’s no account with the address {observer}. Nothing was recorded.")
    seen = readiness_actions.ObservationInput(observer, role, on.date(), rating, account.id if account else None)
    made = write(readiness_actions.record_observation, enrolment.id, seen, None)
    if isinstance(made, Refused):
        raise click.ClickException(made.message)
    way = readiness_actions.find_readiness(enrolment.id)
    say("Recorded. We’ve asked a trainer or coordinator to confirm the observer." if made.pending else "Recorded.")
    if way and way.ready:
        say("The “ready to practise” certificate is issued.")
    elif way:
        say(f"{way.shown} of {way.needed} needed so far.")


@certificates.command("readiness")
@click.argument("course_id")
@click.option("--observations", type=click.IntRange(0, OBSERVATIONS_MOST), required=True, help="0 means none.")
@click.option("--programme", "slug", default=None)
@inside
def certificates_readiness(course_id: str, observations: int, slug: str | None) -> None:
    """Set how many observed practices a programme asks for before somebody counts as ready to practise.

    Example: lms certificates readiness active-listening --observations 2
    """
    programme = get_programme(slug)
    if find_offering(programme.id, course_id) is None:
        raise click.ClickException(f"{programme.slug} doesn’t offer {course_id}. Nothing was changed.")
    write(readiness_actions.set_readiness, programme.id, course_id, observations, settings())
    say(f"{programme.slug} now asks for {observations} in {course_id}.")


@certificates.group("keys")
def certificates_keys() -> None:
    """Manage API keys that let other programs verify up to 500 codes at once.

    Example: lms certificates keys make "Harbour staff system"
    """


@certificates_keys.command("make")
@click.argument("label")
@inside
def keys_make(label: str) -> None:
    """Create an API key and print it. It's shown only this once.

    Example: lms certificates keys make "Harbour staff system"
    """
    made = write(make_key, label)
    if isinstance(made, Refused):
        raise click.ClickException(made.message)
    say(made)
    say("We show it only this once. Send it to POST /api/verify as: Authorization: Bearer KEY")


@certificates_keys.command("list")
@json_option
@inside
def keys_list(as_json: bool) -> None:
    """List API keys by their labels.

    Example: lms certificates keys list
    """
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
    """Revoke an API key straight away.

    Example: lms certificates keys end "Harbour staff system"
    """
    refused = write(end_key, label)
    if refused is not None:
        raise click.ClickException(refused.message)
    say("The key is revoked. We refuse every request with it from now on.")


@certificates.command("render", hidden=True)
@click.argument("code")
@inside
def certificates_render(code: str) -> None:
    """Make the PDF of one certificate now.

    Example: lms certificates render "7QK4 M2XD 9RTP C6HV"
    """
    make_document(find_award(code).id, settings(), shipped("certificates"), may_fetch=False)
