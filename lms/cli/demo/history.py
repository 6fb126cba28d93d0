"""What the people of the demo did before today, by the same actions as on the pages, each on its day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unicodedata import normalize

import click

from lms.accounts import actions as accounts
from lms.accounts.actions import set_programme
from lms.accounts.invitations import actions as invitation_actions
from lms.accounts.members.actions import Details, change_details
from lms.accounts.members.records import Unit
from lms.accounts.members.unit_actions import add_unit
from lms.accounts.records import find_person_by_email, get_person, get_programme
from lms.certification.awards import actions as certification
from lms.certification.awards import reissue
from lms.certification.awards.records import find_award_of_enrolment
from lms.certification.readiness import actions as readiness_actions
from lms.cli.demo.people import FEEDBACK, INVITED, LISTENING, PEOPLE, PFA, SIGN_INS, UNITS, WELLBEING, Stage
from lms.content.model.conversation import End
from lms.content.questions import complete, sample
from lms.foundation import clock, ids
from lms.foundation.config.settings import Settings
from lms.foundation.db import write
from lms.learning.check.actions import open_check, submit_answers
from lms.learning.feedback import records as feedback_records
from lms.learning.practice import actions as practice_actions
from lms.learning.progress import actions as learning
from lms.learning.progress.records import get_enrolment
from lms.library.course_cache import get_course
from lms.library.records import find_newest_digest

# The programme began two and a half years ago, so that some certificates have had time to expire.
BEGAN = 900


@contextmanager
def days_ago(days: int) -> Iterator[None]:
    """Do something as on an earlier day: this process's clock is moved back meanwhile."""
    clock.shift(-timedelta(days=days))
    try:
        yield
    finally:
        clock.shift(timedelta(0))


def add_person(email: str, name: str, role: str, secret: str, programme_id: str) -> str:
    """Register somebody with a role in the programme, or as operator of the site; return their id."""
    person = accounts.register(email, name, secret)
    if isinstance(person, accounts.FormError):
        raise click.ClickException(person.message)
    if role == "operator":
        accounts.name_operator(person.id)
    else:
        accounts.give_role(person.id, programme_id, role)
    return person.id


def _add_units(programme_id: str) -> list[str]:
    """Add the units of the programme; return their public ids."""
    found = []
    for name, below in UNITS:
        above = _public_id_of(write(add_unit, programme_id, name, ""))
        found += [above, *(_public_id_of(write(add_unit, programme_id, other, above)) for other in below)]
    return found


def _public_id_of(made: Unit | accounts.FormError) -> str:
    if isinstance(made, accounts.FormError):
        raise click.ClickException(made.message)
    return made.public_id


def live_through(programme_id: str, secret: str, settings: Settings) -> None:
    """Let everybody of the demo do what they did, by the same actions as on the pages, each on its day."""
    with days_ago(BEGAN):
        write(readiness_actions.set_readiness, programme_id, PFA, 1, settings)
        units = _add_units(programme_id)
    for number, life in enumerate(PEOPLE):
        with days_ago(life.joined):
            person_id = write(add_person, _address(life.name, number), life.name, life.role, secret, programme_id)
            details = Details(f"{1001 + number}", units[number % len(units)], "")
            write(change_details, programme_id, person_id, Details("", "", ""), details)
        for stage in life.stages:
            _go_through(stage, person_id, programme_id, settings)
    for email in INVITED:
        with days_ago(3):
            write(invitation_actions.invite, programme_id, "learner", email)
    _history_of_sam(programme_id, settings)
    _give_feedback(programme_id)


def _address(name: str, number: int) -> str:
    """Return an address in plain letters; people of one name have a number behind it."""
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode().lower().replace(" ", ".").replace("'", "")
    same = sum(life.name == name for life in PEOPLE[:number])
    return f"{plain}{same + 1 if same else ''}@demo.example"


def _go_through(stage: Stage, person_id: str, programme_id: str, settings: Settings) -> str:
    """Take somebody through one course as far as they came; return the enrolment."""
    course = _course(stage.course)
    with days_ago(stage.started):
        enrolment: str = write(learning.enrol, person_id, programme_id, course).id
        write(read_lessons, enrolment, course, stage.lessons)
    if stage.not_yet is not None:
        with days_ago(stage.not_yet):
            take_check(enrolment, course, right=False)
    if stage.passed is not None:
        with days_ago(stage.passed):
            if stage.practised:
                write(practise, enrolment, course)
            take_check(enrolment, course, right=True)
    for what, when in stage.then:
        with days_ago(when):
            AFTERWARDS[what](enrolment, programme_id, settings)
    return enrolment


def _course(course_id: str) -> Any:
    digest = find_newest_digest(course_id)
    if digest is None:
        raise click.ClickException(f"The course {course_id} couldn’t be published, so the demo has no history.")
    return get_course(digest)


def read_lessons(enrolment: str, course: Any, share: float) -> None:
    """Finish the first lessons of a course, `share` of them all."""
    for lesson in course.lessons[: round(share * len(course.lessons))]:
        learning.finish_lesson(enrolment, lesson.id)


def practise(enrolment: str, course: Any) -> None:
    """Play every conversation of a course to its good end."""
    for conversation in course.conversations:
        end = next(end for end in conversation.ends if isinstance(end, End) and end.good)
        learning.complete_practice(enrolment, conversation, end)


def take_check(enrolment: str, course: Any, *, right: bool) -> None:
    """Open a check, answer it, right or not quite, and send it."""
    attempt, _saved = write(open_check, enrolment, course)
    answers = {}
    for place, question_id in enumerate(attempt.drawn):
        question = course.question_by_id[question_id]
        samples = sample(question)
        given = [*(samples["not_right"] if not right and place % 2 else []), *samples["right"]]
        answers[question_id] = (next(one for one in given if complete(question, one) is None), 1)
    write(submit_answers, attempt.id, course, answers)


def _history_of_sam(programme_id: str, settings: Settings) -> None:
    """Give Sam a finished course, one whose certificate expires soon, and one half done with an open conversation."""
    sam = find_person_by_email(SIGN_INS[0][0])
    if sam is None:
        raise click.ClickException("There’s no Sam, so the demo has no history.")
    _go_through(Stage(WELLBEING, started=720, lessons=1, passed=710), sam.id, programme_id, settings)
    _go_through(Stage(PFA, started=70, lessons=1, not_yet=45, passed=40), sam.id, programme_id, settings)
    half = _go_through(Stage(LISTENING, started=12, lessons=0.5), sam.id, programme_id, settings)
    course = _course(LISTENING)
    with days_ago(1):
        run = write(practice_actions.begin, half, course.digest, course.conversations[0].id)
        write(practice_actions.say, run.id, course.conversations[0], 0, 0)


def _give_feedback(programme_id: str) -> None:
    """Leave feedback on lessons, with one answer to it already."""
    lessons = _course(PFA).lessons
    for place, said, words, when in FEEDBACK:
        with days_ago(when):
            write(
                feedback_records.add_feedback,
                ids.public_id(),
                programme_id,
                PFA,
                lessons[place].id,
                said,
                words,
                clock.today("UTC"),
            )
    with days_ago(20):
        write(
            feedback_records.answer,
            programme_id,
            PFA,
            lessons[0].id,
            "Two of you found the first page long.",
            "We moved the history to the end of the lesson.",
            clock.today("UTC"),
        )


def _award_of(enrolment: str) -> Any:
    award = find_award_of_enrolment(enrolment)
    if award is None:
        raise click.ClickException("Somebody in the demo got no certificate, so the demo has no history.")
    return award


def _withdraw(enrolment: str, _programme_id: str, _settings: Settings) -> None:
    write(certification.withdraw, _award_of(enrolment).id, "holder asked")


def _ask_for_name(enrolment: str, _programme_id: str, _settings: Settings) -> None:
    award = _award_of(enrolment)
    shown = get_person(award.person_id).display_name
    write(accounts.change_names, award.person_id, shown, f"{shown}-Marsh")
    write(reissue.request_name, award.id)


def _observe(enrolment: str, rating: str) -> None:
    tara, cora = (find_person_by_email(f"{name}@demo.example") for name in ("tara", "cora"))
    if tara is None or cora is None:
        raise click.ClickException("There’s no Tara or Cora, so the demo has no history.")
    seen = readiness_actions.ObservationInput(tara.display_name, "trainer", clock.today("UTC"), rating)
    write(readiness_actions.record_observation, enrolment, seen, cora.id)


def _observed_well(enrolment: str, _programme_id: str, _settings: Settings) -> None:
    _observe(enrolment, "skilled")


def _observed_harm(enrolment: str, _programme_id: str, _settings: Settings) -> None:
    _observe(enrolment, "harmful")


def _exempt(enrolment: str, _programme_id: str, _settings: Settings) -> None:
    """Recognise what somebody learned elsewhere for the conversations that they have not played."""
    cora = find_person_by_email("cora@demo.example")
    if cora is None:
        raise click.ClickException("There’s no Cora, so the demo has no history.")
    day = clock.today("UTC") - timedelta(days=200)
    for conversation in _course(get_enrolment(enrolment).course_id).conversations:
        item = ("practice", conversation.id)
        write(learning.record_equivalent, enrolment, item, "elsewhere", "Two days of role play", day, cora.id)


def _wait_for_review(enrolment: str, programme_id: str, _settings: Settings) -> None:
    """Finish a course on a day on which the programme held the certificates of courses without a review."""
    slug = get_programme(programme_id).slug
    write(set_programme, slug, None, {}, True, touch_hold=True)
    write(practise, enrolment, _course(get_enrolment(enrolment).course_id))
    write(set_programme, slug, None, {}, False, touch_hold=True)


AFTERWARDS = {
    "exempted": _exempt,
    "waiting for review": _wait_for_review,
    "withdrawn": _withdraw,
    "another name": _ask_for_name,
    "observed well": _observed_well,
    "observed harm": _observed_harm,
}
