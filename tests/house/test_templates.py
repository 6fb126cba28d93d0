"""Templates, addresses and commands: each that is named exists, and each that exists is used and written about."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import nodes

from lms.app import create_app
from lms.content.questions import KINDS
from tests.conftest import ROOT, settings_for
from tests.house.commands import FILE, as_markdown, commands

TEMPLATES = ROOT / "templates"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(settings_for(tmp_path_factory.mktemp("templates")))


def template_names() -> list[str]:
    return sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*") if path.is_file())


def parsed(app: Flask, name: str) -> nodes.Template:
    return app.jinja_env.parse((TEMPLATES / name).read_text("utf-8"))


@cache
def all_calls() -> list[tuple[Path, ast.Call]]:
    """Return every call in the code; it's parsed once for all tests."""
    return [
        (path, node)
        for path in (ROOT / "lms").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
    ]


def calls_in_code(name: str) -> Iterator[tuple[Path, ast.Call]]:
    for path, node in all_calls():
        if getattr(node.func, "id", getattr(node.func, "attr", "")) == name:
            yield path, node


def email_names() -> set[str]:
    writers = ("render_email", "_email_holder", "_email_author", "_email_publisher")
    found = {call.args[0] for writer in writers for _path, call in calls_in_code(writer)}
    return {name.value for name in found if isinstance(name, ast.Constant)}


def test_every_address_in_a_template_is_one_the_site_has(app: Flask) -> None:
    named = {
        (name, call.args[0].value)
        for name in template_names()
        for call in parsed(app, name).find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name == "url_for" and isinstance(call.args[0], nodes.Const)
    }
    assert len(named) > 50
    assert [(name, endpoint) for name, endpoint in sorted(named) if endpoint not in app.view_functions] == []


def test_every_address_in_the_code_is_one_the_site_has(app: Flask) -> None:
    named = {
        (str(path), call.args[0].value)
        for path, call in calls_in_code("url_for")
        if call.args and isinstance(call.args[0], ast.Constant)
    }
    assert len(named) > 20
    assert [(path, endpoint) for path, endpoint in sorted(named) if endpoint not in app.view_functions] == []


def test_every_template_is_used_and_every_used_one_is_there(app: Flask) -> None:
    used = {
        call.args[0].value for _path, call in calls_in_code("render_template") if isinstance(call.args[0], ast.Constant)
    }
    used |= {f"mail/{name}.html" for name in email_names()}
    for name in template_names():
        for node in parsed(app, name).find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
            if isinstance(node.template, nodes.Const):  # type: ignore[attr-defined]
                used.add(node.template.value)  # type: ignore[attr-defined]
    used |= {f"questions/{kind}.html" for kind in KINDS}
    assert used == set(template_names())


def test_a_page_is_named_as_its_view(app: Flask) -> None:
    """`certification.verify` shows certification/verify.html; pages that several views share are parts of one story."""
    rooms = {name.split("/")[0] for name in template_names()} - {"parts", "questions", "mail", "errors", "base.html"}
    pages = [name for name in template_names() if name.split("/")[0] in rooms and "/parts/" not in name]
    views = {endpoint.replace(".", "/") + ".html" for endpoint in app.view_functions}
    shared = {"accounts/carry_on.html", "accounts/invitation.html", "coordination/people.html", "learning/home.html"}
    shared |= {"coordination/printed_slips.html"}
    assert [name for name in pages if name not in views | shared] == []


def test_the_page_of_commands_says_what_the_commands_say() -> None:
    assert FILE.read_text("utf-8") == as_markdown(), "run: python -m tests.house.commands"


def test_every_command_explains_itself_with_an_example() -> None:
    for name, command in commands():
        assert "Example: " in (command.help or ""), name
        assert re.search(rf"Example:.*{name}\b", " ".join((command.help or "").split())), name


def test_every_command_that_lists_or_verifies_can_print_json() -> None:
    for name, command in commands():
        if name.endswith(("list", "verify", "check")):
            assert any("--json" in parameter.opts for parameter in command.params), name


def test_no_line_of_a_template_is_longer_than_a_person_reads() -> None:
    found = [
        f"{name}:{number}"
        for name in template_names()
        for number, line in enumerate((TEMPLATES / name).read_text("utf-8").splitlines(), 1)
        if len(line) > 120
    ]
    assert found == []
