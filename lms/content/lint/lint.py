"""Checks on the whole course: content notes, gentler versions, the question bank, sources and arcs."""

from __future__ import annotations

import re
from collections import Counter

from lms.content.markdown.citations import CITATION
from lms.content.model.content_note import ContentNote
from lms.content.model.course import Course
from lms.content.model.question import Question
from lms.content.model.report import did_you_mean
from lms.content.questions import lint as lint_question
from lms.content.questions.one_answer import OneAnswer
from lms.content.questions.parts import bare
from lms.content.reader.context import ParseContext
from lms.content.reader.reading import split

LEAST_PER_OBJECTIVE = 2
MOST_CONTACTS, HAND_OVER = 3, "linking"
LEAST_PER_GROUP = 3
NOTE_MOST = 3
# Beginnings of words in the languages of our interface; what they lead to is read by a person.
_NAMED = re.compile(
    r"\b(?:suicid|suizid|selbstmord|selbsttötung|self-harm|violen|gewalt|vergewalt|assault|raped?\b|agres|agress)|انتحار|عنف",
    re.IGNORECASE,
)
_LIMIT = re.compile(r"\b(?:no|not|nobody|nothing|none|never|without)\b", re.IGNORECASE)
LONGEST_PER_CENT = 60
ENOUGH_QUESTIONS = 5


def lint_course(context: ParseContext, course: Course) -> None:
    """Looks at care, questions and evidence across all files."""
    _care(context, course)
    for question in (*course.questions, *(question for lesson in course.lessons for question in lesson.practice)):
        context.findings += lint_question(question)
    _bank(context, course)
    _draw(context, course)
    _sources(context, course)
    _arcs(context, course)


def _care(context: ParseContext, course: Course) -> None:
    for lesson in course.lessons:
        if lesson.content_note.heavy and lesson.gentle_html is None:
            context.report(lesson.path).add(
                "NO_GENTLER_VERSION",
                message=f"“{lesson.title}” deals with {', '.join(lesson.content_note.topics)}, "
                "but has no gentler version.",
            )
    _check_says_so(context, course)
    _length_of_notes(context, course)
    if course.language.partition("-")[0] == "en":
        _limits_in_notes(context, course)
    if course.lessons and not any(lesson.self_care for lesson in course.lessons):
        context.report("course.md").add("NO_SELF_CARE")


def _check_says_so(context: ParseContext, course: Course) -> None:
    """Questions that name suicide or violence need a content note, which people see before they start."""
    report = context.report("check.md")
    if course.announced_in_check:
        return
    for question in course.questions:
        end = next((other.line for other in course.questions if other.line > question.line), len(report.lines) + 1)
        found = _NAMED.search("\n".join(report.lines[question.line - 1 : end - 1]))
        if found:
            report.add("CHECK_WITHOUT_NOTE", question.line, f"“{question.id}” says “{found.group()}”.")
            return


def _notes(course: Course) -> list[tuple[str, ContentNote]]:
    noted = [(lesson.path, note) for lesson in course.lessons for note in (lesson.content_note, lesson.gentle_note)]
    return [
        *noted,
        *((f"practice/{conversation.id}.md", conversation.content_note) for conversation in course.conversations),
        *([("check.md", course.check_note)] if course.check_note else []),
    ]


def _length_of_notes(context: ParseContext, course: Course) -> None:
    for path, note in _notes(course):
        sentence_count = len(split(note.note))
        if sentence_count > NOTE_MOST:
            context.report(path).add("NOTE_TOO_LONG", message=f"The note has {sentence_count} sentences.")


def _limits_in_notes(context: ParseContext, course: Course) -> None:
    """Content notes also have to say what is left out; checked in English courses only."""
    for path, note in _notes(course):
        if note.topics and not _LIMIT.search(note.note):
            context.report(path).add("NOTE_WITHOUT_LIMIT", message=f"“{note.note}” doesn’t say what’s left out.")


def _bank(context: ParseContext, course: Course) -> None:
    report = context.report("check.md")
    drawable = [question for question in course.questions if question.drawable and question.everywhere]
    counts = Counter(id for question in drawable for id in question.objectives)
    for objective in course.objectives:
        if counts[objective.id] < LEAST_PER_OBJECTIVE:
            report.add(
                "THIN_OBJECTIVE", message=f"“{objective.id}” has {_questions(counts[objective.id])} in the check."
            )
    groups = Counter(question.group for question in drawable if question.critical and question.group)
    for group, count in sorted(groups.items(), key=lambda pair: str(pair[0])):
        if count < LEAST_PER_GROUP:
            report.add("THIN_GROUP", message=f"The critical group “{group}” has {_questions(count)}.")
    singles = [
        question for question in drawable if isinstance(question.body, OneAnswer) and len(question.body.options) > 2
    ]
    longest = sum(_right_is_longest(question) for question in singles)
    if len(singles) >= ENOUGH_QUESTIONS and 100 * longest > LONGEST_PER_CENT * len(singles):
        report.add(
            "RIGHT_IS_LONGEST", message=f"The right option is the longest one in {longest} of {len(singles)} questions."
        )


def _questions(count: int) -> str:
    return "no question" if not count else "one question" if count == 1 else f"{count} questions"


def _right_is_longest(question: Question) -> bool:
    assert isinstance(question.body, OneAnswer)
    lengths = {option.right: 0 for option in question.body.options}
    for option in question.body.options:
        lengths[option.right] = max(lengths[option.right], len(bare(option.text)))
    return lengths[True] > lengths[False]


def _draw(context: ParseContext, course: Course) -> None:
    """A check draws one question of each critical group, and the rest from those that are not critical."""
    drawable = [question for question in course.questions if question.drawable and question.everywhere]
    groups = {question.group for question in drawable if question.critical}
    able = sum(not question.critical for question in drawable) + len(groups)
    report = context.report("course.md")
    line = next((number for number, text in enumerate(report.lines, start=1) if text.startswith("draw:")), 1)
    if course.criteria.draw > able:
        report.add(
            "DRAW_TOO_LARGE",
            line,
            f"The check draws {course.criteria.draw}, but the bank only has {able} for one attempt.",
        )
    elif (drawable or not course.draft) and (course.criteria.draw < len(groups) or course.criteria.draw < 1):
        report.add(
            "BAD_VALUE",
            line,
            f"The check draws {course.criteria.draw}. It needs at least one, and one from each critical group.",
        )
    if course.criteria.refresher is not None and not (
        max(len(groups), 1) <= course.criteria.refresher < course.criteria.draw
    ):
        place = next((number for number, text in enumerate(report.lines, 1) if text.startswith("refresher:")), 1)
        report.add(
            "REFRESHER_DRAW",
            place,
            f"The refresher draws {course.criteria.refresher}, the check {course.criteria.draw};"
            f" there are {len(groups)} critical groups.",
        )
    if course.criteria.practice_required > len(course.conversations):
        report.add(
            "PRACTICE_TOO_FEW",
            message=f"The course asks for {course.criteria.practice_required}, but has {len(course.conversations)}.",
        )


def _sources(context: ParseContext, course: Course) -> None:
    cited = {id for text in context.texts.values() for id in CITATION.findall(text)}
    report = context.report("course.md")
    for source in course.sources:
        if source.id not in cited:
            line = next(
                (
                    number
                    for number, text in enumerate(report.lines, start=1)
                    if re.search(rf"\bid:\s*[\"']?{re.escape(source.id)}\b", text)
                ),
                1,
            )
            report.add("SOURCE_NEVER_CITED", line, f"The source “{source.id}” is never cited.")


def _arcs(context: ParseContext, course: Course) -> None:
    """Checks that an arc has two or three contacts, each once, and that the third can hand over."""
    report = context.report("course.md")
    listed: set[str] = set()
    for arc in course.arcs:
        if not 2 <= len(arc.contacts) <= MOST_CONTACTS:
            report.add("ARC_LENGTH", message=f"“{arc.title}” has {len(arc.contacts)} contacts.")
        for id in arc.contacts:
            if id not in course.conversation_by_id:
                known = did_you_mean(id, course.conversation_by_id)
                report.add("ARC_CONTACT", message=f"“{id}” isn’t a conversation of this course.{known}")
            elif id in listed:
                report.add("ARC_CONTACT", message=f"“{id}” is listed as a contact twice.")
            listed.add(id)
        third = course.conversation_by_id.get(arc.contacts[-1]) if len(arc.contacts) == MOST_CONTACTS else None
        if third and not any(reply.label == HAND_OVER for turn in third.turns for reply in turn.replies):
            report.add("ARC_NO_HANDOVER", message=f"The third contact of “{arc.title}” has no reply labelled linking.")
