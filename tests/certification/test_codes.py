"""Codes: drawn at random, printed in groups, and understood however someone types them."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.certification.awards.codes import ALPHABET, BITS, LENGTH, grouped, new_code, normalise_code
from lms.certification.verification.bulk import read_codes
from tests.builders.learning import earn
from tests.conftest import Site
from tests.inspector import BASE

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


PASTED = (
    "7QK4 M2XD 9RTP C6HV.",
    "Code: 7QK4 M2XD 9RTP C6HV",
    "Certificate code: 7QK4 M2XD 9RTP C6HV.",
    "Code 7QK4 M2XD 9RTP C6HV",
    "Código：7QK4-M2XD-9RTP-C6HV",
    "\u200e7QK4\u200b M2XD\u2060 9RTP\u200c C6HV\u200f",
    "\u2066 7QK4 M2XD 9RTP C6HV \u2069",
    "\ufeff7QK4M2XD9RTPC6HV",
    "７ＱＫ４　Ｍ２ＸＤ　９ＲＴＰ　Ｃ６ＨＶ",
    "“7QK4 M2XD 9RTP C6HV”",
    "(7QK4 M2XD 9RTP C6HV)",
    "<https://training.example.org/verify/7QK4M2XD9RTPC6HV>.",
    "https://training.example.org/verify/7QK4M2XD9RTPC6HV#AEBAGBAF",
    "HTTPS://TRAINING.EXAMPLE.ORG/V/7QK4M2XD9RTPC6HV#AEBAGBAF" + "A" * 300,
    "training.example.org/v/7QK4%20M2XD%209RTP%20C6HV?format=json",
    "see https://training.example.org/badges/7qk4m2xd9rtpc6hv, please",
    "7QK4\u00adM2XD\u20139RTP\u00a0C6HV;",
    "My code is 7QK4 M2XD 9RTP C6HV",
    "code=7QK4M2XD9RTPC6HV",
    "no. 7QK4 M2XD 9RTP C6HV",
    "№ 7QK4-M2XD-9RTP-C6HV",
    "#7QK4 M2XD 9RTP C6HV",
    "7QK4 M2XD 9RTP C6HV (valid until 2028)",
    "https://training.example.org/verify?code=7QK4M2XD9RTPC6HV&from=mail",
    "https://training.example.org/v/7QK4 M2XD 9RTP C6HV",
    "certificate-7QK4M2XD9RTPC6HV.pdf",
    "7QK4.M2XD.9RTP.C6HV",
    "7QK4_M2XD_9RTP_C6HV",
    "7QK4 - M2XD - 9RTP - C6HV",
    '="7QK4M2XD9RTPC6HV"',
)


@pytest.mark.parametrize("pasted", PASTED)
def test_a_code_is_read_as_people_paste_it(pasted: str) -> None:
    assert normalise_code(pasted) == CODE
    (row,) = read_codes(pasted)
    assert normalise_code(row) == CODE


@pytest.mark.parametrize(
    "text",
    [
        "7QK4 M2XD 9RTP C6HV and 8QK4 M2XD 9RTP C6HV",
        "They have been some good weeks",
        "In 2026 they were here with some more",
        "tel. 0800 1111 0000 2222 3333",
        "7QK4M2XD9RTPC6HV7QK4M2XD9RTPC6HV",
    ],
)
def test_of_two_codes_or_of_plain_words_none_is_guessed(text: str) -> None:
    assert normalise_code(text) is None


def test_what_cannot_be_read_is_never_called_unknown_and_an_empty_search_says_so(sqlite_site: Site) -> None:
    stranger = sqlite_site.stranger()
    known = earn(sqlite_site)
    for typed in ("7QK4", "https://training.example.org/verify/", "Code:", "\u0660" * 16):
        page = stranger.get(f"/verify/{quote(typed, safe='')}" if "/" not in typed else "/verify/x", expect=404)
        assert "No certificate has this code" not in page.main and "four groups of four" in page.main
        told = stranger.browser.get("/verify/7QK4", base_url=BASE, headers={"Accept": "application/json"})
        assert told.json is not None and told.json["state"] == "unreadable"
    assert "Enter the code" in stranger.get("/verify?code=", expect=422).main
    assert "Enter the code" in stranger.get("/verify?code=%20%E2%80%AF", expect=422).main
    assert "Please type" not in stranger.get("/verify").main
    found = stranger.get(f"/verify?code={quote(f'Code: {grouped(known)}.')}")
    assert found.path == f"/verify/{known}" and found.h1 == "This certificate is valid"
