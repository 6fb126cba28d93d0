"""The glossary and the notes for facilitators are read into values, and what is odd about them is told."""

import pytest

from lms.content.lint.check import check
from lms.content.model.course import Term
from tests.builders.content import unsafe
from tests.content.small_course import bundle, codes

HEAD = "---\nkind: glossary\n---\n\n| Term | Meaning |\n| --- | --- |\n"
NOTES = "1-begin/facilitator.md"


def of(text: str):
    return check(bundle(**{"glossary.md": text}), "small-course")


def test_terms_and_their_meanings_are_read_in_the_order_of_the_file():
    reading = of(HEAD + "| Limits | What one *cannot* keep. |\n| Ally | Ring {{lead}}. |\n")
    assert codes(reading) == {"THIN_GROUP"}
    assert reading.course is not None
    assert reading.course.glossary == (
        Term("Limits", "What one <em>cannot</em> keep."),
        Term("Ally", "Ring {{lead}}."),
    )


def test_a_course_needs_no_glossary():
    reading = check(bundle(), "small-course")
    assert reading.course is not None
    assert reading.course.glossary == ()


def test_a_meaning_is_safe_html():
    reading = of(HEAD + "| Limits | <script>x</script> and [here](javascript:x) |\n")
    assert "RAW_HTML" in codes(reading)
    read = of(HEAD + "| A & B | a < b |\n").course
    assert read is not None
    assert read.glossary[0].term == "A & B"
    assert unsafe(read.glossary[0].meaning) == []


@pytest.mark.parametrize(
    ("code", "text", "line"),
    [
        ("NO_FRONT_MATTER", "| Term | Meaning |\n| --- | --- |\n| a | b |\n", 1),
        ("BAD_VALUE", HEAD.replace("kind: glossary", "kind: check") + "| a | b |\n", 2),
        ("UNKNOWN_KEY", HEAD.replace("kind: glossary", "kind: glossary\nkey: x") + "| a | b |\n", 3),
        ("GLOSSARY_SHAPE", "---\nkind: glossary\n---\nNothing.\n", 1),
        ("GLOSSARY_SHAPE", HEAD, 5),
        (
            "GLOSSARY_SHAPE",
            HEAD.replace("| Term", "| No | Term").replace("| ---", "| --- | ---") + "| 1 | a | b |\n",
            5,
        ),
        ("GLOSSARY_SHAPE", HEAD + "| a | b |\n\nMore words.\n", 9),
        ("GLOSSARY_SHAPE", HEAD + "| a | b |\n\nx\n\n| c | d |\n| - | - |\n| e | f |\n", 11),
        ("EMPTY_CELL", HEAD + "| a | b |\n| | c |\n", 8),
        ("EMPTY_CELL", HEAD + "| a | |\n", 7),
        ("DUPLICATE_TERM", HEAD + "| Ally | b |\n| ally | c |\n", 8),
        ("UNKNOWN_PLACEHOLDER", HEAD + "| a | {{boss}} |\n", 7),
        ("PHONE_NUMBER", HEAD + "| a | Ring 112 |\n", 7),
    ],
)
def test_what_is_odd_about_a_glossary_is_told_at_its_line(code, text, line):
    assert (code, line) in {(finding.code, finding.line) for finding in of(text).findings}


def test_notes_for_facilitators_are_kept_with_their_module():
    reading = check(
        bundle(**{NOTES: "---\ntitle: Running it\n---\nAllow an hour.\n\n## Begin\n\nSit.\n"}), "small-course"
    )
    assert codes(reading) == {"THIN_GROUP"}
    assert reading.course is not None
    module = reading.course.modules[0]
    assert "<p>Allow an hour.</p>" in module.facilitator
    assert "Allow an hour" not in module.html + "".join(lesson.html for lesson in module.lessons)


def test_notes_need_no_front_matter_and_may_be_missing():
    with_notes, without = (
        check(bundle(**changed), "small-course").course for changed in ({NOTES: "Allow an hour.\n"}, {})
    )
    assert with_notes is not None and without is not None
    assert with_notes.modules[0].facilitator and without.modules[0].facilitator == ""


def test_notes_are_proofread_like_any_page():
    assert "PHONE_NUMBER" in codes(check(bundle(**{NOTES: "Ring 112.\n"})))
    assert "EMPTY_PAGE" in codes(check(bundle(**{NOTES: "---\ntitle: x\n---\n"})))
    assert "UNTRUE_PROMISE" in codes(check(bundle(**{NOTES: "This training prevents burnout.\n"})))
