"""The page loads nothing from third parties."""

from __future__ import annotations

from urllib.parse import urlsplit

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage
from lms.conformance.seeing.watching import watch_longer

NAMED = "() => pageFunctions.every('link[rel~=preconnect], link[rel~=dns-prefetch], link[rel~=prefetch], link[rel~=preload], a[ping]').map((node) => node.getAttribute('ping') || node.href).concat(pageFunctions.observed.lines)"


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    await watch_longer(page)
    own = urlsplit(page.origin).netloc
    addresses = [*page.requests, *await page.ask(NAMED)]
    hosts = {urlsplit(url).netloc for url in addresses if urlsplit(url).scheme in ("http", "https", "ws", "wss")}
    return none_of(f"a request to {host}" for host in sorted(hosts - {own, ""}))


RULE = Rule(
    id="no-third-party",
    title="The page loads nothing from third parties",
    why="A third-party font or counter tells others who reads about trauma",
    anchor="CARE 6, 8",
    mark="L",
    how="lists every request to another site, also for an hour of the page’s own clock, and connections that are prepared to one",
    check=check,
    looks_inside=False,
)
