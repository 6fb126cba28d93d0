"""A page that is being looked at: what rules may ask of it, each question answered once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lms.care.recipe import PageToSee, Recipe

if TYPE_CHECKING:
    from playwright.async_api import Page

STILL_FOR = 1.3
TABS_MOST = 60
TEXT = "() => careSees.all('body *').filter(n => !n.children.length).map(n => n.innerText || '').join('\\n')"
# How everything that Tab can come to looks before anything has the focus, to be compared with how it looks then.
BEFORE = """() => {
  const look = (n) => { const s = getComputedStyle(n); return [s.outlineStyle === 'none' ? '' : s.outlineStyle + s.outlineWidth + s.outlineColor, s.boxShadow, s.backgroundColor, s.borderTopWidth, s.borderTopColor, s.borderBottomColor, s.textDecorationLine].join('|'); };
  window.careLooks = (n) => [n, n.parentElement, n.closest('label')].map((one) => one ? look(one) : '').join('||');
  window.careBefore = new Map([...document.querySelectorAll(careSees.usable)].map((n) => [n, window.careLooks(n)]));
  document.activeElement?.blur?.();
}"""
HERE = """() => {
  const n = document.activeElement;
  if (!n || n === document.body || n === document.documentElement) return null;
  window.careMarks ??= new Map();
  if (!careMarks.has(n)) careMarks.set(n, careMarks.size);
  const box = n.getBoundingClientRect();
  const style = getComputedStyle(n), label = n.closest('label');
  const before = careBefore.get(n);
  const outlined = [style, label && getComputedStyle(label)].some((s) => s && s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0);
  const x = Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 2), y = Math.min(Math.max(box.top + Math.min(box.height, 40) / 2, 1), innerHeight - 2);
  const hit = document.elementFromPoint(x, y);
  let over = hit, sticky = false;
  while (over && over !== document.body) { sticky ||= ['fixed', 'sticky'].includes(getComputedStyle(over).position); over = over.parentElement; }
  const covered = !!hit && sticky && !n.contains(hit) && !hit.contains(n) && !(label && label.contains(hit));
  return { mark: careMarks.get(n), told: careSees.told(n), ring: outlined || (before !== undefined && before !== careLooks(n)), covered: covered && box.width > 1, tiny: box.width <= 1 || box.height <= 1, frame: n.tagName === 'IFRAME' };
}"""


@dataclass
class Looked:
    """One page in one state, with what came over the wire for it and the pages that were looked at before it."""

    page: Page
    to_see: PageToSee
    recipe: Recipe
    origin: str
    status: int = 200
    requests: list[str] = field(default_factory=list)
    cookies: list[dict[str, Any]] = field(default_factory=list)
    plain_words: Callable[[], Awaitable[str | None]] | None = None
    before: list[dict[str, Any]] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)
    axe: str = ""
    _known: dict[str, Any] = field(default_factory=dict)

    async def ask(self, script: str, argument: Any = None) -> Any:
        """Return what the page answers to a piece of JavaScript."""
        return await self.page.evaluate(script, argument)

    async def words(self, own_only: bool = False) -> str:
        """Return what can be read on the page; `own_only` leaves the lesson's own prose out."""
        key = f"words {own_only}"
        if key not in self._known:
            self._known[key] = await self.ask(
                "without => careSees.words(without)", self.recipe.prose if own_only else ""
            )
        return str(self._known[key])

    async def stillness(self) -> tuple[str, str]:
        """Return what the page says now, and what it says a moment later although nobody touched it."""
        if "still" not in self._known:
            first = await self.ask(TEXT)
            await asyncio.sleep(STILL_FOR)
            self._known["still"] = (first, await self.ask(TEXT))
        first, later = self._known["still"]
        return first, later

    async def stops(self) -> list[dict[str, Any]]:
        """Return where Tab stops, and then where Shift+Tab stops on the way back."""
        if "stops" not in self._known:
            await self.ask(BEFORE)
            found = await self._go("Tab")
            self._known["stops"] = found + await self._go("Shift+Tab")
            await self.ask("() => { document.activeElement?.blur?.(); scrollTo(0, 0); }")
        return list(self._known["stops"])

    async def _go(self, key: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        seen: set[int] = set()
        for _step in range(TABS_MOST):
            await self.page.keyboard.press(key)
            here = await self.ask(HERE)
            if here is None or here["mark"] in seen:
                break
            seen.add(here["mark"])
            found.append(here | {"key": key})
        return found

    async def note(self, name: str, value: Any) -> list[tuple[str, Any]]:
        """Keep a value for the pages that follow; return what earlier pages of the same visitor kept, by page."""
        self.notes[name] = value
        own = [one for one in self.before if one["signed_in"] == self.to_see.signed_in and name in one]
        return [(str(one["page"]), one[name]) for one in own]
