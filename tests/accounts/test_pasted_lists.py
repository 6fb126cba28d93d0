"""Pasted lists of people to invite: every form that programs and people write them in, and nothing of them lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.accounts.invitations.rules import read_pasted

AMAL, BEN = ("Amal Haddad", "amal@example.org"), ("Ben O’Brien", "ben@example.org")


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("amal@example.org\n\nben@example.org", [("", AMAL[1]), ("", BEN[1])]),
        ("amal@example.org,ben@example.org; ben@example.org\tamal@example.org", [("", x[1]) for x in (AMAL, BEN) * 1]
         + [("", BEN[1]), ("", AMAL[1])]),
        ("amal@example.org ben@example.org", [("", AMAL[1]), ("", BEN[1])]),
        ("Amal Haddad <amal@example.org>, Ben O’Brien <ben@example.org>", [AMAL, BEN]),
        ("Haddad, Amal <amal@example.org>; O’Brien, Ben <ben@example.org>;", [AMAL, BEN]),
        ("Haddad, Amal <amal@example.org>, O’Brien, Ben <ben@example.org>", [AMAL, BEN]),
        ('To: "Haddad, Amal" <amal@example.org>, "Ben O’Brien" <ben@example.org>', [AMAL, BEN]),
        ("“Haddad, Amal” <mailto:amal@example.org>", [AMAL]),
        ("amal@example.org, Amal Haddad\nBen O’Brien; ben@example.org", [AMAL, BEN]),
        ("amal@example.org, Amal Haddad, ben@example.org, Ben O’Brien", [AMAL, BEN]),
        ("1\tAmal\tHaddad\tamal@example.org\n2\tBen\tO’Brien\tben@example.org", [AMAL, BEN]),
        ("- Amal Haddad – amal@example.org.\n2. Ben O’Brien (ben@example.org)", [AMAL, BEN]),
        ("Amal Haddad amal@example.org Ben O’Brien ben@example.org", [AMAL, BEN]),
        ('"Sam ""Sammy"" Osei",sam@example.org', [('Sam ""Sammy"" Osei', "sam@example.org")]),
        ('"Osei, RN" <sam@example.org>', [("Osei, RN", "sam@example.org")]),
        ("حداد، أمل، amal@example.org", [("حداد أمل", AMAL[1])]),
        ("ａｍａｌ＠ｅｘａｍｐｌｅ．ｏｒｇ", [("", "ａｍａｌ＠ｅｘａｍｐｌｅ．ｏｒｇ")]),
        ("Name\tEmail\namal@example.org", [("Name", ""), ("Email", ""), ("", AMAL[1])]),
        ('an "open quote, amal@example.org', [('an "open quote', AMAL[1])]),
        ("a..b@example.org..", [("", "a..b@example.org..")]),
        (" \n***\n;,\t", []),
    ],
)  # fmt: skip
def test_a_list_is_read_in_every_form_that_people_have_it(text: str, people: list[tuple[str, str]]) -> None:
    assert [(entry.name, entry.address) for entry in read_pasted(text)] == people


WORD = st.text("abcdeéłمсالß’", min_size=1, max_size=6).filter(
    lambda word: any(map(str.isalpha, word)) and "’" not in (word[0], word[-1])
)
NAME = st.lists(WORD, min_size=1, max_size=3).map(" ".join)
ADDRESS = st.from_regex(r"[a-z0-9]{1,6}(\.[a-z0-9]{1,4})?@[a-z]{1,6}\.org", fullmatch=True)
PERSON = st.tuples(NAME, ADDRESS)
FORMS = [
    lambda name, address: f"{name} <{address}>",
    lambda name, address: f'"{name}" <{address}>',
    lambda name, address: f"{name} {address}",
    lambda name, address: f"{name}; {address}",
    lambda name, address: f"{name}\t{address}",
]


@given(st.lists(PERSON, min_size=1, max_size=6), st.data(), st.sampled_from(["\n", "\r\n", ";", "; ", "\t", "\n\n"]))
def test_what_is_written_in_any_form_is_read_as_it_was(
    people: list[tuple[str, str]], data: st.DataObject, apart: str
) -> None:
    form = data.draw(st.sampled_from(FORMS))
    text = apart.join(form(*person) for person in people)
    assert [(entry.name, entry.address) for entry in read_pasted(text)] == people


@given(st.text("ab@.<>\"“”,;\t\n '()[]1-＠\u200b，", max_size=60))
def test_no_address_and_no_word_of_a_list_is_lost(text: str) -> None:
    entries = read_pasted(text)
    shown = "".join(entry.seen for entry in entries)
    for sign in "@＠":
        assert shown.count(sign) == text.count(sign)
    for number, line in enumerate(text.splitlines(), 1):
        assert any(entry.line == number for entry in entries) or not any(
            sign.isalpha() or sign in "@＠" for sign in line
        )
    assert [entry.line for entry in entries] == sorted(entry.line for entry in entries)
