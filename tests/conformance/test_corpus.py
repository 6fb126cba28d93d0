"""The corpus is whole, and the rates in docs/conformance.md are those that the suite reaches on it."""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from hashlib import sha256

import pytest

from lms.conformance.rules import all_rules
from tests.conformance.corpus_pages import CLEAN, DEFECT, corpus, fingerprint
from tests.conformance.corpus_run import Measured, measure
from tests.conformance.corpus_tables import FILE, NOW, RESULTS, filled, results_of

RESULT = json.loads(RESULTS.read_text("utf-8"))
SAMPLE = 6
CAUGHT_AT_LEAST, ALARMS_AT_MOST = 0.9, 0.02


def in_a_thread(*what: object) -> list[Measured]:
    """Measure in a thread of its own, because other tests keep a browser open in this one."""
    found: list[Measured] = []
    thread = threading.Thread(target=lambda: found.extend(measure(*what)))  # type: ignore[arg-type]
    thread.start()
    thread.join()
    return found


def test_every_rule_has_variants_and_every_twin_is_another_page() -> None:
    variants = corpus().values()
    rules = {rule.id for rule in all_rules()}
    assert {one.rule for one in variants} == rules
    assert min(Counter(one.rule for one in variants).values()) >= 3 and len(variants) >= 150
    for one in variants:
        pages = [(one.page(side), one.page(side, sent=True), one.headers(side)) for side in (DEFECT, CLEAN)]
        assert pages[DEFECT] != pages[CLEAN] and one.keys.get("defect"), one.id
        assert not re.search("[⟪⟫¦]|@[a-z]+@", str(pages)), one.id


def test_the_tables_are_those_of_this_corpus() -> None:
    assert {RESULT[one]["corpus"] for one in RESULT} == {fingerprint()}
    text = FILE.read_text("utf-8")
    assert filled(text, RESULT) == text


@pytest.mark.browser
def test_a_sample_is_caught() -> None:
    by_hash = sorted(RESULT[NOW]["caught"], key=lambda name: sha256(name.encode()).hexdigest())
    found = in_a_thread([corpus()[name] for name in by_hash[:SAMPLE]], ("defect",))
    assert [(one.variant.id, one.verdict, one.problems) for one in found if not one.caught] == []


@pytest.mark.browser
@pytest.mark.slow
def test_the_whole_corpus_reaches_the_published_rates() -> None:
    found = in_a_thread(corpus().values())
    again = results_of(found, RESULT[NOW]["day"])[NOW]
    assert set(RESULT[NOW]["caught"]) - set(again["caught"]) == set()
    assert set(again["alarms"]) - set(RESULT[NOW]["alarms"]) == set()
    assert again["caught, held"] >= RESULT[NOW]["caught, held"] and again["alarms, held"] <= RESULT[NOW]["alarms, held"]
    assert sum(one.caught for one in found) >= CAUGHT_AT_LEAST * len(found)
    assert sum(bool(one.alarms) for one in found) <= ALARMS_AT_MOST * len(found)
