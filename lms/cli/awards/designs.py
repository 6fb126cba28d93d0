"""Commands for certificate designs and signing keys: preview, designs, badge and new-keys."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import click

from lms.certification.badges import records as badge_records
from lms.certification.badges.baking import baked
from lms.certification.badges.records import find_credential
from lms.certification.keys import keyring
from lms.certification.keys.opening import keys_of
from lms.certification.pdf import designs as pdf_designs
from lms.certification.pdf import specimen
from lms.certification.pdf.designs import DesignError, UnprintableText, list_designs
from lms.certification.pdf.fallback import find_slip
from lms.cli.awards.certificates import find_award
from lms.cli.output import say
from lms.cli.shared import inside, inside_or_new, inside_to_replace
from lms.foundation.clock import today
from lms.foundation.config.shipped import shipped
from lms.foundation.db import write
from lms.foundation.hosts.key_fingerprints import fingerprints_of
from lms.foundation.hosts.key_marks import SIGNING_KEYS, note_marks
from lms.foundation.web.security import settings


@click.command("preview")
@click.argument("design")
@click.option("--name", default="Noor Haddad", show_default=True, help="The name on the sample.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The folder to write to.")
@inside_or_new
def preview(design: str, name: str, out: Path) -> None:
    """Make a sample certificate: a signed PDF, its badge and a picture of it.

    Example: lms certificates preview warm --name "Łucja Nguyễn" --out /tmp/specimen
    """
    site, folder = settings(), shipped("certificates")
    found = pdf_designs.design_named(design, site, folder)
    if found.folder.name != design:
        known = ", ".join(pdf_designs.list_designs(site, folder))
        raise click.ClickException(f"There’s no design {design}. The designs are: {known}. Nothing was made.")
    day = today(site.timezone)
    facts = specimen.specimen_content(name, day, day + timedelta(days=730), specimen.NOBODYS_CODE, site)
    try:
        pdf, badge = specimen.make(facts, found, keys_of(site), site)
    except DesignError as slip:
        raise click.ClickException(f"The design has an error in {slip}\nFix that line and try again.") from None
    except UnprintableText as lacking:
        raise click.ClickException(
            f"The design’s fonts have no characters for: {' '.join(lacking.characters)}. "
            "Please try another spelling of the name."
        ) from None
    out.mkdir(parents=True, exist_ok=True)
    for suffix, content in (("pdf", pdf), ("json", badge), ("png", specimen.picture(pdf))):
        (out / f"{design}.{suffix}").write_bytes(content)
        say(str(out / f"{design}.{suffix}"))


@click.command("designs")
@inside_or_new
def designs() -> None:
    """List the certificate designs. If one has an error, show the line.

    Example: lms certificates designs
    """
    for design in list_designs(settings(), shipped("certificates")):
        slip = find_slip(design, settings().data)
        say(f"{design}  {'has an error in ' + slip + '; we use its last version that worked' if slip else ''}".rstrip())


@click.command("badge")
@click.argument("code")
@click.option("--as", "kind", type=click.Choice(["json", "svg", "png"]), default="json", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="The file to write. By default, the badge is printed.")
@inside
def badge(code: str, kind: str, out: Path | None) -> None:
    """Get the Open Badge of a certificate, on its own or baked into an SVG or PNG.

    Example: lms certificates badge "7QK4 M2XD 9RTP C6HV" --as png --out badge.png
    """
    found = find_credential(find_award(code).id)
    if found is None or not found.content:
        raise click.ClickException("This certificate has no badge yet. We make it together with the PDF.")
    content = baked(kind, found.content, shipped("certificates"))
    if out:
        out.write_bytes(content)
        say(str(out))
    else:
        sys.stdout.buffer.write(content)


@click.command("new-keys")
@click.option("--yes", is_flag=True, help="Do it.")
@inside_to_replace(*SIGNING_KEYS)
def new_keys(yes: bool) -> None:
    """Put the signing keys aside and make new ones. Everything signed with the earlier keys can still be verified.

    Example: lms certificates new-keys --yes
    """
    if not yes:
        raise click.ClickException(
            "This makes new signing keys. Add --yes if that’s what you want. Nothing was changed."
        )
    for path in keyring.put_aside(settings()):
        say(f"Put aside: {path}")
    keys_of(settings(), fresh=True)
    write(note_marks, fingerprints_of(settings()), instead=True)
    write(badge_records.mark_all_stale)
    say("The new keys sign from now on. Please restart the site, and back up LMS_DATA/keys.")
