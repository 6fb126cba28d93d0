"""What a coordinator would record for herself is refused, on every staff page that changes something about a person."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts.access import WITH_KEY
from lms.accounts.rules import MAY
from lms.certification.awards.records import find_award, find_award_of_enrolment
from lms.foundation import clock
from lms.foundation.db import db
from lms.learning.progress import actions as learning
from lms.learning.progress.attempt_records import Attempt
from lms.learning.progress.equivalents import list_valid_equivalents
from tests.builders.learning import CONVERSATIONS, PFA, pass_check, prepare
from tests.conftest import Site
from tests.inspector import BASE, Inspector

# These name no person: what is set there holds for everybody of the programme, or only its own asker finds it.
OF_NOBODY = {"programme", "course", "batch", "line", "design", "remark_answer", "lesson", "unit", "invitation"} | {
    "assignment",
    "roster",
    "section",
    "regrade",
}


def staff_pages(app: Flask) -> list[Any]:
    """Return every rule of a staff view that takes posts and has somebody's thing in its address."""
    found = []
    for rule in app.url_map.iter_rules():
        access = getattr(app.view_functions[rule.endpoint], "access", "public")
        if access in {"public", WITH_KEY} or MAY[access].self_only or "POST" not in (rule.methods or ()):
            continue
        if rule.arguments - OF_NOBODY and "coordinator" in MAY[access].roles:
            found.append(rule)
    return found


def own_things(site: Site) -> dict[str, str]:
    """Let Cora learn as well, with a certificate, a recorded equivalent and an observed practice of her own."""
    enrolment = prepare(site, "cora")
    pass_check(site, enrolment)
    with site.inside():
        cora, ada = site.person("cora"), site.person("ada")
        award = find_award_of_enrolment(enrolment)
        check = db.session.scalar(select(Attempt.public_id).where(Attempt.enrolment_id == enrolment))
        assert award is not None and check is not None
    from lms.certification.readiness import actions as readiness_actions

    row = site.do(learning.record_equivalent, enrolment, ("practice", CONVERSATIONS[0]), "waived", "Why.", None, ada.id)
    seen = readiness_actions.ObservationInput("Tara Lindqvist", "trainer", clock.today("UTC"), "basic")
    observation = site.do(readiness_actions.record_observation, enrolment, seen, ada.id)
    return {
        "programme": "harbour",
        "person": cora.public_id,
        "other": ada.public_id,
        "code": award.code,
        "equivalent": row.public_id,
        "observation": observation.public_id,
        "sent_check": check,
    }


def test_no_staff_page_lets_a_coordinator_decide_about_herself(sqlite_site: Site) -> None:
    mine = dict.fromkeys(OF_NOBODY, "any") | own_things(sqlite_site)
    visitor = sqlite_site.visitor("cora")
    token = dict(visitor.get("/display").form("/display").fields)["form_token"]
    rules = staff_pages(sqlite_site.app)
    assert len(rules) >= 7
    for rule in rules:
        with sqlite_site.app.test_request_context():
            address = rule.build(mine)
        assert address is not None, f"{rule}: say whose it is, in this test and with `whose`"
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            sent = {"form_token": token, "reason": "other", "because": "fault", "rating": "basic", "course": PFA}
            answer = visitor.browser.open(address[1], method=method, base_url=BASE, data=sent, headers={"Origin": BASE})
            assert answer.status_code == 403, f"{method} {rule}"
            assert "can’t do this for yourself" in answer.get_data(as_text=True)
    with sqlite_site.inside():
        award = find_award(mine["code"])
        assert award is not None and award.withdrawn_at is None and award.replaced_by is None


@pytest.mark.parametrize("way", ["waived", "talked", "elsewhere"])
def test_cora_cannot_waive_a_conversation_for_herself_but_another_coordinator_can(sqlite_site: Site, way: str) -> None:
    enrolment = prepare(sqlite_site, "cora", practised=False)
    with sqlite_site.inside():
        cora, sam = sqlite_site.person("cora").public_id, sqlite_site.person("sam").public_id
    prepare(sqlite_site, "sam", practised=False)
    visitor: Inspector = sqlite_site.visitor("cora")
    form = visitor.get(f"/programmes/harbour/people/{sam}/equivalents").form("/equivalents")
    form.action = f"/programmes/harbour/people/{cora}/equivalents"
    form.submit(expect=403, item=f"{PFA}/practice/{CONVERSATIONS[0]}", way=way, reason="Why.", done_on="2026-01-01")
    with sqlite_site.inside():
        assert list_valid_equivalents(enrolment) == []
    page = visitor.get(f"/programmes/harbour/people/{cora}")
    assert "Another coordinator" in page.main and "/equivalents" not in page.html
