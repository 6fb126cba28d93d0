"""The page loads nothing from third parties."""

from __future__ import annotations

from urllib.parse import urlsplit

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    own = urlsplit(page.origin).netloc
    elsewhere = {
        urlsplit(url).netloc for url in page.requests if urlsplit(url).scheme in ("http", "https", "ws", "wss")
    }
    return none_of(f"a request to {host}" for host in sorted(elsewhere - {own}))


RULE = Rule(
    id="no-third-party",
    title="The page loads nothing from third parties",
    why="A third-party font or counter tells others who reads about trauma",
    anchor="CARE 6, 8",
    mark="L",
    how="lists every request to another site",
    check=check,
)
