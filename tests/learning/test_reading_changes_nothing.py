"""Opening a page of learning changes nothing in the database: whatever starts or saves something is sent by a form."""

from __future__ import annotations

from tests.builders.learning import CONVERSATIONS, COURSE, PFA, begin, open_check, play, take_check, the_course
from tests.conftest import Site
from tests.inspector import BASE

WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


def test_no_page_of_learning_writes_when_it_is_opened(sqlite_site: Site) -> None:
    sam = sqlite_site.visitor("sam")
    begin(sam)
    sent = take_check(sqlite_site, "sam").path.split("/")[2]
    run = play(sam.get(f"{COURSE}/conversations/{CONVERSATIONS[0]}")).path.split("/")[2]
    asked = open_check(sam).path.split("/")[2]
    with sqlite_site.inside():
        lesson = next(lesson.id for lesson in the_course().lessons if lesson.gentle_html)
    values = {"course": PFA, "conversation": CONVERSATIONS[1], "lesson": lesson, "run": run, "programme": "harbour"}
    rules = [
        rule
        for rule in sqlite_site.app.url_map.iter_rules()
        if rule.endpoint.startswith("learning.") and "GET" in (rule.methods or ())
    ]
    assert len(rules) > 20
    seen: set[str] = set()
    for rule in rules:
        for attempt in (asked, sent) if "attempt" in rule.arguments else (asked,):
            filled = values | {"attempt": attempt, "number": 1}
            arguments = {name: filled[name] for name in rule.arguments}
            path = sqlite_site.app.url_map.bind("x").build(rule.endpoint, arguments)
            for visitor in (sam, sqlite_site.visitor("tara")):
                with sqlite_site.statements() as statements:
                    reply = visitor.browser.get(path, base_url=BASE)
                # Whoever may not open a page is counted and noted, which keeps people from guessing addresses.
                opened = reply.status_code != 404
                seen |= {rule.endpoint} if opened else set()
                assert not opened or [text for text in statements if text.startswith(WRITES)] == [], path
    assert {rule.endpoint for rule in rules} - seen == set()
