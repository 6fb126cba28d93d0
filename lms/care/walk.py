"""The walk: a browser signs in as a recipe says, opens its pages one by one, and every rule looks at each."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lms.care.findings import Finding, Judged, Rule, Scorecard, Verdict
from lms.care.inspected_page import Looked
from lms.care.recipe import PageToSee, Recipe, Step

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Page

EYES = (Path(__file__).parent / "eyes.js").read_text("utf-8")
PAGE_SECONDS = 15.0
RULE_SECONDS = 30.0
CLOSE_SECONDS = 4.0
EMPTY = "form => { form.noValidate = true; form.requestSubmit(); }"


class NotSeen(Exception):
    """A page that could not be brought into sight, with the reason in plain words."""


class Walk:
    """One walk through one site: two visitors, one signed in and one not, and what was found so far."""

    def __init__(self, browser: Browser, address: str, recipe: Recipe, rules: tuple[Rule, ...], axe: str = "") -> None:
        self.browser, self.recipe, self.axe = browser, recipe, axe
        self.origin = address.rstrip("/")
        self.page_seconds, self.rule_seconds = PAGE_SECONDS, RULE_SECONDS
        self.judged = [Judged(rule) for rule in rules]
        self.contexts: dict[bool, BrowserContext] = {}
        self.notes: list[dict[str, Any]] = []
        self.card = Scorecard(recipe.name, recipe.version, self.origin, datetime.now(UTC).date().isoformat())
        self.card.judged = self.judged

    async def go(self) -> Scorecard:
        """Look at all pages and return the scorecard; what stands in the way is told, and the rest still looked at."""
        signed_in = await self._sign_in() if any(page.signed_in for page in self.recipe.pages) else True
        for to_see in self.recipe.pages:
            if to_see.signed_in and not signed_in:
                self._not_seen(to_see, "signing in failed")
            else:
                await self._see(to_see)
        if signed_in and self.recipe.sign_out:
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
            await context.add_init_script(EYES)
            self.contexts[signed_in] = context
        return self.contexts[signed_in]

    async def _sign_in(self) -> bool:
        context = await self._context(True)
        page = await context.new_page()
        try:
            await self._take(page, self.recipe.sign_in)
        except NotSeen as reason:
            self.card.told.append(f"Signing in didn’t work: {reason}.")
            return False
        finally:
            await _close(page)
        return True

    async def _sign_out(self) -> None:
        page = await (await self._context(True)).new_page()
        try:
            await self._take(page, self.recipe.sign_out)
        except NotSeen as reason:
            self.card.told.append(f"Signing out didn’t work: {reason}.")
        await _close(page)

    async def _see(self, to_see: PageToSee) -> None:
        context = await self._context(to_see.signed_in)
        page = await context.new_page()
        looked = Looked(page, to_see, self.recipe, self.origin, before=self.notes, axe=self.axe)
        page.on("request", lambda request: looked.requests.append(request.url))
        try:
            await asyncio.wait_for(self._bring(looked), self.page_seconds * 2)
            looked.plain_words = partial(self._plain_words, context, page.url)
            looked.cookies = [dict(one) for one in await context.cookies()]
            await self._judge(looked)
            self.card.pages.append((to_see.name, to_see.kind, page.url))
            self.notes.append(looked.notes | {"page": to_see.name, "signed_in": to_see.signed_in})
        except NotSeen as reason:
            self._not_seen(to_see, str(reason))
        except (TimeoutError, _browser_error()) as error:
            self._not_seen(to_see, _reason(error))
        await _close(page)

    async def _bring(self, looked: Looked) -> None:
        """Open a page and take its steps; a page that answers with an error where none is due is not looked at."""
        page, to_see = looked.page, looked.to_see
        looked.status = await self._open(page, to_see.path)
        expected = to_see.kind == "not-found"
        if looked.status >= 400 and not expected:
            raise NotSeen(f"{to_see.path} answered {looked.status}")
        await self._take(page, to_see.steps)

    async def _open(self, page: Page, path: str) -> int:
        address = path if path.startswith("http") else self.origin + path
        try:
            answer = await page.goto(address, wait_until="load")
        except _browser_error() as error:
            raise NotSeen(f"{address}: {_reason(error)}") from None
        return answer.status if answer else 200

    async def _take(self, page: Page, steps: tuple[Step, ...]) -> None:
        for number, step in enumerate(steps, 1):
            try:
                await self._step(page, step)
            except (TimeoutError, _browser_error()) as error:
                where = page.url.split("?")[0]
                raise NotSeen(f"step {number} ({step.verb} {step.target}) at {where}: {_reason(error)}") from None

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

    async def _plain_words(self, context: BrowserContext, address: str) -> str | None:
        plain = await self.browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
        try:
            await plain.add_cookies(await context.cookies())  # type: ignore[arg-type]
            page = await plain.new_page()
            await page.goto(address, timeout=self.page_seconds * 1000)
            return await page.inner_text("body")
        except _browser_error():
            return None
        finally:
            await _close(plain)

    async def _judge(self, looked: Looked) -> None:
        silent = ""
        for one in self.judged:
            if not one.rule.concerns(looked.to_see):
                continue
            if silent:
                one.pages[looked.to_see.name] = Finding(Verdict.NOT_SEEN, (silent,))
                continue
            try:
                found = await asyncio.wait_for(one.rule.check(looked), self.rule_seconds)
            except TimeoutError:
                silent = f"the page didn’t answer within {self.rule_seconds:g} seconds"
                found = Finding(Verdict.NOT_SEEN, (silent,))
            except _browser_error() as error:
                found = Finding(Verdict.NOT_SEEN, (_reason(error),))
            one.pages[looked.to_see.name] = found

    def _not_seen(self, to_see: PageToSee, reason: str) -> None:
        self.card.told.append(f"“{to_see.name}” could not be looked at: {reason}.")
        for one in self.judged:
            if one.rule.concerns(to_see):
                one.pages[to_see.name] = Finding(Verdict.NOT_SEEN, (reason,))


async def _close(what: Page | BrowserContext) -> None:
    """Close a page or a visitor; one that hangs is left to the end of the browser."""
    with suppress(TimeoutError, _browser_error()):
        await asyncio.wait_for(what.close(), CLOSE_SECONDS)


def _browser_error() -> type[Exception]:
    from playwright.async_api import Error

    return Error


def _reason(error: Exception) -> str:
    """Return what a browser says about what stood in its way, in one plain line."""
    words = str(error).split("\n")[0]
    if "ERR_CONNECTION_REFUSED" in words or "ERR_NAME_NOT_RESOLVED" in words:
        return "the address doesn’t answer"
    if isinstance(error, TimeoutError) or "Timeout" in words:
        return "there was no answer in time"
    return words.split(": ", 1)[-1][:160] or "the browser stopped"
