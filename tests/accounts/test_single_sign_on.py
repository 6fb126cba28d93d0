"""Single sign-on with a real provider over HTTP: who gets in, for how long, and what is refused."""

from __future__ import annotations

import base64
import logging
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import OctKey
from sqlalchemy import select

from lms.accounts import actions as accounts
from lms.accounts import leaving
from lms.accounts.identities.records import ExternalIdentity, signs_in_elsewhere
from lms.accounts.invitations.actions import invite
from lms.accounts.members.records import get_member, get_unit
from lms.accounts.members.unit_actions import add_unit
from lms.accounts.records import find_person_by_email, find_programme
from lms.accounts.session_records import SignIn
from lms.accounts.single_sign_on import actions
from lms.accounts.single_sign_on.rules import Identity
from lms.foundation import clock
from lms.foundation.config.single_sign_on import read_single_sign_on
from lms.foundation.db import db
from lms.foundation.ids import secret_token
from tests.builders.accounts import code_now, give_app, try_in
from tests.builders.oidc_provider import CLIENT, SECRET, Provider, make_key, provider_running, unsigned
from tests.builders.single_sign_on import (
    NOOR,
    SAM,
    START,
    Make,
    at_provider,
    come,
    events,
    is_in,
    location,
    with_provider,
)
from tests.conftest import PASSWORD, Site
from tests.inspector import BASE

MAPPING = "groups=/Emergency -> unit:Emergency; realm_access.roles=trainers -> role:trainer"


@pytest.fixture
def provider() -> Iterator[Provider]:
    with provider_running() as running:
        yield running


def roles_of(site: Site, email: str) -> list[str]:
    with site.inside():
        person, harbour = find_person_by_email(email), find_programme("harbour")
        assert person and harbour
        return sorted(site.roles(person.id).get(harbour.id, []))


def test_noor_comes_with_her_account_and_is_let_in_for_four_hours(make_site: Make, provider: Provider) -> None:
    site = with_provider(make_site, provider, LMS_SSO_ACCOUNTS="yes")
    noor = site.stranger()
    assert noor.get("/sign-in").links()["Harbour account"].startswith(START)
    page = come(noor, provider, NOOR)
    assert page.h1 == "Your account" and "noor@example.org" in page.text
    assert roles_of(site, "noor@example.org") == ["learner"]
    assert {"SingleSignOnConnected", "PersonRegistered", "SignedIn"} <= set(events(site))
    # Busy all the time, and yet over after four hours; the provider lets her in again without a page in between.
    for minutes in range(25, 239, 25):
        clock.shift(timedelta(minutes=minutes))
        assert noor.get("/account/data").h1
    clock.shift(timedelta(hours=4))
    assert location(noor, "/account").startswith(START)
    assert noor.get(at_provider(noor, location(noor, "/account"))).h1 == "Your account"
    # Who was removed there can't enter any more, while the account and what belongs to it stay.
    clock.shift(timedelta(hours=4, minutes=20))
    assert is_in(noor)
    clock.shift(timedelta(hours=8))
    page = come(noor, provider, None, expect=422)
    assert "didn’t confirm who you are" in page.text and not is_in(noor)
    with site.inside():
        assert find_person_by_email("noor@example.org") is not None


def test_what_noor_typed_waits_until_the_provider_was_asked_again(make_sqlite_site: Make, provider: Provider) -> None:
    site = with_provider(make_sqlite_site, provider, LMS_SSO_ACCOUNTS="yes")
    noor = site.stranger()
    page = come(noor, provider, NOOR)
    for minutes in range(25, 250, 25):
        clock.shift(timedelta(minutes=minutes))
        noor.browser.get("/account", base_url=BASE)
    clock.shift(timedelta(minutes=241))
    page = page.form("/account").submit(display_name="Noor from Ward 3", expect=401)
    assert page.find("a[target=_blank]")[0].get("href").startswith(START)
    send = page.form_with("I’m signed in. Send what I typed")
    assert "aren’t signed in yet" in send.submit(expect=422).text
    come(noor, provider, NOOR)
    page = send.submit().form("/account").submit()
    assert ("display_name", "Noor from Ward 3") in page.form("/account").fields


def test_no_other_way_in_outlasts_the_word_of_the_provider(make_sqlite_site: Make, provider: Provider) -> None:
    site = with_provider(make_sqlite_site, provider, LMS_SSO_ACCOUNTS="yes")
    noor = site.stranger()
    come(noor, provider, NOOR)
    with site.inside():
        person, meadow = find_person_by_email("noor@example.org"), find_programme("meadow")
        assert person and meadow
        until = set(db.session.scalars(select(SignIn.vouched_until)))
    clock.shift(timedelta(minutes=20))
    # An invitation that she accepts begins a new session.
    page = noor.get(f"/invitation/{site.do(invite, meadow.id, 'learner', None)}")
    page.form_with("Accept as Noor Haidari").submit()
    with site.inside():
        assert set(site.roles(person.id)) >= {meadow.id}
        open_ones = select(SignIn.vouched_until).where(SignIn.ended_at.is_(None))
        assert set(db.session.scalars(open_ones)) == until
        only = site.settings.single_sign_on
        assert signs_in_elsewhere(person, only) and not signs_in_elsewhere(site.person("sam"), only)
    # A password that she chose by email doesn't sign her in.
    token = secret_token()
    site.do(accounts.make_password_link, person.id, token)
    page = site.stranger().get(f"/new-password/{token}").forms[-1].submit(new=PASSWORD)
    page = page.form("/sign-in").submit(email="noor@example.org", password=PASSWORD, expect=422)
    assert "You sign in here with “Harbour account”" in page.text


def test_a_half_step_with_a_password_ends_once_the_account_is_connected(
    make_sqlite_site: Make, provider: Provider
) -> None:
    site = with_provider(make_sqlite_site, provider)
    secret, _codes = give_app(site)
    half = try_in(site.stranger(), "cora@example.org", PASSWORD, expect=200)
    with site.inside():
        cora, only = site.person("cora"), site.settings.single_sign_on
        assert only
    site.do(actions.connect, cora.id, Identity(only.issuer, "cora-1", cora.email, "", (), False), only)
    assert half.form_with("Sign in").submit(code=code_now(secret), expect=422).h1 == "Sign in"


def test_a_session_that_rested_too_long_is_not_renewed_by_itself(make_sqlite_site: Make, provider: Provider) -> None:
    site = with_provider(make_sqlite_site, provider, LMS_SSO_ACCOUNTS="yes")
    noor = site.stranger()
    come(noor, provider, NOOR)
    clock.shift(timedelta(hours=4, minutes=1))
    assert location(noor, "/account").startswith("/sign-in?next=")


# Each is a right token with one thing changed.
def _minted(**changes: Any) -> Callable[[Provider, dict[str, Any]], str]:
    return lambda provider, claims: provider.mint({**claims, **changes})


def _without(name: str) -> Callable[[Provider, dict[str, Any]], str]:
    return lambda provider, claims: provider.mint({key: value for key, value in claims.items() if key != name})


def _by_time(name: str, seconds: int) -> Callable[[Provider, dict[str, Any]], str]:
    return lambda provider, claims: provider.mint({**claims, name: int(clock.now().timestamp()) + seconds})


def _by_another_key(provider: Provider, claims: dict[str, Any]) -> str:
    return provider.mint(claims, make_key("RS256"))


def _by_an_unknown_key(provider: Provider, claims: dict[str, Any]) -> str:
    key = make_key("RS256")
    return provider.mint(claims, key, kid=key.kid)


def _by_the_public_key(provider: Provider, claims: dict[str, Any]) -> str:
    public = provider.key.as_pem(private=False)
    return provider.mint(claims, OctKey.import_key(base64.urlsafe_b64encode(public).decode()), alg="HS256")


def _by_the_secret(provider: Provider, claims: dict[str, Any]) -> str:
    return provider.mint(claims, OctKey.import_key(SECRET.encode()), alg="HS256")


def _changed(provider: Provider, claims: dict[str, Any]) -> str:
    head, body, mark = provider.mint(claims).split(".")
    other = provider.mint({**claims, "sub": "ada-1"}).split(".")[1]
    return f"{head}.{other}.{mark}" if body != other else ""


def _cut(provider: Provider, claims: dict[str, Any]) -> str:
    return provider.mint(claims).rpartition(".")[0] + "."


TAMPERED: dict[str, Callable[[Provider, dict[str, Any]], str]] = {
    "nonce of another sign-in": _minted(nonce="another"),
    "no nonce": _without("nonce"),
    "for another client": _minted(aud="another"),
    "for two clients, without saying which": _minted(aud=[CLIENT, "another"]),
    "for two clients, and the other one asked": _minted(aud=[CLIENT, "another"], azp="another"),
    "no audience": _without("aud"),
    "of another issuer": _minted(iss="https://id.example.net"),
    "no issuer": _without("iss"),
    "no subject": _without("sub"),
    "a subject that is no text": _minted(sub=7),
    "expired": _by_time("exp", -120),
    "no end": _without("exp"),
    "from tomorrow": _by_time("iat", 86400),
    "not yet valid": _by_time("nbf", 3600),
    "of another access token": _minted(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "signed by another key": _by_another_key,
    "signed by a key that nobody published": _by_an_unknown_key,
    "alg none": lambda _provider, claims: unsigned(claims),
    "signed with the public key as a secret": _by_the_public_key,
    "signed with the client's secret": _by_the_secret,
    "claims changed": _changed,
    "signature cut off": _cut,
    "no token": lambda _provider, _claims: "",
    "rubbish": lambda _provider, _claims: "a.b.c",
}


def test_tampered_tokens_are_refused_and_none_is_logged(
    make_sqlite_site: Make, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    site = with_provider(make_sqlite_site, provider, LMS_SSO_ACCOUNTS="yes")
    caplog.set_level(logging.DEBUG, "lms")
    let_in = []
    for name, tamper in TAMPERED.items():
        provider.tamper, stranger = tamper, site.stranger()
        page = come(stranger, provider, NOOR, expect=422)
        assert "can’t be used at the moment" in page.text and "reference" in page.text, name
        let_in += [name] if is_in(stranger) else []
    assert let_in == []
    with site.inside():
        assert find_person_by_email("noor@example.org") is None
    assert events(site).count("SingleSignOnRefused") == len(TAMPERED)
    assert not any(text in caplog.text for text in ("eyJ", "noor", "of the provider", SECRET))
    provider.tamper = Provider.mint
    assert come(site.stranger(), provider, NOOR).h1 == "Your account"
    assert "eyJ" not in caplog.text


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_new_keys_are_taken_once_the_provider_signs_with_them(
    make_sqlite_site: Make, provider: Provider, algorithm: str
) -> None:
    site = with_provider(make_sqlite_site, provider, LMS_SSO_ACCOUNTS="yes")
    come(site.stranger(), provider, NOOR)
    provider.rotate(algorithm)
    clock.shift(timedelta(minutes=1))
    assert come(site.stranger(), provider, NOOR).h1 == "Your account"
    assert provider.asked.count("keys") == 2
    come(site.stranger(), provider, NOOR)
    assert provider.asked.count("keys") == 2 and provider.asked.count("openid-configuration") == 1


def test_an_answer_counts_once_and_in_the_browser_that_asked(make_sqlite_site: Make, provider: Provider) -> None:
    site = with_provider(make_sqlite_site, provider, LMS_SSO_ACCOUNTS="yes")
    provider.user = NOOR
    noor, other = site.stranger(), site.stranger()
    first, second = at_provider(noor), at_provider(noor)
    # Somebody who lures another browser to their own answer gets nobody in.
    assert "in another browser" in other.get(first, expect=422).text and not is_in(other)
    assert noor.get(first).h1 == "Your account"
    assert "took a little too long" in noor.get(first, expect=422).text
    assert noor.get(second).h1 == "Your account"
    for change in ("iss=https%3A%2F%2Fid.example.net", "code=made-up"):
        answer = at_provider(stranger := site.stranger())
        name = change.partition("=")[0]
        before = parse_qs(urlsplit(answer).query)
        assert name in before
        kept = "&".join(part for part in urlsplit(answer).query.split("&") if not part.startswith(f"{name}="))
        stranger.get(f"{urlsplit(answer).path}?{kept}&{change}", expect=422)
        assert not is_in(stranger)
    late = at_provider(noor)
    clock.shift(timedelta(minutes=11))
    assert "took a little too long" in noor.get(late, expect=422).text


@pytest.mark.parametrize(
    ("user", "more", "words"),
    [
        ({**NOOR, "email_verified": False}, {}, "a confirmed email address"),
        ({"sub": "noor-1", "email": "noor@example.org"}, {}, "a confirmed email address"),
        ({"sub": "noor-1"}, {"LMS_SSO_TRUST_EMAILS": "yes"}, "a confirmed email address"),
        (NOOR, {"LMS_SSO_ACCOUNTS": "no"}, "no account for you here yet"),
        ({**NOOR, "email": "not an address"}, {}, "can’t use the email address"),
        (None, {}, "didn’t confirm who you are"),
    ],
)
def test_who_can_not_be_let_in_is_told_why(
    make_sqlite_site: Make, provider: Provider, user: dict[str, Any] | None, more: dict[str, str], words: str
) -> None:
    site = with_provider(make_sqlite_site, provider, **{"LMS_SSO_ACCOUNTS": "yes", **more})
    stranger = site.stranger()
    page = come(stranger, provider, user, expect=422)
    assert words in page.text and "give them this reference" in page.text and not is_in(stranger)
    # The text of the provider's error is nobody's to read here.
    answer = f"{at_provider(stranger)}&error_description=%3Cb%3Eplanted"
    assert "planted" not in stranger.get(answer, expect=422).html


def test_an_account_without_a_confirmed_address_in_its_token_is_asked_for_at_userinfo(
    make_sqlite_site: Make, provider: Provider
) -> None:
    site = with_provider(make_sqlite_site, provider, LMS_SSO_ACCOUNTS="yes")
    provider.userinfo = {**NOOR, "sub": "somebody else"}
    come(site.stranger(), provider, {"sub": "noor-1"}, expect=422)
    provider.userinfo = NOOR
    assert "noor@example.org" in come(site.stranger(), provider, {"sub": "noor-1"}).text


def test_sam_connects_the_account_he_has_and_then_no_password_opens_it(make_site: Make, provider: Provider) -> None:
    site = with_provider(make_site, provider, LMS_SSO_ACCOUNTS="yes")
    tablet = site.visitor("sam")
    browser = site.stranger()
    page = come(browser, provider, SAM)
    assert page.h1 == "Sign in" and "already have an account" in page.text and not is_in(browser)
    # Lena can't take it over with her own password, whatever waits in the browser.
    page = page.form("/sign-in").submit(email="lena@example.org", password=PASSWORD)
    assert page.h1 == "Single sign-on" and "Connect" not in [
        button for form in page.forms for *_, button in form.buttons
    ]
    page = come(site.stranger(), provider, SAM).form("/sign-in").submit(email="sam@example.org", password=PASSWORD)
    assert "can’t sign in here with your password or passkeys any more" in page.text and is_in(tablet)
    page = page.form_with("Connect").submit()
    assert page.h1 == "Your account" and not is_in(tablet)
    assert "You sign in here with “Harbour account”" in try_in(site.stranger(), "sam@example.org", PASSWORD).text
    # From now on the subject counts: another address there changes nothing here.
    again = site.stranger()
    assert "sam@example.org" in come(again, provider, {**SAM, "email": "other@example.org"}).text
    # An address that got a new owner there doesn't open the account of the former one.
    page = come(site.stranger(), provider, {**SAM, "sub": "sam-2"}, expect=422)
    assert "is connected to a different" in page.text
    with site.inside():
        row = db.session.scalars(select(ExternalIdentity)).one()
        assert (row.issuer, row.subject, row.person_id) == (provider.issuer, "sam-1", site.person("sam").id)
        person_id = row.person_id
    site.do(leaving.disable, person_id)
    assert "is closed" in come(site.stranger(), provider, SAM, expect=422).text
    site.do(leaving.enable, person_id)
    assert site.do(actions.disconnect, person_id) and not site.do(actions.disconnect, person_id)
    assert try_in(site.stranger(), "sam@example.org", PASSWORD, expect=200).h1


def test_who_is_signed_in_for_long_enters_the_password_once_more_before_connecting(
    make_sqlite_site: Make, provider: Provider
) -> None:
    site = with_provider(make_sqlite_site, provider)
    sam = site.visitor("sam")
    clock.shift(timedelta(minutes=15))
    page = come(sam, provider, SAM)
    assert page.h1 == "Single sign-on"
    page = page.form_with("Connect").submit()
    assert page.h1 == "Confirm that it’s you"
    page.form_with("Continue").submit(password="another-one", expect=422)
    assert page.form_with("Continue").submit(password=PASSWORD).h1 == "Your account"


@pytest.mark.parametrize(
    ("claims", "setting", "asked"),
    [
        ({"amr": ["pwd", "mfa"]}, "amr=mfa", False),
        ({"acr": "2"}, "amr=mfa; acr=2", False),
        ({"amr": ["pwd", "mfa"]}, "", True),
        ({"amr": ["pwd"], "acr": "1"}, "amr=mfa; acr=2", True),
    ],
)
def test_a_second_step_at_the_provider_counts_where_the_setting_says_so(
    make_sqlite_site: Make, provider: Provider, claims: dict[str, Any], setting: str, asked: bool
) -> None:
    site = with_provider(make_sqlite_site, provider, LMS_SSO_SECOND_STEP=setting)
    cora = {"sub": "cora-1", "email": "cora@example.org", "email_verified": True, **claims}
    secret, _codes = give_app(site)
    page = come(site.stranger(), provider, cora).form("/sign-in").submit(email="cora@example.org", password=PASSWORD)
    page.form_with("Sign in").submit(code=code_now(secret)).form_with("Connect").submit()
    clock.shift(timedelta(minutes=1))
    page = come(browser := site.stranger(), provider, cora)
    assert (page.h1 == "Second step") is asked and is_in(browser) is not asked
    if asked:
        assert page.form_with("Sign in").submit(code=code_now(secret)).h1 == "Your account"
    with site.inside():
        until = set(db.session.scalars(select(SignIn.vouched_until).where(SignIn.ended_at.is_(None))))
        assert None not in until and len(until) == 1 + 1


def test_claims_give_a_unit_and_roles_and_take_back_what_they_gave(make_site: Make, provider: Provider) -> None:
    site = with_provider(
        make_site, provider, LMS_SSO_ACCOUNTS="yes", LMS_SSO_MAPPING=MAPPING, LMS_SSO_STAFF_ROLES="yes"
    )
    with site.inside():
        harbour = find_programme("harbour")
        assert harbour
        harbour_id = harbour.id
    site.do(add_unit, harbour_id, "Emergency", "")
    trains = {**NOOR, "groups": ["/Emergency", "/Other"], "realm_access": {"roles": ["trainers", "operator"]}}
    come(site.stranger(), provider, trains)
    assert roles_of(site, "noor@example.org") == ["learner", "trainer"]
    with site.inside():
        noor = find_person_by_email("noor@example.org")
        assert noor and not noor.operator
        member = get_member(harbour_id, noor.id)
        assert member.unit_id and get_unit(member.unit_id).name == "Emergency"
        noor_id = noor.id
    # A coordinator's own change stays; what the provider takes away goes.
    site.do(leaving.take_role, noor_id, harbour_id, "trainer")
    come(site.stranger(), provider, trains)
    assert roles_of(site, "noor@example.org") == ["learner"]
    come(site.stranger(), provider, NOOR)
    come(site.stranger(), provider, trains)
    assert roles_of(site, "noor@example.org") == ["learner", "trainer"]
    come(site.stranger(), provider, {**NOOR, "groups": ["/Emergency"]})
    assert roles_of(site, "noor@example.org") == ["learner"]


def test_a_provider_that_does_not_answer_is_told_calmly(make_sqlite_site: Make, provider: Provider) -> None:
    site = with_provider(make_sqlite_site, provider)
    provider.about = {"issuer": "https://id.example.net"}
    page = site.stranger().get(START, expect=422)
    assert "can’t be used at the moment" in page.text and page.form("/sign-in")
    provider.about = {"token_endpoint": "ftp://id.example.org/token"}
    site.stranger().get(START, expect=422)
    provider.shutdown()
    provider.server_close()
    site.stranger().get(START, expect=422)


def test_without_a_provider_nothing_of_it_is_there(sqlite_site: Site) -> None:
    visitor = sqlite_site.stranger()
    assert START not in visitor.get("/sign-in").html
    for path in (START, f"{START}/answer"):
        visitor.get(path, expect=404)


GOOD = {"LMS_SSO_ISSUER": "https://id.example.org", "LMS_SSO_CLIENT_ID": "sidelight", "LMS_SSO_CLIENT_SECRET": "abc"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"LMS_SSO_ISSUER": ""}, "LMS_SSO_CLIENT_ID is set, but no provider"),
        ({"LMS_SSO_ISSUER": "http://id.example.org"}, "has to start with https"),
        ({"LMS_SSO_ISSUER": "https://id.example.org/.well-known/openid-configuration"}, "leave out /.well-known"),
        ({"LMS_SSO_CLIENT_ID": ""}, "LMS_SSO_ISSUER needs it"),
        ({"LMS_SSO_CLIENT_SECRET": ""}, "set either this or LMS_SSO_CLIENT_SECRET"),
        ({"LMS_SSO_CLIENT_SECRET_FILE": "/nowhere"}, "and not both"),
        ({"LMS_SSO_CLIENT_SECRET": "", "LMS_SSO_CLIENT_SECRET_FILE": "/nowhere"}, "the file can’t be read"),
        ({"LMS_SSO_SCOPES": "email"}, "openid has to be one of them"),
        ({"LMS_SSO_HOURS": "13"}, "a number from 1 to 12"),
        ({"LMS_SSO_HOURS": "0"}, "a number from 1 to 12"),
        ({"LMS_SSO_ONLY": "maybe"}, "LMS_SSO_ONLY=yes"),
        ({"LMS_SSO_SECOND_STEP": "mfa"}, "amr=value or acr=value"),
        ({"LMS_SSO_MAPPING": "groups=a -> role:learner"}, "needs a programme"),
        ({"LMS_SSO_PROGRAMME": "harbour", "LMS_SSO_MAPPING": "groups"}, "claim=value -> unit:Name"),
        ({"LMS_SSO_PROGRAMME": "harbour", "LMS_SSO_MAPPING": "groups=a -> role:operator"}, "a role is one of"),
        ({"LMS_SSO_PROGRAMME": "harbour", "LMS_SSO_MAPPING": "groups=a -> role:trainer"}, "LMS_SSO_STAFF_ROLES=yes"),
    ],
)
def test_a_setting_that_can_not_be_used_is_named(changes: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match="LMS_SSO") as raised:
        read_single_sign_on(GOOD | changes)
    assert words in str(raised.value) and "abc" not in str(raised.value)


def test_without_its_packages_the_setting_says_how_to_install_them(monkeypatch: pytest.MonkeyPatch) -> None:
    # As the import system has it for a package that isn't there.
    monkeypatch.setitem(sys.modules, "authlib", None)
    with pytest.raises(ValueError, match=r"pip install .* -r requirements-sso\.txt"):
        read_single_sign_on(GOOD)
