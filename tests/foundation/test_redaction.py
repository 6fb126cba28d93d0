"""No log line holds an address, a one-time link or what a statement was given, whatever goes amiss."""

from __future__ import annotations

import json
import logging
import smtplib
import sys
from collections.abc import Callable

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from lms.accounts.records import Person
from lms.foundation import clock
from lms.foundation.db import db, run
from lms.foundation.logs.redaction import install
from lms.foundation.logs.request_ids import begin_request
from lms.foundation.logs.setup import form_of
from lms.foundation.mail.outbox import OutboxMail
from tests.conftest import Site

CANARY = "canary-of-sam"


def refuse_letters(site: Site) -> None:
    """Make the database refuse every row of the outbox, telling as much of the row as it can."""
    if site.settings.sqlite:
        rule = "CREATE TRIGGER refuse BEFORE INSERT ON outbox_mail BEGIN SELECT RAISE(ABORT, 'no row goes in'); END"
    else:
        rule = "ALTER TABLE outbox_mail ADD CONSTRAINT none_goes_in CHECK (subject = '') NOT VALID"
    site.do(lambda: run(text(rule), {}))


def test_a_letter_that_could_not_be_written_leaves_no_address_and_no_link_in_the_log(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    refuse_letters(site)
    caplog.set_level(logging.DEBUG)
    page = site.stranger().get("/forgotten").form("/forgotten")
    page.submit(email="sam@example.org", expect=503)
    assert "outbox_mail" in caplog.text and "Traceback" in caplog.text  # it can still be found out what happened
    for told in ("sam@example.org", "example.org", "Sam Osei", "new-password", "parameters: ["):
        assert told not in caplog.text


def person(site: Site, **changed: object) -> None:
    row = {
        "id": CANARY,
        "public_id": CANARY,
        "email": f"{CANARY}@example.org",
        "display_name": CANARY,
        "certificate_name": CANARY,
        "password_hash": CANARY,
        "pronouns_shown": False,
        "long_rest": False,
        "operator": False,
        "created_at": clock.now(),
    }
    site.do(lambda: [run(insert(Person.__table__), {**row, **changed}) for _time in range(2)])


@pytest.mark.parametrize(
    "slip",
    [
        lambda site: person(site),  # the same address twice
        lambda site: person(site, display_name=None),  # PostgreSQL tells the whole row that lacks a value
        lambda site: site.do(lambda: run(text("SELECT CAST(:given AS INTEGER) / nothing"), {"given": CANARY})),
        lambda site: site.do(lambda: db.session.add(OutboxMail(id=CANARY, recipient=CANARY, message_id=object()))),
    ],
    ids=["taken", "missing", "not a number", "no such type"],
)
def test_what_a_statement_was_given_stands_in_no_exception(site: Site, slip: Callable[[Site], None]) -> None:
    with pytest.raises(Exception) as caught:  # noqa: PT011 - each slip raises its own
        slip(site)
    one: BaseException | None = caught.value
    while one is not None:
        assert CANARY not in str(one) and CANARY not in repr(one)
        one = one.__cause__ or one.__context__


def test_an_action_that_lost_a_race_is_still_known_as_such(site: Site) -> None:
    with pytest.raises(DBAPIError) as caught:
        person(site)
    if not site.settings.sqlite:
        assert getattr(caught.value.orig, "sqlstate", None) == "23505"
        assert "person_pkey" in str(caught.value)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("to sam.osei+x@example.org now", "to [address] now"),
        ("<jürgen@straße.example>", "<[address]>"),
        ("http://a.example/new-password/abc-DEF_123?x=1", "http://a.example/new-password/[link]?x=1"),
        ("GET /invitation/abc-DEF_123 HTTP/1.1", "GET /invitation/[link] HTTP/1.1"),
        ("/letters/off/W10.abc", "/letters/off/[link]"),
        ("/sign-in?email=sam%40example.org&next=/x", "[address]&next=/x"),
        ("/x?to=sam%2Bward%40xn--strae-oqa.example", "[address]"),
        ("typed as sam\uff20example.org", "typed as [address]"),
        ("/sign-in?next=%2Finvitation%2Fabc-DEF_123&x=1", "/sign-in?next=%2Finvitation%2F[link]&x=1"),
        ("/sign-in?renewed=yes&ticket=Inh5.W10.abc HTTP/1.1", "/sign-in?renewed=yes&ticket=[link] HTTP/1.1"),
        ("/invitation/abc?confirmed=0a1b", "/invitation/[link]?confirmed=[link]"),
        ("5 % of 12 @ noon, see files/ab/abcdef", "5 % of 12 @ noon, see files/ab/abcdef"),
    ],
)
def test_addresses_and_one_time_links_are_masked_in_every_line_and_traceback(
    sqlite_site: Site, caplog: pytest.LogCaptureFixture, said: str, shown: str
) -> None:
    logging.getLogger("huey.consumer").warning("it went on: %s", said)
    assert caplog.messages == [f"it went on: {shown}"]
    caplog.clear()
    try:
        raise ValueError(said) from smtplib.SMTPRecipientsRefused({"sam@example.org": (550, b"no sam@example.org")})
    except ValueError:
        logging.getLogger("lms.anything").exception("it broke")
    assert f"ValueError: {shown}" in caplog.text and "sam@" not in caplog.text and "550" in caplog.text


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_traceback_names_nobody_in_either_format_and_each_line_has_its_request(
    log_format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    install()
    made = begin_request()
    log, handler = logging.getLogger("lms.canary"), logging.StreamHandler(sys.stdout)
    handler.setFormatter(form_of(log_format))
    log.addHandler(handler)
    try:
        raise ValueError("/new-password/canary-token") from smtplib.SMTPRecipientsRefused(
            {"canary@example.org": (550, b"no canary@example.org")}
        )
    except ValueError:
        log.exception("no email to %s\nthan this", "canary@example.org", extra={"fields": {"status": 500}})
    finally:
        log.removeHandler(handler)
    said = capsys.readouterr().out
    assert "canary@" not in said and "canary-token" not in said and said.count(made) == 1
    if log_format == "json":
        line = json.loads(said)
        assert said.count("\n") == 1 and line["message"] == "no email to [address]\nthan this"
        assert line["status"] == 500 and line["request"] == made and "ValueError" in line["error"]
    else:
        assert f"[address]\nthan this [request {made}]\n" in said and "Traceback" in said
