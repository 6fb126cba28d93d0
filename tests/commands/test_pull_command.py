"""`lms courses pull`: a course from a git repository becomes a draft, or a calm sentence says why not."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from lms.authoring.drafts.files import bundle_of
from lms.authoring.drafts.records import Draft
from lms.cli import main
from lms.cli.exchange.repositories import CannotPull, pull
from lms.foundation.db import db
from tests.conftest import Site
from tests.content.small_course import FILES, bundle

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
    before = pull(address, "main", "small")
    (repository / "small/media").mkdir()
    (repository / "small/media/passwords.png").symlink_to("/etc/passwd")
    subprocess.run(
        [*GIT, "commit", "--quiet", "--amend", "--allow-empty", "--message", "Other"], cwd=repository, check=True
    )
    commit(repository)
    after = pull(address, "main", "small")
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
            pull(address.format(**places), branch, folder, **bounds)  # type: ignore[arg-type]
        assert words.format(**places) in str(why.value) and "secret" not in str(why.value)


def test_a_machine_without_git_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotPull, match="Git isn’t installed"):
        pull("https://git.example.org/courses.git", "main", "")
