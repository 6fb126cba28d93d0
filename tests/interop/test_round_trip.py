"""What goes out in another format comes back as it was: kinds, keys, reasons, marks and labels."""

from xml.etree import ElementTree

import pytest

from lms.foundation.text.csv_files import as_sheet
from lms.interop.questions.check_page import add_to_check, write_items
from lms.interop.questions.csv_bank import rows_of
from lms.interop.questions.gift_writing import write_gift
from lms.interop.questions.importing import read_package, read_questions
from lms.interop.questions.qti_writing import write_qti
from tests.interop.bank_maker import bare, make_check, read_check

OUT_AND_IN = {
    "gift": lambda questions: read_questions(write_gift(questions).encode(), "bank.txt"),
    "qti": lambda questions: read_package(write_qti(questions, "A bank")),
}
OBJECTIVES = ("sml-o1", "sml-o2")


def test_questions_with_options_come_back_from_a_spreadsheet() -> None:
    questions = read_check(make_check(40, seed=15))
    head, rows, left_out = rows_of(questions)
    kept = tuple(question for question in questions if question.id not in left_out)
    assert {question.body.kind for question in kept} == {"one_answer", "several_answers"}
    bank = read_questions(as_sheet(head, rows).encode(), "bank.csv")
    again = read_check(add_to_check("", write_items(bank, (), OBJECTIVES)))
    assert bare(again) == bare(kept)


@pytest.mark.parametrize("form", OUT_AND_IN)
def test_a_hundred_questions_come_back_as_they_went(form: str) -> None:
    questions = read_check(make_check(100, seed=14))
    assert len(questions) == 100
    bank = OUT_AND_IN[form](questions)
    assert (bank.left_out, bank.notes) == ((), ())
    written = write_items(bank, (), OBJECTIVES)
    again = read_check(add_to_check("", written))
    for before, after in zip(bare(questions), bare(again), strict=True):
        assert after == before


QTI = "{http://www.imsglobal.org/xsd/imsqti_v2p1}"
# What the schema lets stand directly in the text of an item.
IN_BODY = {"p", "choiceInteraction", "orderInteraction", "matchInteraction", "extendedTextInteraction"}


def test_a_package_holds_together() -> None:
    """Not the schema of IMS, which we may not pass on, but what a reader of a package relies on."""
    files = write_qti(read_check(make_check(20, seed=16)), "A bank & more")
    manifest = ElementTree.fromstring(files["imsmanifest.xml"])
    named = {one.get("href") for one in manifest.iter() if one.tag.endswith("}file")}
    assert named == files.keys() - {"imsmanifest.xml"}
    for path in sorted(named):
        item = ElementTree.fromstring(files[path])
        body = item.find(f"{QTI}itemBody")
        assert body is not None and {part.tag.removeprefix(QTI) for part in body} <= IN_BODY
        declared = {one.get("identifier") for one in item if one.tag.endswith("Declaration")}
        assert declared == {"RESPONSE", "SCORE", "FEEDBACK"}
        assert {one.get("identifier") for one in item.iter(f"{QTI}variable")} <= declared
        choices = {one.get("identifier") for one in body.iter() if one.get("identifier")}
        keys = [word for value in item.findall(f".//{QTI}correctResponse/{QTI}value") for word in value.text.split()]
        assert set(keys) <= choices and (keys or body.find(f"{QTI}extendedTextInteraction") is not None)
        assert {one.get("identifier") for one in item.iter(f"{QTI}modalFeedback")} <= choices | {"ALL"}
