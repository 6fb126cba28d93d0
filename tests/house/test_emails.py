"""Every kind of email can be looked at before anybody gets it: in a browser, and with `lms mail preview`."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from jinja2 import Environment, meta

from lms.coordination.site.email_kinds import email_topics
from lms.coordination.site.email_samples import sample_values
from lms.foundation.mail.templates import SHARED
from tests.builders import commands
from tests.builders.languages import marked
from tests.conftest import ROOT, Site
from tests.inspector import BASE

GIVEN = {"_", "ngettext", "html", "lang", "dir", "subject", "email"}
TEMPLATES = {path.stem: path.read_text("utf-8") for path in (ROOT / "templates/mail").iterdir()}
KINDS = set(TEMPLATES) - SHARED


def test_every_kind_of_email_is_on_the_list_and_has_a_value_for_all_that_it_says(sqlite_site: Site) -> None:
    with sqlite_site.inside():
        listed = [kind.name for topic in email_topics() for kind in topic.kinds]
        known = GIVEN | set(sample_values("https://training.example.org"))
    assert sorted(listed) == sorted(KINDS)
    for kind in KINDS:
        tree = Environment(autoescape=True).parse(TEMPLATES[kind])
        assert meta.find_undeclared_variables(tree) - known == set(), kind


def test_no_email_is_written_without_a_template() -> None:
    queued = {
        (path.relative_to(ROOT).as_posix(), node.lineno)
        for path in (ROOT / "lms").rglob("*.py")
        if "queue_mail(" in (source := path.read_text("utf-8"))
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) == "queue_mail"
        and not any(isinstance(argument, ast.Starred) for argument in node.args)
    }
    assert queued == set()


def test_every_kind_is_shown_in_a_frame_and_as_text_in_each_language(sqlite_site: Site, tmp_path: Path) -> None:
    ada = sqlite_site.visitor("ada")
    with marked(tmp_path, "ar"):
        page = ada.get("/operator/emails")
        for kind in sorted(KINDS):
            shown = ada.get(f"/operator/emails/{kind}?language=ar")
            assert f'href="/operator/emails/{kind}"' in page.html
            assert shown.h1.startswith("Preview: ar¶")
            assert "frame-src 'self'" in shown.response.headers["Content-Security-Policy"]
            (frame,) = shown.find("iframe")
            assert frame.get("sandbox") is not None and frame.get("title")
            reply = ada.browser.get(frame.get("src"), base_url=BASE)
            assert '<html lang="ar" dir="rtl">' in reply.text and '<base target="_blank">' in reply.text
            policy = reply.headers["Content-Security-Policy"]
            assert policy.endswith("; sandbox") and "default-src 'none'" in policy and "script" not in policy
            assert "Sidelight" in "".join(shown.find("pre")[0].itertext())
        assert "ar¶" not in ada.get("/operator/emails/updates?language=xx").html
    ada.get("/operator/emails/newsletter", expect=404)
    ada.get("/operator/emails/newsletter/html", expect=404)


def test_the_command_prints_what_the_page_shows(sqlite_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    run = commands.of(sqlite_site, monkeypatch)
    assert set(run("mail", "preview").output.split()) == KINDS
    text = run("mail", "preview", "certificate_ready").output
    assert text.startswith("Subject: ") and "Dear Sam Osei," in text
    ends = {
        kind: run("mail", "preview", kind).output for kind in ("certificate_ready", "course_reminder", "email_changed")
    }
    assert [kind for kind, text in ends.items() if "Turn off emails" in text] == ["course_reminder"]
    assert [kind for kind, text in ends.items() if "Email preferences" not in text] == ["email_changed"]
    assert run("mail", "preview", "certificate_ready", "--html").output.startswith("<!doctype html>")
    assert "The kinds are:" in run("mail", "preview", "newsletter").output
