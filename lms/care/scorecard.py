"""The scorecard as a page for people, as JSON for programmes, and as lines for a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from lms.care.findings import Judged, Scorecard, Verdict

SEEN_MOST = 5


def as_html(card: Scorecard) -> str:
    """Return one page that needs nothing else."""
    shelf = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True)
    return shelf.get_template("scorecard.html").render(card=card, Verdict=Verdict, seen_on=seen_on)


def as_data(card: Scorecard) -> dict[str, Any]:
    """Return the scorecard as docs/care-suite.md describes it."""
    return {
        "suite": 1,
        "system": {"name": card.name, "version": card.version, "address": card.address},
        "day": card.day,
        "counts": {verdict.value: card.count(verdict) for verdict in Verdict},
        "told": card.told,
        "pages": [{"name": name, "kind": kind, "address": address} for name, kind, address in card.pages],
        "rules": [_rule(one) for one in card.judged],
    }


def as_lines(card: Scorecard) -> list[str]:
    """Return the scorecard for a terminal: what is met in one line, the rest one by one."""
    lines = [f"{card.name} {card.version}".strip() + f", {card.address}, {card.day}", *card.told]
    for one in card.judged:
        if one.verdict is Verdict.NOT_MET or (one.verdict is Verdict.NOT_SEEN and not _told_above(card, one)):
            lines.append(f"{one.verdict.value}: {one.rule.id} – {one.rule.title}")
            lines += [f"    {words}" for words in seen_on(one)]
    counts = ", ".join(f"{card.count(verdict)} {verdict.value}" for verdict in Verdict)
    return [*lines, f"{len(card.judged)} rules: {counts}."]


def _told_above(card: Scorecard, one: Judged) -> bool:
    """True when a rule has nothing to say but that pages are out of sight, which stands at the head already."""
    told = " ".join(card.told)
    unseen = [finding for finding in one.pages.values() if finding.verdict is Verdict.NOT_SEEN]
    return bool(unseen) and all(
        words in told or f"“{name}”" in told for name, f in one.pages.items() for words in f.seen
    )


def seen_on(one: Judged) -> list[str]:
    """Return what was seen on which page, a few things for each."""
    if not one.pages:
        return [f"the recipe has no page of this kind: {', '.join(sorted(one.rule.kinds)) or 'any'}"]
    told = []
    for name, finding in one.pages.items():
        if finding.verdict is not Verdict.MET:
            more = len(finding.seen) - SEEN_MOST
            tail = f"; and {more} more" if more > 0 else ""
            told.append(f"{name}: {'; '.join(finding.seen[:SEEN_MOST])}{tail}")
    return told


def _rule(one: Judged) -> dict[str, Any]:
    return {
        "id": one.rule.id,
        "title": one.rule.title,
        "verdict": one.verdict.value,
        "anchor": one.rule.anchor,
        "mark": one.rule.mark,
        "pages": [
            {"name": name, "verdict": finding.verdict.value, "seen": list(finding.seen)}
            for name, finding in one.pages.items()
        ],
    }
