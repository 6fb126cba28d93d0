"""Personal data of learning: what we keep and why, export, and deletion."""

from __future__ import annotations

import json

from markupsafe import Markup
from sqlalchemy import delete, select, update

from lms.accounts.records import list_programmes
from lms.content.questions import in_words
from lms.foundation.db import db
from lms.foundation.personal_data import Kept, Part, Remains, Sheet
from lms.foundation.text.i18n import gettext as _
from lms.learning.check.refreshers import OWN_TABLES as REFRESHER_TABLES
from lms.learning.check.refreshers import find_refresher, shown_on
from lms.learning.practice.records import Run, of_person
from lms.learning.practice.rules import play
from lms.learning.progress import records
from lms.learning.progress.attempt_records import Answer, Attempt, Result
from lms.learning.progress.equivalents import Equivalent, list_equivalents
from lms.learning.progress.records import Enrolment, LessonDone, PracticeDone
from lms.learning.progress.renewal_records import Renewal, list_renewals
from lms.library.course_cache import get_course


def _columns(table: str, names: str) -> tuple[str, ...]:
    return tuple(f"{table}.{name}" for name in names.split())


def kept() -> tuple[Kept, ...]:
    """Return what is kept of somebody's learning."""
    stays = _("Until you delete your account.")
    return (
        Kept(
            _("Which courses you started, and when"),
            _("To save your place."),
            _("Until you delete your account. Where a certificate depends on it, the day you started stays with that."),
            _columns("enrolment", "id programme_id person_id course_id minor_line started_at"),
        ),
        Kept(
            _("Which lessons and practice conversations you finished"),
            _("To save your place, and because certificates need some of it. We don’t save which version you read."),
            stays,
            (
                *_columns("lesson_done", "enrolment_id lesson_id at known"),
                *_columns("practice_done", "enrolment_id conversation_id counts at"),
            ),
        ),
        Kept(
            _("What you chose in practice conversations"),
            _("So that you can continue where you left off and read the conversation back. Nobody else can see it."),
            _("Until 30 days after you finish, 90 days after you leave one unfinished, or until you delete it."),
            _columns(
                "talk_run",
                "id public_id enrolment_id open_for conversation_id digest path revision tells own_first touched_at"
                " debrief_at",
            ),
        ),
        Kept(
            _("Your attempts at the check: the questions, your answers and the results"),
            _("So that you can continue where you left off and look back, and because certificates depend on passing."),
            stays,
            (
                *_columns("attempt", "id public_id enrolment_id open_for digest seed drawn opened_at renewal_id"),
                *_columns("answer", "attempt_id question_id value revision saved_at"),
                *_columns("result", "attempt_id right asked passed at"),
            ),
        ),
        Kept(
            _("When you started to renew a certificate, and from which version"),
            _("So that you only need to do what has changed since."),
            stays,
            _columns("renewal", "id enrolment_id open_for since begun_at ended_at"),
        ),
        Kept(
            _("How often you want refreshers, and the day you last saw each question"),
            _("So that a question doesn’t come back too soon. We don’t save how you answered."),
            _("Until you turn refreshers off."),
            (
                *_columns("refresher", "person_id pace next_on"),
                *_columns("refresher_shown", "person_id question shown_on"),
            ),
        ),
        Kept(
            _("Adjustments and recognised prior learning, with the reason"),
            _(
                "So that you don’t have to repeat what you know or can’t do. "
                "Only you and the coordinator who recorded it see why."
            ),
            stays,
            _columns(
                "equivalent",
                "id public_id enrolment_id item item_id way reason done_on recorded_by recorded_at undone_at"
                " undone_reason",
            ),
        ),
    )


def export(person_id: str) -> list[Part]:
    """Return all rows about somebody's learning."""
    programmes = {row.id: row.name for row in list_programmes()}
    enrolments = records.list_enrolments(person_id)
    return [
        Sheet(
            "courses",
            _("Courses you started"),
            {"course": _("Course"), "line": _("Version"), "programme": _("Programme"), "began": _("Started")},
            tuple(
                (row.course_id, row.minor_line, programmes.get(row.programme_id, ""), row.started_at.isoformat())
                for row in enrolments
            ),
        ),
        Sheet(
            "finished",
            _("Lessons and conversations you finished"),
            {
                "course": _("Course"),
                "kind": _("Kind"),
                "name": _("Name"),
                "when": _("When"),
                "counts": _("Counts for the certificate"),
            },
            tuple(cells for row in enrolments for cells in _finished(row)),
        ),
        Sheet(
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
        ),
        Sheet(
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
        ),
        Sheet(
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
        ),
        Sheet(
            "renewals",
            _("Your renewals"),
            {"course": _("Course"), "since": _("From version"), "began": _("Started"), "ended": _("Ended")},
            tuple(cells for row in enrolments for cells in _renewals(row)),
        ),
        Sheet(
            "refreshers",
            _("Your refreshers"),
            {"what": _("What"), "day": _("Day")},
            tuple(_refreshers(person_id)),
        ),
        Sheet(
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
            tuple(cells for row in enrolments for cells in _met_another_way(row)),
        ),
    ]


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
            told = (_plain(question.stem), said) if question else ("", "")
            raw = json.dumps(value, ensure_ascii=False) if result else ""
            opened, saved = attempt.opened_at.isoformat(), row.saved_at.isoformat()
            found.append((enrolment.course_id, opened, row.question_id, *told, raw, saved))
    return found


def _plain(html: str) -> str:
    return str(Markup(html).striptags())  # noqa: S704 - the tags are taken out, nothing is put in


def _yes_or_no(value: bool) -> str:
    return _("Yes") if value else _("No")


def _met_another_way(enrolment: Enrolment) -> list[tuple[str, ...]]:
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


def erase(person_id: str, remains: Remains) -> None:
    """Take all that somebody learned away; of an enrolment that a certificate rests on, its own row stays."""
    mine = select(Enrolment.id).where(Enrolment.person_id == person_id)
    attempts = select(Attempt.id).where(Attempt.enrolment_id.in_(mine))
    for table in (Answer, Result):
        db.session.execute(delete(table).where(table.attempt_id.in_(attempts)))
    for of_enrolment in (Attempt, Renewal, LessonDone, PracticeDone, Equivalent, Run):
        db.session.execute(delete(of_enrolment).where(of_enrolment.enrolment_id.in_(mine)))
    for spaced in REFRESHER_TABLES:
        db.session.execute(delete(spaced).where(spaced.person_id == person_id))
    # What a coordinator recorded for others stands; only who it was is no longer told.
    db.session.execute(update(Equivalent).where(Equivalent.recorded_by == person_id).values(recorded_by=None))
    gone = Enrolment.id.not_in(remains.enrolments)
    db.session.execute(delete(Enrolment).where(Enrolment.person_id == person_id, gone))
