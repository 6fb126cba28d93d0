"""`lms check` ends with a line of figures for each course, and says the same to programmes as JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest
from click.testing import CliRunner, Result

from lms.cli.check import check
from lms.content.model.codes import CODES
from tests.conftest import ROOT
from tests.content.small_course import FILES, LESSON

SHARED = "Stay with the person until somebody else is really there."


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    for name in ("one-course", "other-course"):
        for path, text in FILES.items():
            place = tmp_path / name / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text.replace("id: small-course", f"id: {name}"), "utf-8")
        (tmp_path / name / "1-begin/1-hello.md").write_text(LESSON.replace("Dana looks up.", SHARED), "utf-8")
    return tmp_path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(check, [str(argument) for argument in arguments])


def test_the_last_line_of_each_course_holds_its_figures(shelf: Path) -> None:
    result = run(shelf / "one-course")
    assert result.exit_code == 0
    last = result.output.strip().splitlines()[-1]
    assert last.startswith("one-course: 0 errors, 1 warnings (")
    assert "1 lesson, 1 gentler version, 6 questions, 1 conversation with 2 turns and 2 ends, highest" in last


def test_json_carries_every_lesson(shelf: Path) -> None:
    [told] = json.loads(run("--json", shelf / "one-course").output)
    [lesson] = told["lessons"]
    assert {"id", "words", "grade", "minutes", "gentle", "practice"} <= lesson.keys()
    assert told["words"] == lesson["words"] and told["highest_grade"] == lesson["grade"]
    assert (told["questions"], told["gentle"], told["draft"], told["errors"]) == (6, 1, False, 0)
    assert "sentences" not in told


def test_a_code_is_explained_and_a_misspelled_one_gets_near_names() -> None:
    assert "An example that gives it, in 1-know/1-first.md:" in run("--explain", "bad-link").output
    unknown = run("--explain", "BAD_LNIK")
    assert unknown.exit_code == 1 and "Did you mean BAD_LINK" in unknown.output
    assert "Name a course" in run().output


def test_fix_says_what_it_wrote_and_a_dry_run_writes_nothing(shelf: Path) -> None:
    course = shelf / "one-course"
    module, lesson = course / "1-begin/module.md", course / "1-begin/1-hello.md"
    whole = lesson.read_bytes()
    module.write_text(FILES["1-begin/module.md"].replace("title: Begin", "title: “Begin”"), "utf-8")
    lesson.write_bytes(whole.replace(b"\n", b"\r\n").replace(b"## How", "##\u00a0How".encode()))
    spoiled = module.read_bytes()
    shown = run("--fix", "--dry-run", course)
    assert '-title: “Begin”\n+title: "Begin"\n' in shown.output and module.read_bytes() == spoiled
    told = run("--fix", course)
    assert told.exit_code == 0
    assert "one-course/1-begin/module.md: fixed CURLY_QUOTES\n" in told.output
    assert "one-course/1-begin/1-hello.md: fixed line ends, HIDDEN_SPACE\n" in told.output
    assert lesson.read_bytes() == whole and 'title: "Begin"' in module.read_text("utf-8")
    assert "one-course: nothing to fix by itself" in run("--fix", course).output
    assert sorted(path.name for path in course.rglob(".*")) == []


def test_sarif_names_each_problem_at_its_place_with_the_help_of_its_code(
    shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shelf)
    with (shelf / "one-course/1-begin/1-hello.gentle.md").open("a", encoding="utf-8") as lesson:
        lesson.write(2 * "\nRead more [here](https://example.org).\n")
    alone = run("--sarif", "-", "one-course")
    written = run("--sarif", "check.sarif", "one-course")
    log = json.loads(alone.output)
    assert json.loads((shelf / "check.sarif").read_text("utf-8")) == log and "one-course: 0 errors" in written.output
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    rules, results = log["runs"][0]["tool"]["driver"]["rules"], log["runs"][0]["results"]
    assert [rule["id"] for rule in rules] == sorted(CODES)
    for rule in rules:
        assert rule["defaultConfiguration"]["level"] in ("error", "warning")
        assert "An example that gives it" in rule["help"]["text"] and rule["help"]["markdown"]
    for result in results:
        [place] = [one["physicalLocation"] for one in result["locations"]]
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] and result["message"]["text"]
        assert (shelf / unquote(place["artifactLocation"]["uri"])).is_file()
        assert place["region"]["startLine"] > 0 and place["region"]["startColumn"] > 0
    prints = [result["partialFingerprints"]["lmsCheck/v1"] for result in results]
    assert results and len(set(prints)) == len(prints)
    assert run("--json", "--sarif", "-", "one-course").exit_code == 2


def test_several_courses_are_held_against_each_other(shelf: Path) -> None:
    one, other = json.loads(run("--json", shelf).output)
    assert "SHARED_SENTENCE" not in {finding["code"] for finding in one["findings"]}
    assert [finding for finding in other["findings"] if finding["code"] == "SHARED_SENTENCE"]
    assert run("--strict", shelf).exit_code == 1


def test_a_draft_is_listed_as_one(shelf: Path) -> None:
    page = shelf / "one-course" / "course.md"
    page.write_text(page.read_text("utf-8").replace("draw: 3", "draw: 3\nstatus: draft"), "utf-8")
    assert "(draft, " in run(shelf / "one-course").output


def test_a_course_that_cannot_be_put_together_is_told_without_figures(shelf: Path) -> None:
    (shelf / "one-course" / "course.md").write_text("---\nid: [\n---\n", "utf-8")
    result = run(shelf / "one-course")
    assert result.exit_code == 1
    assert result.output.strip().splitlines()[-1].endswith("warnings")


LOADED = """
import sys
from lms.cli import main
try:
    main(["check", sys.argv[1]])
finally:
    print(*sorted(sys.modules), sep="\\n", file=sys.stderr)
"""


def test_checking_a_course_loads_nothing_of_the_site(shelf: Path) -> None:
    command = [sys.executable, "-c", LOADED, str(shelf / "one-course")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = done.stderr.splitlines()
    assert "lms.content.lint.check" in loaded
    ours = [name for name in loaded if name.startswith("lms.") and not name.startswith(("lms.cli", "lms.content"))]
    assert ours == ["lms.foundation", "lms.foundation.logs", "lms.foundation.logs.setup"]
    assert not {"flask", "sqlalchemy", "weasyprint", "cryptography"} & set(loaded)


def test_serving_loads_nothing_of_the_app() -> None:
    program = "import sys, lms.cli.serving.serve; print(*sorted(sys.modules), sep='\\n')"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = done.stdout.splitlines()
    assert "lms.cli.serving.supervising" in loaded
    assert not {"lms.app", "lms.accounts", "lms.certification", "lms.content", "flask", "sqlalchemy"} & set(loaded)
