"""What checking a large course costs while it is being written."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from lms.cli.authoring.preview_app import make_app
from lms.cli.authoring.watching import Folder
from lms.content.lint.recheck import Rechecker
from lms.content.model.bundle import Bundle, from_folder

COURSES = Path(__file__).parents[2] / "courses"
LESSONS, EDITS = 60, 8
# What belongs to a course once.
_ONCE = ("course.md", "check.md", "glossary.md")


@dataclass(frozen=True)
class Writing:
    """CPU seconds of the first check of a course, and of one after an edit of one lesson, half of them within."""

    lessons: int
    first: float
    again: float


def lesson_of(words: int) -> str:
    """Return the Markdown of a lesson with so many words, from those of a shipped one."""
    text = (COURSES / "psychological-first-aid/1-know/1-what-pfa-is.md").read_text("utf-8")
    front, body = text.partition("\n---\n")[::2]
    paragraphs = [part for part in body.split("\n\n") if part[:1].isalpha()]
    found: list[str] = []
    while sum(len(part.split()) for part in found) < words:
        found += paragraphs
    return f"{front}\n---\n" + "\n\n".join(found)


def preview_after_save(folder: Path) -> tuple[int, float]:
    """Return the words of a lesson, and the CPU seconds from a saved change of it to its page, half of them within."""
    course, page = folder / "course", "1-know/1-what-pfa-is.md"
    (folder / "data").mkdir(parents=True)
    shutil.copytree(COURSES / "psychological-first-aid", course)
    text, times = lesson_of(1500), []
    (course / page).write_text(text, "utf-8")
    watched = Folder(course)
    browser = make_app(watched, folder / "data", 8010).test_client()
    for number in range(EDITS):
        (course / page).write_text(f"{text}\n\nOnce more: {'more ' * number}.\n", "utf-8")
        began = time.process_time()
        watched.look()
        reply = browser.get("/preview/lesson/what-pfa-is", base_url="http://127.0.0.1:8010")
        times.append(time.process_time() - began)
        assert reply.status_code == 200, reply.status
    return len(text.split()), sorted(times)[len(times) // 2]


def large_course() -> dict[str, bytes]:
    """Return the files of one course with the lessons of all that are shipped, sixty and more."""
    files: dict[str, bytes] = {}
    for place, page in enumerate(sorted(COURSES.glob("*/course.md"))):
        for path, content in from_folder(page.parent).files.items():
            number, hyphen, rest = path.partition("-")
            if number.isdigit() and hyphen:
                files[f"{int(number) + 10 * place}-{rest}"] = content
            elif path not in _ONCE or place == 0:
                files[path] = content
    return files


def check_while_writing() -> Writing:
    """Check a large course, then again after each of a few edits."""
    files, rechecker, times = large_course(), Rechecker(), []
    lessons = [path for path in files if path[0].isdigit() and path.count("-") > 1 and ".gentle" not in path]
    first = _cpu(rechecker, files)
    for path in lessons[:: len(lessons) // EDITS]:
        files = files | {path: files[path] + b"\nOne sentence more.\n"}
        times.append(_cpu(rechecker, files))
    read = rechecker.check(Bundle(files)).so_far
    return Writing(len(read.lessons) if read else 0, first, sorted(times)[len(times) // 2])


def _cpu(rechecker: Rechecker, files: dict[str, bytes]) -> float:
    began = time.process_time()
    rechecker.check(Bundle(files))
    return time.process_time() - began
