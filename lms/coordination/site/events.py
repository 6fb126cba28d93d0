"""Events of running the site, which hold ids and numbers only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class WorkRetried:
    """An operator asked for work to be tried again that had stopped; `kind` is "pdf" or "email"."""

    kind: str
    count: int


@dataclass(frozen=True)
class MailTested:
    """An operator sent themselves a test email."""

    person_id: str
