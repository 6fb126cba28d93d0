"""What goes out in another format comes back as it was: kinds, keys, reasons, marks and labels."""

import pytest

from lms.interop.questions.check_page import add_to_check, write_items
from lms.interop.questions.gift_writing import write_gift
from lms.interop.questions.importing import read_package, read_questions
from lms.interop.questions.plain_xml import read_xml
from lms.interop.questions.qti_writing import write_qti
from tests.interop.bank_maker import bare, make_check, read_check

OUT_AND_IN = {
    "gift": lambda questions: read_questions(write_gift(questions).encode(), "bank.txt"),
    "qti": lambda questions: read_package(write_qti(questions, "A bank")),
}
OBJECTIVES = ("sml-o1", "sml-o2")


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
