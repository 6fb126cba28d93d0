"""The job that brings in a course when somebody asks for it: once, and again only when somebody asks again."""

from __future__ import annotations

import logging

from lms.authoring.repositories import records
from lms.authoring.repositories.actions import BroughtIn, Stopped, bring_in
from lms.foundation.db import write

log = logging.getLogger("lms.authoring.repositories")

ERRORS_SHOWN = 3


def work(key: str) -> None:
    """Bring in one course, and note what became of it; an address is never logged."""
    source = write(records.take, key)
    if source is None:
        return
    asked_at = source.asked_at
    try:
        done = bring_in(source.programme_id, source.origin, source.course_id)
    except Exception as error:
        log.error("a course couldn't be brought in from its repository: %s", type(error).__name__)
        done = Stopped("trouble", "")
    if isinstance(done, BroughtIn):
        write(records.note, key, asked_at, "draft" if done.draft else "nothing", done.draft, None, "")
    else:
        write(records.note, key, asked_at, "stopped", None, done.reason, _detail_of(done))


def _detail_of(stopped: Stopped) -> str:
    """Return the first errors of a course by file, line and code; nothing of what git said, which names addresses."""
    return "\n".join(f"{one.path}:{one.line} {one.code}" for one in stopped.errors[:ERRORS_SHOWN])


def sweep() -> None:
    """Do what was asked for and not started, and note what was interrupted."""
    write(records.end_interrupted)
    for key in records.list_untaken():
        work(key)
