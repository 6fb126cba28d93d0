"""Commands for people: accounts, roles, and taking access back."""

from __future__ import annotations

from collections.abc import Callable, Collection
from itertools import chain
from typing import Any

import click

from lms.accounts import actions, leaving, records
from lms.accounts.actions import FormError
from lms.accounts.addresses import normal_email
from lms.accounts.invitations import actions as invitation_actions
from lms.accounts.members import actions as members
from lms.accounts.rules import ROLES
from lms.certification.verification.records import list_api_keys
from lms.cli.output import json_option, say, say_rows
from lms.cli.people.lookup import get_address, get_person
from lms.cli.people.merge import people_merge
from lms.cli.people.sign_in import people_reset, people_second_factor_off, people_sso_off
from lms.cli.people.status import people_status
from lms.cli.shared import get_programme, inside
from lms.foundation.db import write
from lms.foundation.keys import secret_key
from lms.foundation.web.security import settings

even_the_last_option = click.option(
    "--even-the-last", is_flag=True, help="Do it even if nobody else coordinates the programme afterwards."
)


@click.group()
def people() -> None:
    """Add and list people.

    Example: lms people list
    """


for command in (people_merge, people_reset, people_second_factor_off, people_sso_off, people_status):
    people.add_command(command)


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
    address = get_address(email)
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


def _end(action: Callable[..., Any], *args: Any) -> Any:
    """Run an action that takes something back; what it refuses ends the command with nothing changed."""
    done = write(action, *args)
    if isinstance(done, FormError):
        raise click.ClickException(f"{done.message} Nothing was changed.")
    return done


@people.command("remove")
@click.argument("email")
@click.option("--programme", "slug", default=None, help="The programme. You need this if there are several.")
@even_the_last_option
@inside
def people_remove(email: str, slug: str | None, even_the_last: bool) -> None:
    """End somebody's membership in a programme, with every role they have there. They keep their certificates.

    They are signed out at their next request, and their open invitations stop working. Their account stays open; see:
    lms people disable
    Example: lms people remove sam@example.org --programme harbour
    """
    programme, address = get_programme(slug), normal_email(email)
    if records.find_person_by_email(address) is None and write(leaving.end_invitations, address, programme.id):
        say(f"{address} can no longer use their invitation to {programme.slug}.")
        return
    person = get_person(email)
    roles = _end(_end_membership, person.id, programme.id, even_the_last)
    if not roles:
        raise click.ClickException(f"{person.email} has no role in {programme.slug}. Nothing was changed.")
    say(f"{person.email} is no longer {', '.join(roles)} in {programme.slug}. They keep their certificates.")
    _say_keys(roles)
    _say_if_nobody_coordinates(programme, roles)


def _end_membership(person_id: str, programme_id: str, even_the_last: bool) -> list[str] | FormError:
    """End somebody's membership, but leave a programme its last coordinator; return the roles they had."""
    alone = None if even_the_last else members.refuse_last_coordinator(programme_id, person_id)
    return alone or leaving.end_membership(person_id, programme_id)


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
@even_the_last_option
@inside
def people_role(
    email: str, gained: tuple[str, ...], lost: tuple[str, ...], slug: str | None, checked: bool, even_the_last: bool
) -> None:
    """Give roles to somebody who has an account, or take roles away. Both take effect at their next request.

    Example: lms people role tara@example.org --add observer --remove trainer
    """
    person = get_person(email)
    if not (gained or lost) or set(gained) & set(lost):
        raise click.ClickException("Name each role once, with --add or --remove. Nothing was changed.")
    if set(gained) - {"learner"} and not (person.email_proven_at or checked):
        raise click.ClickException(
            f"{person.email} isn’t confirmed yet. Invite them with lms people add, or add --checked once you’re sure "
            "of the address. Nothing was changed."
        )
    programme = get_programme(slug) if {*gained, *lost} - {"operator"} else None
    _end(_change_roles, person.id, programme.id if programme else None, gained, lost, even_the_last)
    say(f"{person.email} now has these roles: {_roles_in_words(person.id)}. They need to sign in again to use them.")
    _say_keys(list(lost))
    if programme:
        _say_if_nobody_coordinates(programme, lost)


def _say_if_nobody_coordinates(programme: Any, lost: Collection[str]) -> None:
    """Say so when the last coordinator of a programme is gone: its pages then open for nobody."""
    if "coordinator" in lost and not records.has_coordinator(programme.id):
        say(f"Nobody coordinates {programme.slug} now. See: lms people role EMAIL --add coordinator")


def _change_roles(
    person_id: str, programme_id: str | None, gained: tuple[str, ...], lost: tuple[str, ...], even_the_last: bool
) -> FormError | None:
    """Give and take roles in one write, so that a refusal changes none of them."""
    if programme_id and "coordinator" in lost and not even_the_last:
        alone = members.refuse_last_coordinator(programme_id, person_id)
        if alone:
            return alone
    if "operator" in lost:
        done = leaving.remove_operator(person_id)
        if isinstance(done, FormError):
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
    roles = records.roles_of(person_id)
    programmes = records.find_programmes(roles)
    held = [f"{role} in {programmes[key].slug}" for key, here in roles.items() for role in here]
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
    """Close somebody's account. They are signed out at their next request and can't sign in.

    Their certificates stay valid, and a badge they opened to everybody stays open. The account is deleted after
    LMS_KEEP_CLOSED_ACCOUNTS_MONTHS (12 months by default), unless one of its certificates is still valid.
    Example: lms people disable sam@example.org
    """
    person = get_person(email)
    if not _end(leaving.disable, person.id):
        raise click.ClickException(f"The account of {person.email} is already closed. Nothing was changed.")
    say(f"The account of {person.email} is closed. To reopen it: lms people enable {person.email}")
    roles = records.roles_of(person.id)
    for programme_id, here in roles.items():
        _say_if_nobody_coordinates(records.get_programme(programme_id), here)
    staff = {role for here in roles.values() for role in here}
    _say_keys([*staff, *(["operator"] if person.operator else [])])


@people.command("enable")
@click.argument("email")
@inside
def people_enable(email: str) -> None:
    """Reopen a closed account, with the roles it still has.

    Example: lms people enable sam@example.org
    """
    person = get_person(email)
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
    programme_id = programme.id if programme else None
    operators = [] if programme else records.list_operators()
    write(actions.note_export, programme_id, "people", records.count_roles(programme_id) + len(operators))
    held = chain(records.read_roles(programme_id), ((person, "", "operator") for person in operators))
    rows = (
        {
            "email": person.email,
            "name": person.display_name,
            "programme": where,
            "role": role,
            "account": "closed" if person.disabled_at else "open",
        }
        for person, where, role in held
    )
    say_rows(rows, as_json)
