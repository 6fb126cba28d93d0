"""`lms care`: run the conformance suite on a learning system and write its scorecard."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from urllib.parse import urlsplit

import click

from lms.cli.output import json_option, say
from lms.conformance.browser import NoBrowser, check_site
from lms.conformance.findings import Scorecard
from lms.conformance.recipe import BadRecipe, read_recipe
from lms.conformance.rules import all_rules
from lms.conformance.scorecard import as_data, as_html, as_lines

RECIPES = Path(__file__).resolve().parent.parent / "conformance" / "recipes"


def _shipped() -> str:
    return ", ".join(sorted(path.stem for path in RECIPES.glob("*.toml")))


@click.command()
@click.argument("url", required=False)
@click.option("--recipe", help="A recipe file, or the name of a built-in one.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Write scorecard.html and .json here.")
@click.option(
    "--axe", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Also run axe, from this file."
)
@click.option("--rules", is_flag=True, help="List the rules and exit.")
@json_option
def care(url: str | None, recipe: str | None, out: Path | None, axe: Path | None, rules: bool, as_json: bool) -> None:
    """Check a learning system against the care rules in a real browser, and list which are met.

    The exit status is 0 if all are met, 1 if one isn't, and 2 if something couldn't be checked.

    Example: lms care https://training.example.org --recipe sidelight --out scorecard
    """
    if rules:
        _say_rules(as_json)
        return
    if not url or not recipe:
        raise click.UsageError(f"Give an address and a --recipe: a file, or one of {_shipped()}")
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise click.UsageError(f"{url} isn’t a web address. Start it with http:// or https://")
    card = _check_site(url, recipe, axe)
    data = json.dumps(as_data(card), ensure_ascii=False, indent=2)
    if out:
        out.mkdir(parents=True, exist_ok=True)
        (out / "scorecard.html").write_text(as_html(card), "utf-8")
        (out / "scorecard.json").write_text(data + "\n", "utf-8")
    for line in [data] if as_json else as_lines(card):
        say(line)
    sys.exit(card.status)


def _check_site(url: str, recipe: str, axe: Path | None) -> Scorecard:
    file = Path(recipe) if Path(recipe).is_file() else RECIPES / f"{recipe}.toml"
    if not file.is_file():
        raise click.UsageError(f"There’s no recipe {recipe}. The built-in ones are: {_shipped()}")
    try:
        return check_site(url, read_recipe(file.read_text("utf-8")), axe.read_text("utf-8") if axe else "")
    except UnicodeDecodeError:
        raise click.ClickException(f"{file.name} isn’t UTF-8 text.") from None
    except BadRecipe as error:
        raise click.ClickException(f"{file.name}, {error}") from None
    except NoBrowser as error:
        raise click.ClickException(str(error)) from None


def _say_rules(as_json: bool) -> None:
    if as_json:
        names = ("id", "title", "why", "anchor", "mark", "how")
        rows = [{name: getattr(rule, name) for name in names} for rule in all_rules(True)]
        say(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for rule in all_rules(True):
        say(f"{rule.id}\n    {rule.title}. {rule.why}. [{rule.mark}] {rule.anchor}\n    It {rule.how}.")
