"""The doors: the script, what CI calls, the requirement files and the settings keep what they promise."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
DEV = (TOP / "dev").read_text()
REQUIREMENTS = [
    "requirements.txt",
    "requirements-sso.txt",
    "requirements-cjk.txt",
    "requirements-s3.txt",
    "requirements-dev.txt",
    "requirements-uv.txt",
]
ADDRESS = re.compile(r"https?://(?!127\.0\.0\.1[:/])\S+")
MACHINE_PATH = re.compile(r"(?<![\w.$}{/])/(?!bin/sh\b|dev/null\b)[A-Za-z]\w+/\S*")


def _dev(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([TOP / "dev", *arguments], cwd=TOP, capture_output=True, text=True, timeout=60, check=False)


def _commands_of_dev() -> set[str]:
    names = re.findall(r"^    ([a-z][a-z |-]*)\)", DEV.partition("case $command in")[2], re.MULTILINE)
    return {part.strip() for name in names for part in name.split("|")}


def test_the_script_is_for_the_plainest_shell() -> None:
    assert DEV.startswith("#!/bin/sh\n")
    assert os.access(TOP / "dev", os.X_OK)
    shell = shutil.which("dash") or "sh"
    read = subprocess.run([shell, "-n", TOP / "dev"], capture_output=True, text=True, check=False)
    assert (read.returncode, read.stderr) == (0, "")
    assert not re.search(r"\[\[|\bfunction \w|\blocal\b|<<<|\bsource\b|\$'|&>", DEV), "this is bash, not POSIX"


def test_the_script_names_no_address_and_no_path_of_a_machine() -> None:
    assert ADDRESS.findall(DEV) == []
    assert MACHINE_PATH.findall(DEV) == []
    assert "index-url " not in DEV.replace("global.index-url ", "")


def test_help_tells_of_every_command() -> None:
    told = _dev("help").stdout
    assert told.startswith("./dev ")
    for command in _commands_of_dev() - {"serve", "-h", "--help"}:
        assert re.search(rf"^\./dev {command}\b", told, re.MULTILINE), command


def test_an_unknown_command_is_answered_with_the_help() -> None:
    answer = _dev("dance")
    assert answer.returncode == 1
    assert "There is no ./dev dance." in answer.stderr
    assert "./dev test" in answer.stderr


def test_the_doctor_changes_nothing() -> None:
    stamp = TOP / ".venv" / "stamp"
    before = stamp.read_bytes() if stamp.exists() else None
    told = _dev("doctor")
    assert "python" in told.stdout
    assert (stamp.read_bytes() if stamp.exists() else None) == before


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_every_dev_command_a_page_gives_exists(page: str) -> None:
    text = (TOP / page).read_text()
    given = set(re.findall(r"\./dev ([a-z]+)\b", text))
    assert "./dev" in text
    assert given <= _commands_of_dev()
    for path in re.findall(r"\]\(((?!https?:|#|mailto:)[^)\s]+)\)", text):
        assert (TOP / path.partition("#")[0]).exists(), f"{page} points at {path}"


def test_ci_calls_what_the_readme_gives_and_nothing_else() -> None:
    lines = [line.strip() for line in (TOP / ".ci" / "run").read_text().splitlines()]
    calls = [line for line in lines if line and not line.startswith(("#", "set ", "cd "))]
    assert calls == ["exec ./dev test"]
    assert os.access(TOP / ".ci" / "run", os.X_OK)
    assert "./dev test" in (TOP / "README.md").read_text()


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_every_requirement_is_pinned_and_hashed_without_an_address(name: str) -> None:
    text = (TOP / name).read_text()
    assert "://" not in text
    assert not re.search(r"^\s*-(?!-hash=)", text, re.MULTILINE), "an option of an installer"
    entries = re.split(r"^(?=\S)", text, flags=re.MULTILINE)[1:]
    assert entries
    for entry in entries:
        assert re.match(r"[\w.-]+(\[[\w,]+\])?==\S+", entry), entry.splitlines()[0]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry.splitlines()[0]


def test_the_developers_packages_contain_the_sites_own_at_the_same_versions() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^\S+==\S+", (TOP / name).read_text(), re.MULTILINE))

    assert pins("requirements.txt") <= pins("requirements-sso.txt") <= pins("requirements-dev.txt")
    assert pins("requirements.txt") <= pins("requirements-cjk.txt")
    assert pins("requirements.txt") <= pins("requirements-s3.txt") <= pins("requirements-dev.txt")


def test_the_notice_names_every_font_that_travels_with_the_code() -> None:
    notice = (TOP / "NOTICE").read_text().lower().replace(" ", "")
    licences = [path for room in ("lms", "certificates") for path in (TOP / room).rglob("OFL-*.txt")]
    assert licences
    for licence in licences:
        family = licence.stem.removeprefix("OFL-").lower().replace("-", "")
        assert family in notice, f"{licence.relative_to(TOP)} has no line in NOTICE"


def test_no_setting_is_read_from_the_environment_anywhere_else() -> None:
    elsewhere = [
        path.relative_to(TOP).as_posix()
        for path in (TOP / "lms").rglob("*.py")
        if path.name != "settings.py" and re.search(r"environ\S*[\[(]\s*[\"']LMS_|getenv\([\"']LMS_", path.read_text())
    ]
    assert elsewhere == []


def test_queries_are_written_in_the_present_style() -> None:
    """`Model.query` and `session.query` are the old way; nobody uses them."""
    old = [
        f"{path.relative_to(TOP)}:{node.lineno}"
        for path in (TOP / "lms").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr == "query" and _names_a_model_or_session(node.value)
    ]
    assert old == []


def _names_a_model_or_session(owner: ast.expr) -> bool:
    name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    return name == "session" or (name[:1].isupper() and not name.isupper())
