"""Pages about signing in, in every state: Tindra has an app and a passkey, and asked for another email address."""

from __future__ import annotations

from flask import Response
from playwright.sync_api import Page

from lms.accounts.email_change.actions import CONFIRM, UNDO, token_of
from lms.accounts.email_change.records import EmailChange
from lms.accounts.second_factor import actions
from lms.accounts.second_factor.passkeys import NewPasskey
from lms.accounts.second_factor.records import list_passkeys
from lms.accounts.single_sign_on.actions import connect
from lms.accounts.single_sign_on.browser_state import ToConnect, remember_to_connect
from lms.accounts.single_sign_on.rules import Identity
from lms.foundation import clock
from lms.foundation.db import db
from lms.foundation.keys import secret_key
from tests.builders.accounts import give_app
from tests.conftest import PASSWORD
from tests.journeys.people import People, add
from tests.journeys.states import State, Steps, press, then, type_in

RESET = "/programmes/harbour/people/{tindra_id}/second-factor"


def settle_sign_in(people: People) -> None:
    """Give Tindra an app, a passkey and a change of address under way."""
    served, site = people.served, people.served.site
    add(served, "tindra", "Tindra Moreau")
    with site.inside():
        tindra = site.person("tindra")
    give_app(site, "tindra")
    site.do(actions.add_passkey, tindra.id, NewPasskey("of tindra", b"a key", 0), "Tindra’s phone")
    row = {
        "person_id": tindra.id,
        "old_email": tindra.email,
        "new_email": "tindra@new.example",
        "asked_at": clock.now(),
    }
    site.do(lambda: db.session.add(EmailChange(id="of-tindra", **row)))
    key = secret_key(site.settings.data)
    with site.inside():
        people.codes["passkey"] = list_passkeys(tindra.id)[0].public_id
    single_sign_on = site.settings.single_sign_on
    assert single_sign_on
    of_tindra = Identity(single_sign_on.issuer, "tindra-1", tindra.email, "", (), False)
    site.do(connect, tindra.id, of_tindra, single_sign_on)
    people.codes |= {"tindra_id": tindra.public_id, "confirm": token_of(key, "of-tindra", CONFIRM)}
    people.codes["undo"] = token_of(key, "of-tindra", UNDO)


def half_in(page: Page, people: People) -> None:
    """Sign in with the password, up to the second step."""
    page.locator("main [name=email]").fill("tindra@example.org")
    page.locator("main [name=password]").fill(PASSWORD)
    press("Sign in")(page, people)


def without_proof(*steps: Steps) -> Steps:
    """Take the steps up to the page that asks who it is, and send that with nothing in it."""
    return then(*steps, press("Continue"))


def with_an_account_elsewhere(page: Page, people: People) -> None:
    """Come back from the provider as Ines, who has an account here already."""
    site, reply = people.served.site, Response()
    with site.inside():
        ines = site.person("ines").public_id
        found = ToConnect(ines, "http://127.0.0.1:9", "ines-1", "ines@example.org", (), False, 2e9, "", "/courses")
        remember_to_connect(reply, found)
    name, _equals, value = reply.headers["Set-Cookie"].partition(";")[0].partition("=")
    page.context.add_cookies([{"name": name, "value": value, "url": people.served.url}])
    page.reload()


SIGN_IN_STATES = (
    State("single sign-on, not connected", "mira", "/account/single-sign-on"),
    State("single sign-on, to connect", "ines", "/account/single-sign-on", with_an_account_elsewhere),
    State("single sign-on, connected", "tindra", "/account/single-sign-on"),
    State("single sign-on, while the provider doesn’t answer", "", "/sign-in/single-sign-on"),
    State("single sign-on, answered to another browser", "", "/sign-in/single-sign-on/answer?state=another"),
    State("two-step sign-in, off", "ines", "/account/two-step"),
    State("two-step sign-in of a coordinator who has none", "cora", "/account/two-step"),
    State("two-step sign-in, on", "tindra", "/account/two-step"),
    State("setting up an app", "ines", "/account/two-step/app"),
    State("setting up an app, without a code", "ines", "/account/two-step/app", press("Save")),
    State("second step", "", "/sign-in", half_in),
    State("second step, without a code", "", "/sign-in", then(half_in, press("Sign in"))),
    State("asked who it is", "tindra", "/account/two-step", press("Get new recovery codes")),
    State("not said who it is", "tindra", "/account/two-step", without_proof(press("Get new recovery codes"))),
    State("passkeys without a host name", "ines", "/account/passkeys/new"),
    State("removing a passkey", "tindra", "/account/passkeys/{passkey}/remove"),
    State("resetting a second step", "cora", RESET),
    State("another email address, on its way", "tindra", "/account/email?sent=yes"),
    State(
        "another email address, and not said who it is",
        "ines",
        "/account/email",
        then(type_in("email", "ines@new.example"), press("Send the link")),
    ),
    State("new email address", "tindra", "/account/email/confirm/{confirm}"),
    State("new email address, link ended", "ines", "/account/email/confirm/{confirm}"),
    State("change of address to undo", "", "/account/email/undo/{undo}"),
)
