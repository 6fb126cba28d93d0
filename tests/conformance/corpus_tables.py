"""The tables of docs/conformance.md about the corpus, from the results in measured.json."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from tests.conformance.corpus_pages import Variant, corpus, fingerprint
from tests.conformance.corpus_run import Measured
from tests.conftest import ROOT

FILE = ROOT / "docs/conformance.md"
RESULTS = Path(__file__).parent / "measured.json"
FIRST, UNSEEN, NOW, AXE = "first edition", "second edition, unseen", "second edition", "axe alone"
COLUMNS = (FIRST, UNSEEN, NOW, AXE)


def results_of(found: Collection[Measured], day: str) -> dict[str, Any]:
    """Return what is published of a run: the names of variants that are shown, only a count of those that are held."""
    alone = {"caught": [one for one in found if one.caught_by_axe], "alarms": [one for one in found if one.axe_on_twin]}
    suite = {"caught": [one for one in found if one.caught], "alarms": [one for one in found if one.alarms]}
    by_rule = Counter(rule for one in found for rule in one.alarms)
    ran = {"day": day, "corpus": fingerprint(), "rules": sorted({one.variant.rule for one in found})}
    return {NOW: ran | {"alarms by rule": dict(by_rule)} | _split(suite), AXE: ran | _split(alone)}


def _split(groups: Mapping[str, list[Measured]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, group in groups.items():
        found[name] = sorted(one.variant.id for one in group if not one.variant.held)
        found[f"{name}, held"] = sum(one.variant.held for one in group)
    return found


def summary(results: Mapping[str, Any]) -> str:
    """Return the table of rates in all; a column says of how many pages where not all were measured."""
    variants = list(corpus().values())
    rows = [["", "pages", *COLUMNS], ["---"] * (2 + len(COLUMNS))]
    for title, kind, wanted in (
        ("caught, shown", "caught", {False}),
        ("caught, held back", "caught, held", {True}),
        ("caught, all", "caught, all", {False, True}),
        ("clean twins with a false alarm", "alarms, all", {False, True}),
    ):
        pool = [one for one in variants if one.held in wanted]
        rows.append([title, str(len(pool)), *(_rate(results.get(one, {}), kind, pool) for one in COLUMNS)])
    return _table(rows)


def by_rule(results: Mapping[str, Any]) -> str:
    """Return the table of the variants that are shown, rule by rule, with what this edition misses."""
    shown: dict[str, list[str]] = {}
    for name, one in corpus().items():
        if not one.held:
            shown.setdefault(one.rule, []).append(name)
    caught = {one: set(results.get(one, {}).get("caught", ())) for one in COLUMNS}
    alarms = results[NOW]["alarms by rule"]
    rows = [["rule", "variants", *COLUMNS, "false alarms", "missed"], ["---"] * (4 + len(COLUMNS))]
    for rule, names in shown.items():
        counts = [_count(results.get(one, {}), rule, caught[one] & set(names)) for one in COLUMNS]
        missed = ", ".join(name.partition("--")[2] for name in names if name not in caught[NOW])
        rows.append([f"`{rule}`", str(len(names)), *counts, str(alarms.get(rule, 0)), missed or "–"])
    return _table(rows)


def _count(results: Mapping[str, Any], rule: str, caught: Collection[str]) -> str:
    return str(len(caught)) if rule in results.get("rules", ()) else "–"


def _rate(results: Mapping[str, Any], kind: str, pool: Collection[Variant]) -> str:
    """Return a count with its rate; a dash where this wasn't measured."""
    name, _comma, part = kind.partition(", ")
    if name not in results:
        return "–"
    count = 0 if part == "held" else len(results[name])
    count += results[f"{name}, held"] if part else 0
    whole = sum(one.rule in results["rules"] for one in pool)
    return f"{count}{'' if whole == len(pool) else f' of {whole}'} ({100 * count / whole:.1f} %)"


def _table(rows: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def filled(text: str, results: Mapping[str, Any]) -> str:
    """Return the page with the tables between their marks as the results have them."""
    for name, table in (("corpus", summary(results)), ("corpus by rule", by_rule(results))):
        marks = re.compile(rf"(<!-- table: {name} -->)\n.*?(<!-- end of table -->)", re.DOTALL)
        text, count = marks.subn(lambda mark: f"{mark[1]}\n\n{table}\n\n{mark[2]}", text)  # noqa: B023
        if count != 1:
            raise ValueError(f"docs/conformance.md needs the marks of the table “{name}” once")
    return text
