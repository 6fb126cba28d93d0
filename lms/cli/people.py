"""Commands for people: accounts, roles, and taking access back."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import click

from lms.accounts import actions, leaving, records
from lms.accounts.actions import FormError
from lms.accounts.addresses import NotDeliverable, normal_email, read_address
from lms.accounts.invitations import actions as invitation_actions
from lms.accounts.rules import ROLES
from lms.accounts.second_factor import actions as second_factor_actions
from lms.accounts.single_sign_on import actions as single_sign_on_actions
from lms.certification.verification.records import list_api_keys
from lms.cli.output import json_option, say, say_rows
from lms.cli.shared import get_programme, inside
from lms.foundation import ids
from lms.foundation.db import write
from lms.foundation.keys import secret_key
from lms.foundation.web.security import settings


@click.group()
def people() -> None:
    """Add and list people.

    Example: lms people list
    """


def _get_address(email: str) -> str:
    """Return an address as it is stored; one that mail cannot reach is refused with the reason."""
    found = read_address(email)
    if isinstance(found, NotDeliverable):
        raise click.ClickException(f"{found.reason} Nothing was changed.")
    return found


def _get_person(email: str) -> Any:
    """Return the person with an address, also one that an earlier version stored and mail cannot reach."""
    person = records.find_person_by_email(normal_email(email))
    if person is None:
        address = _get_address(email)
        raise click.ClickException(f"There’s no account with the address {address}. Nothing was changed.")
    return person


@people.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), default="learner", show_default=True)
@click.option("--programme", "slug", default=None, help="The programme. You need this if there are several.")
@click.option(
    "--checked",
    is_flag=True,
    help="Skip the email that confirms the address. Use this only if you’re sure it’s theirs.",
)
@inside
def people_add(email: str, role: str, slug: str | None, checked: bool) -> None:
    """Give somebody a role. If they have no account yet, print a one-time link that invites them.

    Example: lms people add sam@example.org --role learner
    """
    address = _get_address(email)
    programme = None if role == "operator" else get_programme(slug)
    person = records.find_person_by_email(address)
    if person and (role == "learner" or checked or person.email_proven_at):
        if programme is None:
            write(actions.name_operator, person.id)
        else:
            write(actions.give_role, person.id, programme.id, role)
        if person.disabled_at:
            say(f"{email} now has the role {role}. Their account is closed. See: lms people enable {person.email}")
            return
        say(f"{email} now has the role {role}. They need to sign in again to use it.")
        return
    token = write(invitation_actions.invite, programme.id if programme else None, role, address)
    if isinstance(token, actions.FormError):
        raise click.ClickException(f"{token.message} Nothing was changed.")
    say(f"Send this link to {address} and nobody else. It works once, within 14 days:")
    confirmed = f"?confirmed={invitation_actions.proof(secret_key(settings().data), token)}" if checked else ""
    say(f"{settings().base_url}/invitation/{token}{confirmed}")
    if role != "learner" and not checked:
        say("When they open it, we email them a second link, because this role needs a confirmed address.")
        say("If email doesn’t work yet, add --checked once you’re sure of the address.")


@people.command("reset")
@click.argument("email")
@inside
def people_reset(email: str) -> None:
    """Print a one-time link to a new password, for somebody who can’t get our email.

    It works once, within the hour. Their old password works until then.
    Example: lms people reset sam@example.org
    """
    person = _get_person(email)
    if person.disabled_at is not None:
        raise click.ClickException(f"The account of {email} is closed. Nothing was changed. See: lms people enable")
    token = ids.secret_token()
    write(actions.make_password_link, person.id, token)
    say("Send this link to them and nobody else. It works once, within the hour:")
    say(f"{settings().base_url}/new-password/{token}")


def _end(action: Callable[..., Any], *args: Any) -> Any:
    """Run an action that takes something back; what it refuses ends the command with nothing changed."""
    done = write(action, *args)
    if isinstance(done, FormError):
        raise click.ClickException(f"{done.message} Nothing was changed.")
    return done


@people.command("remove")
@click.argument("email")
@click.option("--programme", "slug", default=None, help="The programme. You need this if there are several.")
@inside
def people_remove(email: str, slug: str | None) -> None:
    """End somebody's membership in a programme, with every role they have there. They keep their certificates.

    They are signed out at their next request, and their open invitations stop working. Their account stays open; see:
    lms people disable
    Example: lms people remove sam@example.org --programme harbour
    """
    programme, address = get_programme(slug), normal_email(email)
    if records.find_person_by_email(address) is None and write(leaving.end_invitations, address, programme.id):
        say(f"{address} can no longer use their invitation to {programme.slug}.")
        return
    person = _get_person(email)
    roles = _end(leaving.end_membership, person.id, programme.id)
    if not roles:
        raise click.ClickException(f"{person.email} has no role in {programme.slug}. Nothing was changed.")
    say(f"{person.email} is no longer {', '.join(roles)} in {programme.slug}. They keep their certificates.")
    _say_keys(roles)
    _say_if_nobody_coordinates(programme, roles)


@people.command("role")
@click.argument("email")
@click.option(
    "--add", "gained", type=click.Choice(ROLES), multiple=True, help="A role to give. You can repeat this option."
)
@click.option(
    "--remove", "lost", type=click.Choice(ROLES), multiple=True, help="A role to take away. You can repeat this option."
)
@click.option("--programme", "slug", default=None, help="The programme. You need this if there are several.")
@click.option(
    "--checked",
    is_flag=True,
    help="Skip the email that confirms the address. Use this only if you’re sure it’s theirs.",
)
@inside
def people_role(email: str, gained: tuple[str, ...], lost: tuple[str, ...], slug: str | None, checked: bool) -> None:
    """Give roles to somebody who has an account, or take roles away. Both take effect at their next request.

    Example: lms people role tara@example.org --add observer --remove trainer
    """
    person = _get_person(email)
    if not (gained or lost) or set(gained) & set(lost):
        raise click.ClickException("Name each role once, with --add or --remove. Nothing was changed.")
    if set(gained) - {"learner"} and not (person.email_proven_at or checked):
        raise click.ClickException(
            f"{person.email} isn’t confirmed yet. Invite them with lms people add, or add --checked once you’re sure "
            "of the address. Nothing was changed."
        )
    programme = get_programme(slug) if {*gained, *lost} - {"operator"} else None
    _end(_change_roles, person.id, programme.id if programme else None, gained, lost)
    say(f"{person.email} now has these roles: {_roles_in_words(person.id)}. They need to sign in again to use them.")
    _say_keys(list(lost))
    if programme:
        _say_if_nobody_coordinates(programme, lost)


def _say_if_nobody_coordinates(programme: Any, lost: Collection[str]) -> None:
    """Say so when the last coordinator of a programme is gone: its pages then open for nobody."""
    if "coordinator" in lost and not records.has_coordinator(programme.id):
        say(f"Nobody coordinates {programme.slug} now. See: lms people role EMAIL --add coordinator")


def _change_roles(person_id: str, programme_id: str | None, gained: tuple[str, ...], lost: tuple[str, ...]) -> Any:
    """Give and take roles in one write, so that a refusal changes none of them."""
    if "operator" in lost:
        done = leaving.remove_operator(person_id)
        if isinstance(done, actions.FormError):
            return done
    if "operator" in gained:
        actions.name_operator(person_id)
    if programme_id is not None:
        for role in set(gained) - {"operator"}:
            actions.give_role(person_id, programme_id, role)
        for role in set(lost) - {"operator"}:
            leaving.take_role(person_id, programme_id, role)
    return None


def _roles_in_words(person_id: str) -> str:
    programmes = {row.id: row.slug for row in records.list_programmes()}
    held = [f"{role} in {programmes[key]}" for key, roles in records.roles_of(person_id).items() for role in roles]
    return ", ".join([*held, *(["operator"] if records.get_person(person_id).operator else [])]) or "none"


def _say_keys(roles: list[str]) -> None:
    """Remind whoever takes access back of the keys of programs, which belong to nobody in particular."""
    labels = [key.label for key in list_api_keys() if key.ended_at is None]
    if labels and set(roles) & {"coordinator", "operator"}:
        say(f"These API keys still work: {', '.join(labels)}.")
        say("Revoke the ones they knew with: lms certificates keys end LABEL")


@people.command("disable")
@click.argument("email")
@inside
def people_disable(email: str) -> None:
    """Close somebody's account. They are signed out at their next request and can't sign in. Nothing is deleted.

    Their certificates stay valid, and a badge they opened to everybody stays open.
    Example: lms people disable sam@example.org
    """
    person = _get_person(email)
    if not _end(leaving.disable, person.id):
        raise click.ClickException(f"The account of {person.email} is already closed. Nothing was changed.")
    say(f"The account of {person.email} is closed. To open it again: lms people enable {person.email}")
    staff = {role for roles in records.roles_of(person.id).values() for role in roles}
    _say_keys([*staff, *(["operator"] if person.operator else [])])


@people.command("second-factor-off")
@click.argument("email")
@inside
def people_second_factor_off(email: str) -> None:
    """Reset the second step of somebody who lost their phone: app, recovery codes and passkeys go, the password stays.

    They are signed out everywhere and told by email. Only do this if you’ve spoken to them yourself.
    Example: lms people second-factor-off cora@example.org
    """
    person = _get_person(email)
    if not write(second_factor_actions.reset, person.id):
        raise click.ClickException(f"{person.email} has no second step and no passkey. Nothing was changed.")
    say(f"{person.email} can sign in with their password alone, and set up a new phone or passkey.")


@people.command("sso-off")
@click.argument("email")
@inside
def people_sso_off(email: str) -> None:
    """End that an account at your provider opens somebody’s account here, such as when the address has a new owner.

    They are signed out everywhere, and can sign in with a password again. Awards and records stay.
    Example: lms people sso-off sam@example.org
    """
    person = _get_person(email)
    if not write(single_sign_on_actions.disconnect, person.id):
        raise click.ClickException(f"{person.email} isn’t connected with single sign-on. Nothing was changed.")
    say(f"{person.email} is no longer connected. A password or a new sign-in at the provider is needed.")


@people.command("enable")
@click.argument("email")
@inside
def people_enable(email: str) -> None:
    """Open a closed account again, with the roles it still has.

    Example: lms people enable sam@example.org
    """
    person = _get_person(email)
    if not _end(leaving.enable, person.id):
        raise click.ClickException(f"The account of {person.email} isn’t closed. Nothing was changed.")
    say(f"The account of {person.email} is open. Roles: {_roles_in_words(person.id)}.")


@people.command("list")
@click.option("--programme", "slug", default=None)
@json_option
@inside
def people_list(slug: str | None, as_json: bool) -> None:
    """List people with their roles.

    Example: lms people list --json
    """
    programme = get_programme(slug) if slug else None
    held = [
        (person, where.slug, membership.role)
        for person, membership, where in records.list_members(programme.id if programme else None)
    ]
    if programme is None:
        held += [(person, "", "operator") for person in records.list_operators()]
    rows = [
        {
            "email": person.email,
            "name": person.display_name,
            "programme": where,
            "role": role,
            "account": "closed" if person.disabled_at else "open",
        }
        for person, where, role in held
    ]
    write(actions.note_export, programme.id if programme else None, "people", len(rows))
    say_rows(rows, as_json)
