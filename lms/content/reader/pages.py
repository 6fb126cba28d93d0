"""One file at a time: lessons, their gentler versions, modules and the check, read into values."""

from __future__ import annotations

from collections.abc import Collection
from posixpath import dirname
from urllib.parse import quote

from lms.content.markdown.blocks import words_of
from lms.content.markdown.furniture import fold_picture, fold_recording, story_note
from lms.content.markdown.quotes import PRIVATE
from lms.content.model.content_note import TOPICS, ContentNote
from lms.content.model.conversation import Conversation
from lms.content.model.course import Lesson, Module
from lms.content.model.question import Question
from lms.content.model.report import Report, did_you_mean
from lms.content.model.safe import says_something
from lms.content.model.structure import Folder, is_recording
from lms.content.questions import bank
from lms.content.reader import conversation, frontmatter, shapes, values
from lms.content.reader.context import ParseContext, ParsedFile, parse_file, render_file


def read_module(context: ParseContext, folder: Folder) -> Module:
    """A module with its lessons; one without module.md is named after its folder."""
    title, html = folder.id.replace("-", " ").capitalize(), ""
    if folder.page and folder.page in context.texts:
        written, html = context.part(_read_module_page, folder.page)
        title = written or title
    lessons = [
        context.part(_read_lesson, id, path, folder.gentle.get(id))
        for id, path in folder.lessons.items()
        if path in context.texts
    ]
    found = tuple(lesson for lesson in lessons if lesson is not None)
    facilitator = context.part(_read_facilitator, folder.facilitator) if folder.facilitator else ""
    return Module(folder.id, folder.number, title, html, found, facilitator)


def _read_module_page(context: ParseContext, path: str) -> tuple[str, str]:
    """A module's title, empty where it cannot be read, and its text."""
    source, parsed = parse_file(context, path, "module")
    shape = frontmatter.read(source, shapes.ModuleShape, parsed.report, "the title of this module")
    return shape.title if shape else "", render_file(context, parsed)


def _read_facilitator(context: ParseContext, path: str) -> str:
    """Notes for those who run the module; empty when they cannot be read."""
    if path not in context.texts:
        return ""
    source, parsed = parse_file(context, path, "facilitator")
    if source is not None:
        frontmatter.read(source, shapes.FacilitatorShape, parsed.report, "the title of these notes")
    html = render_file(context, parsed)
    if not says_something(html):
        parsed.report.add("EMPTY_PAGE")
    return html


def _read_lesson(context: ParseContext, id: str, path: str, gentle: str | None) -> Lesson | None:
    source, parsed = parse_file(context, path, "lesson")
    parsed.prose, sections = bank.split(parsed.page.blocks)
    lost = _lesson_and_all(gentle, len(sections))
    shape = frontmatter.read(source, shapes.LessonShape, parsed.report, lost)
    questions = tuple(_questions(context, sections, parsed.report))
    html = render_file(context, parsed, lead=True)
    if not says_something(html):
        parsed.report.add("EMPTY_PAGE")
    prompts = _claim_prompts(context, parsed)
    gentle_html, gentle_note = _read_gentle(context, gentle, prompts)
    if shape is None:
        return None
    html, gentle_html = _fold_pictures(context, shape, parsed, path, html, gentle_html)
    html = _with_story(shape, parsed, html)
    if shape.id != id:
        parsed.report.add("ID_NOT_FILE_NAME", 2, f"The id is “{shape.id}”, but the file name says “{id}”.")
    context.claim(shape.id, path, 2)
    _check_front(context, shape, parsed)
    words = words_of(parsed.prose)
    note = shape.content_notes.value() if shape.content_notes else ContentNote()
    minutes = shape.minutes or estimate_minutes(words, len(prompts), len(questions))
    sources = tuple(dict.fromkeys((*shape.sources, *parsed.cited)))
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


def _with_story(shape: shapes.LessonShape, parsed: ParsedFile, html: str) -> str:
    """Say under a story whose it is and how it is taken back; a story also has a content note that says something."""
    if shape.story is None:
        return html
    values.check_day(shape.story.consent, "consent", parsed.report)
    if shape.content_notes is None:
        at = _line_of(parsed.report, "story")
        parsed.report.add("STORY_WITHOUT_NOTE", at)
    text, mark, notes = html.partition('<section class="notes">')
    return f"{text}{story_note(shape.story.told_by, shape.story.removal)}{mark}{notes}"


def _fold_pictures(
    context: ParseContext, shape: shapes.LessonShape, parsed: ParsedFile, path: str, html: str, gentle: str | None
) -> tuple[str, str | None]:
    """Put pictures that are marked as distressing behind a button, in either version of the lesson."""
    for source in shape.distressing:
        found = context.renderer.picture_path(source, dirname(path))
        name = quote(found.removeprefix("media/")) if found else ""
        fold = fold_recording if found and is_recording(found) else fold_picture
        folded = fold(html, name) if name else None
        if folded is None:
            at = _line_of(parsed.report, "distressing")
            parsed.report.add("DISTRESSING_NOT_ALONE", at, f"“{source}” isn’t in a paragraph of its own.")
        html = folded or html
        gentle = (fold(gentle, name) or gentle) if gentle and name else gentle
    return html, gentle


def estimate_minutes(words: int, prompts: int, questions: int) -> int:
    """150 words a minute, three minutes a prompt and one and a half a question, rounded up."""
    return -(-(2 * words + 900 * prompts + 450 * questions) // 300)


def _check_front(
    context: ParseContext, shape: shapes.LessonShape | shapes.ConversationShape, parsed: ParsedFile
) -> None:
    """Objectives, sources and topics are among those that the course knows."""
    values.check_minutes(shape.minutes, parsed.report)
    bank.check_objectives(shape.objectives, context.objectives, _line_of(parsed.report, "objectives"), parsed.report)
    line = _line_of(parsed.report, "content_notes")
    if shape.content_notes:
        check_topics(shape.content_notes.value(), line, parsed.report)
    for id in getattr(shape, "sources", ()):
        if context.renderer.sources and id not in context.renderer.sources:
            at = _line_of(parsed.report, "sources")
            parsed.report.add(
                "UNKNOWN_SOURCE",
                at,
                f"The source “{id}” isn’t in course.md.{did_you_mean(id, context.renderer.sources)}",
            )


def check_topics(note: ContentNote, line: int, report: Report) -> None:
    """Every topic is one of the list."""
    for topic in note.topics:
        if topic not in TOPICS:
            report.add(
                "UNKNOWN_TOPIC",
                line,
                f"The topic “{topic}” isn’t in the list.{did_you_mean(topic, TOPICS)}",
                column=report.column_of(line, topic),
            )


def _line_of(report: Report, key: str) -> int:
    return next((number for number, line in enumerate(report.lines, start=1) if line.startswith(f"{key}:")), 1)


def _read_gentle(context: ParseContext, path: str | None, prompts: Collection[str]) -> tuple[str | None, ContentNote]:
    """The gentler version as HTML with its note; None when there is none."""
    if path is None or path not in context.texts:
        return None, ContentNote()
    source, parsed = parse_file(context, path, "gentle")
    shape = frontmatter.read(source, shapes.GentleShape, parsed.report, "the content note of this gentler version")
    parsed.prose, sections = bank.split(parsed.page.blocks)
    for section in sections:
        parsed.report.add("QUESTION_IN_GENTLER", section.heading.line)
    _claim_prompts(context, parsed, repeated=prompts)
    note = shape.content_notes.value() if shape and shape.content_notes else ContentNote()
    check_topics(note, _line_of(parsed.report, "content_notes"), parsed.report)
    html = render_file(context, parsed, lead=True)
    if not says_something(html):
        parsed.report.add("EMPTY_PAGE")
    return html, note


def _claim_prompts(context: ParseContext, parsed: ParsedFile, repeated: Collection[str] = ()) -> list[str]:
    """The ids of a page's private prompts; a gentler version may repeat its lesson's."""
    found = []
    for block in parsed.prose:
        prompt = PRIVATE.match(block.children[0].text) if block.kind == "quote" and block.children else None
        if prompt is None:
            continue
        id = prompt.group(1)
        if not id:
            parsed.report.add(
                "MISSING_ID",
                block.line,
                "A private prompt has no id.",
                fix="Write > **For you, privately** {#pfa-p03}",
            )
        elif id in found or id not in repeated:
            context.claim(id, parsed.report.path, block.line)
        found.append(id or "")
    return found


def _questions(context: ParseContext, sections: list[bank.Section], report: Report) -> list[Question]:
    found = []
    for section in sections:
        question = bank.read_question(section, context.renderer, report, context.objectives)
        if question is not None:
            context.claim(question.id, report.path, question.line)
            found.append(question)
    return found


def read_check(context: ParseContext, path: str) -> tuple[tuple[Question, ...], ContentNote | None]:
    """The bank of questions, and what its author says they touch on; everything in it belongs to a question."""
    source, parsed = parse_file(context, path, "check")
    shape = None
    if source is not None:
        shape = frontmatter.read(source, shapes.CheckShape, parsed.report, "the front matter of the check")
    note = shape.note() if shape else None
    check_topics(note or ContentNote(), _line_of(parsed.report, "content_notes"), parsed.report)
    parsed.prose, sections = bank.split(parsed.page.blocks)
    if not sections:
        parsed.report.add("EMPTY_PAGE", message="The check has no questions.")
    for block in parsed.prose:
        if block.kind not in ("rule", "html"):
            parsed.report.add("OUTSIDE_QUESTION", block.line)
    return tuple(_questions(context, sections, parsed.report)), note


def read_conversation(context: ParseContext, path: str) -> Conversation | None:
    """A practice conversation; its id is its file's name."""
    source, parsed = parse_file(context, path, "conversation")
    shape = frontmatter.read(source, shapes.ConversationShape, parsed.report, "this conversation")
    if shape is None:
        return None
    id = path.removeprefix("practice/").removesuffix(".md")
    if shape.id and shape.id != id:
        parsed.report.add(
            "ID_NOT_FILE_NAME", _line_of(parsed.report, "id"), f"The id is “{shape.id}”, but the file name says “{id}”."
        )
    context.claim(id, path, 1)
    _check_front(context, shape, parsed)
    return conversation.read(parsed.page, shape, id, context.renderer, parsed.report)
