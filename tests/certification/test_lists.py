"""Many codes at once: as many rows as codes, each in its place, by paste, by file and with a key."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.certification.awards.codes import grouped, new_code
from lms.certification.verification.actions import (
    LIST_MISSES_A_KEY,
    LIST_WINDOW,
    LISTS_A_KEY,
    LISTS_A_NETWORK,
    end_key,
    make_key,
)
from lms.certification.verification.bulk import read_codes
from lms.foundation import clock
from lms.foundation.refused import Refused
from tests.builders.learning import earn
from tests.conftest import Site

JSON = {"Accept": "application/json"}


def a_list(site: Site) -> tuple[list[str], str]:
    """Return 500 codes of which one is known, one unreadable, and where the known one stands."""
    known = earn(site)
    codes = [grouped(new_code()) for _ in range(498)]
    codes.insert(250, grouped(known).lower().replace(" ", "-"))
    codes.insert(400, "=HYPERLINK(1)")
    return codes, known


def ask(site: Site, secret: str, **sent: object) -> tuple[int, dict[str, object], dict[str, str]]:
    """Ask as a program does, without any cookie."""
    reply = site.app.test_client().post("/api/verify", headers={"Authorization": f"Bearer {secret}"}, **sent)  # type: ignore[arg-type]
    return reply.status_code, reply.get_json(), dict(reply.headers)


def key(site: Site, label: str = "Staff system") -> str:
    """Make a key."""
    made = site.do(make_key, label)
    assert isinstance(made, str)
    return made


def test_five_hundred_codes_give_five_hundred_rows_in_their_order(site: Site) -> None:
    codes, known = a_list(site)
    form = site.stranger().get("/verify/list").form("/verify/list")
    with site.statements() as asked:
        page = form.submit(codes="\n".join(codes))
    assert "We checked 500 codes." in page.main and len(asked) <= 5, asked
    table = page.tree.xpath("//table/tbody/tr")
    assert len(table) == 500
    assert ["Valid" in "".join(row.itertext()) for row in table].index(True) == 250
    assert "Can’t be read as a code" in "".join(table[400].itertext()) and "Sam Osei" not in page.main
    sheet = page.form("/verify/list").submit()
    rows = list(csv.DictReader(io.StringIO(sheet.response.get_data(as_text=True).removeprefix("\ufeff"))))
    assert [row["state"] for row in rows[249:252]] == ["unknown", "valid", "unknown"]
    assert rows[400]["code"].startswith("'=") and rows[400]["state"] == "unreadable"
    secret = key(site)
    with site.statements() as asked:
        status, told, _headers = ask(site, secret, json={"codes": codes})
    answers = told["rows"]
    assert len(asked) <= 5, asked
    assert status == 200 and isinstance(answers, list) and len(answers) == 500
    assert answers[250]["code"] == known and answers[250]["state"] == "valid" and answers[250]["name"] is None


def test_a_name_stands_in_a_list_only_when_its_holder_shows_it(sqlite_site: Site) -> None:
    code = earn(sqlite_site)
    sqlite_site.visitor("sam").get(f"/certificates/{code}").form("/show-name").submit(show="yes")
    page = sqlite_site.stranger().get("/verify/list").form("/verify/list").submit(codes=code)
    assert "Sam Osei" in page.main


@pytest.mark.parametrize(
    ("encoding", "line"),
    [
        ("utf-8-sig", "Name;Code\nSam;{}\n"),
        ("utf-16", "Name;Code\nSam;{}\n"),
        ("utf-16-le", "Name\tCode\r\nSam\t{}\r\n"),
        ("utf-16-be", "Zoë,{}\n"),
        ("cp1252", "Zoë Álvarez;{}\n"),
        ("utf-8", "sep=;\r\nName;Code\r\nSam;{}\r\n"),
        ("utf-8-sig", "SEP=,\n{}\n"),
        ("utf-8-sig", '"sep=;"\r\nName;Code\r\nSam;{}\r\n'),
        ("utf-16-le", "编号,姓名\n{},王小明王小明王小明王小明王小明王小明王小明王小明王小明王小明王小明\n"),
        ("utf-16-be", "الرمز;الاسم\n{};فاطمة الزهراء فاطمة الزهراء فاطمة الزهراء فاطمة الزهراء\n"),
    ],
)
def test_a_file_as_spreadsheets_write_it_is_read_in_place_of_the_box(
    sqlite_site: Site, encoding: str, line: str
) -> None:
    code = earn(sqlite_site)
    visitor = sqlite_site.stranger()
    token = dict(visitor.get("/verify/list").form("/verify/list").fields)["form_token"]
    file = (io.BytesIO(line.format(code).encode(encoding)), "people.csv")
    reply = visitor.browser.post("/verify/list", data={"form_token": token, "codes": "", "file": file})
    text = reply.get_data(as_text=True)
    assert reply.status_code == 200 and "We checked one code." in text and "Can’t be read" not in text


def test_the_line_that_tells_excel_its_separator_is_no_code_when_pasted(sqlite_site: Site) -> None:
    page = sqlite_site.stranger().get("/verify/list").form("/verify/list").submit(codes=f"sep=;\n{earn(sqlite_site)}")
    assert "We checked one code." in page.main


def test_what_cannot_be_a_list_is_answered_calmly(sqlite_site: Site) -> None:
    form = sqlite_site.stranger().get("/verify/list").form("/verify/list")
    assert "at least one code" in form.submit(expect=422, codes=" \n ").main
    page = form.submit(expect=422, codes="\n".join(new_code() for _ in range(501)))
    assert "has 501 codes" in page.main and "send it in parts" in page.main


def test_lists_come_to_their_share_of_an_hour_with_a_time_to_come_back(site: Site) -> None:
    form = site.stranger().get("/verify/list").form("/verify/list")
    for _ in range(LISTS_A_NETWORK):
        form.submit(codes=new_code())
    page = form.submit(expect=429, codes="KEPT IN THE BOX")
    assert "send it again in 60 minutes" in page.main and "KEPT IN THE BOX" in page.html
    clock.shift(LIST_WINDOW)
    form = site.stranger().get("/verify/list").form("/verify/list")
    form.submit(codes=new_code())
    secret = key(site)
    for _ in range(LISTS_A_KEY):
        assert ask(site, secret, json={"codes": []})[0] == 200
    status, told, headers = ask(site, secret, json={"codes": []})
    assert status == 429 and 0 < int(headers["Retry-After"]) <= 3600 and "We haven’t checked" in str(told)


@pytest.mark.parametrize(
    "sent",
    [
        {"data": "not json"},
        {"json": []},
        {"json": {"codes": "A"}},
        {"json": {"codes": [1]}},
        {"json": {"codes": ["A"] * 501}},
    ],
)
def test_a_program_that_sends_something_else_is_told_the_shape(sqlite_site: Site, sent: dict[str, object]) -> None:
    status, told, _headers = ask(sqlite_site, key(sqlite_site), **sent)
    assert status == 422 and told["happened"]


def test_without_a_key_or_with_an_ended_one_nothing_is_told(site: Site) -> None:
    secret = key(site)
    assert isinstance(site.do(make_key, "Staff system"), Refused)
    for wrong in ("", "x", secret + "x", "\u00e9"):
        assert ask(site, wrong, json={"codes": [earn(site, "lena")]})[0] == 401
    assert ask(site, secret, json={"codes": []})[0] == 200
    assert site.do(end_key, "Staff system") is None
    assert ask(site, secret, json={"codes": []})[0] == 401
    # A cookie is no key.
    reply = site.visitor("cora").browser.post("/api/verify", json={"codes": []})
    assert reply.status_code == 401


@given(st.text(max_size=300))
def test_any_text_reads_as_a_list(text: str) -> None:
    for code in read_codes(text):
        assert code == code.strip() and code


def test_the_head_of_a_table_is_no_code() -> None:
    assert read_codes("Name,Code\nSam,7QK4 M2XD 9RTP C6HV\n") == ["7QK4 M2XD 9RTP C6HV"]
    assert read_codes("Hello") == ["Hello"]


def test_lists_of_codes_that_nobody_has_come_to_an_end_long_before_five_thousand_an_hour(sqlite_site: Site) -> None:
    """Certificates that exist never count, so a hospital may verify as many as it has."""
    site = sqlite_site
    known = earn(site)
    form = site.stranger().get("/verify/list").form("/verify/list")
    guesses = [new_code() for _ in range(499)]
    page = form.submit(codes="\n".join([known, *guesses]))
    page.form("/verify/list").submit()
    again = form.submit(codes="\n".join([known] * 400 + guesses[:1]))
    assert "We checked 401 codes." in again.main, "the CSV of an answered list counts nothing"
    assert "send it again in" in form.submit(expect=429, codes=known).main
    elsewhere = site.stranger()
    elsewhere.browser.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    assert "one code" in elsewhere.get("/verify/list").form("/verify/list").submit(codes=known).main
    forged = dict(page.form("/verify/list").fields) | {"codes": "\n".join(guesses[1:])}
    assert site.stranger().send("/verify/list", forged, 429).response.status_code == 429
    secret = key(site)
    for _list in range(LIST_MISSES_A_KEY // 500):
        assert ask(site, secret, json={"codes": [new_code() for _ in range(500)]})[0] == 200
    assert ask(site, secret, json={"codes": [known]})[0] == 429


@pytest.mark.parametrize("sent", ["[" * 100_000, '{"codes":' + "[" * 50_000, '{"a":' * 60_000, '{"codes":[NaN,1e999]}'])
def test_json_of_any_depth_is_told_the_shape(sqlite_site: Site, sent: str) -> None:
    status, told, _headers = ask(sqlite_site, key(sqlite_site), data=sent, content_type="application/json")
    assert status == 422 and told["happened"]
