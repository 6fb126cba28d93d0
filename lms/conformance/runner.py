"""Sign in as a recipe says, open its pages one by one and run the rules on each."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Dialog, Error, Page, async_playwright

from lms.conformance.findings import Finding, Rule, RuleResult, Scorecard, Verdict
from lms.conformance.inspected_page import InspectedPage
from lms.conformance.recipe import PageSpec, Recipe, Step
from lms.conformance.rules import all_rules

PAGE_FUNCTIONS = "\n".join(
    path.read_text("utf-8") for path in sorted((Path(__file__).parent / "page_functions").glob("*.js"))
)
# Each iframe that can't be looked into, by its address.
FOREIGN = "() => pageFunctions.foreign()"
# Whether what a page shows without scripts can be seen.
IN_SIGHT = "() => [document.documentElement, document.body, document.querySelector('main')].every((node) => !node || (Number(getComputedStyle(node).opacity) > 0.05 && getComputedStyle(node).visibility === 'visible'))"
# After so many pages without an answer, the rest of them isn't asked for.
SILENT_MOST = 2
PAGE_SECONDS = 15.0
RULE_SECONDS = 30.0
CLOSE_SECONDS = 4.0
EMPTY = "form => { form.noValidate = true; form.requestSubmit(); }"


class CannotCheck(Exception):
    """A page can't be brought into the state that the recipe asks for; the message says why."""


async def check_in_browser(
    browser: str | None, arguments: Sequence[str], address: str, recipe: Recipe, axe: str
) -> Scorecard | None:
    """Check a site in the browser at a path, or in Playwright's own; return None if there's none."""
    async with async_playwright() as playwright:
        try:
            started = await playwright.chromium.launch(executable_path=browser, args=list(arguments))
        except Error:
            return None
        card = await Runner(started, address, recipe, all_rules(bool(axe)), axe).run()
        await started.close()
        return card


class Runner:
    """One run over one site, as two visitors: one signed in, one not."""

    def __init__(self, browser: Browser, address: str, recipe: Recipe, rules: tuple[Rule, ...], axe: str = "") -> None:
        self.browser, self.recipe, self.axe = browser, recipe, axe
        self.origin = address.rstrip("/")
        self.page_seconds, self.rule_seconds = PAGE_SECONDS, RULE_SECONDS
        self.results = [RuleResult(rule, absent=bool(rule.kinds) and rule.kinds <= recipe.without) for rule in rules]
        self.silent = 0
        self.contexts: dict[bool, BrowserContext] = {}
        self.notes: list[dict[str, Any]] = []
        self.card = Scorecard(recipe.name, recipe.version, self.origin, datetime.now(UTC).date().isoformat())
        self.card.results = self.results

    async def run(self) -> Scorecard:
        """Check all pages and return the scorecard; a page that can't be checked is reported and the rest go on."""
        signed_in = await self._sign_in() if any(page.signed_in for page in self.recipe.pages) else True
        for spec in self.recipe.pages:
            if self.silent >= SILENT_MOST:
                self._cannot_check(spec, "the site had stopped answering")
            elif spec.signed_in and not signed_in:
                self._cannot_check(spec, "signing in failed")
            else:
                await self._check_page(spec)
        if signed_in and self.recipe.sign_out and self.silent < SILENT_MOST:
            await self._sign_out()
        for context in self.contexts.values():
            await _close(context)
        return self.card

    async def _context(self, signed_in: bool) -> BrowserContext:
        if signed_in not in self.contexts:
            context = await self.browser.new_context(
                viewport={"width": 1280, "height": 900}, service_workers="block", locale="en-GB"
            )
            context.set_default_timeout(self.page_seconds * 1000)
            await context.clock.install()
            await context.add_init_script(PAGE_FUNCTIONS)
            self.contexts[signed_in] = context
        return self.contexts[signed_in]

    async def _sign_in(self) -> bool:
        context = await self._context(True)
        page = await context.new_page()
        try:
            await self._take(page, self.recipe.sign_in)
        except CannotCheck as reason:
            self.card.problems.append(f"Signing in didn’t work: {reason}.")
            return False
        finally:
            await _close(page)
        return True

    async def _sign_out(self) -> None:
        page = await (await self._context(True)).new_page()
        try:
            await self._take(page, self.recipe.sign_out)
        except CannotCheck as reason:
            self.card.problems.append(f"Signing out didn’t work: {reason}.")
        await _close(page)

    async def _check_page(self, spec: PageSpec) -> None:
        context = await self._context(spec.signed_in)
        page = await context.new_page()
        inspected = InspectedPage(page, spec, self.recipe, self.origin, before=self.notes, axe=self.axe)
        page.on("request", lambda request: inspected.requests.append(request.url))
        page.on("websocket", lambda socket: inspected.requests.append(socket.url))
        page.on("dialog", lambda dialog: _dismiss(dialog, inspected.dialogs))
        try:
            await asyncio.wait_for(self._prepare(inspected), self.page_seconds * 2)
            inspected.text_without_scripts = partial(self._text_without_scripts, context, page.url)
            inspected.cookies = partial(_cookies, context)
            await self._run_rules(inspected)
            self.card.pages.append((spec.name, spec.kind, page.url))
            self.notes.append(inspected.notes | {"page": spec.name, "signed_in": spec.signed_in})
        except CannotCheck as reason:
            self._cannot_check(spec, str(reason))
        except (TimeoutError, Error) as error:
            self._cannot_check(spec, _reason(error))
        await _close(page)

    async def _prepare(self, inspected: InspectedPage) -> None:
        """Open a page and take its steps; raise CannotCheck if it answers with an error that isn't expected."""
        page, spec = inspected.page, inspected.spec
        inspected.status, inspected.headers = await self._open(page, spec.path)
        expected = spec.kind == "not-found"
        if inspected.status >= 400 and not expected:
            raise CannotCheck(f"{spec.path} answered {inspected.status}")
        await self._take(page, spec.steps)

    async def _open(self, page: Page, path: str) -> tuple[int, dict[str, str]]:
        address = path if path.startswith("http") else self.origin + path
        try:
            answer = await page.goto(address, wait_until="load")
        except Error as error:
            self.silent += 1
            raise CannotCheck(f"{address}: {_reason(error)}") from None
        self.silent = 0
        return (answer.status, answer.headers) if answer else (200, {})

    async def _take(self, page: Page, steps: tuple[Step, ...]) -> None:
        for number, step in enumerate(steps, 1):
            try:
                await self._step(page, step)
            except (TimeoutError, Error) as error:
                where = page.url.split("?")[0]
                raise CannotCheck(f"step {number} ({step.verb} {step.target}) at {where}: {_reason(error)}") from None

    async def _step(self, page: Page, step: Step) -> None:
        if step.verb == "open":
            await self._open(page, step.target)
            return
        node = page.locator(step.target).first
        if step.verb == "fill":
            await node.fill(step.text)
        elif step.verb == "tick":
            await node.check()
        elif step.verb == "expect":
            await node.wait_for()
        elif step.verb == "press":
            await node.click()
            await page.wait_for_load_state("load")
        else:
            async with page.expect_navigation(wait_until="load"):
                await node.evaluate(EMPTY)

    async def _text_without_scripts(self, context: BrowserContext, address: str) -> str | None:
        plain = await self.browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
        try:
            await plain.add_cookies(await context.cookies())  # type: ignore[arg-type]
            page = await plain.new_page()
            await page.goto(address, timeout=self.page_seconds * 1000)
            return await page.inner_text("body") if await page.evaluate(IN_SIGHT) else ""
        except Error:
            return None
        finally:
            await _close(plain)

    async def _run_rules(self, inspected: InspectedPage) -> None:
        unresponsive = ""
        for result in self.results:
            if not result.rule.concerns(inspected.spec):
                continue
            if unresponsive:
                result.pages[inspected.spec.name] = Finding(Verdict.NOT_CHECKED, (unresponsive,))
                continue
            try:
                found = await asyncio.wait_for(_check(result.rule, inspected), self.rule_seconds)
            except TimeoutError:
                unresponsive = f"the page didn’t answer within {self.rule_seconds:g} seconds"
                found = Finding(Verdict.NOT_CHECKED, (unresponsive,))
            except Error as error:
                found = Finding(Verdict.NOT_CHECKED, (_reason(error),))
            result.pages[inspected.spec.name] = found

    def _cannot_check(self, spec: PageSpec, reason: str) -> None:
        self.card.problems.append(f"“{spec.name}” could not be looked at: {reason}.")
        for result in self.results:
            if result.rule.concerns(spec):
                result.pages[spec.name] = Finding(Verdict.NOT_CHECKED, (reason,))


async def _check(rule: Rule, inspected: InspectedPage) -> Finding:
    """Run a rule; leave it open if it found no problem but the page has parts that it couldn't look into."""
    found = await rule.check(inspected)
    if rule.looks_inside and found.verdict in (Verdict.MET, Verdict.NO_CASE):
        foreign = await inspected.remember("foreign", lambda: inspected.ask(FOREIGN))
        if foreign:
            return Finding(Verdict.NOT_CHECKED, tuple(f"a frame of {host} can’t be looked into" for host in foreign))
    return found


async def _cookies(context: BrowserContext) -> list[dict[str, Any]]:
    return [dict(cookie) for cookie in await context.cookies()]


async def _dismiss(dialog: Dialog, seen: list[str]) -> None:
    if dialog.type != "beforeunload":
        seen.append(dialog.message)
    with suppress(Error):
        await dialog.dismiss()


async def _close(target: Page | BrowserContext) -> None:
    """Close a page or a context; one that hangs ends with the browser."""
    with suppress(TimeoutError, Error):
        await asyncio.wait_for(target.close(), CLOSE_SECONDS)


def _reason(error: Exception) -> str:
    """Return the browser's error in one plain line."""
    words = str(error).split("\n")[0]
    if "ERR_CONNECTION_REFUSED" in words or "ERR_NAME_NOT_RESOLVED" in words:
        return "the address doesn’t answer"
    if isinstance(error, TimeoutError) or "Timeout" in words:
        return "there was no answer in time"
    return words.split(": ", 1)[-1][:160] or "the browser stopped"
