"""Looking at a page as the tests do: axe, and what axe does not see."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.conftest import ROOT

AXE = (ROOT / "tests" / "vendor" / "axe" / "axe.min.js").read_text("utf-8")
MEASURE = (Path(__file__).parent / "measure.js").read_text("utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "wcag2aaa", "best-practice"]
# Rules that go by colours or by width: these alone look once more, in the dark on a phone. All rules look at every page
# in light, and with `./dev test --all` in each light, width and direction.
DARK_PHONE_RULES = (
    "color-contrast",
    "color-contrast-enhanced",
    "link-in-text-block",
    "target-size",
    "scrollable-region-focusable",
)
RULES_LEAST = 15
TABS_MOST = 150

# What axe leaves to a person: its rule, the words of its reason, and what the person saw.
SEEN_BY_A_PERSON = (
    ("color-contrast", "Element has no value", "an empty field; typed words have the page's own ink"),
    ("color-contrast", "due to a pseudo element", "the line of the path and the marks of lists stand beside the words"),
    ("color-contrast", "partially overlaps other elements", "the open menu is opaque, and lies over the page"),
    ("color-contrast", "contains an image node", "the drawing of the home page begins below its words"),
    (
        "frame-tested",
        "The iframe still",
        "a frame without scripts holds an email, which tests/foundation/test_mail_html.py reads",
    ),
    ("identical-links-same-purpose", "links have the same purpose", "they differ in the page that leads back"),
)

# A page that opened further down has its care strip over words whose colours could then not be told.
LOOK = """([quiet, direction]) => {
  const root = document.documentElement;
  root.toggleAttribute("data-quiet", quiet);
  if (direction) root.dir = direction;
  scrollTo(0, 0);
}"""
RUN = """options => axe.run(document, options).then(({ passes, violations, incomplete }) => (
  { passed: passes.length, seen: [passes, violations, incomplete].flat().map(({ id }) => id), violations, incomplete }
))"""

Fault = str


def look(page: Page, width: int, light: str, direction: str = "") -> None:
    """Set how wide the window is, whether the device is dark or the page quiet, and which way it is read."""
    page.set_viewport_size({"width": width, "height": 900 if width > 600 else 640})
    page.emulate_media(color_scheme="dark" if light == "dark" else "light")
    page.evaluate(LOOK, [light == "quiet", direction])


def measured(page: Page, what: str) -> Any:
    """Ask the page one question about itself."""
    return page.evaluate(f"{MEASURE}\nmeasure.{what}()")


def axe_finds(page: Page, rules: Sequence[str] = ()) -> list[Fault]:
    """Return the faults that axe finds with these rules, or with all; a run that looked at too little is an error."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    only = {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": TAGS}
    found = page.evaluate(RUN, {"runOnly": only, "resultTypes": ["violations"]})
    if rules:
        assert "color-contrast" in found["seen"], "axe looked at no words"
    else:
        assert found["passed"] > RULES_LEAST, "axe looked at next to nothing"
    told = [_told(rule, rule["nodes"][0]) for rule in found["violations"]]
    unsure = [(rule, node) for rule in found["incomplete"] for node in rule["nodes"]]
    return told + [f"unexplained: {_told(rule, node)}" for rule, node in unsure if not _was_seen(rule, node)]


def _was_seen(rule: dict[str, Any], node: dict[str, Any]) -> bool:
    return any(rule["id"].startswith(name) and words in _reason(node) for name, words, _seen in SEEN_BY_A_PERSON)


def _reason(node: dict[str, Any]) -> str:
    return " ".join(str(node.get("failureSummary", "")).split())


def _told(rule: dict[str, Any], node: dict[str, Any]) -> str:
    return f"{rule['id']}: {node['html'][:160]} {_reason(node)[:240]}"


def lost_on_tab(page: Page, key: str) -> list[Fault]:
    """Go through the page with Tab or Shift+Tab; return what has no ring or lies under the sticky strip."""
    faults, seen = [], set()
    for _step in range(TABS_MOST):
        page.keyboard.press(key)
        here = measured(page, "focused")
        if here is None or here["mark"] in seen:
            break
        seen.add(here["mark"])
        if not here["ring"]:
            faults.append(f"{key}: no ring on {here['what']}")
        if here["hidden"]:
            faults.append(f"{key}: hidden {here['what']}")
    assert len(seen) > 8, f"{key} comes to {len(seen)} things only"
    return faults
