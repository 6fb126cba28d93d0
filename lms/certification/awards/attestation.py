"""What a certificate attests, as plain values, and the JSON in which it is stored with its award."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Literal

Level = Literal["completed", "ready"]
Scope = Literal["whole", "course", "changes"]


@dataclass(frozen=True)
class ObservedPractice:
    """One observed practice: the day, and the observer with their role; the name is empty once it was removed."""

    on: date
    observer: str
    role: str


@dataclass(frozen=True)
class FirstCompletion:
    """What the first certificate of an enrolment attested, which every renewal repeats."""

    on: date
    version: str
    score: int
    safety: bool
    practice: int
    practice_otherwise: int = 0
    practice_waived: int = 0
    lessons: int | None = None

    @property
    def played(self) -> int:
        """Return how many of the conversations asked for were played."""
        return self.practice - self.practice_otherwise - self.practice_waived


@dataclass(frozen=True)
class Renewal:
    """What a renewal asked for: how many changed lessons and questions, the version it renewed, and what came first.

    The scope is the whole check, questions across the course, or questions on what changed.
    """

    scope: Scope
    since: str
    lessons: int
    asked: int
    first: FirstCompletion


@dataclass(frozen=True)
class Attestation:
    """What a certificate attests.

    `minutes` is the time of what was done, `score` the percentage asked for in the check, and `safety` whether it had
    safety questions. `lessons` and `practice` are how many lessons and conversations were asked for; of these, some
    were known already, some replaced by recognised prior learning (`…_otherwise`), some exempted (`…_waived`).
    `lessons` is None on certificates made before lessons were asked for; their minutes are those of the course.
    """

    minutes: int
    score: int
    safety: bool
    practice: int
    lessons: int | None = None
    lessons_known: int = 0
    lessons_otherwise: int = 0
    lessons_waived: int = 0
    practice_otherwise: int = 0
    practice_waived: int = 0
    observations: tuple[ObservedPractice, ...] = ()
    ready_on: date | None = None
    renewal: Renewal | None = None
    does_not_attest: str = ""
    design: str = ""
    language: str = "en"

    @property
    def played(self) -> int:
        """Return how many of the conversations asked for were played."""
        return self.practice - self.practice_otherwise - self.practice_waived

    @property
    def level(self) -> Level:
        """Return which of the two levels it is of."""
        return "ready" if self.ready_on else "completed"

    @property
    def all_lessons_asked(self) -> bool:
        """Return whether all lessons were asked for, the first time; where nothing says so, they were."""
        asked = self.renewal.first.lessons if self.renewal else self.lessons
        return asked is None or asked > 0

    def raised(self, observations: Iterable[ObservedPractice], on: date) -> Attestation:
        """Return the same for somebody who is ready to practise since a day, as these observations show."""
        return replace(self, observations=tuple(observations), ready_on=on)

    def without_readiness(self) -> Attestation:
        """Return the same for somebody who completed the course, and no more."""
        return replace(self, observations=(), ready_on=None)

    def without_observers(self) -> Attestation:
        """Return the same with the days of observed practice, and without the names of those who observed it."""
        return replace(self, observations=tuple(replace(each, observer="") for each in self.observations))

    def as_first(self, version: str, on: date) -> FirstCompletion:
        """Return what a renewal of this repeats; the version and day count where this one is the first itself."""
        if self.renewal:
            return self.renewal.first
        return FirstCompletion(
            on=on,
            version=version,
            score=self.score,
            safety=self.safety,
            practice=self.practice,
            practice_otherwise=self.practice_otherwise,
            practice_waived=self.practice_waived,
            lessons=self.lessons,
        )

    def as_json(self) -> dict[str, Any]:
        """Return this as it is stored."""
        stored: dict[str, Any] = {"minutes": self.minutes}
        if self.lessons is not None:
            stored["lessons"] = self.lessons
        stored |= {
            "score": self.score,
            "safety": self.safety,
            "practice": self.practice,
            "level": self.level,
            "observed": len(self.observations),
            "does_not_attest": self.does_not_attest,
            "design": self.design,
            "language": self.language,
            "lessons_known": self.lessons_known,
            "lessons_otherwise": self.lessons_otherwise,
            "lessons_waived": self.lessons_waived,
            "practice_otherwise": self.practice_otherwise,
            "practice_waived": self.practice_waived,
        }
        if self.observations:
            stored["observations"] = [{**asdict(each), "on": each.on.isoformat()} for each in self.observations]
        if self.ready_on:
            stored["ready_on"] = self.ready_on.isoformat()
        if self.renewal:
            renewal = asdict(self.renewal)
            first = renewal.pop("first") | {"on": self.renewal.first.on.isoformat()}
            stored["renewal"] = renewal
            stored["first"] = {name: value for name, value in first.items() if value is not None}
        return stored

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Attestation:
        """Return what is stored; what an older certificate doesn't say has its usual value."""
        ready_on, renewal = stored.get("ready_on"), stored.get("renewal")
        return cls(
            minutes=stored.get("minutes", 0),
            score=stored.get("score", 0),
            safety=stored.get("safety", False),
            practice=stored.get("practice", 0),
            lessons=stored.get("lessons"),
            lessons_known=stored.get("lessons_known", 0),
            lessons_otherwise=stored.get("lessons_otherwise", 0),
            lessons_waived=stored.get("lessons_waived", 0),
            practice_otherwise=stored.get("practice_otherwise", 0),
            practice_waived=stored.get("practice_waived", 0),
            observations=tuple(
                ObservedPractice(date.fromisoformat(each["on"]), each["observer"], each["role"])
                for each in stored.get("observations", ())
            ),
            ready_on=date.fromisoformat(ready_on) if ready_on else None,
            renewal=Renewal(**renewal, first=_first_from(stored["first"])) if renewal else None,
            does_not_attest=stored.get("does_not_attest", ""),
            design=stored.get("design", ""),
            language=stored.get("language", "en"),
        )


def _first_from(stored: Mapping[str, Any]) -> FirstCompletion:
    return FirstCompletion(**{**stored, "on": date.fromisoformat(stored["on"])})
