"""One file at a time: lessons, their gentler versions, modules and the check, read into values."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from posixpath import dirname
from typing import Literal
from urllib.parse import quote

from lms.content.markdown import prose
from lms.content.markdown.blocks import Block, Page, parse, words_of
from lms.content.markdown.furniture import PRIVATE, behind_a_button, story_note
from lms.content.model.content_note import ContentNote
from lms.content.model.conversation import Conversation
from lms.content.model.course import Lesson, Module
from lms.content.model.question import Question
from lms.content.model.report import Finding, Report, did_you_mean
from lms.content.model.safe import says_something
from lms.content.model.structure import Folder
from lms.content.questions import bank
from lms.content.reader import conversation, frontmatter, shapes, values

Role = Literal["course", "module", "facilitator", "lesson", "gentle", "check", "conversation", "glossary"]


@dataclass
class Sheet:
    """A file that was parsed: its prose blocks, kept for proofreading, beside what the reader made of it."""

    role: Role
    report: Report
    page: Page
    prose: list[Block]
    cited: tuple[str, ...] = ()
    differs: str = ""


@dataclass
class Desk:
    """All that is at hand while one course is read."""

    texts: dict[str, str]
    findings: list[Finding]
    press: prose.Press = field(default_factory=prose.Press)
    objectives: Collection[str] = ()
    sheets: list[Sheet] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)

    def report(self, path: str) -> Report:
        """A report on that file, with its lines."""
        return Report(path, self.texts.get(path, "").split("\n"), self.findings)

    def claim(self, id: str, path: str, line: int) -> None:
        """Notes that an id is taken; says so when it was taken before."""
        if id in self.ids:
            self.report(path).add(
                "DUPLICATE_ID",
                line,
                f"The id “{id}” is used in {self.ids[id]} too.",
                column=self.report(path).column_of(line, id),
            )
        self.ids.setdefault(id, f"{path}:{line}")


def open_sheet(desk: Desk, path: str, role: Role) -> tuple[str | None, Sheet]:
    """Front matter and parsed body of a file."""
    source, body, first = frontmatter.split(desk.texts[path])
    page = parse(body, first)
    sheet = Sheet(role, desk.report(path), page, page.blocks)
    desk.sheets.append(sheet)
    return source, sheet


def print_sheet(desk: Desk, sheet: Sheet, *, lead: bool = False) -> str:
    """The sheet's prose as HTML; remembers what it cites."""
    rendered = desk.press.page(sheet.prose, sheet.page.references, folder=dirname(sheet.report.path), lead=lead)
    sheet.cited, sheet.differs = rendered.cited, rendered.differs
    return rendered.html


def read_module(desk: Desk, folder: Folder) -> Module:
    """A module with its lessons; one without module.md is named after its folder."""
    title, html = folder.id.replace("-", " ").capitalize(), ""
    if folder.page and folder.page in desk.texts:
        source, sheet = open_sheet(desk, folder.page, "module")
        shape = frontmatter.read(source, shapes.ModuleShape, sheet.report, "the title of this module")
        title, html = shape.title if shape else title, print_sheet(desk, sheet)
    lessons = [_read_lesson(desk, folder, id, path) for id, path in folder.lessons.items() if path in desk.texts]
    found = tuple(lesson for lesson in lessons if lesson is not None)
    return Module(folder.id, folder.number, title, html, found, _read_facilitator(desk, folder.facilitator))


def _read_facilitator(desk: Desk, path: str | None) -> str:
    """Notes for those who run the module; empty when there are none."""
    if path is None or path not in desk.texts:
        return ""
    source, sheet = open_sheet(desk, path, "facilitator")
    if source is not None:
        frontmatter.read(source, shapes.FacilitatorShape, sheet.report, "the title of these notes")
    html = print_sheet(desk, sheet)
    if not says_something(html):
        sheet.report.add("EMPTY_PAGE")
    return html


def _read_lesson(desk: Desk, folder: Folder, id: str, path: str) -> Lesson | None:
    source, sheet = open_sheet(desk, path, "lesson")
    sheet.prose, sections = bank.split(sheet.page.blocks)
    lost = _lesson_and_all(folder.gentle.get(id), len(sections))
    shape = frontmatter.read(source, shapes.LessonShape, sheet.report, lost)
    questions = tuple(_questions(desk, sections, sheet.report))
    html = print_sheet(desk, sheet, lead=True)
    if not says_something(html):
        sheet.report.add("EMPTY_PAGE")
    prompts = _claim_prompts(desk, sheet)
    gentle_html, gentle_note = _read_gentle(desk, folder.gentle.get(id), prompts)
    if shape is None:
        return None
    html, gentle_html = _fold_pictures(desk, shape, sheet, path, html, gentle_html)
    html = _with_story(shape, sheet, html)
    if shape.id != id:
        sheet.report.add("ID_NOT_FILE_NAME", 2, f"The id is “{shape.id}”, but the file name says “{id}”.")
    desk.claim(shape.id, path, 2)
    _check_front(desk, shape, sheet)
    words = words_of(sheet.prose)
    note = shape.content_notes.value() if shape.content_notes else ContentNote()
    minutes = shape.minutes or estimate_minutes(words, len(prompts), len(questions))
    sources = tuple(dict.fromkeys((*shape.sources, *sheet.cited)))
    return Lesson(
        shape.id,
        shape.title,
        tuple(shape.objectives),
        note,
        html,
        minutes,
        words,
        sources,
        gentle_html,
        gentle_note,
        shape.self_care,
        path,
        questions,
    )


def _lesson_and_all(gentle: str | None, questions: int) -> str:
    """What is not in the course while a lesson cannot be read, in words."""
    parts = ["this lesson", *["its gentler version"] * (gentle is not None)]
    if questions:
        parts.append("its question" if questions == 1 else f"its {questions} questions")
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _with_story(shape: shapes.LessonShape, sheet: Sheet, html: str) -> str:
    """Say under a story whose it is and how it is taken back; a story also has a content note that says something."""
    if shape.story is None:
        return html
    values.check_day(shape.story.consent, "consent", sheet.report)
    if shape.content_notes is None:
        at = _line_of(sheet.report, "story")
        sheet.report.add("STORY_WITHOUT_NOTE", at)
    text, mark, notes = html.partition('<section class="notes">')
    return f"{text}{story_note(shape.story.told_by, shape.story.removal)}{mark}{notes}"


def _fold_pictures(
    desk: Desk, shape: shapes.LessonShape, sheet: Sheet, path: str, html: str, gentle: str | None
) -> tuple[str, str | None]:
    """Put pictures that are marked as distressing behind a button, in either version of the lesson."""
    for source in shape.distressing:
        found = desk.press.picture_path(source, dirname(path))
        name = quote(found.removeprefix("media/")) if found else ""
        folded = behind_a_button(html, name) if name else None
        if folded is None:
            at = _line_of(sheet.report, "distressing")
            sheet.report.add("DISTRESSING_NOT_ALONE", at, f"“{source}” isn’t in a paragraph of its own.")
        html = folded or html
        gentle = (behind_a_button(gentle, name) or gentle) if gentle and name else gentle
    return html, gentle


def estimate_minutes(words: int, prompts: int, questions: int) -> int:
    """150 words a minute, three minutes a prompt and one and a half a question, rounded up."""
    return -(-(2 * words + 900 * prompts + 450 * questions) // 300)


def _check_front(desk: Desk, shape: shapes.LessonShape | shapes.ConversationShape, sheet: Sheet) -> None:
    """Objectives, sources and topics are among those that the course knows."""
    values.check_minutes(shape.minutes, sheet.report)
    bank.check_objectives(shape.objectives, desk.objectives, _line_of(sheet.report, "objectives"), sheet.report)
    line = _line_of(sheet.report, "content_notes")
    if shape.content_notes:
        check_topics(shape.content_notes.value(), line, sheet.report)
    for id in getattr(shape, "sources", ()):
        if desk.press.sources and id not in desk.press.sources:
            at = _line_of(sheet.report, "sources")
            sheet.report.add(
                "UNKNOWN_SOURCE", at, f"The source “{id}” isn’t in course.md.{did_you_mean(id, desk.press.sources)}"
            )


def check_topics(note: ContentNote, line: int, report: Report) -> None:
    """Every topic is one of the list."""
    for topic in note.topics:
        if topic not in shapes.TOPICS:
            report.add(
                "UNKNOWN_TOPIC",
                line,
                f"The topic “{topic}” isn’t in the list.{did_you_mean(topic, shapes.TOPICS)}",
                column=report.column_of(line, topic),
            )


def _line_of(report: Report, key: str) -> int:
    return next((number for number, line in enumerate(report.lines, start=1) if line.startswith(f"{key}:")), 1)


def _read_gentle(desk: Desk, path: str | None, prompts: Collection[str]) -> tuple[str | None, ContentNote]:
    """The gentler version as HTML with its note; None when there is none."""
    if path is None or path not in desk.texts:
        return None, ContentNote()
    source, sheet = open_sheet(desk, path, "gentle")
    shape = frontmatter.read(source, shapes.GentleShape, sheet.report, "the content note of this gentler version")
    sheet.prose, sections = bank.split(sheet.page.blocks)
    for section in sections:
        sheet.report.add("QUESTION_IN_GENTLER", section.heading.line)
    _claim_prompts(desk, sheet, repeated=prompts)
    note = shape.content_notes.value() if shape and shape.content_notes else ContentNote()
    check_topics(note, _line_of(sheet.report, "content_notes"), sheet.report)
    html = print_sheet(desk, sheet, lead=True)
    if not says_something(html):
        sheet.report.add("EMPTY_PAGE")
    return html, note


def _claim_prompts(desk: Desk, sheet: Sheet, repeated: Collection[str] = ()) -> list[str]:
    """The ids of a page's private prompts; a gentler version may repeat its lesson's."""
    found = []
    for block in sheet.prose:
        prompt = PRIVATE.match(block.children[0].text) if block.kind == "quote" and block.children else None
        if prompt is None:
            continue
        id = prompt.group(1)
        if not id:
            sheet.report.add(
                "MISSING_ID",
                block.line,
                "A private prompt has no id.",
                mend="Write > **For you, privately** {#pfa-p03}",
            )
        elif id in found or id not in repeated:
            desk.claim(id, sheet.report.path, block.line)
        found.append(id or "")
    return found


def _questions(desk: Desk, sections: list[bank.Section], report: Report) -> list[Question]:
    found = []
    for section in sections:
        question = bank.read_question(section, desk.press, report, desk.objectives)
        if question is not None:
            desk.claim(question.id, report.path, question.line)
            found.append(question)
    return found


def read_check(desk: Desk, path: str) -> tuple[Question, ...]:
    """The bank of questions; everything in it belongs to a question."""
    source, sheet = open_sheet(desk, path, "check")
    if source is not None:
        frontmatter.read(source, shapes.CheckShape, sheet.report, "the front matter of the check")
    sheet.prose, sections = bank.split(sheet.page.blocks)
    if not sections:
        sheet.report.add("EMPTY_PAGE", message="The check has no questions.")
    for block in sheet.prose:
        if block.kind not in ("rule", "html"):
            sheet.report.add("OUTSIDE_QUESTION", block.line)
    return tuple(_questions(desk, sections, sheet.report))


def read_conversation(desk: Desk, path: str) -> Conversation | None:
    """A practice conversation; its id is its file's name."""
    source, sheet = open_sheet(desk, path, "conversation")
    shape = frontmatter.read(source, shapes.ConversationShape, sheet.report, "this conversation")
    if shape is None:
        return None
    id = path.removeprefix("practice/").removesuffix(".md")
    if shape.id and shape.id != id:
        sheet.report.add(
            "ID_NOT_FILE_NAME", _line_of(sheet.report, "id"), f"The id is “{shape.id}”, but the file name says “{id}”."
        )
    desk.claim(id, path, 1)
    _check_front(desk, shape, sheet)
    return conversation.read(sheet.page, shape, id, desk.press, sheet.report)
