"""Commands for programmes: their settings and their logo."""

from __future__ import annotations

from pathlib import Path

import click

from lms.accounts import actions
from lms.accounts.actions import FormError
from lms.accounts.programmes.actions import SettingsChanged
from lms.accounts.programmes.facts import FACTS, check_settings, check_slug, tidy
from lms.accounts.records import find_programme
from lms.certification.pdf.designs import list_designs
from lms.certification.pdf.logos import LogoRefused, as_logo
from lms.cli.output import say
from lms.cli.shared import get_programme, inside, inside_or_new
from lms.coordination.settings.actions import change_programme, read_waiting_courses
from lms.coordination.settings.keeping_pages import look_first
from lms.foundation.config.shipped import shipped
from lms.foundation.db import write
from lms.foundation.hooks import hooks
from lms.foundation.per_app import provided
from lms.foundation.storage.files import FileStore
from lms.foundation.web.security import settings


@click.group()
def programme() -> None:
    """Set up programmes.

    Example: lms programme set harbour lead="Ingrid Okafor, 020 7946 0011"
    """


def refuse_slug(slug: str) -> None:
    """Refuse a programme's short name that can't be part of a web address."""
    if problem := check_slug(slug):
        raise click.ClickException(f"{problem} Nothing was changed.")


def check(wanted: dict[str, str]) -> None:
    """Refuse settings that can't be used, each with one that could."""
    designs = list_designs(settings(), shipped("certificates"))
    for problem in check_settings(wanted, designs, hooks().missing_letters):
        raise click.ClickException(f"{problem.field}: {problem.message} Nothing was changed.")


@programme.command("set")
@click.argument("slug")
@click.argument("facts", nargs=-1, metavar="[SETTING=VALUE]...")
@click.option("--name", default=None, help="Its full name.")
@click.option("--hold-unreviewed", type=click.Choice(["yes", "no", "site"]), default=None)
@click.option("--yes", is_flag=True, help="Set a shorter time to keep something, which deletes what is older.")
@inside_or_new
def programme_set(slug: str, facts: tuple[str, ...], name: str | None, hold_unreviewed: str | None, yes: bool) -> None:
    """Make a programme, or change its settings. An empty value removes a setting.

    Settings: lead, contact, hours, reply_time, emergency, limits_statement, country (two letters), name; design,
    signatory and timezone of its certificates; prior_months, for how many months prior learning counts; colour of its
    pages, as a hex code; registration, open or closed; keep_answers_months and keep_details_months, for how many months
    answers to checks, and the unit, staff number and line manager of people who left, stay; language of emails to
    people who chose none; second_approval, yes if a second person approves before a draft is published; confirm_names,
    yes if no certificate is issued before a coordinator has confirmed the name on it.
    Example: lms programme set harbour lead="Ingrid Okafor" emergency=999 country=GB
    """
    pairs = {fact.partition("=")[0]: fact.partition("=")[2] for fact in facts if "=" in fact}
    unknown = [fact for fact in facts if "=" not in fact] + [key for key in pairs if key not in {"name", *FACTS}]
    if unknown:
        raise click.ClickException(
            f"{', '.join(unknown)} isn’t a setting of a programme. You can set: {', '.join(FACTS)}. "
            "Nothing was changed."
        )
    if name is not None:
        pairs.setdefault("name", name)
    wanted = {key: tidy(key, value) for key, value in pairs.items()}
    known = find_programme(slug)
    if known is None:
        refuse_slug(slug)
    else:
        read_waiting_courses(known.id)
    check(wanted)
    look = look_first(known, wanted, settings()) if known else None
    if look and not yes:
        raise click.ClickException(
            f"This deletes within the hour: {'; '.join(look.goes)}. Add --yes if that’s what you want. "
            "Nothing was changed."
        )
    if hold_unreviewed is not None:
        wanted["hold_unreviewed"] = hold_unreviewed
    row = write(change_programme, settings(), slug, None, wanted)
    if isinstance(row, FormError):
        raise click.ClickException(f"{row.field}: {row.message} Nothing was changed.")
    if isinstance(row, SettingsChanged):
        raise click.ClickException(
            "Somebody else changed this in the meantime. Nothing was changed. Please run it again."
        )
    say(f"{row.slug}: {row.name}")
    for key, value in sorted(row.facts.items()):
        say(f"  {key}: {value}")


@programme.command("logo")
@click.argument("slug")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--remove", is_flag=True, help="Remove the logo.")
@inside
def programme_logo(slug: str, file: Path | None, remove: bool) -> None:
    """Set the logo on a programme's certificates. Certificates issued before stay as they are.

    Example: lms programme logo harbour harbour.png
    """
    row = get_programme(slug)
    if (file is None) is not remove:
        raise click.ClickException("Give an image file, or add --remove. Nothing was changed.")
    digest = ""
    if file:
        try:
            digest = provided(FileStore).put(as_logo(file.read_bytes()))
        except LogoRefused as refused:
            raise click.ClickException(f"{refused} Nothing was changed.") from None
    write(actions.set_programme, row.slug, None, {"logo": digest})
    say(f"{row.name}: {'new certificates show its logo' if digest else 'new certificates have no logo'}.")
