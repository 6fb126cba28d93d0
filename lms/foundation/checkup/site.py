"""Checks of the settings: names that are none, the site's address, proxies and mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from lms.foundation.checkup.findings import TEST_MAIL, Finding, some_of
from lms.foundation.config.reference import ELSEWHERE, NAMES
from lms.foundation.config.setting_checks import check_names
from lms.foundation.config.settings import Settings
from lms.foundation.mail.transport import is_this_machine
from lms.foundation.text.i18n import gettext as _

# A proxy has a few addresses. Anybody may rent one in a public network that is larger.
NETWORK_MOST = 256


def look(settings: Settings, env: Mapping[str, str]) -> list[Finding]:
    """Return what there is to say of the settings, which were read from `env`."""
    return [
        check_known(check_names(env, NAMES | ELSEWHERE)),
        check_address(settings),
        check_proxies(settings),
        check_mail(settings),
    ]


def check_known(unknown: Sequence[str]) -> Finding:
    """Find names that look like settings and aren't."""
    if unknown:
        return Finding(
            "settings.names",
            _("%(names)s: there’s no such setting, so it does nothing.", names=some_of(unknown)),
            _("Correct the name. docs/settings.md lists them all."),
        )
    return Finding("settings.names", _("There are no misspelt settings."))


def check_address(settings: Settings) -> Finding:
    """Find an address without https that others than this machine can open."""
    url = settings.base_url
    if settings.on_loopback:
        return Finding("settings.address", _("Only this machine can open the site (%(url)s).", url=url))
    if not settings.secure:
        return Finding(
            "settings.address",
            _("The site’s address, %(url)s, doesn’t use https, so passwords can be read on the way.", url=url),
            _("Put a proxy with https in front, set LMS_BASE_URL to the https address, and remove LMS_ALLOW_HTTP."),
        )
    return Finding("settings.address", _("The site’s address is %(url)s.", url=url))


def check_proxies(settings: Settings) -> Finding:
    """Find a proxy that isn't named, and a network in which anybody could be one."""
    trusted = settings.trusted_proxies
    too_wide = [str(network) for network in trusted if not network.is_private and network.num_addresses > NETWORK_MOST]
    if too_wide:
        return Finding(
            "settings.proxies",
            _(
                "LMS_TRUSTED_PROXIES names a large public network (%(networks)s). Whoever is in it can choose which "
                "address their attempts count for.",
                networks=some_of(too_wide),
            ),
            _("Name only the addresses of your own proxies."),
        )
    if settings.secure and not settings.on_loopback and not trusted:
        return Finding(
            "settings.proxies",
            _("LMS_TRUSTED_PROXIES isn’t set, so limits on attempts count everybody behind your proxy as one visitor."),
            _("Name your proxy, for example: LMS_TRUSTED_PROXIES=127.0.0.1,::1"),
        )
    if trusted:
        return Finding("settings.proxies", _("Trusted proxies: %(networks)s.", networks=some_of([*map(str, trusted)])))
    return Finding("settings.proxies", _("No proxy is trusted, and this address needs none."))


def check_mail(settings: Settings) -> Finding:
    """Find a site whose emails reach nobody, or travel without encryption."""
    url = urlsplit(settings.mail_url)
    if url.scheme in {"file", "console"}:
        if settings.on_loopback:
            return Finding(
                "settings.mail", _("Emails are only written to files or the terminal here. Nothing is sent.")
            )
        return Finding(
            "settings.mail",
            _("Emails reach nobody, because LMS_MAIL_URL doesn’t name a mail server."),
            _(
                "Set LMS_MAIL_URL, for example smtp://user:password@mail.example.org:587, and try it: %(command)s",
                command=TEST_MAIL,
            ),
        )
    if settings.mail_allow_plain and not is_this_machine(url.hostname or ""):
        return Finding(
            "settings.mail",
            _("LMS_MAIL_ALLOW_PLAIN is on, so emails and the mail server’s password can be read on the way."),
            _("Use a mail server that offers TLS, and remove that setting."),
        )
    return Finding("settings.mail", _("Emails are sent through %(host)s.", host=url.hostname or ""))
