"""What is refused, and what leaves as a list, leaves a row in the audit trail: ids, never an address or a name."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from lms.accounts.invitations import actions as invitation_actions
from lms.foundation import clock
from lms.foundation.audit import AuditEntry
from lms.foundation.db import db
from tests.conftest import PASSWORD, Site


def trail(site: Site, event: str) -> list[AuditEntry]:
    with site.inside():
        return list(db.session.scalars(select(AuditEntry).where(AuditEntry.event == event).order_by(AuditEntry.id)))


def try_in(site: Site, email: str, password: str = "not the one") -> None:
    form = site.stranger().get("/sign-in").form("/sign-in")
    form.submit(email=email, password=password, expect=422)


def test_a_refused_sign_in_leaves_a_row_that_names_the_account_by_its_id_alone(site: Site) -> None:
    with site.inside():
        sam = site.person("sam").id
    try_in(site, " SAM@example.org")
    try_in(site, "nobody@example.org")
    site.do(lambda: setattr(site.person("lena"), "disabled_at", clock.now()))
    try_in(site, "lena@example.org", PASSWORD)
    rows = trail(site, "SignInRefused")
    with site.inside():
        assert [row.person_id for row in rows] == [sam, None, site.person("lena").id]
    assert all(row.actor_id is None and "@" not in str(row.facts) for row in rows)
    assert "Somebody tried to sign in with your email address and couldn’t." in site.visitor("sam").get("/account").main


def test_a_password_that_did_not_fit_on_the_pages_of_an_account_leaves_a_row_too(sqlite_site: Site) -> None:
    form = sqlite_site.visitor("sam").get("/account/delete").form("/account/delete")
    form.submit(password="not the one", expect=422)
    with sqlite_site.inside():
        sam = sqlite_site.person("sam").id
    assert [(row.actor_id, row.person_id) for row in trail(sqlite_site, "SignInRefused")] == [(sam, sam)]


def test_a_staff_door_that_stays_shut_leaves_a_row_and_a_learners_own_pages_leave_none(site: Site) -> None:
    with site.inside():
        ids = {name: site.person(name).id for name in ("sam", "mina")}
        sams_page = f"/programmes/harbour/people/{site.person('sam').public_id}"
    site.visitor("sam").get("/programmes/harbour/people", expect=404)
    site.visitor("sam").get("/programmes/no-such-one/people.csv", expect=404)
    site.visitor("mina").get(sams_page, expect=404)
    site.visitor("mina").get(sams_page.replace("harbour", "meadow"), expect=404)  # her programme, not her person
    site.visitor("sam").get("/courses/no-such-course", expect=404)
    site.visitor("sam").get("/no-such-page", expect=404)
    site.stranger().get("/programmes/harbour/people")  # is asked to sign in
    rows = trail(site, "DoorStayedShut")
    assert [row.actor_id for row in rows] == [ids["sam"], ids["sam"], ids["mina"], ids["mina"]]
    assert [row.facts["page"] for row in rows][1] == "coordination.people_csv"
    assert [bool(row.programme_id) for row in rows] == [True, False, True, True]
    assert all(row.facts["status"] == 404 and row.facts["action"] == "see training states" for row in rows)


def test_a_post_from_another_site_to_a_staff_page_leaves_a_row(sqlite_site: Site) -> None:
    cora = sqlite_site.visitor("cora")
    with sqlite_site.inside():
        sam = sqlite_site.person("sam").public_id
    address = f"/programmes/harbour/people/{sam}/practice"
    response = cora.browser.post(address, base_url="http://127.0.0.1:8000", headers={"Origin": "https://evil.example"})
    assert response.status_code == 403
    assert [row.facts["status"] for row in trail(sqlite_site, "DoorStayedShut")] == [response.status_code]


def test_knocking_on_and_on_does_not_fill_the_trail(sqlite_site: Site) -> None:
    for _time in range(40):
        sqlite_site.visitor("sam").get("/programmes/harbour/people", expect=404)
    assert len(trail(sqlite_site, "DoorStayedShut")) == 30


def test_a_list_that_leaves_leaves_a_row_with_how_many_and_no_address(site: Site) -> None:
    cora = site.visitor("cora")
    cora.browser.get("/programmes/harbour/people.csv?q=osei", base_url="http://127.0.0.1:8000")
    rows = trail(site, "ListExported")
    with site.inside():
        assert [(row.actor_id, row.facts["kind"], row.facts["count"]) for row in rows] == [
            (site.person("cora").id, "people", 1)
        ]
    assert rows[0].programme_id and "osei" not in str(rows[0].facts)


def test_the_trail_never_holds_an_address(sqlite_site: Site) -> None:
    try_in(sqlite_site, "sam@example.org")
    sqlite_site.visitor("cora").browser.get("/programmes/harbour/people.csv", base_url="http://127.0.0.1:8000")
    sqlite_site.do(invitation_actions.invite, None, "operator", "pat@example.org")
    with sqlite_site.inside():
        rows: list[Any] = list(db.session.scalars(select(AuditEntry)))
        assert rows and not [row for row in rows if "@" in str(row.facts)]
