"""Checks a course again after each edit, and reads only what an edit can have changed."""

from __future__ import annotations

from threading import Lock

from lms.content.lint.check import Checked, check_with_measures
from lms.content.model.bundle import Bundle
from lms.content.model.course import Reading
from lms.content.reader.parts import PartMemory


class Rechecker:
    """One course as it is being written; each result equals that of `check`. Safe to use from several threads."""

    def __init__(self) -> None:
        self._memory = PartMemory()
        self._turn = Lock()

    def check(self, bundle: Bundle, name: str = "") -> Reading:
        """Reads and proofreads a course; `name` is its folder's, which is its id."""
        return self.check_with_measures(bundle, name).reading

    def check_with_measures(self, bundle: Bundle, name: str = "") -> Checked:
        """The same, with figures for course writers."""
        with self._turn:
            return check_with_measures(bundle, name, self._memory)
