"""Events of single sign-on, which hold ids only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SingleSignOnConnected:
    """Somebody's account at a provider opens their account here from now on."""

    person_id: str


@dataclass(frozen=True)
class SingleSignOnEnded:
    """An operator ended that somebody's account at a provider opens their account here."""

    person_id: str


@dataclass(frozen=True)
class SingleSignOnRefused:
    """Somebody came from the provider and wasn't let in; `reason` is one of a few words."""

    reason: str
    person_id: str | None


@dataclass(frozen=True)
class SingleSignOnLoggedOut:
    """Somebody signed out at the provider, which ended so many of their sessions here."""

    person_id: str
    sessions: int
