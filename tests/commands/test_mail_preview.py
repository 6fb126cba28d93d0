"""`lms mail preview`: every email can be looked at before anybody gets it."""

from __future__ import annotations

import pytest
from jinja2 import Environment, meta

from lms.cli.emails.samples import sample_values
from lms.foundation.mail.templates import SHARED
from tests.builders import commands
from tests.conftest import ROOT, Site

GIVEN = {"_", "ngettext", "html", "lang", "dir", "subject", "email"}


def test_every_email_can_be_previewed_as_text_and_html(sqlite_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    run = commands.of(sqlite_site, monkeypatch)
    kinds = run("mail", "preview").output.split()
    assert set(kinds) == {path.stem for path in (ROOT / "templates/mail").iterdir()} - SHARED
    with sqlite_site.inside():
        known = GIVEN | set(sample_values("https://training.example.org"))
    for kind in kinds:
        source = (ROOT / f"templates/mail/{kind}.html").read_text("utf-8")
        assert meta.find_undeclared_variables(Environment(autoescape=True).parse(source)) - known == set(), kind
    text = run("mail", "preview", "certificate_ready").output
    assert text.startswith("Subject: ") and "Dear Sam Osei," in text
    ends = {
        kind: run("mail", "preview", kind).output for kind in ("certificate_ready", "course_reminder", "email_changed")
    }
    assert [kind for kind, text in ends.items() if "Turn off emails" in text] == ["course_reminder"]
    assert [kind for kind, text in ends.items() if "Email preferences" not in text] == ["email_changed"]
    assert run("mail", "preview", "certificate_ready", "--html").output.startswith("<!doctype html>")
    assert "The kinds are:" in run("mail", "preview", "newsletter").output
