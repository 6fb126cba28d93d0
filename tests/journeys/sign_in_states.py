"""Pages about signing in, in every state: Tilda has an app and a passkey, and asked for another email address."""

from __future__ import annotations

from playwright.sync_api import Page

from lms.accounts.email_change.actions import CONFIRM, UNDO, token_of
from lms.accounts.email_change.records import EmailChange
from lms.accounts.second_factor import actions
from lms.accounts.second_factor.passkeys import NewPasskey
from lms.accounts.second_factor.records import list_passkeys
from lms.foundation import clock
from lms.foundation.db import db
from lms.foundation.keys import secret_key
from tests.builders.accounts import give_app
from tests.conftest import PASSWORD
from tests.journeys.people import People, add
from tests.journeys.states import State, Steps, press, then, type_in

RESET = "/programmes/harbour/people/{tilda_id}/second-factor"


def settle_sign_in(people: People) -> None:
    """Give Tilda an app, a passkey and a change of address under way."""
    served, site = people.served, people.served.site
    add(served, "tilda", "Tilda Moreau")
    with site.inside():
        tilda = site.person("tilda")
    give_app(site, "tilda")
    site.do(actions.add_passkey, tilda.id, NewPasskey("of tilda", b"a key", 0), "Tilda’s phone")
    row = {"person_id": tilda.id, "old_email": tilda.email, "new_email": "tilda@new.example", "asked_at": clock.now()}
    site.do(lambda: db.session.add(EmailChange(id="of-tilda", **row)))
    key = secret_key(site.settings.data)
    with site.inside():
        people.codes["passkey"] = list_passkeys(tilda.id)[0].public_id
    people.codes |= {"tilda_id": tilda.public_id, "confirm": token_of(key, "of-tilda", CONFIRM)}
    people.codes["undo"] = token_of(key, "of-tilda", UNDO)


def half_in(page: Page, people: People) -> None:
    """Sign in with the password, up to the second step."""
    page.locator("main [name=email]").fill("tilda@example.org")
    page.locator("main [name=password]").fill(PASSWORD)
    press("Sign in")(page, people)


def without_proof(*steps: Steps) -> Steps:
    """Take the steps up to the page that asks who it is, and send that with nothing in it."""
    return then(*steps, press("Continue"))


SIGN_IN_STATES = (
    State("two-step sign-in, off", "ines", "/account/two-step"),
    State("two-step sign-in of a coordinator who has none", "cora", "/account/two-step"),
    State("two-step sign-in, on", "tilda", "/account/two-step"),
    State("setting up an app", "ines", "/account/two-step/app"),
    State("setting up an app, without a code", "ines", "/account/two-step/app", press("Save")),
    State("second step", "", "/sign-in", half_in),
    State("second step, without a code", "", "/sign-in", then(half_in, press("Sign in"))),
    State("asked who it is", "tilda", "/account/two-step", press("Get new recovery codes")),
    State("not said who it is", "tilda", "/account/two-step", without_proof(press("Get new recovery codes"))),
    State("passkeys without a host name", "ines", "/account/passkeys/new"),
    State("removing a passkey", "tilda", "/account/passkeys/{passkey}/remove"),
    State("resetting a second step", "cora", RESET),
    State("another email address, on its way", "tilda", "/account/email?sent=yes"),
    State(
        "another email address, and not said who it is",
        "ines",
        "/account/email",
        then(type_in("email", "ines@new.example"), press("Send the link")),
    ),
    State("new email address", "tilda", "/account/email/confirm/{confirm}"),
    State("new email address, link ended", "ines", "/account/email/confirm/{confirm}"),
    State("change of address to undo", "", "/account/email/undo/{undo}"),
)
