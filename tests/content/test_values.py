"""A value that would stop the site later is refused when the course is read, with one that would do."""

from __future__ import annotations

import pytest

from lms.certification.awards import validity as award_validity
from lms.content.reader import reader, values
from tests.content.small_course import COURSE, bundle, codes, spoiled

LESSON_PATH = "1-begin/1-hello.md"
LAW = "jurisdiction_notes:\n  - {place: Wales, text: A law., read_on: 2026-06-31}\nlicence:"


@pytest.mark.parametrize(
    ("path", "old", "new", "would_do"),
    [
        ("course.md", "valid_months: 24", "valid_months: 120000", "1 to 240 months"),
        ("course.md", "valid_months: 24", "valid_months: 241", "1 to 240 months"),
        ("course.md", "valid_months: 24", "valid_months: 0", "null"),
        ("course.md", "licence:", "review_due: 2026-02-30\nlicence:", "2026-02-28"),
        ("course.md", "licence:", "review_due: 2028-02-30\nlicence:", "2028-02-29"),
        ("course.md", "licence:", "review_due: 2026-13-01\nlicence:", "2026-12-01"),
        ("course.md", "licence:", "review_due: 0000-00-00\nlicence:", "0001-01-01"),
        ("course.md", "licence:", LAW, "2026-06-30"),
        ("course.md", "practice_required: 1", "practice_required: 1, observed_practice: 9999", "0 to 50"),
        ("course.md", '"1.0.0"', '"2026.1.0"', "1.0.0"),
        ("course.md", '"1.0.0"', '"1.0.10000"', "1.0.0"),
        (LESSON_PATH, "self_care: yes", "self_care: yes\nminutes: 99999", "1 to 480 minutes"),
        (LESSON_PATH, "self_care: yes", "minutes: 0\nself_care: yes", "1 to 480 minutes"),
        ("practice/at-the-sink.md", "start: sink", "start: sink\nminutes: 5000", "1 to 480 minutes"),
        (
            LESSON_PATH,
            "self_care: yes",
            "self_care: yes\nstory: {told_by: A nurse, consent: 2025-04-31, removal: a@example.org}",
            "2025-04-30",
        ),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused_with_one_that_would_do(path, old, new, would_do):
    reading = spoiled(path, old, new)
    found = [finding for finding in reading.findings if finding.code == "BAD_VALUE"]
    assert [(finding.path, would_do in finding.fix) for finding in found] == [(path, True)]
    assert new.partition("\n")[0].split(":")[0].split(",")[0] in found[0].excerpt or "\n" in new
    assert reading.course is None


@pytest.mark.parametrize("months", ["1", "240", "null"])
def test_a_length_that_certificates_have_is_taken(months):
    assert spoiled("course.md", "valid_months: 24", f"valid_months: {months}").ok


def test_courses_and_programmes_have_the_same_longest_length():
    assert values.MONTHS_MOST == award_validity.MONTHS_MOST


def test_a_course_published_before_the_bound_is_held_to_it():
    course = reader.reread(bundle(**{"course.md": COURSE.replace("months: 24", "months: 120000")}))
    assert course is not None
    assert course.certificate.valid_months == values.MONTHS_MOST


@pytest.mark.parametrize("language", ["prs", "hmn", "rom", "sgn", "zz", "tlh-Latn"])
def test_a_writer_is_told_of_a_language_without_dates_and_may_publish(language):
    reading = spoiled("course.md", "language: en", f"language: {language}")
    assert "LANGUAGE_WITHOUT_DATES" in codes(reading)
    assert reading.ok


@pytest.mark.parametrize("language", ["en", "en-GB", "de", "fa-AF", "zh-Hant", "cy", "pt-BR"])
def test_a_language_with_dates_is_no_trouble(language):
    assert "LANGUAGE_WITHOUT_DATES" not in codes(spoiled("course.md", "language: en", f"language: {language}"))
