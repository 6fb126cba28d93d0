"""Codes: drawn at random, printed in groups, and understood however someone types them."""

from hypothesis import given
from hypothesis import strategies as st

from lms.certification.codes import ALPHABET, BITS, LENGTH, grouped, new_code, normalise_code

CODE = "7QK4M2XD9RTPC6HV"
numbers = st.integers(min_value=0, max_value=2**BITS - 1)


def code_of(number: int) -> str:
    return new_code(lambda bits: number)


def test_a_code_asks_for_eighty_random_bits() -> None:
    asked: list[int] = []
    new_code(lambda bits: asked.append(bits) or 0)
    assert asked == [80]


def test_sam_and_tara_never_get_the_same_code() -> None:
    codes = {new_code() for _person in range(2000)}
    assert len(codes) == 2000
    assert all(len(code) == LENGTH and set(code) <= set(ALPHABET) for code in codes)


@given(numbers, numbers)
def test_different_draws_make_different_codes(first: int, second: int) -> None:
    assert (code_of(first) == code_of(second)) == (first == second)


def test_the_first_and_the_last_code_have_all_their_characters() -> None:
    assert code_of(0) == "0" * 16
    assert code_of(2**BITS - 1) == "Z" * 16


@given(numbers)
def test_what_is_printed_is_understood_when_vera_types_it_back(number: int) -> None:
    code = code_of(number)
    assert normalise_code(grouped(code)) == code
    assert normalise_code(f" {grouped(code).lower().replace(' ', '-')}\n") == code


@given(numbers)
def test_vera_may_read_a_nought_as_o_and_a_one_as_i_or_l(number: int) -> None:
    code = code_of(number)
    assert normalise_code(code.replace("0", "O").replace("1", "I")) == code
    assert normalise_code(code.replace("0", "o").replace("1", "l")) == code


@given(st.text())
def test_any_text_is_a_code_or_none_and_never_an_error(text: str) -> None:
    code = normalise_code(text)
    assert code is None or (len(code) == LENGTH and set(code) <= set(ALPHABET))


def test_a_text_that_cannot_be_a_code_is_none() -> None:
    for text in ("", "7QK4", CODE + "0", CODE[:-1] + "U", CODE[:-1] + "!", CODE[:-1] + "ß", CODE[:-1] + "\u0660"):
        assert normalise_code(text) is None


def test_hyphens_of_every_shape_are_left_out() -> None:
    assert normalise_code("7QK4\u2011M2XD\u20139RTP\u00a0C6HV") == CODE


def test_a_code_is_shown_in_four_groups() -> None:
    assert grouped(CODE) == "7QK4 M2XD 9RTP C6HV"
