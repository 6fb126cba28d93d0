"""A certificate says what its holder did, counts the time of that alone, and comes once all lessons are done."""

from __future__ import annotations

from pathlib import Path

import pytest

from lms.certification.awards.attestation import Attestation
from lms.certification.awards.records import Award, find_award_of_enrolment
from lms.certification.awards.texts.wording import clauses, level_words, sentence
from lms.content.lint.check import check
from lms.content.model.bundle import from_folder
from lms.learning.progress import actions
from tests.builders.learning import COURSE, pass_check, prepare, the_course
from tests.conftest import ROOT, Site

COURSES = sorted(path.parent for path in (ROOT / "courses").glob("**/course.md"))


def award_of(site: Site, enrolment: str) -> Award | None:
    with site.inside():
        return find_award_of_enrolment(enrolment)


@pytest.mark.parametrize("folder", COURSES, ids=lambda folder: folder.name)
def test_each_shipped_course_asks_for_all_its_lessons_and_writes_no_attestation_of_its_own(folder: Path) -> None:
    course = check(from_folder(folder), folder.name).course
    assert course is not None and course.criteria.lessons_required
    assert "attests:" not in (folder / "course.md").read_text().replace("does_not_attest:", "")


def test_one_lesson_of_fourteen_earns_nothing_and_the_last_one_earns_the_certificate(sqlite_site: Site) -> None:
    enrolment = prepare(sqlite_site, "sam", read=False)
    pass_check(sqlite_site, enrolment)
    with sqlite_site.inside():
        course = the_course()
    for lesson in course.lessons[:-1]:
        sqlite_site.do(actions.finish_lesson, enrolment, lesson.id)
        assert award_of(sqlite_site, enrolment) is None
    assert "lessons, full or gentler version" in sqlite_site.visitor("sam").get(f"{COURSE}/left").main
    sqlite_site.do(actions.finish_lesson, enrolment, course.lessons[-1].id)
    award = award_of(sqlite_site, enrolment)
    assert award is not None and award.facts["lessons"] == len(course.lessons)
    assert award.facts["minutes"] == course.minutes


def test_what_sam_knew_already_counts_and_its_time_does_not(sqlite_site: Site) -> None:
    enrolment = prepare(sqlite_site, "sam", read=False)
    with sqlite_site.inside():
        course = the_course()
    sam, known = sqlite_site.visitor("sam"), course.lessons[:2]
    for lesson in known:
        page = sam.get(f"{COURSE}/lessons/{lesson.id}").form("/known").submit()
        assert "You finished" not in page.main
    page = sam.get(f"{COURSE}/lessons/{known[0].id}")
    assert "You said you already know this lesson" in page.main
    page.form("/done").submit()  # It was read after all.
    assert "You’ve done this lesson" in sam.get(f"{COURSE}/lessons/{known[0].id}").main
    for lesson in course.lessons[2:]:
        sqlite_site.do(actions.finish_lesson, enrolment, lesson.id)
    pass_check(sqlite_site, enrolment)
    award = award_of(sqlite_site, enrolment)
    assert award is not None and award.facts["lessons_known"] == 1
    assert award.facts["minutes"] == course.minutes - known[1].minutes
    told = sqlite_site.stranger().get(f"/verify/{award.code}")
    assert "The learner already knew one lesson" in told.main
    assert "The learner already knew one lesson" in " ".join(sentence("Sam Osei", award.attestation))
    assert (
        "The learner already knew one lesson"
        in sqlite_site.stranger().get(f"/verify/{award.code}?format=json").response.text
    )
    assert "The learner already knew one lesson" in sam.get("/transcript").main


def test_conversations_that_were_not_played_are_not_in_the_hours(sqlite_site: Site) -> None:
    enrolment = prepare(sqlite_site, "sam", practised=False)
    with sqlite_site.inside():
        course = the_course()
        cora = sqlite_site.person("cora").id
    for conversation in course.conversations:
        sqlite_site.do(
            actions.record_equivalent,
            enrolment,
            ("practice", conversation.id),
            "waived",
            "Sam plays it at work.",
            None,
            cora,
        )
    pass_check(sqlite_site, enrolment)
    award = award_of(sqlite_site, enrolment)
    assert award is not None
    assert award.facts["minutes"] == course.minutes - sum(conversation.minutes for conversation in course.conversations)


BEFORE = {"minutes": 200, "score": 80, "safety": True, "practice": 2, "level": "completed", "observed": 0}
read = Attestation.from_json


def test_a_certificate_says_what_was_asked_and_nothing_that_was_not(sqlite_site: Site) -> None:
    with sqlite_site.app.test_request_context():
        asked = " ".join(clauses(read(BEFORE | {"lessons": 14, "lessons_known": 0})))
        none = read(BEFORE | {"lessons": 0, "lessons_known": 0})
        assert "All 14 lessons" in asked and "knew" not in asked
        assert "lesson" not in " ".join(clauses(none)) and level_words(none) == "Requirements met"
        assert level_words(read(BEFORE | {"lessons": 14})) == "Course completed"


def test_certificates_of_before_go_on_saying_what_they_said(sqlite_site: Site) -> None:
    with sqlite_site.app.test_request_context():
        assert clauses(read(BEFORE)) == (
            "The course is self-paced. Length: About 3 hours 20 minutes.",
            "80% or more of the check, including every safety question.",
            "2 written practice conversations.",
            "No practice was observed. This is based on online learning alone.",
        )
        assert level_words(read(BEFORE)) == "Course completed"
