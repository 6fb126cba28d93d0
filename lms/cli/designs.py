"""Commands for how certificates look and what they are signed with: preview, designs, badge and new-keys."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import click
from flask import current_app

from lms.certification import credentials, keyring, rendering, specimen
from lms.certification.baking import baked
from lms.certification.credentials import find_credential
from lms.certification.designs import DesignError, UnprintableText
from lms.certification.last_good import find_slip
from lms.certification.rendering import list_designs
from lms.cli.certificates import find_award
from lms.cli.output import say
from lms.cli.shared import inside
from lms.foundation.clock import today
from lms.foundation.db import write
from lms.foundation.gate import settings


@click.command("preview")
@click.argument("design")
@click.option("--name", default="Noor Haddad", show_default=True, help="The name to try.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A folder for what is made.")
@inside
def preview(design: str, name: str, out: Path) -> None:
    """Make a specimen: a signed PDF, its badge and a picture of it.

    Example: lms certificates preview warm --name "Łucja Nguyễn" --out /tmp/specimen
    """
    site, shipped = settings(), current_app.extensions["lms_designs"]
    found = rendering.design_named(design, site, shipped)
    if found.folder.name != design:
        known = ", ".join(rendering.list_designs(site, shipped))
        raise click.ClickException(f"There is no design {design}. There are: {known}. Nothing was made.")
    day = today(site.timezone)
    facts = specimen.facts_for(name, day, day + timedelta(days=730), specimen.NOBODYS_CODE, site)
    try:
        pdf, badge = specimen.make(facts, found, rendering.keys_of(site), site)
    except DesignError as slip:
        raise click.ClickException(f"The design has a slip in {slip}\nMend that line and try again.") from None
    except UnprintableText as lacking:
        raise click.ClickException(
            f"The design has no letters for: {' '.join(lacking.characters)}. Please try the name in other letters."
        ) from None
    out.mkdir(parents=True, exist_ok=True)
    for suffix, content in (("pdf", pdf), ("json", badge), ("png", specimen.picture(pdf))):
        (out / f"{design}.{suffix}").write_bytes(content)
        say(str(out / f"{design}.{suffix}"))


@click.command("designs")
@inside
def designs() -> None:
    """List the designs there are, and where one has a slip, the line.

    Example: lms certificates designs
    """
    for design in list_designs(settings(), current_app.extensions["lms_designs"]):
        slip = find_slip(design, settings().data)
        say(f"{design}  {'has a slip in ' + slip + '; it is printed as it last worked' if slip else ''}".rstrip())


@click.command("badge")
@click.argument("code")
@click.option("--as", "kind", type=click.Choice(["json", "svg", "png"]), default="json", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="A file; without it the badge is printed.")
@inside
def badge(code: str, kind: str, out: Path | None) -> None:
    """Give the Open Badge of a certificate: bare, or baked into a drawing or a picture.

    Example: lms certificates badge "7QK4 M2XD 9RTP C6HV" --as png --out badge.png
    """
    found = find_credential(find_award(code).id)
    if found is None or not found.content:
        raise click.ClickException("This certificate has no badge yet. It is made together with the PDF.")
    content = baked(kind, found.content, current_app.extensions["lms_designs"])
    if out:
        out.write_bytes(content)
        say(str(out))
    else:
        sys.stdout.buffer.write(content)


@click.command("new-keys")
@click.option("--yes", is_flag=True, help="Do it.")
@inside
def new_keys(yes: bool) -> None:
    """Put the signing keys aside and make new ones; what was signed with the earlier ones goes on being verifiable.

    Example: lms certificates new-keys --yes
    """
    if not yes:
        raise click.ClickException("This makes new signing keys. Say --yes to do it. Nothing was changed.")
    for path in keyring.put_aside(settings()):
        say(f"Put aside: {path}")
    rendering.keys_of(settings(), fresh=True)
    write(credentials.mark_all_stale)
    say("New keys sign from now on. Please restart the site, and back up LMS_DATA/keys.")
