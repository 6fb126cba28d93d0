"""Every event that the audit trail keeps can be read by operators in words, or is never shown to staff."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import is_dataclass

import lms
from lms.accounts.trail.wording import PRIVATE, event_words
from tests.conftest import Site


def test_every_event_has_words_in_the_audit_trail_or_is_between_learners_and_the_site(sqlite_site: Site) -> None:
    found = set()
    for module in pkgutil.walk_packages(lms.__path__, "lms."):
        if module.name.endswith(".events") and module.name != "lms.foundation.events":
            values = vars(importlib.import_module(module.name)).values()
            found |= {kind.__name__ for kind in values if isinstance(kind, type) and is_dataclass(kind)}
    with sqlite_site.inside():
        known = set(event_words()) | PRIVATE
    assert found == known, "name new events in lms/accounts/trail/wording.py"
