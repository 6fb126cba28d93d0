"""The tables of learning in the file that somebody downloads of their data."""

from __future__ import annotations

import json

from markupsafe import Markup
from sqlalchemy import select

from lms.accounts.records import find_programmes
from lms.content.questions import in_words
from lms.foundation.db import db
from lms.foundation.personal_data import Part, Sheet
from lms.foundation.text.i18n import gettext as _
from lms.learning.check.refreshers import find_refresher, shown_on
from lms.learning.practice.records import Run, of_person
from lms.learning.practice.rules import play
from lms.learning.progress import records
from lms.learning.progress.attempt_records import Answer, Attempt, Result
from lms.learning.progress.equivalents import list_equivalents
from lms.learning.progress.records import Enrolment, LessonDone, PracticeDone
from lms.learning.progress.renewal_records import list_renewals
from lms.library.course_cache import get_course


def export(person_id: str) -> list[Part]:
    """Return all rows about somebody's learning."""
    enrolments = records.list_enrolments(person_id)
    return [
        _courses_table(enrolments),
        _finished_table(enrolments),
        _conversations_table(person_id),
        _checks_table(enrolments),
        _answers_table(enrolments),
        _renewals_table(enrolments),
        _refreshers_table(person_id),
        _equivalents_table(enrolments),
    ]


def _courses_table(enrolments: list[Enrolment]) -> Sheet:
    programmes = {id_: row.name for id_, row in find_programmes({row.programme_id for row in enrolments}).items()}
    return Sheet(
        "courses",
        _("Courses you started"),
        {"course": _("Course"), "line": _("Version"), "programme": _("Programme"), "began": _("Started")},
        tuple(
            (row.course_id, row.minor_line, programmes.get(row.programme_id, ""), row.started_at.isoformat())
            for row in enrolments
        ),
    )


def _finished_table(enrolments: list[Enrolment]) -> Sheet:
    return Sheet(
        "finished",
        _("Lessons and conversations you finished"),
        {
            "course": _("Course"),
            "kind": _("Kind"),
            "name": _("Name"),
            "when": _("When"),
            "counts": _("Counts towards the certificate"),
        },
        tuple(cells for row in enrolments for cells in _finished(row)),
    )


def _conversations_table(person_id: str) -> Sheet:
    return Sheet(
        "conversations",
        _("What you chose in practice conversations"),
        {
            "course": _("Course"),
            "name": _("Name"),
            "path": _("As stored"),
            "said": _("What you said"),
            "when": _("When"),
            "until": _("Saved until"),
            "own_first": _("Your own words first"),
        },
        tuple(_conversation(course_id, run) for course_id, run in of_person(person_id)),
    )


def _checks_table(enrolments: list[Enrolment]) -> Sheet:
    return Sheet(
        "checks",
        _("Your attempts at the check"),
        {
            "course": _("Course"),
            "version": _("Version"),
            "kind": _("Kind"),
            "opened": _("Opened"),
            "sent": _("Sent"),
            "right": _("Right"),
            "asked": _("Asked"),
            "result": _("Result"),
        },
        tuple(cells for row in enrolments for cells in _checks(row)),
    )


def _answers_table(enrolments: list[Enrolment]) -> Sheet:
    return Sheet(
        "answers",
        _("Your answers"),
        {
            "course": _("Course"),
            "opened": _("Opened"),
            "question": _("Question"),
            "asked": _("What was asked"),
            "answer": _("Your answer"),
            "as_kept": _("As stored"),
            "saved": _("Saved"),
        },
        tuple(cells for row in enrolments for cells in _answers(row)),
    )


def _renewals_table(enrolments: list[Enrolment]) -> Sheet:
    return Sheet(
        "renewals",
        _("Your renewals"),
        {"course": _("Course"), "since": _("From version"), "began": _("Started"), "ended": _("Ended")},
        tuple(cells for row in enrolments for cells in _renewals(row)),
    )


def _refreshers_table(person_id: str) -> Sheet:
    return Sheet(
        "refreshers",
        _("Your refreshers"),
        {"what": _("What"), "day": _("Day")},
        tuple(_refreshers(person_id)),
    )


def _equivalents_table(enrolments: list[Enrolment]) -> Sheet:
    return Sheet(
        "met-another-way",
        _("Adjustments and recognised prior learning"),
        {
            "course": _("Course"),
            "kind": _("Kind"),
            "what": _("What"),
            "way": _("How"),
            "reason": _("Reason"),
            "done_on": _("Done on"),
            "recorded": _("Recorded"),
            "undone": _("Undone"),
            "undone_reason": _("Why it was undone"),
        },
        tuple(cells for row in enrolments for cells in _equivalents(row)),
    )


def _refreshers(person_id: str) -> list[tuple[str, str]]:
    mine = find_refresher(person_id)
    shown = [(name, day.isoformat()) for name, day in sorted(shown_on(person_id).items())]
    return [*([(mine.pace, mine.next_on.isoformat())] if mine else []), *shown]


def _finished(enrolment: Enrolment) -> list[tuple[str, ...]]:
    lessons = db.session.scalars(select(LessonDone).where(LessonDone.enrolment_id == enrolment.id))
    conversations = db.session.scalars(select(PracticeDone).where(PracticeDone.enrolment_id == enrolment.id))
    return [
        *((enrolment.course_id, _lesson_words(row), row.lesson_id, row.at.isoformat(), "") for row in lessons),
        *(
            (enrolment.course_id, _("Conversation"), row.conversation_id, row.at.isoformat(), _yes_or_no(row.counts))
            for row in conversations
        ),
    ]


def _lesson_words(row: LessonDone) -> str:
    return _("Lesson, already known") if row.known else _("Lesson")


def _conversation(course_id: str, run: Run) -> tuple[str, ...]:
    conversation = get_course(run.digest).conversation_by_id.get(run.conversation_id)
    steps = play(conversation, run.path).steps if conversation else ()
    said = " / ".join(_plain(turn.replies[index].text) for turn, index in steps)
    when = run.touched_at.isoformat(), run.kept_until.isoformat()
    return course_id, run.conversation_id, run.path, said, *when, _yes_or_no(run.own_first)


def _attempts(enrolment: Enrolment) -> list[tuple[Attempt, Result | None]]:
    query = select(Attempt, Result).outerjoin(Result, Result.attempt_id == Attempt.id)
    rows = db.session.execute(query.where(Attempt.enrolment_id == enrolment.id).order_by(Attempt.id))
    return [(attempt, result) for attempt, result in rows]


def _checks(enrolment: Enrolment) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for attempt, result in _attempts(enrolment):
        kind = _("Renewal check") if attempt.renewal_id else _("Knowledge check")
        known = (enrolment.course_id, get_course(attempt.digest).version, kind, attempt.opened_at.isoformat())
        if result is None:
            found.append((*known, "", "", str(len(attempt.drawn)), _("Open")))
        else:
            words = _("Passed") if result.passed else _("Not quite yet")
            found.append((*known, result.at.isoformat(), str(result.right), str(result.asked), words))
    return found


def _renewals(enrolment: Enrolment) -> list[tuple[str, ...]]:
    return [
        (
            enrolment.course_id,
            get_course(row.since).version,
            row.begun_at.isoformat(),
            row.ended_at.isoformat() if row.ended_at else "",
        )
        for row in list_renewals(enrolment.id)
    ]


def _answers(enrolment: Enrolment) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for attempt, result in _attempts(enrolment):
        course = get_course(attempt.digest)
        for row in db.session.scalars(select(Answer).where(Answer.attempt_id == attempt.id)):
            question, value = course.question_by_id.get(row.question_id), row.value.get("answer")
            said = " / ".join(map(_plain, in_words(question, value, int(attempt.seed)))) if question else ""
            asked_and_answered = (_plain(question.stem), said) if question else ("", "")
            raw = json.dumps(value, ensure_ascii=False) if result else ""
            opened, saved = attempt.opened_at.isoformat(), row.saved_at.isoformat()
            found.append((enrolment.course_id, opened, row.question_id, *asked_and_answered, raw, saved))
    return found


def _plain(html: str) -> str:
    return str(Markup(html).striptags())  # noqa: S704 - the tags are taken out, nothing is put in


def _yes_or_no(value: bool) -> str:
    return _("Yes") if value else _("No")


def _equivalents(enrolment: Enrolment) -> list[tuple[str, ...]]:
    return [
        (
            enrolment.course_id,
            row.item,
            row.item_id,
            row.way,
            row.reason,
            row.done_on.isoformat() if row.done_on else "",
            row.recorded_at.isoformat(),
            row.undone_at.isoformat() if row.undone_at else "",
            row.undone_reason or "",
        )
        for row in list_equivalents(enrolment.id)
    ]
