"""No cookies other than for the session and the display."""

from __future__ import annotations

from urllib.parse import urlsplit

from lms.conformance.findings import Finding, Rule, of_each
from lms.conformance.inspected_page import InspectedPage
from lms.conformance.seeing.watching import watch_longer


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    await watch_longer(page)
    own = urlsplit(page.origin).hostname
    named = page.recipe.cookies
    cookies = await page.cookies() if page.cookies else []
    found = [
        f"a cookie named {one['name']}" + ("" if str(one["domain"]).lstrip(".") == own else f" of {one['domain']}")
        for one in cookies
        if one["name"] not in named or str(one["domain"]).lstrip(".") != own
    ]
    return of_each((len(cookies), found))


RULE = Rule(
    id="few-cookies",
    title="No cookies other than for the session and the display",
    why="What we don’t store can’t reveal anything",
    anchor="CARE 0, 8",
    mark="L",
    how="compares the browser’s cookies with the session and display cookies in the recipe",
    check=check,
    looks_inside=False,
)
