"""The provider of this site: its settings, what the process knows of it, and the addresses that it's told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort, url_for

from lms.foundation.config.single_sign_on import SingleSignOn
from lms.foundation.late import late
from lms.foundation.per_app import get_or_make
from lms.foundation.web.security import settings

if TYPE_CHECKING:
    from lms.accounts.single_sign_on import provider
else:
    provider = late("lms.accounts.single_sign_on.provider")  # 0.2 s and 15 MB (Authlib, requests)


class _Providers(dict[str, "provider.Provider"]):
    """The one provider of an app, once somebody has signed in with it."""


def this_single_sign_on() -> SingleSignOn:
    """Return the provider's settings; without any, its pages aren't there."""
    return settings().single_sign_on or abort(404)


def this_provider(single_sign_on: SingleSignOn) -> provider.Provider:
    """Return the provider as this process knows it."""
    known = get_or_make(_Providers)
    if "" not in known:
        known[""] = provider.Provider(single_sign_on, redirect_address())
    return known[""]


def redirect_address() -> str:
    """Return where the provider sends browsers back to."""
    return settings().base_url + url_for("accounts.single_sign_on_answer")


def logout_address() -> str:
    """Return where the provider says that somebody signed out there."""
    return settings().base_url + url_for("accounts.single_sign_on_logout")
