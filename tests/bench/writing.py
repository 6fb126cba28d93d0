"""What checking a large course costs while it is being written."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

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
