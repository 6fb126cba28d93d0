"""Run the suite, and axe beside it, over variants of the corpus and their twins."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lms.conformance.browser import ARGUMENTS, NAMES
from lms.conformance.findings import Finding, Rule, Verdict, none_of
from lms.conformance.inspected_page import InspectedPage
from lms.conformance.rules import all_rules
from lms.conformance.runner import Runner
from tests.conformance.corpus_pages import CLEAN, DEFECT, Variant
from tests.conformance.corpus_server import serve_corpus
from tests.conftest import ROOT

if TYPE_CHECKING:
    from playwright.async_api import Browser

AT_ONCE = 6
PATIENT_SECONDS = 120.0
NOBODY_ELSE = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"
AXE = ROOT / "tests/vendor/axe/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Measured:
    """What was seen of one variant: the verdict of its rule, the alarms on its twin, and axe on both."""

    variant: Variant
    verdict: Verdict = Verdict.NOT_CHECKED
    seen: tuple[str, ...] = ()
    alarms: dict[str, tuple[str, ...]] = field(default_factory=dict)
    axe: set[str] = field(default_factory=set)
    axe_on_twin: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    @property
    def caught(self) -> bool:
        """True if the rule reports the defect."""
        return self.verdict is Verdict.NOT_MET

    @property
    def caught_by_axe(self) -> bool:
        """True if axe reports something on the page that it doesn't report on the twin."""
        return bool(self.axe - self.axe_on_twin)


async def _axe(inspected: InspectedPage) -> Finding:
    await inspected.page.add_script_tag(content=AXE.read_text("utf-8"))
    script = (
        "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']}).then(r => r.violations.map(v => v.id))"
    )
    return none_of(await inspected.ask(script, TAGS))


AXE_ALONE = Rule("axe-alone", "", "", "", "", "", _axe)


def measure(
    variants: Iterable[Variant], parts: Collection[str] = ("defect", "twin", "axe"), at_once: int = AT_ONCE
) -> list[Measured]:
    """Check pages with their own rule, twins with all rules, and both with axe; or only the parts that are named."""
    found = [Measured(variant) for variant in variants]
    with serve_corpus({one.variant.id: one.variant for one in found}) as address:
        asyncio.run(_measure(found, address, parts, at_once))
    return found


async def _measure(found: list[Measured], address: str, parts: Collection[str], at_once: int) -> None:
    # Imported here because most tests of the corpus need no browser.
    from playwright.async_api import async_playwright

    path = next(filter(None, map(shutil.which, NAMES)), None)
    gate = asyncio.Semaphore(at_once)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, NOBODY_ELSE])

        async def one(measured: Measured, part: str) -> None:
            async with gate:
                await PARTS[part](measured, browser, address)

        await asyncio.gather(*(one(each, part) for part in parts for each in found))
        await browser.close()


async def _defect(measured: Measured, browser: Browser, address: str) -> None:
    own = tuple(rule for rule in all_rules() if rule.id == measured.variant.rule)
    for finding in (await _check(measured, browser, address, DEFECT, own)).values():
        measured.verdict, measured.seen = finding.verdict, finding.seen


async def _twin(measured: Measured, browser: Browser, address: str) -> None:
    findings = await _check(measured, browser, address, CLEAN, all_rules())
    measured.alarms = {name: found.seen for name, found in findings.items() if found.verdict is Verdict.NOT_MET}


async def _both_with_axe(measured: Measured, browser: Browser, address: str) -> None:
    for side, found in ((DEFECT, measured.axe), (CLEAN, measured.axe_on_twin)):
        for finding in (await _check(measured, browser, address, side, (AXE_ALONE,))).values():
            found.update(finding.seen)


async def _check(
    measured: Measured, browser: Browser, address: str, side: int, rules: tuple[Rule, ...]
) -> dict[str, Finding]:
    recipe = measured.variant.recipe(side)
    runner = Runner(browser, address, recipe, rules)
    runner.page_seconds, runner.rule_seconds = PATIENT_SECONDS, PATIENT_SECONDS  # several pages share the machine
    card = await runner.run()
    measured.problems += card.problems
    name = recipe.pages[-1].name
    return {one.rule.id: one.pages[name] for one in card.results if name in one.pages}


PARTS = {"defect": _defect, "twin": _twin, "axe": _both_with_axe}
