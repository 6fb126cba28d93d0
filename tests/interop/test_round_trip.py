"""What goes out in another format comes back as it was: kinds, keys, reasons, marks and labels."""

import pytest

from lms.foundation.text.csv_files import as_sheet
from lms.interop.questions.check_page import add_to_check, write_items
from lms.interop.questions.csv_writing import rows_of
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
