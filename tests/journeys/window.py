"""One window for many pages: a new context for each page costs as much as looking at the page."""

from __future__ import annotations

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

SIZE = {"width": 1280, "height": 900}
TIMEOUT_MS = 10_000
COUNT_BEATS = "window.beats = 0; window.setInterval = () => { window.beats += 1; }"

# Opening an empty document ends what listens to the page that is left, and takes the window's own memory of it. A
# visit to about:blank would do so too, but the browser then starts a process for it and another for the next page,
# which compiles axe anew: together 300 ms of CPU.
LEAVE = """() => {
  sessionStorage.clear();
  window.name = "";
  window.stop();
  for (let timer = setTimeout(() => 0); timer > 0; timer -= 1) clearTimeout(timer);
  document.open().close();
}"""


class Window:
    """A window that is emptied before each page, and opened anew after a test that didn't pass."""

    def __init__(self, browser: Browser, origin: str) -> None:
        self.browser = browser
        self.origin = origin
        self.context: BrowserContext | None = None
        self.after = 0

    def emptied(self, failures: int) -> Page:
        """Return its page as a new context has it: no cookies, nothing stored, no pointer over it, in light."""
        if self.context is None or self.after != failures:
            self.close()
            self.after = failures
            return self._open()
        page, *others = self.context.pages
        for other in others:
            other.close()
        if page.url.startswith(f"{self.origin}/"):
            page.evaluate(LEAVE)
        else:
            page.goto("about:blank")
        page.mouse.move(-9, -9)
        page.set_viewport_size(SIZE)
        page.emulate_media(color_scheme="light")
        self.context.clear_cookies()
        self.devtools.send("Storage.clearDataForOrigin", {"origin": self.origin, "storageTypes": "all"})
        return page

    def _open(self) -> Page:
        self.context = self.browser.new_context(viewport=SIZE, reduced_motion="no-preference")
        self.context.set_default_timeout(TIMEOUT_MS)
        page = self.context.new_page()
        page.add_init_script(COUNT_BEATS)
        self.devtools: CDPSession = self.context.new_cdp_session(page)
        return page

    def close(self) -> None:
        """Close it."""
        if self.context:
            self.context.close()
