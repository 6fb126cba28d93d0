"""Commands for programmes: their facts and their logo."""

from __future__ import annotations

import re
from pathlib import Path

import click

from lms.accounts import actions
from lms.accounts.records import find_programme
from lms.accounts.rules import (
    PROGRAMME_NAME_MOST,
    SLUG_MOST,
    country_code,
    country_for,
    is_readable,
    is_slug,
    is_zone,
    slug_for,
    without_role,
)
from lms.certification.pdf.designs import list_designs
from lms.certification.pdf.logos import LogoRefused, as_logo
from lms.cli.output import say
from lms.cli.shared import get_programme, inside
from lms.foundation.config.shipped import shipped
from lms.foundation.db import write
from lms.foundation.per_app import provided
from lms.foundation.storage.files import FileStore
from lms.foundation.web.security import settings
from lms.learning.progress.rules import PRIOR_MONTHS_MOST


@click.group()
def programme() -> None:
    """Set up programmes.

    Example: lms programme set harbour lead="Ingrid Okafor, 020 7946 0011"
    """


FACTS = (
    *("lead", "contact", "hours", "emergency", "limits_statement", "country", "reply_time", "design", "signatory"),
    *("timezone", "prior_months"),
)


_EXAMPLES = {"lead": "Ingrid Okafor", "contact": "peer@example.org", "reply_time": "within two days"}


def _check(facts: dict[str, str]) -> None:
    """Refuse a fact that could not be used, with one that could; a country is kept in capital letters."""
    for key, value in facts.items():
        if value and not is_readable(value):
            raise click.ClickException(
                f'{key} needs characters that people can read, in one line, as in {key}="{_EXAMPLES.get(key, "…")}". '
                "Nothing was changed."
            )
    if facts.get("emergency") and not re.search(r"\d{2}", facts["emergency"]):
        raise click.ClickException(
            "emergency is the number that people call in danger, for example emergency=999. Nothing was changed."
        )
    _check_design(facts.get("design", ""))
    if facts.get("timezone") and not is_zone(facts["timezone"]):
        raise click.ClickException("timezone is a name such as Europe/London. Nothing was changed.")
    months = facts.get("prior_months")
    if months and not (months.isascii() and months.isdigit() and 1 <= int(months) <= PRIOR_MONTHS_MOST):
        raise click.ClickException(f"prior_months is a number from 1 to {PRIOR_MONTHS_MOST}. Nothing was changed.")
    country = facts.get("country")
    if country:
        code = country_code(country)
        if code is None:
            raise click.ClickException(
                f"{country!r} isn’t a country code. Use two letters, as in country={country_for(country)}. "
                "Nothing was changed."
            )
        facts["country"] = code
    if lacking := without_role(facts.get("signatory", "")):
        raise click.ClickException(
            f'Each signatory needs a name and a role, as in signatory="{lacking[0].strip(" ,") or "Ingrid Okafor"}, '
            'peer support lead". Put semicolons between several. Nothing was changed.'
        )


def _check_design(name: str) -> None:
    known = list_designs(settings(), shipped("certificates")) if name else ()
    if name and name not in known:
        raise click.ClickException(
            f"There’s no design {name!r}. The designs are: {', '.join(known)}. Nothing was changed."
        )


def check_slug(slug: str) -> None:
    """Refuse a programme's short name that can't be part of a web address."""
    if not is_slug(slug):
        raise click.ClickException(
            f"{slug!r} can’t be the short name of a programme, because it’s part of web addresses. Use lower-case "
            f"letters a to z, digits and hyphens, up to {SLUG_MOST}, as in {slug_for(slug)!r}. Nothing was changed."
        )


def check_name(name: str | None) -> None:
    """Refuse a programme's name that nobody could read."""
    if name is not None and not (name.strip() and name.isprintable() and len(name) <= PROGRAMME_NAME_MOST):
        raise click.ClickException(
            f"A programme needs a name that people can read, in one line of up to {PROGRAMME_NAME_MOST} characters, "
            'as in name="Harbour Hospitals peer support". Nothing was changed.'
        )


@programme.command("set")
@click.argument("slug")
@click.argument("facts", nargs=-1)
@click.option("--name", default=None, help="Its full name.")
@click.option("--hold-unreviewed", type=click.Choice(["yes", "no", "site"]), default=None)
@inside
def programme_set(slug: str, facts: tuple[str, ...], name: str | None, hold_unreviewed: str | None) -> None:
    """Make a programme, or set its facts. An empty value removes a fact.

    Facts: lead, contact, hours, reply_time, emergency, limits_statement, country (two letters), name; design,
    signatory and timezone of its certificates; prior_months, for how many months prior learning counts.
    Example: lms programme set harbour lead="Ingrid Okafor" emergency=999 country=GB
    """
    pairs = {fact.partition("=")[0]: fact.partition("=")[2] for fact in facts if "=" in fact}
    # Spaces alone are no fact: a course that asks for one would count it, and a reader would find nothing there.
    pairs = {key: value if key == "name" else re.sub(r"[^\S\n]+", " ", value).strip() for key, value in pairs.items()}
    name = pairs.pop("name", name)
    unknown = [fact for fact in facts if "=" not in fact] + [key for key in pairs if key not in FACTS]
    if unknown:
        raise click.ClickException(
            f"{', '.join(unknown)} isn’t a fact about a programme. You can set: {', '.join(FACTS)}. "
            "Nothing was changed."
        )
    if find_programme(slug) is None:
        check_slug(slug)
    check_name(name)
    _check(pairs)
    hold = {"yes": True, "no": False}.get(hold_unreviewed or "")
    row = write(actions.set_programme, slug, name, pairs, hold, touch_hold=hold_unreviewed is not None)
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
