"""What can be chosen while inserting: objectives, sources, pictures, headings, and ids that are free."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from lms.content.model.bundle import Bundle
from lms.content.model.report import Report
from lms.content.model.structure import is_picture, is_recording
from lms.foundation.late import late

if TYPE_CHECKING:
    from lms.content.reader import frontmatter
else:
    frontmatter = late("lms.content.reader.frontmatter")  # 0.4 s and 19 MB (YAML, pydantic)

FileKind = Literal["course", "check", "conversation", "lesson", "gentle", "other"]
# The letter before the number of an id, by what it names.
QUESTION, PRACTICE, PROMPT = "q", "i", "p"
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_IDS = re.compile(r"\{#([a-z0-9]+(?:-[a-z0-9]+)*)")
_NUMBERED = re.compile(r"([a-z0-9-]+?)-[qipl]\d+[a-z]?")
_TITLE = re.compile(r"^title:\s*[\"']?(.*?)[\"']?\s*$", re.M)
_LESSON = re.compile(r"\d{1,3}-[a-z0-9-]+/\d{1,3}-[a-z0-9-]+(?P<gentle>\.gentle)?\.md")


@dataclass(frozen=True)
class Choices:
    """What a file of a course can refer to; pairs of an id or a path with its words."""

    objectives: tuple[tuple[str, str], ...]
    sources: tuple[tuple[str, str], ...]
    pictures: tuple[str, ...]
    recordings: tuple[str, ...]
    pages: tuple[tuple[str, str], ...]
    taken: frozenset[str]
    prefix: str

    def free_id(self, letter: str, after: int = 0) -> str:
        """Return an id of that letter after the highest one there is, such as `pfa-q12`: the next, or a later one."""
        numbers = [re.fullmatch(rf"{re.escape(self.prefix)}-{letter}(\d+)[a-z]?", id) for id in self.taken]
        highest = max((int(found[1]) for found in numbers if found), default=0)
        return f"{self.prefix}-{letter}{highest + 1 + after:02d}"


def is_id(text: str) -> bool:
    """Decide whether a text can be an id."""
    return bool(_ID.fullmatch(text))


def kind_of_file(path: str) -> FileKind:
    """Return what a file of a course is, by its path."""
    if path in ("course.md", "check.md"):
        return "course" if path == "course.md" else "check"
    if path.startswith("practice/") and path.endswith(".md"):
        return "conversation"
    lesson = _LESSON.fullmatch(path)
    if lesson is None:
        return "other"
    return "gentle" if lesson["gentle"] else "lesson"


def choices_of(bundle: Bundle) -> Choices:
    """Return what files of a draft can refer to, also while `course.md` has problems."""
    front = _front_matter(bundle.files.get("course.md", b"").decode("utf-8", "replace"))
    texts = {
        path: bundle.files[path].decode("utf-8", "replace") for path in sorted(bundle.files) if path.endswith(".md")
    }
    taken = frozenset(id for text in texts.values() for id in _IDS.findall(text))
    return Choices(
        objectives=_listed(front, "objectives", "text"),
        sources=_listed(front, "sources", "citation"),
        pictures=tuple(path for path in sorted(bundle.files) if path.startswith("media/") and is_picture(path)),
        recordings=tuple(path for path in sorted(bundle.files) if path.startswith("media/") and is_recording(path)),
        pages=tuple((path, _title_of(path, text)) for path, text in texts.items() if _can_be_linked(path)),
        taken=taken,
        prefix=_prefix(taken, front),
    )


def _can_be_linked(path: str) -> bool:
    return path == "glossary.md" or kind_of_file(path) in ("course", "lesson", "gentle", "conversation")


def _title_of(path: str, text: str) -> str:
    found = _TITLE.search(text)
    return f"{found[1]} ({path})" if found else path


def facts_of(text: str) -> list[tuple[str, str]]:
    """Return what a conversation remembers, each fact by its id with its sentence."""
    facts = _front_matter(text).get("facts")
    return [(str(id), f"{id}: {words}") for id, words in facts.items()] if isinstance(facts, dict) else []


def _front_matter(text: str) -> Mapping[str, Any]:
    source, _body, _line = frontmatter.split(text)
    tree = frontmatter.load(source, Report("")) if source else None
    return tree.value if tree else {}


def _listed(front: Mapping[str, Any], key: str, words: str) -> tuple[tuple[str, str], ...]:
    rows = front.get(key)
    rows = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return tuple((str(row["id"]), str(row.get(words, ""))) for row in rows if row.get("id"))


def _prefix(taken: frozenset[str], front: Mapping[str, Any]) -> str:
    """Return how ids of this course begin: as most do so far, else as its code or its id does."""
    known = Counter(found[1] for id in sorted(taken) if (found := _NUMBERED.fullmatch(id)))
    if known:
        return known.most_common(1)[0][0]
    objectives = _listed(front, "objectives", "text")
    if objectives and "-" in objectives[0][0]:
        return objectives[0][0].rpartition("-")[0]
    named = front.get("code") or str(front.get("id", "")).partition("-")[0]
    return re.sub(r"[^a-z0-9]", "", str(named).lower()) or "question"
