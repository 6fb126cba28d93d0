"""A page that's being checked: what rules can ask of it. Slow answers are remembered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lms.conformance.recipe import PageSpec, Recipe

if TYPE_CHECKING:
    from playwright.async_api import Page

STILL_FOR = 1.3
TABS_MOST = 60
TEXT = "() => pageFunctions.all('body *').filter(n => !n.children.length).map(n => n.innerText || '').join('\\n')"
# How each focusable element looks before anything has the focus, to compare with how it looks focused.
LOOK_BEFORE_FOCUS = """() => {
  const look = (n) => { const s = getComputedStyle(n); return [s.outlineStyle === 'none' ? '' : s.outlineStyle + s.outlineWidth + s.outlineColor, s.boxShadow, s.backgroundColor, s.borderTopWidth, s.borderTopColor, s.borderBottomColor, s.textDecorationLine].join('|'); };
  window.focusLook = (n) => [n, n.parentElement, n.closest('label')].map((one) => one ? look(one) : '').join('||');
  window.lookBefore = new Map([...document.querySelectorAll(pageFunctions.usable)].map((n) => [n, window.focusLook(n)]));
  document.activeElement?.blur?.();
}"""
FOCUSED = """() => {
  const n = document.activeElement;
  if (!n || n === document.body || n === document.documentElement) return null;
  window.focusMarks ??= new Map();
  if (!focusMarks.has(n)) focusMarks.set(n, focusMarks.size);
  const box = n.getBoundingClientRect();
  const style = getComputedStyle(n), label = n.closest('label');
  const before = lookBefore.get(n);
  const outlined = [style, label && getComputedStyle(label)].some((s) => s && s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0);
  const x = Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 2), y = Math.min(Math.max(box.top + Math.min(box.height, 40) / 2, 1), innerHeight - 2);
  const hit = document.elementFromPoint(x, y);
  let over = hit, sticky = false;
  while (over && over !== document.body) { sticky ||= ['fixed', 'sticky'].includes(getComputedStyle(over).position); over = over.parentElement; }
  const covered = !!hit && sticky && !n.contains(hit) && !hit.contains(n) && !(label && label.contains(hit));
  return { mark: focusMarks.get(n), described: pageFunctions.describe(n), ring: outlined || (before !== undefined && before !== focusLook(n)), covered: covered && box.width > 1, tiny: box.width <= 1 || box.height <= 1, frame: n.tagName === 'IFRAME' };
}"""


@dataclass
class InspectedPage:
    """One page in one state, with its requests and the pages that were checked before it."""

    page: Page
    spec: PageSpec
    recipe: Recipe
    origin: str
    status: int = 200
    requests: list[str] = field(default_factory=list)
    cookies: list[dict[str, Any]] = field(default_factory=list)
    text_without_scripts: Callable[[], Awaitable[str | None]] | None = None
    before: list[dict[str, Any]] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)
    axe: str = ""
    _remembered: dict[str, Any] = field(default_factory=dict)

    async def ask(self, script: str, argument: Any = None) -> Any:
        """Run JavaScript in the page and return its result."""
        return await self.page.evaluate(script, argument)

    async def words(self, own_only: bool = False) -> str:
        """Return the page's text; `own_only` leaves out the lesson's prose."""
        key = f"words {own_only}"
        if key not in self._remembered:
            self._remembered[key] = await self.ask(
                "without => pageFunctions.words(without)", self.recipe.prose if own_only else ""
            )
        return str(self._remembered[key])

    async def text_twice(self) -> tuple[str, str]:
        """Return the page's text now and a moment later, without touching it."""
        if "still" not in self._remembered:
            first = await self.ask(TEXT)
            await asyncio.sleep(STILL_FOR)
            self._remembered["still"] = (first, await self.ask(TEXT))
        first, later = self._remembered["still"]
        return first, later

    async def focus_stops(self) -> list[dict[str, Any]]:
        """Return where Tab stops, then where Shift+Tab stops on the way back."""
        if "stops" not in self._remembered:
            await self.ask(LOOK_BEFORE_FOCUS)
            found = await self._go("Tab")
            self._remembered["stops"] = found + await self._go("Shift+Tab")
            await self.ask("() => { document.activeElement?.blur?.(); scrollTo(0, 0); }")
        return list(self._remembered["stops"])

    async def _go(self, key: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        seen: set[int] = set()
        for _step in range(TABS_MOST):
            await self.page.keyboard.press(key)
            here = await self.ask(FOCUSED)
            if here is None or here["mark"] in seen:
                break
            seen.add(here["mark"])
            found.append(here | {"key": key})
        return found

    async def note(self, name: str, value: Any) -> list[tuple[str, Any]]:
        """Store a value for the pages that follow; return what earlier pages of the same visitor stored, by page."""
        self.notes[name] = value
        own = [one for one in self.before if one["signed_in"] == self.spec.signed_in and name in one]
        return [(str(one["page"]), one[name]) for one in own]
