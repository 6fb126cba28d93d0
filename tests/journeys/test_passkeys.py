"""Passkeys in a real browser with a virtual authenticator: added, used instead of a password, used to confirm."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import delete

from lms.accounts.second_factor.records import Passkey, list_passkeys
from lms.foundation.db import db
from tests.conftest import PASSWORD
from tests.journeys.served import Served, serve

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def on_localhost(browser: Browser, filled_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A site at a name for which browsers make passkeys; they make none for an IP address."""
    data = tmp_path_factory.mktemp("localhost") / "data"
    shutil.copytree(filled_sqlite, data)
    with serve(data, "localhost") as running:
        yield running


def authenticator(page: Page) -> tuple[Any, str]:
    """Give the browser a phone with a fingerprint reader that always knows its person."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return devtools, made["authenticatorId"]


def sign_in(page: Page, url: str, name: str) -> None:
    page.goto(f"{url}/sign-in")
    page.locator("[name=email]").fill(f"{name}@example.org")
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page) -> None:
    page.context.clear_cookies()


def test_cora_adds_a_passkey_signs_in_with_it_and_confirms_with_it(browser: Browser, on_localhost: Served) -> None:
    url, page = on_localhost.url, browser.new_page()
    devtools, phone = authenticator(page)
    sign_in(page, url, "cora")
    page.goto(f"{url}/account/passkeys/new")
    page.locator("[name=name]").fill("Cora’s phone")
    page.get_by_role("button", name="Add passkey").click()
    expect(page.locator("h1")).to_have_text("Your recovery codes")  # she coordinates, so it's her second step too
    assert page.locator("li.code").count() == 10
    codes = page.locator("li.code").all_inner_texts()
    sign_out(page)
    # The password alone shows the second step, and a passkey is offered there.
    sign_in(page, url, "cora")
    expect(page.locator("h1")).to_have_text("Second step")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{url}/courses")
    sign_out(page)
    # Without a password, to where she was going.
    page.goto(f"{url}/programmes/harbour/people")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{url}/programmes/harbour/people")
    # To confirm what can't be undone.
    page.goto(f"{url}/account/two-step")
    expect(page.locator("main")).to_contain_text("Cora’s phone")
    page.get_by_role("button", name="Get new recovery codes").click()
    page.get_by_role("button", name="Continue with a passkey").click()
    expect(page.locator("h1")).to_have_text("Your recovery codes")
    assert not set(codes) & set(page.locator("li.code").all_inner_texts())
    # The only one isn't removed.
    page.goto(f"{url}/account/two-step")
    page.get_by_role("link", name="Remove").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("main")).to_contain_text("is your only second step")
    # A phone that doesn't know its person signs nobody in, and the page says so.
    sign_out(page)
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": phone, "isUserVerified": False})
    page.goto(f"{url}/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator("[data-passkey-said]")).to_contain_text("No passkey was used")
    page.close()


def test_an_answer_is_taken_once_and_a_removed_passkey_is_not(browser: Browser, on_localhost: Served) -> None:
    url, page, site = on_localhost.url, browser.new_page(), on_localhost.site
    authenticator(page)
    sign_in(page, url, "sam")
    page.goto(f"{url}/account/passkeys/new")
    page.get_by_role("button", name="Add passkey").click()
    expect(page.locator(".told")).to_contain_text("You can sign in with this passkey now")
    sign_out(page)
    page.goto(f"{url}/sign-in")
    with page.expect_request(lambda seen: seen.method == "POST") as sent:
        page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{url}/courses")
    sign_out(page)
    form = dict(parse_qsl(sent.value.post_data or "", keep_blank_values=True))
    page.goto(f"{url}/sign-in")
    reply = page.request.post(f"{url}/sign-in/passkey", form=form, headers={"Origin": url})
    assert reply.status == 422 and "We couldn’t use that passkey" in reply.text()
    changed = {**form, "passkey_answer": form["passkey_answer"].replace('"signature":"', '"signature":"AA')}
    assert page.request.post(f"{url}/sign-in/passkey", form=changed, headers={"Origin": url}).status == 422
    with site.inside():
        passkey = list_passkeys(site.person("sam").id)[0]
        assert passkey.last_used_at is not None
    site.do(lambda: db.session.execute(delete(Passkey)))
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator("main")).to_contain_text("It may have been removed from your account")
    page.close()
