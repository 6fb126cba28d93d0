"""The corpus: pages with one defect each and their clean twins, made from one fragment with both readings.

Each file in `corpus` belongs to one rule and holds its variants one after the other. A variant starts with a comment of
`key: value` lines; in its fragment ⟪defect¦clean⟫ stands for the only difference between the page and its twin.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from lms.conformance.recipe import Recipe, read_recipe
from tests.conformance.corpus_words import BY_KIND, COMMON, PATTERNS

FOLDER = Path(__file__).parent / "corpus"
HEAD = re.compile(r"^<!-- variant: (?P<name>[a-z0-9-]+)\n(?P<keys>.*?)-->\n", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^<!-- in: ([a-z]+) -->\n", re.MULTILINE)
CHOICE = re.compile("⟪([^⟪⟫¦]*)¦([^⟪⟫¦]*)⟫")
KEYS = {"defect", "kind", "lang", "html", "body", "steps", "recipe", "header", "signed in", "beside"}
DEFECT, CLEAN = 0, 1


@dataclass(frozen=True)
class Variant:
    """One way in which a page doesn't meet a rule, and the page that does."""

    rule: str
    name: str
    keys: dict[str, str]
    blocks: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"{self.rule}--{self.name}"

    @property
    def held(self) -> bool:
        """True for about a fifth, chosen by a hash of the name: only rates are published for these."""
        return sha256(self.id.encode()).digest()[0] % 5 == 0

    def key(self, name: str, side: int, default: str = "") -> str:
        return choose(self.keys.get(name, default), side)

    def page(self, side: int, sent: bool = False) -> str:
        """Return the HTML of the page with the defect, or of its twin; `sent` is what follows a sent form."""
        lang = self.key("lang", CLEAN, "en")
        words = COMMON.get(lang, COMMON["en"])
        kind = self.key("kind", side, "lesson")
        parts = {"html": f'lang="{lang}"', "body": "", "head": "", "main": "", **words, **BY_KIND.get(kind, {})}
        parts |= {name: self.keys[name] for name in ("html", "body") if name in self.keys} | self.blocks
        if sent and "sent" in parts:
            parts["main"] = parts["sent"]
        text = re.sub(r"@([a-z]+)@", lambda mark: parts[mark[1]], self._base)
        return choose(text, side)

    @cached_property
    def _base(self) -> str:
        return (FOLDER / "base.html").read_text("utf-8")

    def headers(self, side: int) -> list[tuple[str, str]]:
        """Return the headers that the server adds, each written as `Name: value` and separated by `;;`."""
        rows = [one.strip() for one in self.key("header", side).split(";;") if one.strip()]
        return [(row.partition(":")[0].strip(), row.partition(":")[2].strip()) for row in rows]

    def recipe(self, side: int) -> Recipe:
        """Return the recipe that opens the page or its twin, after a plain page if the rule compares pages."""
        return read_recipe(self.recipe_text(side))

    def recipe_text(self, side: int) -> str:
        """Return the recipe as TOML."""
        lines = ['prose = ".lesson-text"', 'cookies = ["session", "display"]']
        lines += PATTERNS.get(self.key("lang", CLEAN), ())
        lines += [one.strip() for one in self.key("recipe", side).split(";;") if one.strip()]
        signed_in = "true" if self.key("signed in", side) == "yes" else "false"
        if self.keys.get("beside"):
            lines += _page(self.key("beside", side), "/plain.html", signed_in, "[]")
        path = f"/{self.id}.{'clean' if side else 'defect'}.html"
        lines += _page(self.key("kind", side, "lesson"), path, signed_in, self.key("steps", side, "[]"))
        return "\n".join(lines)


def _page(kind: str, path: str, signed_in: str, steps: str) -> list[str]:
    return [
        "[[page]]",
        f'kind = "{kind}"',
        f'path = "{path}"',
        f'name = "{path}"',
        f"signed_in = {signed_in}",
        f"steps = {steps}",
    ]


def choose(text: str, side: int) -> str:
    """Return the text with each ⟪defect¦clean⟫ replaced by one of the two."""
    return CHOICE.sub(lambda pair: pair[side + 1], text)


def read_file(rule: str, text: str) -> list[Variant]:
    """Return the variants of one file."""
    found = []
    heads = list(HEAD.finditer(text))
    for head, after in zip(heads, [*heads[1:], None], strict=True):
        rows = (row.partition(":") for row in head["keys"].strip().splitlines())
        keys = {name.strip(): value.strip() for name, _colon, value in rows}
        if unknown := set(keys) - KEYS:
            raise ValueError(f"{rule}, {head['name']}: {', '.join(unknown)}")
        first, *others = BLOCK.split(text[head.end() : after.start() if after else len(text)])
        blocks = dict(zip(others[::2], others[1::2], strict=True)) | ({"main": first} if first.strip() else {})
        found.append(Variant(rule, head["name"], keys, blocks))
    return found


def corpus() -> dict[str, Variant]:
    """Return all variants by id."""
    files = sorted(FOLDER.glob("*.html"))
    found = [one for path in files if path.stem != "base" for one in read_file(path.stem, path.read_text("utf-8"))]
    if len(found) != len({one.id for one in found}):
        raise ValueError("two variants have one name")
    return {one.id: one for one in found}


def fingerprint() -> str:
    """Return a hash of all pages and recipes: results belong to the corpus that they were measured on."""
    texts = []
    for one in corpus().values():
        for side in (DEFECT, CLEAN):
            texts += [one.page(side), one.page(side, sent=True), str(one.headers(side)), one.recipe_text(side)]
    return sha256("".join(texts).encode()).hexdigest()[:16]


PLAIN = Variant("plain", "plain", {})
