"""Writes the tables of docs/authoring.md from the code (`python -m tests.house.authoring`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from lms.content.model.content_note import TOPICS, UNSEEN
from lms.content.model.conversation import LABELS
from lms.content.reader import shapes
from lms.learning.practice.pages import label_words
from tests.house.tour import ROOT

FILE: Path = ROOT / "docs" / "authoring.md"

# What each key of front matter is for; the names, and which of them a file needs, come from the reader itself.
KEYS: dict[type[BaseModel], dict[str, str]] = {
    shapes.CourseShape: {
        "id": "The folder’s name. It never changes, because learners’ progress refers to it.",
        "code": "Two to eight capital letters or digits, shown beside the title.",
        "title": "The course’s name, as people read it.",
        "version": 'Three numbers in quotes, such as `"1.0.0"`. [What it changes](#what-a-new-version-changes).',
        "language": "The language of the text, such as `en` or `pt-BR`.",
        "summary": "One or two sentences for the list of courses.",
        "audience": "Who the course is for.",
        "sectors": "Fields of work that it was written for. For your own overview; pages don’t show it.",
        "prerequisites": "Courses to take first. For your own overview; nobody is held back by it.",
        "private": "`yes` hides from coordinators who takes the course.",
        "status": "`draft` while you write: some errors are forgiven, and the course can’t be published.",
        "objectives": "What learners can do afterwards.",
        "objectives.id": "What lessons and questions call it.",
        "objectives.text": "The objective, starting with a verb.",
        "objectives.tags": "Labels of your own, such as numbers of a competency framework.",
        "content_notes": '`none`, or `{topics: […], note: "…"}` for the course as a whole.',
        "pass": "What the certificate asks for.",
        "pass.score": "How much of the check has to be right, in per cent.",
        "pass.practice_required": "How many practice conversations to complete.",
        "pass.observed_practice": "How many observed practices *ready to practise* asks for.",
        "pass.lessons_required": "`yes` asks for every lesson, in either version.",
        "draw": "How many questions a check draws from the bank.",
        "refresher": "How renewing a certificate works, if half of the check isn’t right for this course.",
        "refresher.draw": "How many questions the shorter check for renewing draws.",
        "certificate": "What the certificate says.",
        "certificate.attests": "No longer used. Old courses may still have it.",
        "certificate.does_not_attest": "What the certificate doesn’t show, in full sentences.",
        "certificate.valid_months": "How many months it’s valid, or `null` for no end.",
        "certificate.design": "The [certificate design](certificates.md), unless the programme chose one.",
        "sources": "Works that lessons cite.",
        "sources.id": "What `[^ID]` calls it, such as `WANG24`.",
        "sources.citation": "The whole reference, in quotes.",
        "sources.url": "Where it can be read.",
        "sources.licence": "Its licence, if you quote from it.",
        "sources.checked": "The day on which somebody last compared what the course says with this source.",
        "arcs": "Two or three conversations with the same colleague.",
        "arcs.id": "The arc’s id.",
        "arcs.title": "The arc’s title.",
        "arcs.contacts": "Ids of the conversations, in their order.",
        "jurisdiction_notes": "Dated notes on the law of one place. A course that has any also needs a legal review.",
        "jurisdiction_notes.place": "The country or state.",
        "jurisdiction_notes.text": "What applies there.",
        "jurisdiction_notes.read_on": "The day somebody read the law.",
        "jurisdiction_notes.owner": "Who looks after the note.",
        "jurisdiction_notes.next_check": "When to read it again.",
        "review_due": "When the whole course should be reviewed again. Once it has passed, its pages say so.",
        "corrected": "A correction for safety. Publishing in the browser writes it for one version.",
        "corrected.day": "The day of the correction.",
        "corrected.lessons": "Ids of the lessons that changed. Whoever had read one sees the note there.",
        "corrected.note": "What changed, in one line.",
        "needs_facts": "Facts (`lead`, `emergency`, `limits_statement`) that a programme has to set first.",
        "licence": "The licence of the text, such as `CC BY 4.0`.",
        "authors": "Who wrote it.",
    },
    shapes.ModuleShape: {"title": "The module’s name on the course page."},
    shapes.LessonShape: {
        "id": "The file name without its number.",
        "title": "The lesson’s heading; the text itself starts at `##`.",
        "objectives": "Ids of the objectives that it works towards.",
        "content_notes": '`none`, or `{topics: […], note: "…"}`.',
        "sources": "Ids of sources it rests on as a whole. Sources cited with `[^ID]` needn’t be repeated.",
        "minutes": "How long it takes. Left out, we estimate it from words, prompts and questions.",
        "self_care": "`yes` on a lesson about looking after yourself; every course needs one.",
        "distressing": "Pictures that wait behind a button.",
        "story": "A colleague’s own story, told with consent.",
        "story.told_by": "What the storyteller is called here.",
        "story.consent": "The day they agreed.",
        "story.removal": "Where they can have it taken out.",
    },
    shapes.GentleShape: {
        "content_notes": "As in a lesson, for what’s left in this version.",
        "id": "The lesson’s id; may be left out.",
        "title": "Left out: the lesson’s title is shown.",
        "objectives": "Left out: the lesson’s objectives count.",
        "sources": "Sources that this version rests on.",
        "minutes": "Left out: the lesson’s minutes count.",
    },
    shapes.CheckShape: {
        "kind": "`check`.",
        "title": "A title for yourself; pages don’t show it.",
        "content_notes": "What people read before they start the check: `none`, or topics with a note, as in a lesson. "
        "Left out, it follows from the lessons that the questions are about.",
    },
    shapes.ConversationShape: {
        "kind": "`conversation`.",
        "id": "The file name, if you write it at all.",
        "title": "The conversation’s name.",
        "with": "Who the learner talks to.",
        "setting": "Where, when, and what just happened. It’s read before the first words.",
        "content_notes": "As in a lesson.",
        "objectives": "Ids of the objectives that it practises.",
        "start": "The heading where it starts.",
        "ends": "Each end with `good` or `open`, such as `{she-rings-home: good, back-to-work: open}`. "
        "A good end can name the facts that it needs.",
        "facts": "What the conversation remembers: up to ten ids, each with a sentence, such as "
        "`{asked-safety: You asked about suicide}`.",
        "by": "How they speak: `face to face`, `phone` or `chat`.",
        "first_contact": "`yes` if they meet for the first time: every path to a good end then passes a "
        "`limits statement`.",
        "must_reach": "`good` if it counts only once a good end was reached; else `any`.",
        "minutes": "How long it takes.",
    },
    shapes.FacilitatorShape: {"title": "A heading for the notes."},
    shapes.GlossaryShape: {"kind": "`glossary`.", "title": "A title for yourself; pages don’t show it."},
}


def rows_of(shape: type[BaseModel], before: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Return each key of a file by its whole name, with those inside it."""
    for name, field in shape.model_fields.items():
        key = before + (field.alias or name)
        yield key, field
        inside = _inside(field.annotation)
        if inside is not None and not key.endswith("content_notes"):
            yield from rows_of(inside, f"{key}.")


def _inside(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _inside(part))), None)


def _keys(shape: type[BaseModel]) -> str:
    lines = [f"| `{key}` | {_needed(key, field)} | {KEYS[shape][key]} |" for key, field in rows_of(shape)]
    return "\n".join(["| Key | Needed | What it’s for |", "|---|---|---|", *lines])


def _needed(key: str, field: FieldInfo) -> str:
    """Say whether a file needs the key, or what counts when it is left out."""
    if field.is_required():
        return f"with `{key.rpartition('.')[0]}`" if "." in key else "yes"
    value = ("no", "yes")[field.default] if isinstance(field.default, bool) else field.default
    return "no" if value in (None, []) else f"no; `{value}` if left out"


def _topics() -> str:
    lines = [f"| `{topic}` | {'yes' if topic in UNSEEN else 'no'} |" for topic in TOPICS]
    return "\n".join(["| Topic | “Leave this page” is offered |", "|---|---|", *lines])


def _labels() -> str:
    words = label_words()
    lines = [f"| `{label}` | {words[label][1]} |" for label in LABELS]
    return "\n".join(["| Label | What such a reply does |", "|---|---|", *lines])


def tables() -> dict[str, str]:
    """Return every table by the name that stands in its marks."""
    keys = {shape.__name__.removesuffix("Shape").lower(): _keys(shape) for shape in KEYS}
    found = {**keys, "topics": _topics(), "labels": _labels()}
    return {name: table.replace("’", "'") for name, table in found.items()}


def filled(text: str) -> str:
    """Return the page with each table between its marks as the code has it now."""
    for name, table in tables().items():
        marks = re.compile(rf"(<!-- table: {name} -->)\n.*?(<!-- end of table -->)", re.DOTALL)
        text, count = marks.subn(lambda found, table=table: f"{found[1]}\n\n{table}\n\n{found[2]}", text)
        if count != 1:
            raise ValueError(f"docs/authoring.md needs the marks of the table {name} once")
    return text


if __name__ == "__main__":
    FILE.write_text(filled(FILE.read_text("utf-8")), "utf-8")
