"""A course from a git repository becomes a draft, by command or by button, or a calm sentence says why not."""

from __future__ import annotations

import shutil
import socket
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from lms.accounts.records import Programme
from lms.authoring.drafts.files import bundle_of
from lms.authoring.drafts.records import Draft
from lms.authoring.repositories import records
from lms.authoring.repositories.fetching import CannotPull, Origin, pull
from lms.cli import main
from lms.foundation.audit.entries import AuditEntry
from lms.foundation.db import db
from tests.conftest import Site
from tests.content.small_course import FILES, bundle
from tests.inspector import Page

LESSON = "1-begin/1-hello.md"
GIT = ["git", "-c", "user.name=Tara", "-c", "user.email=tara@example.org", "-c", "commit.gpgsign=false"]


def commit(folder: Path) -> None:
    """Commit everything in a working copy."""
    for arguments in (["add", "--all"], ["commit", "--quiet", "--message", "Write"]):
        subprocess.run([*GIT, *arguments], cwd=folder, check=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with the small course in a folder."""
    folder = tmp_path / "courses"
    for path, text in FILES.items():
        (folder / "small" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "small" / path).write_text(text, "utf-8")
    subprocess.run([*GIT, "init", "--quiet", "--initial-branch=main", str(folder)], check=True)
    commit(folder)
    return folder


def lms_pull(site: Site, *arguments: str) -> Result:
    env = {"LMS_DATA": str(site.settings.data), "LMS_BASE_URL": site.settings.base_url}
    return CliRunner().invoke(main, ["courses", "pull", *arguments, "--programme", "harbour"], env=env)


def test_a_course_from_a_repository_becomes_a_draft_once(sqlite_site: Site, repository: Path) -> None:
    arguments = (f"file://{repository}", "--folder", "small")
    first = lms_pull(sqlite_site, *arguments)
    again = lms_pull(sqlite_site, *arguments)
    assert first.exit_code == again.exit_code == 0, first.output + again.output
    assert "A small course, commit" in first.output and "is open already" in again.output
    assert first.output.splitlines()[-1] == again.output.splitlines()[-1]
    with sqlite_site.inside():
        (draft,) = db.session.scalars(select(Draft).where(Draft.course_id == "small-course"))
        assert bundle_of(draft).files == bundle().files
    (repository / "small" / LESSON).write_text(FILES[LESSON].replace("[^WANG24]", "[^LEE24]"), "utf-8")
    commit(repository)
    broken = lms_pull(sqlite_site, *arguments)
    assert broken.exit_code == 1 and "UNKNOWN_SOURCE" in broken.output and "no draft was started" in broken.output


def test_a_rewritten_branch_and_a_link_out_of_the_course_are_no_trouble(repository: Path) -> None:
    address = f"file://{repository}"
    before = pull(Origin(address, "main", "small"))
    (repository / "small/media").mkdir()
    (repository / "small/media/passwords.png").symlink_to("/etc/passwd")
    subprocess.run(
        [*GIT, "commit", "--quiet", "--amend", "--allow-empty", "--message", "Other"], cwd=repository, check=True
    )
    commit(repository)
    after = pull(Origin(address, "main", "small"))
    assert before.commit != after.commit and before.bundle.files == after.bundle.files
    assert after.bundle.refused == (("PATH_OUTSIDE", "media/passwords.png"),)


REFUSED = [
    ("file://{here}", "other", "small", {}, "has no branch other"),
    ("file://{here}", "main", "nowhere", {}, "has no such folder"),
    ("file://{here}", "main", "small/1-begin", {}, "no course.md in that folder"),
    ("file://{here}-gone", "main", "small", {}, "can’t be read"),
    ("file://{here}", "main", "small", {"most": 4000}, "MB, so it wasn’t read"),
    (
        "https://tara:secret@127.0.0.1:{port}/x.git",
        "main",
        "",
        {"seconds": 1},
        "https://127.0.0.1:{port}/x.git took too",
    ),
    ("ext::sh -c touch", "main", "", {}, "starts with https://"),
    ("{here}", "main", "", {}, "starts with https://"),
    ("https://[", "main", "", {}, "starts with https://"),
    ("file://{here}", "--upload-pack=x", "", {}, "isn’t the name of a branch"),
    ("file://{here}", "main", "../../etc", {}, "isn’t a folder"),
]


@pytest.mark.parametrize(("address", "branch", "folder", "bounds", "words"), REFUSED)
def test_what_cannot_be_pulled_is_told_calmly(
    repository: Path, address: str, branch: str, folder: str, bounds: dict[str, float], words: str
) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        places = {"here": repository, "port": silent.getsockname()[1]}
        with pytest.raises(CannotPull) as why:
            pull(Origin(address.format(**places), branch, folder), **bounds)  # type: ignore[arg-type]
        assert words.format(**places) in str(why.value) and "secret" not in str(why.value)


def test_a_machine_without_git_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotPull, match="Git isn’t installed"):
        pull(Origin("https://git.example.org/courses.git"))


PAGE, SET_UP = "/programmes/harbour/writing/repositories", "/programmes/harbour/writing/repository"


def set_up(site: Site, address: str, expect: int = 200, **other: str) -> Page:
    fields = {"course": "small-course", "address": address, "branch": "main", "folder": "small", **other}
    return site.visitor("ada").get(SET_UP).form(SET_UP).submit(expect=expect, **fields)


def test_tara_brings_in_the_course_that_ada_set_up(sqlite_site: Site, repository: Path) -> None:
    site = sqlite_site
    assert "Saved." in set_up(site, f"file://{repository}").main
    assert "Set up a repository" not in site.visitor("tara").get(PAGE).links()
    page = site.visitor("tara").get("/programmes/harbour/writing").follow("Git repositories").form(PAGE).submit()
    assert "We’re reading the repository" in page.main
    with site.inside():
        assert not db.session.scalar(select(Draft.id).where(Draft.course_id == "small-course")), "a page ran git"
    site.work()
    page = page.follow("Refresh (small-course)")
    assert "Brought in as a draft on" in page.main
    page.follow("Open the draft (small-course)")


STOPS = [
    ({LESSON: FILES[LESSON].replace("[^WANG24]", "[^LEE24]")}, "small-course", f"{LESSON}:"),
    ({}, "another-course", "The folder holds another course."),
    ({"course.md": None}, "small-course", "We couldn’t read the repository."),
]


@pytest.mark.parametrize(("files", "course", "words"), STOPS)
def test_what_cannot_be_brought_in_waits_for_somebody_to_ask_again(
    sqlite_site: Site, repository: Path, caplog: pytest.LogCaptureFixture,
    files: dict[str, str | None], course: str, words: str,
) -> None:  # fmt: skip
    set_up(sqlite_site, f"file://{repository}", course=course)
    for path, text in files.items():
        if text is None:
            shutil.rmtree(repository)
        else:
            (repository / "small" / path).write_text(text, "utf-8")
            commit(repository)
    page = sqlite_site.visitor("tara").get(PAGE).form(PAGE).submit()
    sqlite_site.work()
    sqlite_site.work()
    page = page.follow(f"Refresh ({course})")
    assert words in page.main and "Nothing was changed" in page.main
    assert "We’re reading" in page.form(PAGE).submit().main
    with sqlite_site.inside():
        told = [entry.facts for entry in db.session.scalars(select(AuditEntry))]
        (source,) = records.list_sources(db.session.scalars(select(Programme.id)).first() or "")
        db.session.delete(source)
        db.session.commit()
    assert str(repository) not in caplog.text + repr(told)


@pytest.mark.parametrize(
    "address", ["https://tara:secret@git.example.org/x.git", "https://token@git.example.org/x", "x"]
)
def test_an_address_with_a_password_in_it_is_not_stored(sqlite_site: Site, address: str) -> None:
    page = set_up(sqlite_site, address, expect=422)
    assert ("password or token" in page.main) == ("@" in address)
    env = {"LMS_DATA": str(sqlite_site.settings.data), "LMS_BASE_URL": sqlite_site.settings.base_url}
    said = CliRunner().invoke(main, ["courses", "source", "small-course", address, "--programme", "harbour"], env=env)
    assert said.exit_code == 1 and "Nothing was saved." in said.output
    assert "small-course" not in sqlite_site.visitor("tara").get(PAGE).main
