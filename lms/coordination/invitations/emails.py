"""The email that invites somebody to a programme, with their one-time link."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from flask import url_for

from lms.accounts.invitations import actions as invitation_actions
from lms.accounts.invitations.actions import Outgoing
from lms.accounts.notifications.reader_language import language_at, languages_at
from lms.accounts.records import Programme
from lms.accounts.rules import INVITATION_DAYS, zone_of
from lms.foundation import clock, ids
from lms.foundation.config.settings import Settings
from lms.foundation.keys import secret_key
from lms.foundation.mail.templates import Email, writing_in
from lms.foundation.text.i18n import day


def all_outgoing(programme: Programme, settings: Settings, people: Sequence[tuple[str, str, str]]) -> list[Outgoing]:
    """Return some people to invite, given by address, name and role, each with a new token and the email for it."""
    languages = languages_at([address for address, _name, _role in people], programme)
    return [_outgoing(programme, settings, languages[address], address, name, role) for address, name, role in people]


def outgoing(programme: Programme, settings: Settings, address: str, name: str, role: str) -> Outgoing:
    """Return somebody to invite, with a new token and the email that it goes out in."""
    return _outgoing(programme, settings, language_at(address, programme), address, name, role)


def _outgoing(programme: Programme, settings: Settings, language: str, address: str, name: str, role: str) -> Outgoing:
    token = ids.secret_token()
    return Outgoing(address, name, token, invitation_email(programme, settings, language, token, name, role))


def invitation_email(
    programme: Programme, settings: Settings, language: str, token: str, name: str, role: str
) -> Email:
    """Return the email with a link; only this link proves that whoever opens it reads the mail of its address."""
    confirmed = invitation_actions.proof(secret_key(settings.data), token)
    link = url_for("accounts.accept_invitation", token=token, confirmed=confirmed)
    until = clock.day_of(clock.now() + timedelta(days=INVITATION_DAYS), zone_of(programme.facts, settings.timezone))
    with writing_in(language) as render_email:
        return render_email(
            "invited",
            name=name,
            programme=programme.name,
            address=settings.base_url + link,
            until=day(until),
            role=role,
        )
