"""What a drill found: how much was lost, torn or doubled, how long anybody waited, and what else went amiss."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

HEAD = ("Drill", "What was done", "Lost / torn / doubled", "Slowest", "Planted fault caught")


class Skip(Exception):
    """A drill can't be played on this machine; the words say what it lacks."""


@dataclass
class Outcome:
    """What came of one drill. It held if nothing is counted and nothing was amiss.

    `lost` was acknowledged and isn't there, `torn` is there in part, `doubled` is there more often than it should be.
    `slowest` is the longest wait in seconds, for what `slowest_of` names.
    """

    done: str = ""
    lost: int = 0
    torn: int = 0
    doubled: int = 0
    slowest: float | None = None
    slowest_of: str = "an answer"
    amiss: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    skipped: str = ""
    # The drill itself came to no end, which says nothing about the site.
    broke: str = ""

    @property
    def holds(self) -> bool:
        """Whether the site did what it promises."""
        return not (self.lost or self.torn or self.doubled or self.amiss or self.skipped or self.broke)

    def expect(self, is_so: bool, otherwise: str) -> None:
        """Note what was amiss, unless it is as it should be."""
        if not is_so:
            self.amiss.append(otherwise)

    def within(self, seconds: float, most: float, what: str) -> None:
        """Note a wait that was longer than it may be."""
        self.expect(seconds <= most, f"{what} took {seconds:.1f} s, more than {most:g} s")

    def add(self, other: Outcome) -> None:
        """Take over what another part of the same drill found."""
        self.lost, self.torn, self.doubled = (
            self.lost + other.lost,
            self.torn + other.torn,
            self.doubled + other.doubled,
        )
        self.amiss += other.amiss
        self.notes += other.notes
        self.slowest = max((one for one in (self.slowest, other.slowest) if one is not None), default=None)

    def says(self) -> str:
        """Return in a few words why it didn't hold."""
        counted = [
            f"{count} {word}"
            for count, word in ((self.lost, "lost"), (self.torn, "torn"), (self.doubled, "doubled"))
            if count
        ]
        more = [f"and {len(self.amiss) - 1} more"] if len(self.amiss) > 1 else []
        return "; ".join([*counted, *self.amiss[:1], *more])


@dataclass(frozen=True)
class Scale:
    """How large a drill is: how often it kills or interrupts, how many people play, for how many seconds.

    Ratios and percentiles are judged on a quiet machine only; elsewhere they are reported.
    """

    times: int
    people: int
    seconds: float
    quiet: bool = False


Play = Callable[[Path, str, str, Scale], Outcome]


@dataclass(frozen=True)
class Drill:
    """One drill: what it's called, what the site promises, how it's played, and the fault that it has to catch.

    `play` takes an empty folder, the database (`sqlite` or `postgres`), the planted fault or none, and the scale.
    `brief` is the scale at which the fault is planted.
    """

    name: str
    promise: str
    play: Play
    fault: str
    full: Scale
    brief: Scale
    databases: tuple[str, ...] = ("sqlite", "postgres")


@dataclass(frozen=True)
class Row:
    """A line of the table: a drill on a database, its outcome, and what it said of the planted fault."""

    drill: Drill
    database: str
    outcome: Outcome | None
    planted: Outcome | None

    @property
    def holds(self) -> bool:
        """Whether the site held, and the drill catches its fault."""
        outcome_holds = self.outcome is None or self.outcome.holds or bool(self.outcome.skipped)
        caught = self.planted is None or not (self.planted.holds or self.planted.broke)
        return outcome_holds and caught

    def cells(self) -> tuple[str, ...]:
        """Return what stands in the table."""
        name = f"{self.drill.name}, {'PostgreSQL' if self.database == 'postgres' else 'SQLite'}"
        return (name, *_told(self.outcome), _caught(self.planted))


def _told(outcome: Outcome | None) -> tuple[str, str, str]:
    if outcome is None:
        return "not played", "–", "–"
    if outcome.skipped:
        return f"skipped: {outcome.skipped}", "–", "–"
    if outcome.broke:
        return f"the drill broke: {outcome.broke}", "–", "–"
    counts = f"{outcome.lost} / {outcome.torn} / {outcome.doubled}"
    slowest = "–" if outcome.slowest is None else f"{outcome.slowest:.2f} s for {outcome.slowest_of}"
    return "; ".join([outcome.done, *outcome.notes]), counts, slowest


def _caught(planted: Outcome | None) -> str:
    if planted is None:
        return "not planted"
    if planted.skipped:
        return f"skipped: {planted.skipped}"
    if planted.broke:
        return f"the drill broke: {planted.broke}"
    return f"yes: {planted.says()}" if not planted.holds else "NO"


def as_table(rows: Sequence[Row]) -> str:
    """Return the rows as a table in Markdown, with what was amiss below it."""
    lines: Iterable[Sequence[str]] = [HEAD, ["---"] * len(HEAD), *(row.cells() for row in rows)]
    told = [f"| {' | '.join(line)} |" for line in lines]
    for row in rows:
        if row.outcome and row.outcome.amiss:
            told += ["", f"{row.cells()[0]} didn’t hold:", *(f"- {words}" for words in row.outcome.amiss)]
    return "\n".join(told)
