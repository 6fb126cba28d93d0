"""The check's pages are made once for many: each still holds one's own, packs no secret, and asks for little."""

from __future__ import annotations

import gzip
import re
from types import SimpleNamespace

from lxml.html import fragment_fromstring
from markupsafe import Markup
from sqlalchemy import event

from lms.content.questions import Item, present
from lms.foundation.db import db
from tests.builders.learning import COURSE, attempt_of, begin, earn, open_check, plan
from tests.conftest import Site
from tests.inspector import BASE, Inspector, Page

PACKED = {"Accept-Encoding": "gzip, br"}


def plain_and_packed(visitor: Inspector, path: str) -> tuple[str, bytes]:
    plain = visitor.browser.get(path, base_url=BASE).get_data(as_text=True)
    packed = visitor.browser.get(path, base_url=BASE, headers=PACKED).data
    assert gzip.decompress(packed).decode() == plain
    return plain, packed


def all_at_once(visitor: Inspector) -> Page:
    begin(visitor)
    return open_check(visitor).follow("Show all questions on one page")


def send(site: Site, name: str, page: Page, right: bool) -> Page:
    fields = {name: value for one in plan(site, name, lambda _question: right) for name, value in one.items()}
    return page.form_with("Send my answers now").submit("Send my answers now", **fields)


def test_all_questions_are_ones_own_although_their_page_is_kept(site: Site) -> None:
    for name in ("sam", "lena"):
        page = all_at_once(site.visitor(name))
        text, packed = plain_and_packed(site.visitor(name), page.path)
        token = re.search(r'name="form_token" value="([^"]+)"', text)
        assert token is not None
        assert packed.count(token[1].encode()) == text.count(token[1]), "a token goes out as it is, never compressed"
        assert set(re.findall(r"/checks/([^/\"&%]+)/", text)) == {page.path.split("/")[2]}
        with site.inside():
            check_attempt = attempt_of(site, name)
            shown = [present(question, check_attempt.seed) for question in check_attempt.questions]
        wanted = [item.token for question in shown for item in (*question.items, *question.rights)]
        found = re.findall(r'value="([0-9a-f]{10})"|name="q-[^"]+-([0-9a-f]{10})"', text)
        assert {value or name for value, name in found} == set(wanted)
        places = [text.index(item.token) for question in shown for item in question.items]
        assert places == sorted(places), "questions and options stand where the attempt has them"


def test_a_saved_answer_is_chosen_on_the_kept_page(site: Site, sam: Inspector) -> None:
    page = all_at_once(sam)
    fields = {name: value for one in plan(site, "sam") for name, value in one.items()}
    page.form_with("Save and stop here").submit("Save and stop here", **fields)
    again = sam.get(page.path)
    for name, value in fields.items():
        values = value if isinstance(value, list) else [value]
        chosen = again.find(f"[name='{name}'] option[selected], [name='{name}'][checked]")
        assert sorted(node.get("value", "") for node in chosen) == sorted(values)


def test_two_results_are_each_ones_own(site: Site) -> None:
    texts = {}
    for name, right in (("sam", True), ("lena", False)):
        page = send(site, name, all_at_once(site.visitor(name)), right)
        texts[name], packed = plain_and_packed(site.visitor(name), page.path)
        for token in re.findall(r'name="form_token" value="([^"]+)"', texts[name]):
            assert packed.count(token.encode()) == texts[name].count(token)
    assert "You passed the check" in texts["sam"] and "Lena Brandt" not in texts["sam"]
    assert "Not yet" in texts["lena"] and "Sam Osei" not in texts["lena"]
    assert [text.count("Question ") for text in texts.values()] == [10, 10]


def test_whoever_has_done_everything_is_led_to_their_own_certificate(site: Site) -> None:
    for name in ("sam", "lena"):
        code = earn(site, name)
        results = [url for url in site.visitor(name).get(f"{COURSE}/check").links().values() if url.endswith("/result")]
        assert site.visitor(name).get(results[0]).links()["See your certificate"] == f"/certificates/{code}"


def test_a_whole_check_asks_the_database_for_little(site: Site, sam: Inspector) -> None:
    asked: list[str] = []
    begin(sam)
    door = sam.get(f"{COURSE}/check").form("/check")
    with site.app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda _c, _u, statement, *_rest: asked.append(statement))
    page = door.submit()
    asked.clear()
    page = page.follow("Show all questions on one page")
    assert len(asked) == 1
    fields = {name: value for one in plan(site, "sam", lambda _q: False) for name, value in one.items()}
    asked.clear()
    result = page.form_with("Send my answers now").submit("Send my answers now", **fields)
    assert "Not yet" in result.h1 and len(asked) <= 6, asked


def test_the_answers_of_a_match_question_stand_whole_beside_radios_where_a_list_would_cut_them(
    sqlite_site: Site,
) -> None:
    long = "Somebody who has known them for years and can stay with them until the end of the shift"
    rights = [Item("r1", Markup(long)), Item("r2", Markup("A <em>service</em>"))]
    shown = SimpleNamespace(id="x-q1", items=[Item("l1", Markup("Tonight"))], rights=rights)
    with sqlite_site.inside():
        module = sqlite_site.app.jinja_env.get_template("questions/match.html").make_module()
        made = fragment_fromstring(str(module.answer(shown, {"l1": "r1"}, None)), create_parent="div")
    assert not made.xpath(".//select") and made.xpath("string(.//legend)") == "Tonight"
    assert [node.text_content().strip() for node in made.xpath(".//label")] == [long, "A service"]
    assert made.xpath(".//input[@checked]/@value") == ["r1"]
    assert set(made.xpath(".//input/@name")) == {"q-x-q1-l1"}
