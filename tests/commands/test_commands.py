"""The `lms` command: each command does what it says, says so, and fails with a status and nothing changed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click import Command, Context
from click.testing import Result

from lms.accounts import records
from lms.certification.awards.actions import note_render_trouble
from lms.cli import LINES, main
from lms.cli.awards.certificates import certificates
from tests.builders.commands import Run, of
from tests.builders.learning import earn
from tests.builders.rows import list_awards
from tests.conftest import PFA, ROOT, Site

SOMEBODY = ("lead=Ingrid Okafor", "contact=ingrid@harbour.example", "reply_time=within two days")


def listed(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    rows: list[dict[str, Any]] = json.loads(result.output)
    return rows


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A copy of the course with a lesson that lost its id."""
    folder = tmp_path / "courses" / PFA.name
    shutil.copytree(PFA, folder)
    lesson = next(folder.glob("1-*/1-*.md"))
    lesson.write_text(lesson.read_text("utf-8").replace("id: ", "idd: ", 1), "utf-8")
    return folder


def test_init_prints_a_link_that_makes_the_first_operator_and_only_the_first(lms: Run) -> None:
    lost = lms("init", "--programme", "harbour", "--name", "Harbour Hospitals")
    first = lms("init")
    assert lost.exit_code == first.exit_code == 0 and "/invitation/" in first.output
    from lms.app import create_app
    from tests.inspector import Inspector

    visitor = Inspector(create_app())
    visitor.get("/invitation/" + lost.output.split("/invitation/")[1].strip(), expect=404)
    page = visitor.get("/invitation/" + first.output.split("/invitation/")[1].strip())
    page = page.form_with("Create account").submit(
        "Create account", display_name="Ada", email="ada@example.org", password="tin cup by the sea"
    )
    assert page.h1 == "Running the site"
    again = lms("init")
    assert again.exit_code == 1 and "already has an operator" in again.output and "/invitation/" not in again.output
    with visitor.app.app_context():
        assert [programme.slug for programme in records.list_programmes()] == ["harbour"], (
            "a new link makes no programme"
        )
    assert listed(lms("people", "list", "--json"))[0]["role"] == "operator"


def test_check_says_where_each_finding_is_and_its_status_says_whether_there_was_one(lms: Run, broken: Path) -> None:
    assert lms("check", PFA).exit_code == 0
    told = lms("check", broken)
    assert told.exit_code == 1 and "1-know/1-what-pfa-is.md:" in told.output
    found = json.loads(lms("check", "--json", broken).output)
    assert found[0]["errors"] >= 1 and {"code", "path", "line", "column", "mend"} <= found[0]["findings"][0].keys()


@pytest.mark.usefixtures("with_tables")
def test_a_broken_course_is_not_published_and_nothing_of_it_shows(lms: Run, broken: Path) -> None:
    lms("programme", "set", "harbour", *SOMEBODY)
    told = lms("publish", broken)
    assert told.exit_code == 1 and "so it wasn’t published" in told.output and "Traceback" not in told.output
    from lms.app import create_app
    from tests.inspector import Inspector

    assert "There are no courses here yet." in Inspector(create_app()).get("/courses").main


@pytest.mark.usefixtures("with_tables")
def test_publishing_twice_is_publishing_once_and_other_text_needs_a_new_version(lms: Run, broken: Path) -> None:
    lms("programme", "set", "harbour", "name=Harbour Hospitals", *SOMEBODY)
    assert "published." in lms("publish", PFA).output
    assert "is already published and hasn’t changed" in lms("publish", PFA).output
    course = broken / "course.md"
    shutil.copytree(PFA, broken, dirs_exist_ok=True)
    course.write_text(course.read_text("utf-8") + "\nOne more paragraph.\n", "utf-8")
    told = lms("publish", broken)
    assert told.exit_code == 1 and "is already published, with other text" in told.output


@pytest.mark.parametrize("path", ["/no/such/folder", "docs"])
def test_what_is_no_course_is_said_plainly(lms: Run, path: str) -> None:
    told = lms("check", path)
    assert told.exit_code in {1, 2} and "Traceback" not in told.output


def test_a_course_is_checked_from_inside_its_own_folder(lms: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PFA)
    told = lms("check", ".")
    assert (
        told.exit_code == 0 and told.output.startswith((f"{PFA.name}:", "")) and f"{PFA.name}: 0 errors" in told.output
    )


def test_the_demo_stays_on_this_machine(lms: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMS_BASE_URL", "https://training.example.org")
    told = lms("demo")
    assert told.exit_code == 1 and "only runs on this machine" in told.output
    assert listed(lms("people", "list", "--json")) == []


def test_the_demo_makes_four_people_with_a_password_of_its_own_and_can_run_again(lms: Run, tmp_path: Path) -> None:
    (tmp_path / "shelf").mkdir()
    shutil.copytree(PFA, tmp_path / "shelf" / PFA.name)
    first, second = lms("demo", "--courses", tmp_path / "shelf"), lms("demo", "--courses", tmp_path / "shelf")
    assert first.exit_code == second.exit_code == 0
    assert {row["role"] for row in listed(lms("people", "list", "--json"))} == {
        "learner",
        "trainer",
        "coordinator",
        "operator",
    }
    password = first.output.strip().splitlines()[-1].split()[-1]
    assert len(password) >= 12 and password in second.output
    kept = tmp_path / "data" / "keys" / "demo-password"
    assert kept.read_text() == password and kept.stat().st_mode & 0o077 == 0


@pytest.mark.usefixtures("with_tables")
def test_tara_sees_her_own_course_as_a_learner_does_before_it_is_published(lms: Run, tmp_path: Path) -> None:
    mine = tmp_path / PFA.name
    shutil.copytree(PFA, mine)
    page = next(mine.glob("1-*/*-reactions-and-recovery.md"))
    front, body = page.read_text("utf-8").removeprefix("---\n").split("---\n", 1)
    page.write_text(f"---\n{front}---\nA sentence of mine.\n\n{body}", "utf-8")
    assert lms("demo", "--courses", mine).exit_code == 0
    from lms.app import create_app
    from tests.inspector import Inspector

    lesson = Inspector(create_app()).get(f"/courses/{PFA.name}/lessons/reactions-and-recovery")
    assert "A sentence of mine" in lesson.main
    assert lesson.follow("Read the gentler version").h1 == lesson.h1


def test_people_are_invited_or_given_their_role_at_once(sqlite_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    lms = of(sqlite_site, monkeypatch)
    assert "/invitation/" in lms("people", "add", "noor@example.org", "--programme", "harbour").output
    told = lms("people", "add", "SAM@example.org", "--role", "coordinator", "--programme", "harbour")
    assert told.exit_code == 0 and "/invitation/" not in told.output
    rows = listed(lms("people", "list", "--json", "--programme", "harbour"))
    assert {
        "email": "sam@example.org",
        "name": "Sam Osei",
        "programme": "harbour",
        "role": "coordinator",
        "account": "open",
    } in rows
    assert not [row for row in rows if row["programme"] != "harbour"]
    nowhere = lms("people", "add", "noor@example.org")
    assert nowhere.exit_code == 1 and "harbour, meadow" in nowhere.output


def test_a_programme_takes_facts_it_knows_and_refuses_others_whole(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    lms = of(sqlite_site, monkeypatch)
    told = lms("programme", "set", "harbour", "lead=Noor Haddad", "emergency=112")
    assert told.exit_code == 0 and "lead: Noor Haddad" in told.output
    assert "Noor Haddad" in sqlite_site.visitor("sam").get("/support").main
    odd = lms("programme", "set", "harbour", "lead=Nobody", "leed=Nobody")
    assert odd.exit_code == 1 and "leed" in odd.output and "Nothing was changed" in odd.output
    assert "Noor Haddad" in sqlite_site.visitor("sam").get("/support").main
    needed = lms("programme", "set", "harbour", "lead=")
    assert needed.exit_code == 1 and "Your programme offers courses" in needed.output
    assert "lead: Noor Haddad" in lms("programme", "set", "harbour", "hours=9 to 5").output
    sooner = lms("programme", "set", "harbour", "keep_answers_months=3")
    assert sooner.exit_code == 1 and "0 answers in 0 checks. Add --yes" in sooner.output
    assert "keep_answers_months: 3" in lms("programme", "set", "harbour", "keep_answers_months=3", "--yes").output


@pytest.mark.parametrize(
    ("words", "would_do"),
    [
        (("a/b",), "for example a-b."),
        (("..",), "for example harbour."),
        (("",), "for example harbour."),
        (("Zürich Süd",), "for example zurich-sud."),
        (("x--y",), "for example x-y."),
        (("a" * 41,), "for example " + "a" * 40 + "."),
        (("north", "name=  "), "Harbour Hospitals peer support"),
        (("north", "name=two\nlines"), "Harbour Hospitals peer support"),
        (("north", "country=UK"), "for example GB"),
        (("north", "country=Deutschland"), "for example GB"),
        (("north", "country=Germany"), "for example DE"),
        (("north", "country=EU"), "for example GB"),
        (("north", "country=G B"), "for example GB"),
        (("north", "signatory=Ingrid Okafor"), "Ingrid Okafor, peer support lead"),
        (("north", "signatory=Asa Holm, trainer; Ingrid Okafor,"), "Ingrid Okafor, peer support lead"),
        (("north", "signatory=, lead"), "lead, peer support lead"),
        (("north", "design=nope"), "warm"),
        (("north", "design=../warm"), "warm"),
        (("north", "lead=\u200b"), "as plain text in one line"),
        (("north", "contact=\u3164"), "as plain text in one line"),
        (("north", "lead=Noor\nHaddad"), "as plain text in one line"),
        (("north", "colour=#ffcc00"), "The nearest colour that everyone can read is #"),
        (("north", "colour=sea"), "#12466e"),
        (("north", "registration=later"), "open or closed"),
        (("north", "prior_months=0"), "from 1 to 120"),
        (("north", "timezone=London"), "Europe/London"),
        (("north", "emergency=call me"), "For example: 999"),
    ],
)
@pytest.mark.usefixtures("with_tables")
def test_what_cannot_be_set_of_a_programme_is_refused_with_a_value_that_would_do(
    lms: Run, words: tuple[str, ...], would_do: str
) -> None:
    told = lms("programme", "set", *words)
    assert told.exit_code == 1 and would_do in told.output and "Nothing was changed." in told.output
    assert "none yet" in lms("people", "add", "noor@example.org").output


@pytest.mark.parametrize("blank", ["", "  ", "\t", "\u00a0"])
@pytest.mark.usefixtures("with_tables")
def test_a_fact_of_spaces_is_no_fact(lms: Run, blank: str) -> None:
    lms("programme", "set", "north", "lead=Noor  Haddad ", "contact=noor@example.org", "reply_time=two days")
    assert "lead: Noor Haddad\n" in lms("programme", "set", "north").output
    assert "reply_time" not in lms("programme", "set", "north", f"reply_time={blank}").output
    told = lms("publish", "courses/psychological-first-aid")
    assert told.exit_code == 1 and "Missing: reply_time" in told.output


@pytest.mark.usefixtures("with_tables")
def test_a_country_is_kept_in_capital_letters_and_init_refuses_what_cannot_stand_in_an_address(lms: Run) -> None:
    assert "Nothing was changed." in lms("init", "--programme", "a/b").output
    assert "country: GB" in lms("programme", "set", "north", "country=gb", "signatory=Asa Holm, trainer;").output


def test_a_review_releases_what_waited(sqlite_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    lms = of(sqlite_site, monkeypatch)
    assert lms("programme", "set", "harbour", "--hold-unreviewed", "yes").exit_code == 0
    code = earn(sqlite_site)
    say = ("review", PFA.name, "--name", "Dr R. Amari", "--date", "2026-11-20", "--role")
    told = [lms(*say, role) for role in ("clinical", "peer", "legal")]
    assert [result.exit_code for result in told] == [0, 0, 0]
    assert "1 certificates that were waiting are issued" in "".join(result.output for result in told)
    assert sqlite_site.stranger().get(f"/verify/{code}").h1 == "This certificate is valid"
    assert lms(*say[:1], "no-such-course", *say[2:], "peer").exit_code == 1
    assert lms(*say, "friend").exit_code == 2


def test_certificates_are_listed_verified_and_withdrawn(sqlite_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    lms = of(sqlite_site, monkeypatch)
    code = earn(sqlite_site)
    rows = listed(lms("certificates", "list", "--json"))
    assert [(row["code"].replace(" ", ""), row["state"], row["name"]) for row in rows] == [(code, "valid", "Sam Osei")]
    assert listed(lms("certificates", "list", "--json", "--programme", "meadow")) == []
    told = lms("certificates", "verify", code.lower(), "--json")
    assert told.exit_code == 0 and json.loads(told.output)["state"] == "valid"
    assert lms("certificates", "revoke", code, "--reason", "no such class").exit_code == 1
    assert lms("certificates", "revoke", code, "--reason", "other").exit_code == 0
    assert lms("certificates", "verify", code).exit_code == 1
    assert "withdrawn by the programme" in sqlite_site.stranger().get(f"/verify/{code}").h1
    nobodys = lms("certificates", "verify", "0123456789ABCDEF")
    assert nobodys.exit_code == 1 and "There’s no certificate with this code." in nobodys.output


def test_a_setting_that_cannot_be_used_is_named_with_an_example(lms: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("LMS_REGISTRATION", "maybe"), ("LMS_BASE_URL", "http://training.example.org"), ("PORT", "²")):
        monkeypatch.setenv(name, value)
        told = lms("people", "list")
        assert told.exit_code == 1 and name in told.output and "An example that works" in told.output
        monkeypatch.delenv(name)


def test_the_certificates_of_a_programme_are_written_into_one_file(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lms, out = of(sqlite_site, monkeypatch), tmp_path / "all.zip"
    first = earn(sqlite_site, document=True)
    earn(sqlite_site, "lena")
    told = lms("certificates", "download", "--programme", "harbour", "--out", out)
    assert told.exit_code == 0 and "1 of 2 certificates are in" in told.output and "no PDF yet" in told.output
    with zipfile.ZipFile(out) as packed:
        assert packed.namelist() == [f"{first} Sam Osei.pdf"]
    before = out.read_bytes()
    again = lms("certificates", "download", "--programme", "harbour", "--out", out)
    assert again.exit_code == 1 and "already" in again.output and out.read_bytes() == before


def test_the_list_says_why_a_document_is_not_there(sqlite_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    lms = of(sqlite_site, monkeypatch)
    earn(sqlite_site)
    assert listed(lms("certificates", "list", "--json"))[0]["document"] == "not made yet"
    with sqlite_site.inside():
        award = list_awards()[0]
    sqlite_site.do(note_render_trouble, award.id, "a design with a slip")
    told = listed(lms("certificates", "list", "--json"))[0]["document"]
    assert told == "couldn’t be made after 1 attempt: a design with a slip"


@pytest.mark.parametrize(("words", "meant"), [(("chekc",), "check"), (("certificates", "verifi"), "verify")])
@pytest.mark.usefixtures("with_tables")
def test_a_misspelt_command_is_answered_with_the_one_that_is_meant(
    lms: Run, words: tuple[str, ...], meant: str
) -> None:
    told = lms(*words)
    assert told.exit_code == 2 and told.output.startswith("Usage: ")
    assert f"No such command '{words[-1]}'. Did you mean '{meant}'?" in told.output


def test_every_lazy_command_is_where_the_tables_say() -> None:
    for group in (main, certificates):
        context = Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert isinstance(command, Command) and command.name == name


def test_the_lines_in_the_list_of_commands_are_those_of_the_commands() -> None:
    context = Context(main)
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command
        assert command.get_short_help_str(1000) == Command(name, help=LINES[name]).get_short_help_str(1000)


def test_the_list_of_commands_imports_nothing_of_the_site() -> None:
    program = "import sys\nfrom lms.cli import main\ntry:\n    main(['--help'])\nfinally:\n    print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "certificates" in done.stdout and not {"lms.app", "lms.cli.people", "flask"} & set(done.stdout.split())
