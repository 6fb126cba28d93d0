"""Hands in front of a browser: one with a mouse, that counts its clicks, and one with a keyboard alone."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import ElementHandle, Locator, Page

TABS_MOST = 250


class Mouse:
    """Somebody who clicks; what is clicked beyond answers is counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def named(self, words: str) -> Locator:
        """Return the link or button with these words, the one in the main part first, then the menu's."""
        found = self._find(words)
        if found is None and (menu := self.page.locator("summary:text-is('Menu')")).is_visible():
            self.clicks += 1
            self._activate(menu)
            found = self._find(words)
        assert found is not None, f"{self.page.url}: no link or button says {words!r}"
        return found

    def _find(self, words: str) -> Locator | None:
        for place in (self.page.locator("main"), self.page.locator("body")):
            found = place.get_by_role("link", name=words, exact=True)
            found = found.or_(place.get_by_role("button", name=words, exact=True)).locator("visible=true")
            if found.count():
                return found.first
        return None

    def sees(self, words: str) -> bool:
        """True when a link or button with these words is on the page."""
        found = self.page.get_by_role("link", name=words, exact=True)
        return found.or_(self.page.get_by_role("button", name=words, exact=True)).count() > 0

    def press(self, words: str) -> None:
        """Press what has these words, and wait for the page that follows."""
        self.press_this(self.named(words))

    def press_this(self, target: Locator) -> None:
        """Press one link or button, and wait for the page that follows."""
        self.clicks += 1
        with self.page.expect_navigation():
            self._activate(target)

    def download(self, words: str) -> Path:
        """Press a link that gives a file; return where it was put."""
        self.clicks += 1
        target = self.named(words)
        with self.page.expect_download() as started:
            self._activate(target)
        return Path(started.value.path())

    def type(self, label: str, text: str) -> None:
        """Type into the field with this label."""
        self.page.get_by_label(label, exact=True).locator("visible=true").fill(text)

    def choose(self, field: Locator) -> None:
        """Choose one radio button or tick one box."""
        field.check()

    def pick(self, field: Locator, value: str) -> None:
        """Pick a value of a list."""
        field.select_option(value)

    def _activate(self, target: Locator) -> None:
        target.click()


class Keyboard(Mouse):
    """Somebody who has Tab, Enter, Space and the arrows, and no mouse."""

    def type(self, label: str, text: str) -> None:
        """Come to the field with Tab, then type."""
        self._reach(self.page.get_by_label(label, exact=True).locator("visible=true"))
        self.page.keyboard.type(text)

    def choose(self, field: Locator) -> None:
        """Come to the group with Tab, then to the choice with the arrows; a box is ticked with Space."""
        if field.get_attribute("type") == "checkbox":
            self._reach(field)
            if not field.is_checked():
                self.page.keyboard.press("Space")
            return
        wanted = self._handle(field)
        self._tab_until(wanted, "e => document.activeElement.name === e.name")
        for _arrow in range(12):
            if wanted.evaluate("e => document.activeElement === e"):
                break
            self.page.keyboard.press("ArrowDown")
        if not field.is_checked():
            self.page.keyboard.press("Space")
        assert field.is_checked()

    def pick(self, field: Locator, value: str) -> None:
        """Come to the list with Tab, then to the value with the arrows."""
        self._reach(field)
        for _arrow in range(20):
            if field.input_value() == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{self.page.url}: the arrows do not come to {value}")

    def _activate(self, target: Locator) -> None:
        self._reach(target)
        self.page.keyboard.press("Enter")

    def _reach(self, target: Locator) -> None:
        self._tab_until(self._handle(target), "e => document.activeElement === e")

    def _tab_until(self, wanted: ElementHandle, there: str) -> None:
        for _tab in range(TABS_MOST):
            if wanted.evaluate(there):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{self.page.url}: Tab does not come to {wanted.text_content()!r}")

    def _handle(self, target: Locator) -> ElementHandle:
        found = target.element_handle()
        assert found is not None
        return found
