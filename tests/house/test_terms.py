"""The terms that we gave up do not come back, in the interface, email, scripts, command output or documentation."""

from __future__ import annotations

import pytest

from tests.house import terms
from tests.house.terms import TERMS, all_hits, hits_in


def test_no_text_has_a_term_that_we_gave_up() -> None:
    left = [f"{hit.place}: {hit.text} [{hit.found}] (write: {hit.instead})" for hit in all_hits()]
    assert "\n".join(sorted(left)) == ""


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ("Look into your letters", {"Look into your", "letters"}),
        ("Scan the square at the foot of it.", {"square"}),
        ("Please write at most 500 signs.", {"500 signs"}),
        ("You can have the talk again.", {"talk"}),
        ("Your best time counts, however many tries it takes.", {"best time", "tries"}),
        ("Go on where you were", {"Go on"}),
        ("Begin the check", {"Begin"}),
        ("Keep this", {"Keep"}),
        ("Your choice is kept.", {"is kept"}),
        ("It no longer stands.", {"stands"}),
        ("Make a certificate anew", {"anew"}),
        ("Issue what is earned", {"what is earned"}),
        ("Your certificate, and the further one", {"the further one"}),
        ("Met in another way, or waived", {"in another way", "waived"}),
        ("%(fit)s of the %(chosen)s fit.", {"fit"}),
        ("Two things to mend before we go on", {"mend", "go on"}),
        ("Words of this course", {"Words of this course"}),
        ("Read the remarks", {"remarks"}),
        ("What happened with your account", {"What happened with your account"}),
        ("Own data", {"Own data"}),
        ("Renew by a date, in days of grace", {"Renew by", "days of grace"}),
        ("This paper is genuine.", {"paper"}),
        ("Two findings, and nothing else amiss", {"findings", "amiss"}),
        ("Asked of you by Harbour, whom people can talk to", {"Asked of you", "whom people can talk to"}),
        ("Reset their second step, or open the account", {"Reset their second step", "open the account"}),
        ("Your present app works. It waits to leave.", {"present app", "waits to leave"}),
        ("A disk with 3 GB of room, and a certificate waits", {"of room", "certificate waits"}),
        ("Fix the one that has one safe fix", {"one safe fix"}),
        ("Call it off, or let it be offered again", {"Call it off", "be offered again"}),
        ("Questions in and out", {"Questions in and out"}),
        ("Two of them stay behind, because they can’t come in.", {"stay behind", "can’t come in"}),
        ("It has problems that keep it from being read.", {"keep it from being"}),
        ("Not published at its time", {"at its time"}),
        ("Whom it concerns", {"Whom it concerns"}),
        ("By the new marking you haven’t passed.", {"By the new marking"}),
        ("Download as zip, or choose a zip file", {"as zip", "zip file"}),
    ],
)
def test_a_planted_term_is_found(planted: str, found: set[str]) -> None:
    assert {hit.found for hit in hits_in(planted)} == found


@pytest.mark.parametrize(
    "fine",
    [
        "The letters I, L, O and U are never used in a code.",
        "Sign in to save your answers",
        "We can’t print these characters yet: %(letters)s.",
        "Talk to a person you know",
        "Keep it where only you can open it.",
        "We keep your answers for two years.",
        "“%(what)s” needs square brackets.",
        "Stand or walk",
        "Print it on paper",
        "The table fits on a screen of 320 pixels.",
        "If you have trouble signing in, ask your coordinator.",
        "An observer signs the record.",
        "Choose a ZIP file with a course in it.",
    ],
)
def test_a_word_that_means_something_else_is_left_alone(fine: str) -> None:
    assert hits_in(fine) == []


SOURCES = ("_catalogue", "_email", "_scripts", "_printed", "_docs")


@pytest.mark.parametrize("source", SOURCES)
def test_a_planted_text_of_each_source_is_found(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(list(getattr(terms, source)())) > 5
    for name in SOURCES:
        planted = [("here.html", "It stands in the register.")] if name == source else []
        monkeypatch.setattr(terms, name, lambda planted=planted: planted)
    assert [hit.found for hit in all_hits()] == ["stands"]


def test_every_term_says_what_to_write_instead() -> None:
    assert [term.pattern for term in TERMS if not term.instead] == []
