"""Who is in the demo's programme, and what each of them has done: data for `lms demo`, in days before today."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

PFA, LISTENING, WELLBEING = "psychological-first-aid", "active-listening", "looking-after-yourself"
CONFIDENTIALITY, TRAUMA = "confidentiality-and-boundaries", "trauma-informed-care"
# Certificates of the shipped courses are valid for 24 months.
TWO_YEARS = 730

# Those whose sign-ins `lms demo` prints.
SIGN_INS = (
    ("sam@demo.example", "Sam Osei", "learner"),
    ("tara@demo.example", "Tara Lindqvist", "trainer"),
    ("cora@demo.example", "Cora Haddad", "coordinator"),
    ("ada@demo.example", "Ada Novak", "operator"),
)

Afterwards = Literal["exempted", "waiting for review", "withdrawn", "another name", "observed well", "observed harm"]


@dataclass(frozen=True)
class Stage:
    """How far somebody came in one course; every number but `lessons` is in days before today.

    `lessons` is the share of lessons that they finished. `not_yet` is a check that was not passed, `passed` one
    that was; without `practised`, they passed the check and have the conversations still before them.
    """

    course: str
    started: int
    lessons: float = 1
    not_yet: int | None = None
    passed: int | None = None
    practised: bool = True
    then: tuple[tuple[Afterwards, int], ...] = ()


@dataclass(frozen=True)
class Life:
    """One person: when they joined, and their courses."""

    name: str
    joined: int
    stages: tuple[Stage, ...] = field(default=())
    role: str = "learner"


def _holds(name: str, passed: int, *then: tuple[Afterwards, int], course: str = PFA) -> Life:
    """Return somebody who finished a course so many days ago."""
    return Life(name, passed + 40, (Stage(course, passed + 30, passed=passed, then=then),))


def _reads(name: str, started: int, share: float, course: str = PFA) -> Life:
    """Return somebody who has read part of a course."""
    return Life(name, started + 5, (Stage(course, started, share),))


PEOPLE = (
    # Not started yet.
    *(Life(name, 9) for name in ("Aisha Rahman", "Bartek Zielinski", "Chloe Martin", "Deepa Nair", "Oisin O'Rourke")),
    # In training: reading, about to take the check, or with the conversations before them.
    _reads("Emeka Eze", 6, 0.1),
    _reads("Fatima al-Sayed", 8, 0.3),
    _reads("Greta Holm", 15, 0.5),
    _reads("Hana Kim", 21, 0.7, LISTENING),
    _reads("Ivo Petrov", 33, 0.9),
    _reads("Jamal Carter", 48, 1),
    _reads("Zoë Álvarez", 11, 0.4, CONFIDENTIALITY),
    Life("Kasia Nowak", 40, (Stage(PFA, 35, not_yet=3),)),
    Life("Liam Byrne", 60, (Stage(PFA, 50, passed=14, practised=False),)),
    # Completed, some of them in more than one course.
    _holds("Maria Silva", 30),
    _holds("Maria Silva", 75),
    _holds("Maria Silva", 400),
    _holds("Nadia Haddad", 90),
    _holds("Lars Berg", 210, course=LISTENING),
    _holds("Olu Adeyemi", 120),
    _holds("Priya Sharma", 150, course=LISTENING),
    _holds("Quentin Dubois", 180),
    _holds("Rosa Jimenez", 240),
    _holds("Siobhan O'Brien", 300),
    _holds("Tomasz Lis", 365, course=CONFIDENTIALITY),
    Life(
        "Uma Patel",
        460,
        (
            Stage(PFA, 450, passed=420),
            Stage(LISTENING, 400, passed=370),
            Stage(CONFIDENTIALITY, 200, passed=160),
            Stage(TRAUMA, 20, 0.5),
        ),
    ),
    _holds("Victor Lund", 500, course=TRAUMA),
    _holds("Wen Zhao", 25, ("another name", 4)),
    # With practice recognised that they had before they came, and with a certificate that waits for a review.
    Life("Xenia Papadaki", 90, (Stage(PFA, 80, passed=66, practised=False, then=(("exempted", 64),)),)),
    Life("Noor Khan", 20, (Stage(PFA, 18, passed=4, practised=False, then=(("waiting for review", 2),)),)),
    # Ready to practise: somebody has seen them do it.
    _holds("Yusuf Demir", 60, ("observed well", 20)),
    _holds("Ana Kovač", 140, ("observed well", 100)),
    _holds("Ben Whitaker", 260, ("observed well", 230)),
    # Seen to do harm, and not ready until somebody has seen it go well.
    _holds("Carl Jensen", 45, ("observed harm", 6)),
    # Renewal due, in the grace period, and expired.
    _holds("Dora Weiss", TWO_YEARS - 20),
    _holds("Elif Kaya", TWO_YEARS - 55),
    _holds("Femi Balogun", TWO_YEARS + 12),
    _holds("Gwen Hughes", TWO_YEARS + 110),
    # Withdrawn, because its holder left the work.
    _holds("Henrik Dahl", 200, ("withdrawn", 30)),
    # Those who observe.
    Life("Imani Njoroge", 700, (Stage(PFA, 690, passed=650),), role="observer"),
)

# Units with those below them; people are in one after the other, by the order above.
UNITS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Emergency department", ("Day team", "Night team")),
    ("Maternity", ()),
    ("Paediatrics", ()),
)

INVITED = ("joan.price@demo.example", "karl.vogel@demo.example", "lucia.romano@demo.example")

# Feedback on lessons of the first course: the lesson's place, the choice, the words, and the day.
FEEDBACK: tuple[tuple[int, Literal["helpful", "unclear", "too_much"], str, int], ...] = (
    (0, "unclear", "The history in the first part is long. I nearly stopped there.", 60),
    (0, "unclear", "I would put what it is before where it comes from.", 45),
    (0, "helpful", "Short, and I could use it the same day.", 30),
    (1, "helpful", "Good to see in black and white that I am not meant to fix anything.", 40),
    (1, "unclear", "What is the difference between this and a debrief? We call everything a debrief.", 28),
    (2, "too_much", "The example was very close to something that happened on our ward.", 21),
    (2, "helpful", "The gentler version helped me to come back to it later.", 18),
    (3, "helpful", "", 15),
    (4, "unclear", "Night shifts have nobody to hand over to. What then?", 12),
)
