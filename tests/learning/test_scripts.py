"""Each page loads only the scripts that it needs, each by its digest."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import urlsplit

from tests.builders.learning import COURSE, begin, open_check
from tests.conftest import Site
from tests.inspector import Page

LESSON = f"{COURSE}/lessons/what-pfa-is"


def scripts(page: Page) -> list[str]:
    """Return the names of a page's scripts."""
    addresses = [urlsplit(str(script.get("src"))) for script in page.find("script")]
    assert all(address.query.startswith("v=") for address in addresses)
    return [PurePosixPath(address.path).stem for address in addresses]


def test_each_page_loads_only_the_scripts_it_needs(sqlite_site: Site) -> None:
    stranger, sam = sqlite_site.stranger(), sqlite_site.visitor("sam")
    begin(sam)
    question = open_check(sam)
    loaded = {
        "a lesson": scripts(stranger.get(LESSON)),
        "a lesson, signed in": scripts(sam.get(LESSON)),
        "a question of the check": scripts(question),
        "all questions of the check": scripts(question.follow("Show all questions on one page")),
        "the offline page": scripts(stranger.get("/offline")),
        "a deleted account": scripts(stranger.get("/account-deleted")),
    }
    assert loaded == {
        "a lesson": ["site"],
        "a lesson, signed in": ["site", "offline"],
        "a question of the check": ["site", "offline", "autosave"],
        "all questions of the check": ["site", "offline", "autosave"],
        "the offline page": ["site", "offline"],
        "a deleted account": ["site", "offline"],
    }
