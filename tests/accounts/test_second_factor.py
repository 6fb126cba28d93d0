"""Two-step sign-in: apps, recovery codes, grace, resets, and confirming what can't be undone."""

from __future__ import annotations

import base64
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import FrameType

import pytest
from sqlalchemy import select

from lms.accounts import actions as accounts
from lms.accounts import leaving
from lms.accounts.second_factor import actions, rules, sealing
from lms.accounts.second_factor.passkeys import NewPasskey, UsedPasskey
from lms.accounts.second_factor.records import AuthenticatorApp, RecoveryCode
from lms.foundation import clock
from lms.foundation.audit.entries import AuditEntry
from lms.foundation.db import Base, db
from lms.foundation.keys import secret_key
from tests.builders.accounts import code_now, give_app, try_in
from tests.builders.commands import of
from tests.builders.learning import at_once
from tests.builders.mail import outbox
from tests.conftest import PASSWORD, Site
from tests.inspector import Inspector, Page

Make = Callable[..., Site]
PEOPLE_PAGE = "/programmes/harbour/people"
SEED = b"12345678901234567890"


# RFC 6238, appendix B, for SHA-1 with eight digits.
@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    step = rules.step_of(datetime.fromtimestamp(seconds, UTC))
    assert rules.code_of(SEED, step, 8) == code
    assert rules.code_of(SEED, step) == code[2:]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("123456", "123456"),
        (" 123 456 ", "123456"),
        ("123-456", "123456"),
        ("\u200e123\u00a0456", "123456"),
        ("١٢٣٤٥٦", "123456"),
        ("１２３４５６", "123456"),
        ("12345", None),
        ("1234567", None),
        ("12345a", None),
        ("½½½½½½", None),
        ("12345²", "123452"),
        ("", None),
    ],
)
def test_a_code_is_read_however_it_was_pasted(typed: str, read: str | None) -> None:
    assert rules.read_code(typed) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("0123 4567 89AB CDEF", "0123456789ABCDEF"),
        ("o123-4567-89ab-cdef", "0123456789ABCDEF"),
        ("oil3 4567 89ab cdef", "0113456789ABCDEF"),
        ("0123 4567 89AB CDE", None),
        ("0123 4567 89AB CDEU", None),
        ("ß123456789ABCDEF", None),
    ],
)
def test_a_recovery_code_is_read_however_it_was_copied(typed: str, read: str | None) -> None:
    assert rules.read_recovery_code(typed) == read


@pytest.mark.parametrize(("drift", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_off(drift: int, taken: bool) -> None:
    now = datetime(2030, 1, 1, tzinfo=UTC)
    step = rules.step_of(now) + drift
    assert rules.matching_step(SEED, rules.code_of(SEED, step), now, 0) == (step if taken else None)
    assert rules.matching_step(SEED, rules.code_of(SEED, step), now, step) is None


def test_a_secret_opens_under_its_own_key_and_for_its_own_person_alone() -> None:
    sealed = sealing.seal_secret(bytes(32), SEED, "app", "cora")
    assert sealing.open_secret(bytes(32), sealed, "app", "cora") == SEED
    for key, text, person in (
        (bytes([1] * 32), sealed, "cora"),
        (bytes(32), sealed, "sam"),
        (bytes(32), sealed[:-4] + "AAAA", "cora"),
        (bytes(32), "", "cora"),
        (bytes(32), "é", "cora"),
    ):
        assert sealing.open_secret(key, text, "app", person) is None


def half_in(site: Site, name: str = "cora") -> Page:
    page = try_in(site.stranger(), f"{name}@example.org", PASSWORD, expect=200)
    assert page.h1 == "Second step"
    return page


def enter(page: Page, code: str, expect: int = 200) -> Page:
    return page.form_with("Sign in").submit(code=code, expect=expect)


def recover(page: Page, code: str, expect: int = 200) -> Page:
    return page.form_with("Use recovery code").submit(recovery=code, expect=expect)


def test_cora_sets_up_her_app_and_signs_in_with_its_code_once(site: Site) -> None:
    # At the start of half a minute, so that the code doesn't change on the way.
    start = timedelta(seconds=30 - clock.now().timestamp() % 30)
    clock.shift(start)
    cora = site.visitor("cora")
    page = cora.get("/account").follow("Two-step sign-in and passkeys").follow("Set up an app")
    key = page.find("p.code")[0].text
    assert re.fullmatch(r"([A-Z2-7]{4} ){7}[A-Z2-7]{4}", key) and "<svg" in page.html
    secret = base64.b32decode(key.replace(" ", ""))
    again = page.form_with("Save").submit(code="000 000", expect=422)
    assert again.find("p.code")[0].text == key and "doesn’t match" in again.main
    shown = again.form_with("Save").submit(code=f" {code_now(secret)[:3]} {code_now(secret)[3:]}")
    codes = [node.text for node in shown.find("li.code")]
    assert shown.h1 == "Your recovery codes" and len(set(codes)) == rules.RECOVERY_CODES
    assert "turn off" not in cora.get("/account/two-step").main.lower()
    half = half_in(site)
    assert "doesn’t match" in enter(half, code_now(secret), expect=422).main  # used to set up
    clock.shift(start + timedelta(seconds=30))
    code = code_now(secret)
    assert enter(half, code).path == "/courses"
    assert "doesn’t match" in enter(half_in(site), code, expect=422).main
    assert "doesn’t match" in enter(half_in(site), code_now(secret, -1), expect=422).main


def test_the_half_step_opens_nothing_hashes_nothing_and_ends(sqlite_site: Site) -> None:
    site = sqlite_site
    secret, _codes = give_app(site)
    half = half_in(site)
    assert half.client.browser.get_cookie("session", domain="127.0.0.1") is None
    assert half.client.get("/account").h1 == "Sign in"
    hashes = 0

    def count(frame: FrameType, kind: str, _arg: object) -> None:
        nonlocal hashes
        hashes += kind == "call" and frame.f_code.co_name == "verify" and "argon2" in frame.f_code.co_filename

    sys.setprofile(count)
    enter(half, "000000", expect=422)
    sys.setprofile(None)
    assert hashes == 0
    clock.shift(timedelta(minutes=9))
    another = half_in(site)
    clock.shift(timedelta(minutes=11))
    assert "enter your password again" in enter(half, code_now(secret), expect=422).main
    assert another.form_with("Sign in").submit(code="000000", expect=422).h1 == "Second step"
    site.do(lambda: setattr(site.person("cora"), "password_hash", "another"))
    assert enter(another, code_now(secret), expect=422).h1 == "Sign in"
    form = half.form_with("Sign in")
    form.fields = [(name, value + "x" if name == "half" else value) for name, value in form.fields]
    assert form.submit(code=code_now(secret), expect=422).h1 == "Sign in"


def test_what_cora_typed_before_she_was_signed_out_survives_both_steps(sqlite_site: Site) -> None:
    site = sqlite_site
    secret, _codes = give_app(site)
    cora = site.visitor("cora")
    form = cora.get("/account").form("/account")
    clock.shift(timedelta(hours=3))
    page = form.submit(display_name="Cora H", expect=401)
    page = page.form("/sign-in").submit(email="cora@example.org", password=PASSWORD)
    page = enter(enter(page, "", expect=422), code_now(secret))
    assert page.form("/account").submit().main.count("Saved.") == 1
    with site.inside():
        assert site.person("cora").display_name == "Cora H"


def test_each_recovery_code_works_once_and_is_nowhere_in_the_database(site: Site) -> None:
    secret, codes = give_app(site)
    page = recover(half_in(site), rules.in_groups(codes[0]).lower())
    assert page.path.startswith("/account/two-step") and "have 9 left" in page.main
    assert "used before" in recover(half_in(site), codes[0], expect=422).main
    assert "16 letters and numbers" in recover(half_in(site), "not a code", expect=422).main
    with site.inside():
        rows = [row for table in Base.metadata.sorted_tables for row in db.session.execute(select(table))]
    told = "\n".join(str(tuple(row)) for row in rows)
    for planted in (*codes, rules.key_of(secret), secret.decode("latin-1"), secret.hex()):
        assert planted not in told
    assert any("recovery codes" in mail.body for mail in outbox(site) if mail.recipient == "cora@example.org")
    page = site.visitor("cora").get("/account/two-step").form_with("Get new recovery codes").submit()
    new = [node.text for node in page.form_with("Continue").submit(password=PASSWORD).find("li.code")]
    assert "doesn’t match" in recover(half_in(site), codes[1], expect=422).main
    assert "have 9 left" in recover(half_in(site), new[0]).main


@pytest.mark.parametrize("way", ["code", "recovery"])
def test_ten_codes_that_are_not_right_ask_for_a_wait_and_leave_the_other_way_open(sqlite_site: Site, way: str) -> None:
    site = sqlite_site
    secret, codes = give_app(site)
    page = half_in(site)
    for _slip in range(10):
        page = enter(page, "000000", 422) if way == "code" else recover(page, "0" * 16, 422)
        assert "doesn’t match" in page.main
    page = enter(page, code_now(secret), 422) if way == "code" else recover(page, codes[0], 422)
    assert "Please wait 15 minutes" in page.main
    page = recover(page, codes[0]) if way == "code" else enter(page, code_now(secret))
    assert page.path.startswith(("/account/two-step", "/courses"))


def test_a_code_that_is_sent_many_times_at_once_lets_one_in(site: Site) -> None:
    secret, _codes = give_app(site)
    form = half_in(site).form_with("Sign in")
    form.fields = [(name, code_now(secret) if name == "code" else value) for name, value in form.fields]
    assert sorted(reply.status_code for reply in at_once(form, 6)) == [303] + [422] * 5


def test_an_answer_of_a_passkey_is_taken_once(site: Site) -> None:
    with site.inside():
        person_id = site.person("sam").id
    assert site.do(actions.add_passkey, person_id, NewPasskey("id", b"key", 0), "Phone")
    assert not site.do(actions.add_passkey, person_id, NewPasskey("id", b"key", 0), "Phone")
    used = UsedPasskey("id", "a challenge", 0)
    assert site.do(actions.use_passkey, used) is not None
    assert site.do(actions.use_passkey, used) is None
    assert site.do(actions.use_passkey, UsedPasskey("id", "another", 0)) is not None
    site.do(leaving.disable, person_id)
    assert site.do(actions.use_passkey, UsedPasskey("id", "a third", 0)) is None


def visit(site: Site, name: str, days: float) -> Inspector:
    """Move the clock, and sign somebody in there."""
    clock.shift(timedelta(days=days))
    site.visitors.pop(name, None)
    return site.visitor(name)


def test_staff_are_asked_for_a_second_step_after_fourteen_days_and_told_the_day_before(sqlite_site: Site) -> None:
    site = sqlite_site
    cora = visit(site, "cora", 0)
    for path in ("/courses", PEOPLE_PAGE, "/account/two-step"):
        assert re.search(r"From \d+ \w+( \d{4})?, ", cora.get(path).main), path
    assert cora.get(PEOPLE_PAGE).follow("Set up two-step sign-in").path == "/account/two-step"
    cora = visit(site, "cora", 13.995)
    assert cora.get(PEOPLE_PAGE).h1 != "Two-step sign-in"
    clock.shift(timedelta(days=14.005))  # within the same sign-in nothing stops
    assert cora.get(PEOPLE_PAGE).path == PEOPLE_PAGE
    cora = visit(site, "cora", 14.2)
    page = cora.get(PEOPLE_PAGE)
    assert page.path == "/account/two-step" and "then your staff pages open again" in page.main
    assert cora.get("/courses").path == "/courses"
    give_app(site)
    assert cora.get(PEOPLE_PAGE).path == PEOPLE_PAGE
    for name in ("sam", "tara"):
        visit(site, name, 0)
        assert "second step" not in visit(site, name, 30).get("/account").main


@pytest.mark.parametrize(("days", "path"), [("0", "/account/two-step"), ("never", PEOPLE_PAGE), ("400", PEOPLE_PAGE)])
def test_a_site_says_how_long_the_grace_is(make_sqlite_site: Make, days: str, path: str) -> None:
    site = make_sqlite_site(LMS_SECOND_FACTOR_DAYS=days)
    visit(site, "cora", 0)
    assert visit(site, "cora", 300).get(PEOPLE_PAGE).path == path


def test_a_post_of_staff_without_a_second_step_waits_on_its_page(make_sqlite_site: Make) -> None:
    site = make_sqlite_site(LMS_SECOND_FACTOR_DAYS="0")
    with site.inside():
        sam = site.person("sam").public_id
    cora = site.visitor("cora")
    token = dict(cora.get("/account").form("/account").fields)["form_token"]
    path = f"/programmes/harbour/people/{sam}/second-factor"
    page = cora.post(path, [("form_token", token), ("note", "typed by Cora")], expect=403)
    assert dict(page.form(path).fields)["note"] == "typed by Cora"


def test_a_learner_may_turn_it_on_and_off_again_with_her_password(sqlite_site: Site) -> None:
    site = sqlite_site
    give_app(site, "sam")
    sam = site.visitor("sam")
    page = sam.get("/account/two-step").form_with("Turn off two-step sign-in").submit()
    assert page.h1 == "Confirm that it’s you"
    page = page.form_with("Continue").submit(password="not this one", expect=422)
    page = page.form_with("Continue").submit(password=PASSWORD)
    assert "is off" in page.main
    assert try_in(site.stranger(), "sam@example.org", PASSWORD, expect=200).path == "/courses"


def test_a_code_of_the_app_confirms_as_well_as_the_password_and_lasts_ten_minutes(sqlite_site: Site) -> None:
    site = sqlite_site
    secret, _codes = give_app(site, "sam")
    sam = site.visitor("sam")
    ask = sam.get("/account/email").form("/account/email")
    page = ask.submit(email="sam@new.example")
    assert dict(page.form_with("Continue").fields)["email"] == "sam@new.example"
    page = page.form_with("Continue with this code").submit(proof_code="000000", expect=422)
    page = page.form_with("Continue with this code").submit(proof_code=code_now(secret))
    assert "We’ve sent an email to sam@new.example" in page.main
    assert "We’ve sent an email" in ask.submit(email="sam@newer.example").main
    clock.shift(timedelta(minutes=11))
    assert ask.submit(email="sam@newest.example").h1 == "Confirm that it’s you"


def test_a_new_sign_in_is_enough_to_set_up_an_app_and_not_to_delete_an_account(sqlite_site: Site) -> None:
    sam = sqlite_site.visitor("sam")
    form = sam.get("/account/two-step/app").form_with("Save")
    assert form.submit(code="000000", expect=422).h1 == "Set up an authenticator app"
    clock.shift(timedelta(minutes=11))
    assert form.submit(code="000000").h1 == "Confirm that it’s you"
    clock.shift(timedelta(0))
    form = sam.get("/account/delete").form("/account/delete")
    form.fields = [(name, value) for name, value in form.fields if name != "password"]
    assert form.submit().h1 == "Confirm that it’s you"


def reset_page(site: Site, name: str, of_whom: str, expect: int = 200) -> Page:
    with site.inside():
        person = site.person(of_whom).public_id
    return site.visitor(name).get(f"/programmes/harbour/people/{person}/second-factor", expect=expect)


def test_a_coordinator_resets_the_second_step_of_sam_who_lost_her_phone(site: Site) -> None:
    give_app(site, "sam")
    sam = site.visitor("sam")
    with site.inside():
        path = f"{PEOPLE_PAGE}/{site.person('sam').public_id}"
    page = site.visitor("cora").get(path).follow("Lost their phone? Reset two-step sign-in")
    page = page.form_with("Reset two-step sign-in").submit().form_with("Continue").submit(password=PASSWORD)
    assert "Done." in page.main
    assert sam.get("/account").h1 == "Sign in"
    page = try_in(site.stranger(), "sam@example.org", PASSWORD, expect=200)
    assert page.path == "/courses" and "were reset" in page.client.get("/account").main
    assert "were reset" in outbox(site)[-1].body and outbox(site)[-1].recipient == "sam@example.org"
    with site.inside():
        row = db.session.scalars(select(AuditEntry).where(AuditEntry.event == "SecondFactorReset")).one()
        assert (row.actor_id, row.person_id) == (site.person("cora").id, site.person("sam").id)
        assert (
            not db.session.scalars(select(RecoveryCode)).all()
            and not db.session.scalars(select(AuthenticatorApp)).all()
        )


def test_only_an_operator_resets_somebody_who_has_power_elsewhere(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = sqlite_site
    give_app(site, "tara")
    with site.inside():
        tara = site.person("tara").id
    site.do(accounts.name_operator, tara)
    page = reset_page(site, "cora", "tara")
    assert "only the people who run this site" in page.main and not page.find("main form")
    assert reset_page(site, "cora", "cora", expect=403)
    assert reset_page(site, "sam", "tara", expect=404)
    lms = of(site, monkeypatch)
    assert lms("people", "second-factor-off", "tara@example.org").exit_code == 0
    assert "Nothing was changed" in lms("people", "second-factor-off", "tara@example.org").output
    assert try_in(site.stranger(), "tara@example.org", PASSWORD, expect=200).path == "/courses"


def test_without_the_sites_key_codes_end_and_recovery_codes_still_let_in(sqlite_site: Site) -> None:
    site = sqlite_site
    secret, codes = give_app(site)
    (site.settings.data / "keys" / "secret").write_bytes(bytes(range(32)))
    secret_key.cache_clear()
    page = half_in(site)
    assert "doesn’t match" in enter(page, code_now(secret), expect=422).main
    assert "have 9 left" in recover(page, codes[0]).main
