"""Questions that came in, as Markdown of our check format, with ids that stay the same when the file comes again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from unicodedata import normalize

from lms.content.markdown.blocks import parse
from lms.interop.questions.bank import Bank, Choice, Item
from lms.interop.questions.phrases import safe_start

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# Ids that another system made up for itself: a number, or a letter and a long hexadecimal one.
_MADE_UP = re.compile(r"\d+|[a-z]?[0-9a-f]{16,}")
_BRACED_ID = re.compile(r"\{[^{}\n]*#([^\s#.=\"}]+)[^{}\n]*\}\s*$", re.MULTILINE)
_FRONT = "---\nkind: check\n---\n"


@dataclass(frozen=True)
class Written:
    """A question ready to be added: its id and its Markdown; `there` is true when that id is in the check already."""

    item: Item
    id: str
    text: str
    there: bool


@dataclass(frozen=True)
class Plan:
    """What an import would do to a check: what comes in, what stays outside, and the page as it would be."""

    bank: Bank
    written: tuple[Written, ...]
    text: str

    @property
    def new(self) -> tuple[Written, ...]:
        """What would be added."""
        return tuple(one for one in self.written if not one.there)


def plan(bank: Bank, check: str, objectives: Collection[str], usual: str = "") -> Plan:
    """What adding a bank to a page of Markdown means."""
    written = tuple(write_items(bank, ids_in(check), objectives, usual))
    return Plan(bank, written, add_to_check(check, written))


def write_items(bank: Bank, known: Collection[str], objectives: Collection[str], usual: str = "") -> list[Written]:
    """Each item as Markdown, none under an id that another of the file has.

    `known` are the ids of the check, `objectives` those of the course; `usual` is the objective of questions that name
    none of them. A question keeps the id that it brings along; else it gets one from its text, so that the same file
    gives the same ids.
    """
    written: list[Written] = []
    taken: set[str] = set()
    for item in bank.items:
        id = _free(_id_of(item), taken)
        taken.add(id)
        named = tuple(id for id in item.labels.objectives if id in objectives or not objectives) or tuple(
            filter(None, (usual,))
        )
        written.append(Written(item, id, _question(item, id, named), id in known))
    return written


def ids_in(text: str) -> set[str]:
    """The ids of the questions in a page of Markdown."""
    heads = (block.text for block in parse(text).blocks if block.kind == "heading" and "objectives" in block.text)
    return {found.group(1) for head in heads if (found := _BRACED_ID.search(head))}


def add_to_check(text: str, written: Sequence[Written]) -> str:
    """The page with new questions at its end; those that are there already stay as they are."""
    return append(text, "\n".join(one.text for one in written if not one.there))


def append(page: str, questions: str) -> str:
    """The page with Markdown at its end; one that is empty begins with the front matter of a check."""
    before = (page.rstrip() or _FRONT.rstrip()) + "\n"
    return f"{before}\n{questions}" if questions.strip() else page


def _id_of(item: Item) -> str:
    brought = item.id.strip()
    if _ID.fullmatch(brought) and len(brought) <= 60 and not _MADE_UP.fullmatch(brought):
        return brought
    said = "\0".join((*item.stem, *(choice.text for choice in item.choices), *(pair.left for pair in item.pairs)))
    return f"{_slug(item.name)[:40].strip('-') or 'q'}-{hashlib.sha256(said.encode()).hexdigest()[:6]}"


def _slug(name: str) -> str:
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _free(id: str, taken: Collection[str]) -> str:
    number, found = 2, id
    while found in taken:
        found, number = f"{id}-{number}", number + 1
    return found


def _question(item: Item, id: str, objectives: Sequence[str]) -> str:
    flags = [f"#{id}", *[".critical"] * item.labels.critical, *[".fixed"] * item.labels.fixed]
    keys = [f'objectives="{" ".join(objectives)}"']
    keys += [f'group="{_bare(item.labels.group)}"'] if item.labels.group else []
    keys += [f'jurisdiction="{_bare(item.labels.jurisdiction)}"'] if item.labels.jurisdiction else []
    head, *rest = item.stem
    lines = [f"## {head} {{{' '.join([*flags, *keys])}}}", ""]
    for paragraph in rest:
        lines += [safe_start(paragraph), ""]
    return "\n".join([*lines, *_WRITERS[item.kind](item), ""])


def _bare(value: str) -> str:
    return value.replace('"', "").replace("{", "").replace("}", "")


def _choices(item: Item) -> list[str]:
    marks = "()" if item.kind == "one_answer" else "[]"
    lines = []
    for choice in item.choices:
        lines.append(f"- {marks[0]}{'x' if choice.right else ' '}{marks[1]} {choice.text}")
        lines += _reason(choice, "  ")
    return lines


def _steps(item: Item) -> list[str]:
    lines = []
    for number, choice in enumerate(item.choices, start=1):
        mark = f"{number}. "
        lines.append(mark + safe_start(choice.text))
        lines += _reason(choice, " " * len(mark))
    return lines


def _reason(choice: Choice, indent: str) -> list[str]:
    return f"\n{indent}>\n".join(f"{indent}> {safe_start(text)}" for text in choice.reason).split("\n")[
        : None if choice.reason else 0
    ]


def _pairs(item: Item) -> list[str]:
    rows = [("Left", "Right", "Why"), ("---", "---", "---")]
    rows += [(_cell(pair.left), _cell(pair.right), _cell(pair.reason)) for pair in item.pairs]
    return [f"| {left} | {right} | {why} |" for left, right, why in rows]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _model(item: Item) -> list[str]:
    lines = ["### Model answer", ""]
    for text in item.model:
        lines += [safe_start(text), ""]
    for head, texts in (("### Look for", item.look_for), ("### Not enough", item.not_enough)):
        if texts:
            lines += [head, "", *(f"- {safe_start(text)}" for text in texts), ""]
    return lines[:-1]


_WRITERS = {
    "one_answer": _choices, "several_answers": _choices, "order": _steps, "match": _pairs, "short_answer": _model,
}  # fmt: skip
