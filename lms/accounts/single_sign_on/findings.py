"""Checks of single sign-on: what its settings name here, and what the provider says of itself when it's asked."""

from __future__ import annotations

from datetime import timedelta

from lms.accounts.members.records import list_units
from lms.accounts.records import find_programme
from lms.accounts.single_sign_on.this_site import logout_address, redirect_address, this_provider
from lms.foundation.checkup.findings import Finding, some_of
from lms.foundation.config.settings import Settings
from lms.foundation.config.single_sign_on import SingleSignOn
from lms.foundation.text.collation import search_key
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import ngettext

# Tokens count up to a minute beside our clock.
APART_MOST = timedelta(seconds=30)


def look(settings: Settings) -> list[Finding]:
    """Return what can be said of single sign-on without asking the provider; nothing where there's none."""
    provider = settings.single_sign_on
    return [check_addresses(provider), check_names(provider)] if provider else []


def ask(settings: Settings) -> list[Finding]:
    """Ask the provider, as a sign-in does, and return what there is to say of its answers."""
    provider = settings.single_sign_on
    if provider is None:
        return []
    seen = this_provider(provider).look()
    if seen.why:
        return [check_answer(provider, seen.why)]
    findings = [check_answer(provider, ""), check_keys(seen.keys), check_logout(seen.tells_of_logout)]
    return findings if seen.apart is None else [*findings, check_clock(seen.apart)]


def check_addresses(provider: SingleSignOn) -> Finding:
    """Say what to fill in at the provider."""
    return Finding(
        "sso.addresses",
        _(
            "People can sign in with “%(label)s”. Its redirect address has to be %(redirect)s, and its back-channel "
            "logout address %(logout)s.",
            label=provider.label,
            redirect=redirect_address(),
            logout=logout_address(),
        ),
    )


def check_names(provider: SingleSignOn) -> Finding:
    """Find a programme or a unit that the settings name and that isn't there."""
    programme = find_programme(provider.programme) if provider.programme else None
    if provider.programme and programme is None:
        return Finding(
            "sso.names",
            _("LMS_SSO_PROGRAMME names “%(name)s”, and no programme has this name.", name=provider.programme),
            _("Correct it, or make the programme: lms programme set %(name)s", name=provider.programme),
        )
    units = {unit.name_key for unit in list_units(programme.id)} if programme else set()
    named = sorted({rule.name for rule in provider.rules if rule.kind == "unit"})
    missing = [name for name in named if search_key(name) not in units]
    if missing:
        return Finding(
            "sso.names",
            _("LMS_SSO_MAPPING names units that don’t exist, so nobody gets them: %(names)s.", names=some_of(missing)),
            _("Add the units, or correct the names."),
        )
    return Finding("sso.names", _("The programme and units that single sign-on gives people exist."))


def check_answer(provider: SingleSignOn, why: str) -> Finding:
    """Find a provider that can't be used."""
    if not why:
        return Finding("sso.provider", _("The provider %(issuer)s answers as it should.", issuer=provider.issuer))
    return Finding(
        "sso.provider",
        _("The provider %(issuer)s can’t be used: %(why)s.", issuer=provider.issuer, why=why),
        _("Check LMS_SSO_ISSUER, to the last character and slash, and that this machine can reach the provider."),
    )


def check_keys(count: int) -> Finding:
    """Find a provider none of whose keys can be used."""
    if count:
        words = ngettext(
            "The provider has %(num)s key to sign with.", "The provider has %(num)s keys to sign with.", count
        )
        return Finding("sso.keys", words)
    return Finding(
        "sso.keys",
        _("The provider has no key that can sign, so nobody can sign in with it."),
        _("Have it sign ID tokens with RS256, ES256 or another algorithm for RSA or EC keys."),
    )


def check_logout(tells: bool) -> Finding:
    """Say whether a sign-out at the provider ends sessions here."""
    if tells:
        return Finding("sso.logout", _("The provider can tell this site when somebody signs out there."))
    return Finding(
        "sso.logout",
        _("The provider doesn’t say when somebody signs out there, so sessions here last for LMS_SSO_HOURS."),
    )


def check_clock(apart: timedelta) -> Finding:
    """Find a provider whose clock differs from ours, so that what it signs is too old or not yet valid."""
    if abs(apart) <= APART_MOST:
        return Finding("sso.clock", _("This machine’s clock agrees with the provider’s."))
    return Finding(
        "sso.clock",
        _(
            "This machine’s clock and the provider’s differ by %(seconds)s seconds, so sign-ins may be refused.",
            seconds=int(abs(apart).total_seconds()),
        ),
        _("Have both set their clocks by NTP, for example with systemd-timesyncd or chrony."),
    )
