"""Email addresses: one form for each, none changed into another, and none stored that no mail can reach."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select, text

import lms.migrations
from lms.accounts.actions import register
from lms.accounts.addresses import NotDeliverable, as_people_write, normal_email, read_address, skeleton
from lms.accounts.invitations.actions import invite
from lms.accounts.records import Person
from lms.app import create_app
from lms.cli import main as lms_command
from lms.foundation import clock
from lms.foundation.db import db
from lms.foundation.migrations import upgrade
from tests.conftest import Site, settings_for

KEPT = {
    "anna@straße.example": "anna@xn--strae-oqa.example",
    "anna@STRAẞE.example": "anna@xn--strae-oqa.example",
    "anna@xn--strae-oqa.example": "anna@xn--strae-oqa.example",
    "anna@XN--STRAE-OQA.example": "anna@xn--strae-oqa.example",
    "Groß@Example.ORG": "groß@example.org",
    "σίσυφος@bücher.example": "σίσυφος@xn--bcher-kva.example",
    "用户@例え.テスト": "用户@xn--r8jz45g.xn--zckzah",
    "  sam＠example．org ": "sam@example.org",
    "o'brien+ward-3@example.co.uk": "o'brien+ward-3@example.co.uk",
    "josé@example.org": "josé@example.org",
    "jose\u0301@example.org": "josé@example.org",
}
REFUSED = {
    "sam@example.org,": "comma",
    "a;b@example.org": "semicolon",
    "sam@example.org; lena@example.org": "semicolon",
    "<pat@example.org>": "angle brackets",
    "Pat <pat@example.org>": "angle brackets",
    "mailto:pat@example.org": "mailto:",
    "MAILTO:pat@example.org": "mailto:",
    "pat@example..org": "full stop",
    "pat@example.org.": "full stop",
    ".pat@example.org": "full stop",
    "pat.@example.org": "full stop",
    "pat..o@example.org": "full stop",
    "pat@@example.org": "one @",
    "pat@a@example.org": "one @",
    "@example.org": "one @",
    "pat@": "one @",
    "pat": "one @",
    "pat@example": "mail server",
    "pat@10.0.0.1": "mail server",
    "pat@[10.0.0.1]": "mail server",
    "pat@-example.org": "mail server",
    "pat@exa_mple.org": "mail server",
    "pat@xn--a.org": "mail server",
    "p at@example.org": "space",
    "pat@exam\u200bple.org": "hidden",
    "co\u200dra@example.org": "hidden",
    "co\u2060ra@example.org": "hidden",
    "\u202ecora@example.org": "hidden",
    "cora\u115f@example.org": "hidden",
    "co\u3164ra@example.org": "hidden",
    "cora\uffa0@example.org": "hidden",
    "cora\u034f@example.org": "hidden",
    "cora\ufe0f@example.org": "hidden",
    "cora\U000e0101@example.org": "hidden",
    "cora@exam\u3164ple.org": "hidden",
    "cora@exam\u034fple.org": "hidden",
    'p"a"t@example.org': "character",
    "pat()@example.org": "character",
    "p" * 65 + "@example.org": "too long",
    "pat@" + ".".join(["a" * 60] * 5) + ".org": "mail server",
    "c\u043era@example.org": "alphabets",
    "cora@ex\u0430mple.org": "alphabets",
    "\uabafora@example.org": "alphabets",
    "c\u2c9fra@example.org": "alphabets",
}


@pytest.mark.parametrize(("typed", "kept"), KEPT.items())
def test_an_address_has_one_form_and_is_never_made_into_another(typed: str, kept: str) -> None:
    assert read_address(typed) == kept == normal_email(typed) == read_address(as_people_write(kept))


@pytest.mark.parametrize(("typed", "word"), REFUSED.items())
def test_an_address_that_no_mail_can_reach_is_refused_with_the_reason(typed: str, word: str) -> None:
    found = read_address(typed)
    assert isinstance(found, NotDeliverable)
    assert word in found.reason and found.reason.endswith("An address looks like name@example.org.")


@pytest.mark.parametrize(
    "other",
    [
        "\u0441\u043e\u0433\u0430@example.org",
        "c0ra@example.org",
        "cora@examp1e.org",
        "cora@exarnple.org",
        "\u1d04\u1d0fr\u1d00@example.org",
    ],
)
def test_an_address_that_reads_as_another_has_its_skeleton(other: str) -> None:
    assert read_address(other) == other
    assert skeleton(other) == skeleton("cora@example.org") != skeleton("clara@example.org")


def test_registering_with_either_spelling_of_a_domain_is_one_identity_and_no_other(site: Site) -> None:
    first = site.do(register, "anna@straße.example", "Anna", "x")
    assert first.email == "anna@xn--strae-oqa.example"
    assert site.do(register, "ANNA@xn--strae-oqa.EXAMPLE", "Anna", "x").field == "email"
    assert site.do(register, "anna@strasse.example", "Another Anna", "x").id != first.id


@pytest.mark.parametrize("email", ["sam@example.org,", "pat@example..org", "mailto:pat@example.org"])
def test_every_door_refuses_an_address_that_no_mail_can_reach_with_the_same_reason(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch, email: str
) -> None:
    reason = read_address(email)
    assert isinstance(reason, NotDeliverable)
    for action in (lambda: register(email, "Pat", "x"), lambda: invite(None, "operator", email)):
        assert sqlite_site.do(action).message == reason.reason
    monkeypatch.setenv("LMS_DATA", str(sqlite_site.settings.data))
    for words in (("people", "add", email), ("people", "reset", email)):
        told = CliRunner().invoke(lms_command, words)
        assert told.exit_code == 1 and reason.reason in told.output
    page = sqlite_site.stranger().get("/forgotten").form("/forgotten").submit(email=email, expect=422)
    assert reason.reason in page.main


@pytest.mark.parametrize("email", ["\u0441\u043e\u0433\u0430@example.org", "c0ra@example.org", "ad\u0251@example.org"])
def test_an_address_that_reads_as_a_colleagues_is_refused(sqlite_site: Site, email: str) -> None:
    assert "too much like a colleague" in sqlite_site.do(register, email, "Cora", "x").message
    assert isinstance(sqlite_site.do(register, "5am@example.org", "Sam", "x"), Person)


def migrate(app: Flask, revision: str) -> None:
    """Bring an empty database to an earlier version."""
    config = Config()
    config.set_main_option("script_location", str(Path(lms.migrations.__path__[0])))
    with app.app_context(), db.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def test_accounts_stored_by_an_earlier_version_get_the_one_form(tmp_path: Path) -> None:
    app = create_app(settings_for(tmp_path))
    stored = ["Lena@Example.org", "bea@bücher.example", "bea@xn--bcher-kva.example", "nobody-abc", "sam@example.org,"]
    migrate(app, "0016")
    with app.app_context(), db.engine.begin() as connection:
        for number, email in enumerate(stored):
            values = {"id": str(number), "public_id": f"p{number}", "email": email, "display_name": "N"}
            values |= {"certificate_name": "N", "password_hash": "", "operator": False, "long_rest": False}
            values |= {"pronouns_shown": False, "created_at": clock.now().replace(tzinfo=None).isoformat(" ")}
            names = ", ".join(values)
            marks = ", ".join(f":{name}" for name in values)
            connection.execute(text(f"INSERT INTO person ({names}) VALUES ({marks})"), values)
    upgrade(app)
    with app.app_context():
        kept = list(db.session.scalars(select(Person.email).order_by(Person.id)))
    assert kept == ["lena@example.org", *stored[1:]]
