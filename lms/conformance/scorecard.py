"""Write a scorecard as an HTML page, as JSON, or as lines for a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from lms.conformance.findings import RuleResult, Scorecard, Verdict

SEEN_MOST = 5


def as_html(card: Scorecard) -> str:
    """Return a self-contained HTML page."""
    templates = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True)
    return templates.get_template("scorecard.html").render(
        card=card, Verdict=Verdict, problems_by_page=problems_by_page
    )


def as_data(card: Scorecard) -> dict[str, Any]:
    """Return the scorecard as JSON data; docs/conformance.md describes the keys."""
    return {
        "suite": 2,
        "system": {"name": card.name, "version": card.version, "address": card.address},
        "day": card.day,
        "counts": {verdict.value: card.count(verdict) for verdict in Verdict},
        "told": card.problems,
        "pages": [{"name": name, "kind": kind, "address": address} for name, kind, address in card.pages],
        "rules": [_rule(result) for result in card.own],
        "beside": [_rule(result) for result in card.beside],
    }


def as_lines(card: Scorecard) -> list[str]:
    """Return the scorecard for a terminal: each rule that isn't met, then the counts."""
    lines = [f"{card.name} {card.version}".strip() + f", {card.address}, {card.day}", *card.problems]
    for result in card.own:
        if result.verdict is Verdict.NOT_MET or (
            result.verdict is Verdict.NOT_CHECKED and not _listed_at_top(card, result)
        ):
            lines.append(f"{result.verdict.value}: {result.rule.id} – {result.rule.title}")
            lines += [f"    {words}" for words in problems_by_page(result)]
    counts = ", ".join(f"{card.count(verdict)} {verdict.value}" for verdict in Verdict)
    for result in card.beside:
        lines.append(f"beside it, {result.rule.title}: {result.verdict.value}")
        lines += [f"    {words}" for words in problems_by_page(result)]
    return [*lines, f"{len(card.own)} rules: {counts}."]


def _listed_at_top(card: Scorecard, result: RuleResult) -> bool:
    """True if a rule only repeats the problems that are listed at the top."""
    listed = " ".join(card.problems)
    unchecked = [finding for finding in result.pages.values() if finding.verdict is Verdict.NOT_CHECKED]
    return bool(unchecked) and all(
        words in listed or f"“{name}”" in listed for name, f in result.pages.items() for words in f.seen
    )


def problems_by_page(result: RuleResult) -> list[str]:
    """Return the problems, at most SEEN_MOST for a page, with the pages that share them."""
    if result.absent:
        return [f"the recipe says that there is no page of this kind: {', '.join(sorted(result.rule.kinds))}"]
    if not result.pages:
        return [f"the recipe has no page of this kind: {', '.join(sorted(result.rule.kinds)) or 'any'}"]
    told = (Verdict.NOT_MET, Verdict.NOT_CHECKED)
    unmet = [(name, finding) for name, finding in result.pages.items() if finding.verdict in told]
    by_words: dict[str, list[str]] = {}
    for name, finding in unmet or ([] if result.verdict is Verdict.MET else list(result.pages.items())):
        more = len(finding.seen) - SEEN_MOST
        tail = f"; and {more} more" if more > 0 else ""
        if finding.seen:
            by_words.setdefault(f"{'; '.join(finding.seen[:SEEN_MOST])}{tail}", []).append(name)
    return [f"{', '.join(names)}: {words}" for words, names in by_words.items()]


def _rule(result: RuleResult) -> dict[str, Any]:
    return {
        "id": result.rule.id,
        "title": result.rule.title,
        "verdict": result.verdict.value,
        "anchor": result.rule.anchor,
        "mark": result.rule.mark,
        "pages": [
            {"name": name, "verdict": finding.verdict.value, "seen": list(finding.seen)}
            for name, finding in result.pages.items()
        ],
    }
