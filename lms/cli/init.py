"""The command that sets a site up."""

from __future__ import annotations

import click

from lms.accounts import actions, records
from lms.accounts.invitations import actions as invitation_actions
from lms.cli.output import say
from lms.cli.programmes import check, refuse_slug
from lms.cli.shared import inside_or_new
from lms.foundation.db import write
from lms.foundation.web.security import settings


@click.command()
@click.option(
    "--programme", "slug", default=None, help="The short name of the first programme. By default, it’s “programme”."
)
@click.option("--name", default=None, help="Its full name.")
@inside_or_new
def init(slug: str | None, name: str | None) -> None:
    """Set up the site, and print a one-time link for the first operator.

    While there's no operator, you can run it again for a new link. The earlier one then stops working.

    Example: lms init --programme harbour --name "Harbour Hospitals peer support"
    """
    if slug is None and (name is not None or not records.list_programmes()):
        slug = "programme"
    if slug is not None:
        refuse_slug(slug)
    if name is not None:
        check({"name": name.strip()})
    if records.list_operators():
        raise click.ClickException("This site already has an operator. Nothing was changed. See: lms people list")
    if slug is not None:
        write(actions.set_programme, slug, name, {})
    token = write(invitation_actions.invite_first_operator)
    say("The site is ready. This link is for its first operator. It works once, within 14 days:")
    say(f"{settings().base_url}/invitation/{token}")
