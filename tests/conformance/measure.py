"""Measure the suite on the corpus and write the tables of docs/conformance.md (`python -m tests.conformance.measure`).

With parts of variants' names, it only prints what it saw of these.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime

from tests.conformance.corpus_pages import corpus
from tests.conformance.corpus_run import Measured, measure
from tests.conformance.corpus_tables import FILE, RESULTS, filled, results_of


def show(found: list[Measured]) -> None:
    """Print what was missed, and what was reported although it is clean."""
    for one in found:
        name = one.variant.id
        if not one.caught:
            print(f"missed {name}: {one.verdict} {' | '.join(one.seen)}")
        for rule, seen in one.alarms.items():
            print(f"false alarm {name}: {rule}: {' | '.join(seen)}")
        for problem in one.problems:
            print(f"{name}: {problem}")
    caught, alarms = sum(one.caught for one in found), sum(bool(one.alarms) for one in found)
    print(f"{len(found)} variants, {caught} caught, {alarms} with a false alarm")


def publish(found: list[Measured]) -> None:
    """Store the results of the edition that is measured, and write the tables."""
    results = json.loads(RESULTS.read_text("utf-8"))
    results |= results_of(found, datetime.now(UTC).date().isoformat())
    RESULTS.write_text(json.dumps(results, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
    FILE.write_text(filled(FILE.read_text("utf-8"), results), "utf-8")


if __name__ == "__main__":
    parts = sys.argv[1:]
    measured = measure(one for name, one in corpus().items() if not parts or any(part in name for part in parts))
    show([one for one in measured if parts or not one.variant.held])
    if not parts:
        publish(measured)
