"""Compiled templates and courses are made once, and nobody else's are ever loaded."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jinja2 import DictLoader, Environment

from lms.foundation.backup.data_folder import list_files, place
from lms.foundation.storage.compiled import FOLDER, CompiledFiles, CompiledTemplates, compiled_courses
from lms.library import course_cache
from lms.library.records import list_current_digests
from tests.conftest import ROOT, Site


class Counting(Environment):
    """Templates that count how often one is compiled."""

    compiled = 0

    def compile(self, *args: Any, **more: Any) -> Any:
        self.compiled += 1
        return super().compile(*args, **more)


def rendered(
    folder: Path, source: str = "Hello {{ name }}", kind: str = "page", escapes: bool = True
) -> tuple[str, int]:
    """Return what a new process would make of a template, and how often it had to compile one."""
    cache = CompiledTemplates(CompiledFiles(folder), kind)
    made = Counting(loader=DictLoader({"hello": source}), autoescape=escapes, bytecode_cache=cache)
    return made.get_template("hello").render(name="<Sam>"), made.compiled


def test_a_template_is_compiled_once_for_all_processes_and_again_when_it_changes(tmp_path: Path) -> None:
    folder = tmp_path / "compiled"
    assert rendered(folder) == ("Hello &lt;Sam&gt;", 1)
    assert rendered(folder) == ("Hello &lt;Sam&gt;", 0)
    assert rendered(folder, "Good evening {{ name }}") == ("Good evening &lt;Sam&gt;", 1)
    assert rendered(folder, kind="mail-text", escapes=False) == ("Hello <Sam>", 1)
    assert folder.stat().st_mode & 0o077 == 0 and all(file.stat().st_mode & 0o077 == 0 for file in folder.iterdir())


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:50])


def change(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[-3] ^= 1
    file.write_bytes(bytes(content))


@pytest.mark.parametrize("damage", [cut_short, change, lambda file: file.write_bytes(b"")])
def test_a_damaged_file_is_made_again(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    rendered(tmp_path / "compiled")
    [file] = (tmp_path / "compiled").iterdir()
    damage(file)
    assert rendered(tmp_path / "compiled") == ("Hello &lt;Sam&gt;", 1)
    assert rendered(tmp_path / "compiled") == ("Hello &lt;Sam&gt;", 0)


def let_others_write(folder: Path) -> None:
    folder.chmod(0o770)


def give_away(folder: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder to another account")
    os.chown(folder, 1234, -1)


def point_elsewhere(folder: Path) -> None:
    folder.rename(folder.parent / "elsewhere")
    folder.symlink_to(folder.parent / "elsewhere")


@pytest.mark.parametrize("spoil", [let_others_write, give_away, point_elsewhere])
def test_what_somebody_else_could_have_written_is_not_loaded(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    folder = tmp_path / "compiled"
    rendered(folder)
    spoil(folder)
    assert rendered(folder) == rendered(folder) == ("Hello &lt;Sam&gt;", 1)


class Trap:
    """Opens a file when somebody unpickles it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return (Path.touch, (self.path,))


def test_a_course_is_read_once_for_all_processes_and_comes_from_nowhere_else(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    data, trap = sqlite_site.settings.data, tmp_path / "sprung"

    def as_a_new_process() -> Any:
        monkeypatch.setattr(course_cache, "_courses", {})
        with sqlite_site.statements() as asked, sqlite_site.inside():
            return course_cache.get_course(digest), len(asked)

    with sqlite_site.inside():
        [digest] = list_current_digests()
    first, statements = as_a_new_process()
    assert statements > 0
    assert as_a_new_process() == (first, 0)
    # A file that is sealed by another site, however it came here, is not unpickled.
    name = f"course-{digest}"
    elsewhere = compiled_courses(tmp_path)
    elsewhere.store(name, course_cache._reader_stamp(), pickle.dumps(Trap(trap)))
    (data / FOLDER / name).write_bytes((elsewhere.folder / name).read_bytes())
    assert as_a_new_process() == (first, statements)
    assert not trap.exists()
    # Read by other code, it is read again.
    monkeypatch.setattr(course_cache, "_reader_stamp", lambda: "of another version")
    assert as_a_new_process() == (first, statements)


def test_compiled_files_are_in_no_backup_and_come_from_none(tmp_path: Path) -> None:
    data, restored = tmp_path / "data", tmp_path / "restored"
    for folder in (data, restored):
        (folder / FOLDER).mkdir(parents=True)
        (folder / "files").mkdir()
        (folder / FOLDER / "page-1").write_bytes(folder.name.encode())
        (folder / "files" / "one").write_bytes(folder.name.encode())
    assert [name for name, _path in list_files(data, None, with_keys=True)] == ["files/one"]
    (data / "restore-work").mkdir()
    place(data, restored, None)
    assert (data / "files" / "one").read_bytes() == b"restored"
    left = data / FOLDER / "page-1"
    assert not left.exists() or left.read_bytes() == b"data"


def test_commands_compile_no_template_that_was_compiled_before(filled_sqlite: Path) -> None:
    """Each process would otherwise spend a third of a second of CPU on the templates of all emails."""
    code = "import jinja2, lms.app\njinja2.Environment.compile = None\nlms.app.create_app()"
    environment = {**os.environ, "LMS_DATA": str(filled_sqlite), "LMS_DATABASE_URL": ""}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
