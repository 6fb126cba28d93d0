"""What a rule says about a page, what all rules together say about a site, and what a rule is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lms.care.inspected_page import Looked
    from lms.care.recipe import PageToSee


class Verdict(StrEnum):
    """The three things that a rule can say."""

    MET = "met"
    NOT_MET = "not met"
    NOT_SEEN = "could not be looked at"


@dataclass(frozen=True)
class Finding:
    """What one rule says about one page, and what was seen there."""

    verdict: Verdict
    seen: tuple[str, ...] = ()


def none_of(found: Iterable[str]) -> Finding:
    """Return met when nothing was found; otherwise not met, with each thing told once."""
    seen = tuple(dict.fromkeys(found))
    return Finding(Verdict.NOT_MET if seen else Verdict.MET, seen)


def there_is(found: object, missing: str) -> Finding:
    """Return met when something is there; otherwise not met, with words that say what is missing."""
    return Finding(Verdict.MET) if found else Finding(Verdict.NOT_MET, (missing,))


@dataclass(frozen=True)
class Rule:
    """A named rule: what it asks, why, how it is checked, and on which kinds of page (none named: on all)."""

    id: str
    title: str
    why: str
    anchor: str
    mark: str
    how: str
    check: Callable[[Looked], Awaitable[Finding]]
    kinds: frozenset[str] = frozenset()
    as_opened: bool = False

    def concerns(self, to_see: PageToSee) -> bool:
        """True when this page is looked at by this rule; `as_opened` leaves out pages that steps brought forth."""
        return (not self.kinds or to_see.kind in self.kinds) and not (self.as_opened and to_see.touched)


@dataclass
class Judged:
    """A rule with what it says about each page."""

    rule: Rule
    pages: dict[str, Finding] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        """Not met as soon as one page does not meet it; met only when every page was looked at, and one at least."""
        said = {finding.verdict for finding in self.pages.values()}
        if Verdict.NOT_MET in said:
            return Verdict.NOT_MET
        return Verdict.MET if said == {Verdict.MET} else Verdict.NOT_SEEN


@dataclass
class Scorecard:
    """All that was found: the system, its version, the day, the pages, the rules, and what stood in the way."""

    name: str
    version: str
    address: str
    day: str
    pages: list[tuple[str, str, str]] = field(default_factory=list)
    judged: list[Judged] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def count(self, verdict: Verdict) -> int:
        """Return how many rules say this."""
        return sum(one.verdict is verdict for one in self.judged)

    @property
    def status(self) -> int:
        """The exit status: 0 all met, 1 something is not met, 2 something could not be looked at."""
        if self.count(Verdict.NOT_MET):
            return 1
        return 2 if self.count(Verdict.NOT_SEEN) or not self.judged else 0
