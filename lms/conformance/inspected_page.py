"""A page that's being checked: what rules can ask of it. Slow answers are remembered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from lms.conformance.languages import Text
from lms.conformance.recipe import PageSpec, Recipe

if TYPE_CHECKING:
    from playwright.async_api import CDPSession, Page, ViewportSize

Answer = TypeVar("Answer")
WIDE: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 800}


@dataclass
class InspectedPage:
    """One page in one state, with its requests and the pages that were checked before it."""

    page: Page
    spec: PageSpec
    recipe: Recipe
    origin: str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    cookies: Callable[[], Awaitable[list[dict[str, Any]]]] | None = None
    text_without_scripts: Callable[[], Awaitable[str | None]] | None = None
    before: list[dict[str, Any]] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)
    axe: str = ""
    _remembered: dict[str, Any] = field(default_factory=dict)

    async def ask(self, script: str, argument: Any = None) -> Any:
        """Run JavaScript in the page and return its result."""
        return await self.page.evaluate(script, argument)

    async def on_any_screen(self, script: str, argument: Any) -> bool:
        """Return whether a script's answer is true both in a wide window and in one as narrow as a phone."""
        if not await self.ask(script, argument):
            return False
        await self.page.set_viewport_size(NARROW)
        found = await self.ask(script, argument)
        await self.page.set_viewport_size(WIDE)
        return bool(found)

    async def remember(self, key: str, work: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return what `work` returns, and run it only once for each page."""
        if key not in self._remembered:
            self._remembered[key] = await work()
        found: Answer = self._remembered[key]
        return found

    async def devtools(self) -> CDPSession:
        """Return the browser's own protocol for this page."""
        return await self.remember("devtools", lambda: self.page.context.new_cdp_session(self.page))

    async def words(self, own_only: bool = False) -> str:
        """Return the page's text; `own_only` leaves out the lesson's prose and quotes, and adds what waits to be opened."""
        given = [self.recipe.prose, True] if own_only else [None, False]
        return str(
            await self.remember(
                f"words {own_only}",
                lambda: self.ask("([without, more]) => pageFunctions.words(without, more)", given),
            )
        )

    async def texts(self, own_only: bool = False) -> list[Text]:
        """Return the page's text with the language that it names, and after it the parts that name one of their own."""
        given = [self.recipe.prose, True] if own_only else [None, False]
        found = await self.remember(
            f"texts {own_only}",
            lambda: self.ask("([without, more]) => pageFunctions.texts(without, more)", given),
        )
        return [Text(language, words) for language, words in found]

    async def note(self, name: str, value: Any) -> list[tuple[str, Any]]:
        """Store a value for the pages that follow; return what earlier pages of the same visitor stored, by page."""
        self.notes[name] = value
        own = [one for one in self.before if one["signed_in"] == self.spec.signed_in and name in one]
        return [(str(one["page"]), one[name]) for one in own]
