"""Commands for somebody who can't sign in: a new password, a lost phone, an account at a provider."""

from __future__ import annotations

import click

from lms.accounts import actions
from lms.accounts.second_factor import actions as second_factor_actions
from lms.accounts.single_sign_on import actions as single_sign_on_actions
from lms.cli.output import say
from lms.cli.people.lookup import get_person
from lms.cli.shared import inside
from lms.foundation import ids
from lms.foundation.db import write
from lms.foundation.web.security import settings


@click.command("reset")
@click.argument("email")
@inside
def people_reset(email: str) -> None:
    """Print a one-time link to a new password, for somebody who can’t get our email.

    It works once, within the hour. Their old password works until they use it.
    Example: lms people reset sam@example.org
    """
    person = get_person(email)
    if person.disabled_at is not None:
        raise click.ClickException(f"The account of {email} is closed. Nothing was changed. See: lms people enable")
    token = ids.secret_token()
    write(actions.make_password_link, person.id, token)
    say("Send this link to them and nobody else. It works once, within the hour:")
    say(f"{settings().base_url}/new-password/{token}")


@click.command("second-factor-off")
@click.argument("email")
@inside
def people_second_factor_off(email: str) -> None:
    """Reset two-step sign-in for somebody who lost their phone.

    This removes their app, recovery codes and passkeys, but not their password. They are signed out everywhere and
    told by email. Only do this if you’ve spoken to them yourself.
    Example: lms people second-factor-off cora@example.org
    """
    person = get_person(email)
    if not write(second_factor_actions.reset, person.id):
        raise click.ClickException(f"{person.email} hasn’t set up two-step sign-in or a passkey. Nothing was changed.")
    say(f"{person.email} can sign in with their password alone, and set up a new phone or passkey.")


@click.command("sso-off")
@click.argument("email")
@inside
def people_sso_off(email: str) -> None:
    """Disconnect somebody’s account from single sign-on, for example because their address has a new owner.

    They are signed out everywhere, and can sign in with a password again. Certificates and records stay.
    Example: lms people sso-off sam@example.org
    """
    person = get_person(email)
    if not write(single_sign_on_actions.disconnect, person.id):
        raise click.ClickException(f"{person.email} isn’t connected with single sign-on. Nothing was changed.")
    say(f"{person.email} is no longer connected. They can sign in with a password, or connect again.")
