"""Results: where passing begins, what "not yet" says, tries without end, and which version counts."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lms.certification.awards.records import Award, find_award_of_enrolment
from lms.content.model.bundle import Bundle, from_folder
from lms.content.model.course import Course
from lms.content.model.question import Question
from lms.foundation.db import db
from lms.learning.progress.records import find_enrolment
from lms.library import actions as library
from tests.builders.content import course_of
from tests.builders.learning import (
    COURSE,
    PFA,
    Wanted,
    answer,
    attempt_of,
    begin,
    earn,
    open_check,
    pass_check,
    prepare,
    take_check,
)
from tests.conftest import PFA as FOLDER
from tests.conftest import Site
from tests.inspector import Inspector


def all_but(missed: int, critical: bool = False) -> Wanted:
    """Answer all but some questions right: ordinary ones, or safety questions."""
    left: dict[str, bool] = {}

    def wanted(question: Question) -> bool:
        if question.id not in left:
            left[question.id] = not (question.critical is critical and list(left.values()).count(False) < missed)
        return left[question.id]

    return wanted


def test_seven_of_ten_is_not_yet_and_names_lessons(site: Site, sam: Inspector) -> None:
    begin(sam)
    page = take_check(site, "sam", all_but(3))
    assert page.h1.startswith("Not yet") and "7 of 10 questions right" in page.main and "you need 8" in page.main
    assert "%" not in page.main and "Not quite" in page.main and "The right answer:" in page.main
    revisit = [href for href in page.links().values() if "/lessons/" in href]
    assert revisit
    for href in revisit:
        assert sam.get(href).h1
    assert "as often as you like" in page.main


def test_not_yet_lists_the_missed_questions_and_their_lessons_first(site: Site, sam: Inspector) -> None:
    begin(sam)
    page = take_check(site, "sam", all_but(3))
    listed = page.main.partition("The 3 questions to look at again")[2].partition("Stop here")[0]
    targets = [href for href in page.links().values() if href.startswith("#question-")]
    assert len(targets) == 3 and all(page.find(target) is not None for target in targets)
    assert listed.count("that may help:") == 3
    assert page.main.rindex("Not quite") < page.main.index(" Right ")


def test_eight_of_ten_is_passed(site: Site, sam: Inspector) -> None:
    begin(sam)
    page = take_check(site, "sam", all_but(2))
    assert page.h1 == "You passed the check" and "8 of 10" in page.main


def test_a_missed_safety_question_is_not_yet_however_many_fit(site: Site, sam: Inspector) -> None:
    begin(sam)
    page = take_check(site, "sam", all_but(1, critical=True))
    assert "9 of 10 questions right" in page.main and "What’s missing is a safety question." in page.main
    assert "Safety question." in page.main.partition("question to look at again")[2].partition("Stop here")[0]


def test_twenty_five_times_not_yet_and_then_passed_is_the_same_certificate(site: Site) -> None:
    enrolment = prepare(site, "sam")
    for _try in range(25):
        pass_check(site, enrolment, lambda _q: False)
    pass_check(site, enrolment)
    earn(site, "lena")
    with site.inside():
        sams, lenas = sorted(db.session.scalars(select(Award)), key=lambda award: award.name != "Sam Osei")
        private = {"id", "code", "person_id", "enrolment_id", "current_for", "name", "issued_at"}
        columns = [column.name for column in Award.__table__.columns if column.name not in private]
        assert [getattr(sams, name) for name in columns] == [getattr(lenas, name) for name in columns]


def test_every_page_of_not_yet_names_somebody_to_talk_to_and_never_counts_down(site: Site, sam: Inspector) -> None:
    begin(sam)
    for _try in range(5):
        page = take_check(site, "sam", lambda _q: False)
        assert "Ingrid Okafor" in page.main
        assert "tries left" not in page.main and "attempt" not in page.main.lower()


def republished(version: str, title: str) -> tuple[Bundle, Course]:
    """Return the course in another version, under another title, whose check asks for every question."""
    files = dict(from_folder(FOLDER).files)
    text = files["course.md"].decode()
    assert 'version: "1.1.0"' in text
    text = text.replace('version: "1.1.0"', f'version: "{version}"').replace('score: "80%"', 'score: "100%"')
    files["course.md"] = text.replace("Psychological first aid for colleagues", title).encode()
    return Bundle(files), course_of(Bundle(files), FOLDER.name)


@pytest.mark.parametrize("version", ["1.1.1", "1.2.0"])
def test_a_check_that_is_open_ends_on_the_version_it_began_with(site: Site, sam: Inspector, version: str) -> None:
    prepare(site, "sam")
    page = open_check(sam)
    with site.inside():
        drawn = attempt_of(site, "sam").attempt.drawn
    site.do(library.publish, *republished(version, "A new title"))
    page = answer(site, "sam", page, all_but(2))
    assert page.form("/submit").submit().h1 == "You passed the check"
    with site.inside():
        award = db.session.scalars(select(Award)).one()
        assert (award.version, award.title) == ("1.1.0", "Psychological first aid for colleagues")
        assert len(drawn) == 10
    assert "1.1.0" in site.stranger().get(f"/verify/{award.code}").main


def test_a_new_learner_gets_the_new_version_and_sam_stays_on_her_line(site: Site, sam: Inspector) -> None:
    begin(sam)
    site.do(library.publish, *republished("1.2.0", "A new line"))
    assert sam.get(COURSE).h1 == "Psychological first aid for colleagues"
    assert site.visitor("lena").get(COURSE).h1 == "A new line"
    prepare(site, "lena")
    take_check(site, "lena")
    with site.inside():
        enrolment = find_enrolment(site.person("lena").id, PFA)
        award = enrolment and find_award_of_enrolment(enrolment.id)
        assert award is not None and award.version == "1.2.0"


def test_a_patch_reaches_sam_with_her_next_page(site: Site, sam: Inspector) -> None:
    begin(sam)
    site.do(library.publish, *republished("1.1.1", "A patched title"))
    assert sam.get(COURSE).h1 == "A patched title"
