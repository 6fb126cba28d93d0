"""Rules, their results on a page, and the scorecard of a site."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lms.conformance.inspected_page import InspectedPage
    from lms.conformance.recipe import PageSpec


class Verdict(StrEnum):
    """The verdicts of a rule."""

    MET = "met"
    NOT_MET = "not met"
    NOT_CHECKED = "could not be looked at"
    NO_CASE = "nothing of the kind"


@dataclass(frozen=True)
class Finding:
    """The verdict of one rule on one page, and the problems it saw there."""

    verdict: Verdict
    seen: tuple[str, ...] = ()


def none_of(found: Iterable[str]) -> Finding:
    """Return met if nothing was found; otherwise not met, with each problem listed once."""
    seen = tuple(dict.fromkeys(found))
    return Finding(Verdict.NOT_MET if seen else Verdict.MET, seen)


def of_each(found: tuple[int, Iterable[str]]) -> Finding:
    """Return `none_of` the problems, or “nothing of the kind” if there was nothing to check."""
    count, problems = found
    finding = none_of(problems)
    return Finding(Verdict.NO_CASE) if not count and finding.verdict is Verdict.MET else finding


def there_is(found: object, missing: str) -> Finding:
    """Return met if something was found; otherwise not met, with `missing` as the problem."""
    return Finding(Verdict.MET) if found else Finding(Verdict.NOT_MET, (missing,))


@dataclass(frozen=True)
class Rule:
    """A named rule: what it asks, why, how it checks, and the kinds of page it concerns (all, if none are named).

    `looks_inside` is true of rules about everything on a page: a frame that can't be looked into leaves them open. A rule
    with `needs_case` is open, not met, until it has seen one page with something to check. What is `beside` comes from another
    tool and isn't counted.
    """

    id: str
    title: str
    why: str
    anchor: str
    mark: str
    how: str
    check: Callable[[InspectedPage], Awaitable[Finding]]
    kinds: frozenset[str] = frozenset()
    as_opened: bool = False
    looks_inside: bool = True
    needs_case: bool = False
    beside: bool = False

    def concerns(self, spec: PageSpec) -> bool:
        """True if this rule checks this page; a rule that is `as_opened` skips pages that needed steps."""
        return (not self.kinds or spec.kind in self.kinds) and not (self.as_opened and spec.touched)


@dataclass
class RuleResult:
    """A rule and its finding on each page; `absent` if the recipe says that the system has no page of its kinds."""

    rule: Rule
    pages: dict[str, Finding] = field(default_factory=dict)
    absent: bool = False

    @property
    def verdict(self) -> Verdict:
        """Not met if one page doesn't meet it; else open if one couldn't be checked; else met if one page meets it."""
        verdicts = {finding.verdict for finding in self.pages.values()}
        for verdict in (Verdict.NOT_MET, Verdict.NOT_CHECKED, Verdict.MET):
            if verdict in verdicts:
                return verdict
        if self.absent:
            return Verdict.NO_CASE
        return Verdict.NO_CASE if verdicts and not self.rule.needs_case else Verdict.NOT_CHECKED


@dataclass
class Scorecard:
    """The result of a run: the system, its version, the day, the pages, the rules, and what couldn't be checked."""

    name: str
    version: str
    address: str
    day: str
    pages: list[tuple[str, str, str]] = field(default_factory=list)
    results: list[RuleResult] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def own(self) -> list[RuleResult]:
        """The results of our own rules."""
        return [result for result in self.results if not result.rule.beside]

    @property
    def beside(self) -> list[RuleResult]:
        """What another tool found on the same pages."""
        return [result for result in self.results if result.rule.beside]

    def count(self, verdict: Verdict) -> int:
        """Return how many of our own rules have this verdict."""
        return sum(result.verdict is verdict for result in self.own)

    @property
    def status(self) -> int:
        """The exit status: 0 if all that there is to check is met, 1 if one rule isn't met, 2 if something couldn't be checked."""
        if self.count(Verdict.NOT_MET):
            return 1
        return 2 if self.count(Verdict.NOT_CHECKED) or not self.results else 0
