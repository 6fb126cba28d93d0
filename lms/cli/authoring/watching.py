"""A folder with a course, read and checked again whenever a file in it changes."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lms.content.lint.recheck import Rechecker
from lms.content.model.bundle import Bundle, from_folder
from lms.content.model.course import Reading

LOOK_SECONDS = 0.2


@dataclass(frozen=True)
class State:
    """A course as it was saved last; `number` counts the times that it was found changed."""

    number: int
    bundle: Bundle
    reading: Reading


Marks = frozenset[tuple[str, int, int]]


class Folder:
    """The course of a folder as it is now; one thread looks for changes, others wait for them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._rechecker = Rechecker()
        self._changed = threading.Condition()
        self._marks = marks_of(path)
        self.state = self._read(1)

    def look(self) -> bool:
        """Read the course again if a file has changed; return whether one had."""
        marks = marks_of(self.path)
        if marks == self._marks:
            return False
        self._marks = marks
        state = self._read(self.state.number + 1)
        with self._changed:
            self.state = state
            self._changed.notify_all()
        return True

    def wait(self, seen: int, seconds: float) -> int:
        """Return the number of the newest state, at once if it isn't the one that was seen, else when there is one."""
        with self._changed:
            self._changed.wait_for(lambda: self.state.number != seen, seconds)
            return self.state.number

    def watch(self, stop: threading.Event, on_change: Callable[[State], None]) -> None:
        """Look for changes until told to stop."""
        while not stop.wait(LOOK_SECONDS):
            if self.look():
                on_change(self.state)

    def _read(self, number: int) -> State:
        bundle = from_folder(self.path)
        return State(number, bundle, self._rechecker.check(bundle, self.path.name))


def marks_of(folder: Path) -> Marks:
    """Return name, time and size of every file of a folder; of one that goes away meanwhile, nothing."""
    found = set()
    for here, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(here, name)
            try:
                told = path.stat()
            except OSError:
                continue
            found.add((str(path), told.st_mtime_ns, told.st_size))
    return frozenset(found)
