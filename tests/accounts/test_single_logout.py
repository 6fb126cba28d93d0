"""Back-channel logout: whose sessions a sign-out at the provider ends, which tokens count, and what the doctor says."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from joserfc.jwk import OctKey
from sqlalchemy import select
from werkzeug.test import TestResponse

from lms.accounts.records import find_person_by_email
from lms.accounts.session_records import SignIn
from lms.accounts.single_sign_on import findings
from lms.foundation import clock
from lms.foundation.audit.entries import AuditEntry
from lms.foundation.config.single_sign_on import Rule
from lms.foundation.db import db
from tests.builders.accounts import code_now, give_app
from tests.builders.mail import at_noon
from tests.builders.oidc_provider import CLIENT, LOGOUT_EVENT, SECRET, Provider, make_key, provider_running, unsigned
from tests.builders.single_sign_on import NOOR, SAM, Make, come, events, is_in, with_provider
from tests.conftest import PASSWORD, Site
from tests.inspector import BASE, Inspector

LOGOUT = "/sign-in/single-sign-on/logout"
LOGOUT_JWT = "logout+jwt"


@pytest.fixture
def provider() -> Iterator[Provider]:
    with provider_running() as running:
        yield running


def tell(site: Site, token: str) -> TestResponse:
    """Say that somebody signed out, as a provider does: from elsewhere, without a cookie or a form of ours."""
    headers = {"Origin": "https://id.example.org"}
    reply = site.app.test_client().post(LOGOUT, base_url=BASE, data={"logout_token": token}, headers=headers)
    assert reply.headers["Cache-Control"] == "no-store" and "Set-Cookie" not in reply.headers
    return reply


def signed_out(site: Site, provider: Provider, **claims: Any) -> int:
    """Return the status of the answer to a right token."""
    return tell(site, provider.mint(provider.logout_claims(**claims), typ=LOGOUT_JWT)).status_code


def session_of(site: Site, provider: Provider, user: dict[str, Any], **claims: Any) -> Inspector:
    """Return a new browser of somebody who signed in at the provider."""
    come(visitor := site.stranger(), provider, {**user, **claims})
    return visitor


def test_a_sign_out_at_the_provider_ends_the_sessions_it_is_about(make_site: Make, provider: Provider) -> None:
    site = with_provider(make_site, provider, LMS_SSO_ACCOUNTS="yes")
    ward, home, old = (session_of(site, provider, NOOR, **more) for more in ({"sid": "w"}, {"sid": "h"}, {}))
    mina = session_of(site, provider, {**NOOR, "sub": "mina-1", "email": "mina-2@example.org"}, sid="w2")
    # Of a session from which no name is known, it could be the one that ended.
    assert signed_out(site, provider, sub="noor-1", sid="w") == 200
    assert [is_in(browser) for browser in (ward, home, old, mina)] == [False, True, False, True]
    assert signed_out(site, provider, sid="h") == 200 and not is_in(home)
    for typ in ("logout+jwt", "JWT"):
        again = session_of(site, provider, NOOR, sid=typ)
        assert tell(site, provider.mint(provider.logout_claims(sub="noor-1"), typ=typ)).status_code == 200
        assert not is_in(again)
    # Whoever has no session, or was never here, is signed out already.
    assert signed_out(site, provider, sub="noor-1") == signed_out(site, provider, sub="nobody", sid="w2") == 200
    assert is_in(mina)
    with site.inside():
        noor = find_person_by_email("noor@example.org")
        rows = db.session.scalars(select(AuditEntry).where(AuditEntry.event == "SingleSignOnLoggedOut"))
        assert noor and [row.facts for row in rows] == [
            {"person_id": noor.id, "sessions": count} for count in (2, 1, 1, 1)
        ]


def test_a_sign_out_ends_what_began_by_connecting_or_after_a_second_step_and_no_other_way_in(
    make_sqlite_site: Make, provider: Provider
) -> None:
    site = with_provider(make_sqlite_site, provider, LMS_SSO_ONLY="no")
    secret, _codes = give_app(site)
    cora = {**SAM, "sub": "cora-1", "email": "cora@example.org", "sid": "c"}
    sam = site.stranger()
    page = come(sam, provider, {**SAM, "sid": "s"}).form("/sign-in").submit(email="sam@example.org", password=PASSWORD)
    page.form_with("Connect").submit()
    page = come(site.stranger(), provider, cora).form("/sign-in").submit(email="cora@example.org", password=PASSWORD)
    page.form_with("Sign in").submit(code=code_now(secret)).form_with("Connect").submit()
    clock.shift(timedelta(minutes=1))
    with_code = site.stranger()
    come(with_code, provider, cora).form_with("Sign in").submit(code=code_now(secret))
    with_password = site.visitor("sam")
    assert is_in(sam) and is_in(with_code) and is_in(with_password)
    assert signed_out(site, provider, sid="s") == signed_out(site, provider, sid="c") == 200
    assert not is_in(sam) and not is_in(with_code) and is_in(with_password)
    assert signed_out(site, provider, sub="sam-1") == 200 and is_in(with_password)
    with site.inside():
        kept = set(db.session.scalars(select(SignIn.elsewhere_sha256)))
        assert len(kept) == 3 and not kept & {"s", "c"}


Tamper = Callable[[Provider, dict[str, Any]], str]


def _with(typ: str | None = LOGOUT_JWT, **changes: Any) -> Tamper:
    return lambda provider, claims: provider.mint({**claims, **changes}, typ=typ)


def _without(*names: str) -> Tamper:
    return lambda provider, claims: provider.mint({key: claims[key] for key in claims if key not in names})


def _by_time(name: str, seconds: int) -> Tamper:
    return lambda provider, claims: provider.mint({**claims, name: int(clock.now().timestamp()) + seconds})


# Each is a right logout token with one thing changed.
TAMPERED: dict[str, Tamper] = {
    "no issuer": _without("iss"),
    "of another issuer": _with(iss="https://id.example.net"),
    "no audience": _without("aud"),
    "for another client": _with(aud="another"),
    "for another client as well": _with(aud=[CLIENT, "another"]),
    "no time": _without("iat"),
    "a time that is no number": _with(iat="now"),
    "a time that is a truth": _with(iat=True),
    "of six minutes ago": _by_time("iat", -360),
    "of in two minutes": _by_time("iat", 120),
    "expired": _by_time("exp", -90),
    "an end that is no number": _with(exp="soon"),
    "no id": _without("jti"),
    "an empty id": _with(jti=""),
    "an id that is no text": _with(jti=7),
    "an id without end": _with(jti="x" * 300),
    "no events": _without("events"),
    "another event": _with(events={"http://schemas.openid.net/secevent/risc/event-type/account-disabled": {}}),
    "an event that is a text": _with(events={LOGOUT_EVENT: "yes"}),
    "events in a list": _with(events=[LOGOUT_EVENT]),
    "a nonce": _with(nonce="of a sign-in"),
    "an empty nonce": _with(nonce=None),
    "nobody": _without("sub", "sid"),
    "a subject that is no text": _with(sub=7),
    "a session that is no text": _with(sid=["s"]),
    "the type of an access token": _with(typ="at+jwt"),
    "an ID token": lambda provider, claims: provider.mint({**claims, **NOOR, "events": None, "nonce": "n"}),
    "signed by another key": lambda provider, claims: provider.mint(claims, make_key("RS256"), typ=LOGOUT_JWT),
    "signed with the client's secret": lambda provider, claims: provider.mint(
        claims, OctKey.import_key(SECRET.encode()), alg="HS256", typ=LOGOUT_JWT
    ),
    "alg none": lambda _provider, claims: unsigned(claims),
    "signature cut off": lambda provider, claims: provider.mint(claims).rpartition(".")[0] + ".",
    "no token": lambda _provider, _claims: "",
    "rubbish": lambda _provider, _claims: "a.b.c",
    "a token of 20 KB": _with(padding="x" * 20_000),
}


def test_tampered_logout_tokens_end_nothing_and_after_a_hundred_a_network_waits(
    make_sqlite_site: Make, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    site = with_provider(make_sqlite_site, provider, LMS_SSO_ACCOUNTS="yes")
    caplog.set_level(logging.DEBUG, "lms")
    ahead = at_noon()  # networks are counted by the day
    noor = session_of(site, provider, NOOR, sid="s")
    taken = []
    for name, tamper in TAMPERED.items():
        reply = tell(site, tamper(provider, provider.logout_claims(sub="noor-1", sid="s")))
        taken += [] if reply.status_code == 400 and reply.json == {"error": "invalid_request"} else [name]
        taken += [] if is_in(noor) else [f"{name} signed her out"]
    assert taken == []
    assert events(site).count("SingleSignOnRefused") == len(TAMPERED)
    assert not any(text in caplog.text for text in ("eyJ", "noor", SECRET))
    once = provider.mint(provider.logout_claims(sub="nobody"), typ=LOGOUT_JWT)
    assert [tell(site, once).status_code for _ in range(2)] == [200, 400]
    clock.shift(ahead + timedelta(minutes=11))
    assert tell(site, once).status_code == 400
    for _ in range(100 - len(TAMPERED) - 2):
        tell(site, "")
    reply = tell(site, provider.mint(provider.logout_claims(sub="noor-1"), typ=LOGOUT_JWT))
    assert reply.status_code == 429 and 0 < int(reply.headers["Retry-After"]) <= 15 * 60 and is_in(noor)
    clock.shift(ahead + timedelta(minutes=27))
    assert signed_out(site, provider, sub="noor-1") == 200 and not is_in(noor)


def _has(**about: Any) -> Callable[[Provider], None]:
    return lambda provider: provider.about.update(about)


def _is_away(provider: Provider) -> None:
    provider.shutdown()
    provider.server_close()


# What is changed at the provider, which check finds it, and in which words.
SEEN: list[tuple[Callable[[Provider], object], str, str]] = [
    (_has(), "", "sessions here last for LMS_SSO_HOURS"),
    (_has(backchannel_logout_supported=True), "", "can tell this site when somebody signs out"),
    (_has(issuer="https://id.example.net"), "sso.provider", "names another issuer"),
    (_has(token_endpoint="ftp://id.example.org/token"), "sso.provider", "lacks an address"),
    (_has(jwks_uri="http://127.0.0.1:9/keys"), "sso.provider", "ConnectionError"),
    (lambda provider: provider.published.clear(), "sso.keys", "no key that can sign"),
    (lambda _provider: clock.shift(timedelta(minutes=2)), "sso.clock", "differ by 1"),
    (_is_away, "sso.provider", "can’t be used: ConnectionError"),
]


def test_the_doctor_asks_the_provider_and_says_what_to_do(make_sqlite_site: Make, provider: Provider) -> None:
    site, key = with_provider(make_sqlite_site, provider), provider.key
    for change, check, words in SEEN:
        provider.about, provider.published = {}, [key]
        clock.shift(timedelta(0))
        change(provider)
        with site.inside():
            found = findings.ask(site.settings)
        assert {finding.check for finding in found if finding.to_do} == ({check} if check else set())
        assert words in " ".join(finding.text for finding in found) and SECRET not in str(found)


def test_the_doctor_says_the_addresses_and_which_names_are_not_there(
    make_sqlite_site: Make, provider: Provider
) -> None:
    site = with_provider(make_sqlite_site, provider)
    here = site.settings.single_sign_on
    assert here
    unit = Rule("groups", "a", "unit", "Nowhere")
    cases = [(here, ""), (replace(here, programme="harbor"), "set harbor"), (replace(here, rules=(unit,)), "the units")]
    for single_sign_on, words in cases:
        with site.inside():
            addresses, names = findings.look(replace(site.settings, single_sign_on=single_sign_on))
        assert all(f"{BASE}/sign-in/single-sign-on/{last}" in addresses.text for last in ("answer", "logout"))
        assert words in names.to_do and bool(names.to_do) is bool(words)
    with site.inside():
        assert findings.look(nowhere := replace(site.settings, single_sign_on=None)) == findings.ask(nowhere) == []
