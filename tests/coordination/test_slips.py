"""People without email: a sign-in name, a printed slip with a one-time link, and nothing ever emailed to them."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from lms.accounts import actions as accounts
from lms.accounts.addresses import is_sign_in_name, suggest_sign_in_name
from lms.accounts.invitations.actions import NewAccount, accept
from lms.accounts.passwords import hash_password
from lms.accounts.records import find_person_by_email, find_programme
from lms.foundation import clock
from lms.foundation.db import db
from lms.foundation.mail.outbox import OutboxMail, queue_mail
from tests.builders.learning import link_in_newest_email
from tests.conftest import PASSWORD, Site
from tests.inspector import Inspector, Page, squeezed

INVITE, LIST, SLIPS = (
    "/programmes/harbour/invitations/new",
    "/programmes/harbour/invitations",
    "/programmes/harbour/slips",
)


def rows(page: Page) -> list[str]:
    return [squeezed(" ".join(node.itertext())) for node in page.find("main tbody tr")]


def send(cora: Inspector, content: str) -> Page:
    form = cora.get("/programmes/harbour/imports").form("/imports")
    upload = FileStorage(io.BytesIO(content.encode()), "people.csv", content_type="text/csv")
    return cora.send(form.action, {**dict(form.fields), "file": upload})


def results(page: Page) -> dict[str, int]:
    listed = [squeezed(" ".join(node.itertext())) for node in page.find("main section.row > .col > ul > li")]
    return {words: int(count.rstrip(")")) for words, _bracket, count in (line.rpartition(" (") for line in listed)}


def add(cora: Inspector, names: str, expect: int = 200) -> Page:
    return cora.get(SLIPS).form_with("Add people").submit("Add people", names=names, expect=expect)


def names_on(page: Page) -> list[str]:
    return [node.get("value", "") for node in page.find("main tbody input[type=text]")]


def show(page: Page, expect: int = 200, **fields: object) -> Page:
    return page.form_with("Print slips").submit("Print slips", expect=expect, **fields)


def links_of(site: Site, page: Page) -> list[str]:
    return [
        squeezed(" ".join(node.itertext())).removeprefix(site.settings.base_url) for node in page.find(".scan .link")
    ]


def join(site: Site, link: str, name: str = "Rosa") -> Inspector:
    visitor = site.stranger()
    form = visitor.get(link).form_with("Create account")
    form.submit("Create account", display_name=name, password=PASSWORD)
    return visitor


def emails(site: Site) -> list[str]:
    with site.inside():
        return list(db.session.scalars(select(OutboxMail.recipient)))


def sign_in(site: Site, name: str, password: str = PASSWORD) -> Page:
    return site.stranger().get("/sign-in").form_with("Sign in").submit("Sign in", email=name, password=password)


def test_somebody_without_email_joins_by_a_slip_signs_in_by_name_and_gets_no_email(site: Site, cora: Inspector) -> None:
    assert "Slips to print" in cora.get(INVITE).main
    page = add(cora, "Rosa Lind\nLind, Rosa\nrosa  lind\nAl 7")
    assert "3 people were added" in page.main and sorted(names_on(page)) == ["al.7", "rosa.lind", "rosa.lind2"]
    assert "on the list already" in add(cora, "Rosa Lind").main
    printed = show(page)
    assert "no-store" in printed.response.headers["Cache-Control"] and len(printed.find(".qr")) == 3
    link = dict(zip([node.text for node in printed.find(".slip .code")], links_of(site, printed), strict=True))[
        "rosa.lind"
    ]
    assert "Printed, valid until" in cora.get(SLIPS).main
    assert "Your sign-in name: rosa.lind" in site.stranger().get(link).main
    rosa = join(site, link)
    site.stranger().get(link, expect=404)
    assert len(rows(cora.get(LIST))) == 2
    assert sign_in(site, " Rosa.Lind ").h1 != "Sign in"
    assert "Your sign-in name: rosa.lind" in rosa.get("/account").main
    assert (
        "no email is sent" in rosa.get("/account/letters").main
        and "please look at this page" in rosa.get("/certificates").main
    )
    with site.inside():
        person = find_person_by_email("rosa.lind")
        assert person and person.email_proven_at is None
        address = f"/programmes/harbour/people/{person.public_id}"
    for where in (address, f"{address}/roles"):
        assert "rosa.lind" in cora.get(where).main and "no email address here" in cora.get(where).main
    page = cora.get(f"{address}/roles").form_with("Save").submit("Save", role=["learner", "trainer"], expect=422)
    assert "can only be a learner" in page.main
    site.do(queue_mail, site.settings, "rosa.lind", "s", "b")
    assert emails(site) == []


def test_a_slip_is_printed_again_one_at_a_time_and_the_link_of_the_older_one_ends(
    make_sqlite_site: Callable[..., Site],
) -> None:
    site = make_sqlite_site(LMS_SECOND_FACTOR_DAYS="never")
    cora = site.visitor("cora")
    (first,) = links_of(site, show(add(cora, "Rosa Lind")))
    form = cora.get(LIST).form_with("Print slip (rosa.lind)")
    (pressed,) = links_of(site, form.submit("Print slip (rosa.lind)"))
    (second,) = links_of(site, form.submit("Print slip (rosa.lind)"))
    for ended in (first, pressed):
        site.stranger().get(ended, expect=404)
    assert site.stranger().get(second).form_with("Create account")
    assert "for somebody else" in site.visitor("sam").get(second).h1
    clock.shift(timedelta(days=15))
    site.visitors.clear()
    site.stranger().get(second, expect=404)
    cora = site.visitor("cora")
    assert "Expired" in cora.get(SLIPS).main
    cora.get(LIST).form("/cancel").submit()
    assert "Nobody is waiting for a slip" in cora.get(SLIPS).main


def test_sign_in_names_are_changed_before_printing_and_nobody_gets_one_that_somebody_has(
    site: Site, cora: Inspector
) -> None:
    page = add(cora, "Rosa Lind\nTom Lind")
    fields = [node.get("name") for node in page.find("main tbody input[type=text]")]
    for typed, said in (
        ("rosa@example.org", "Please start with a small letter"),
        ("rosa..lind", "Please start with a small letter"),
        ("tom.lind", "Somebody else has the sign-in name tom.lind"),
    ):
        spoiled = show(page, expect=422, **{fields[names_on(page).index("rosa.lind")]: typed})
        assert said in spoiled.main and typed in names_on(spoiled) and "Not printed yet" in spoiled.main
    changed = show(page, **{fields[names_on(page).index("rosa.lind")]: "Rosa"})
    assert sorted(node.text for node in changed.find(".slip .code")) == ["rosa", "tom.lind"]
    join(site, links_of(site, changed)[0])
    assert "tom.lind2" in names_on(add(cora, "Tom-Lind")) and "rosa2" in names_on(add(cora, "Rosa"))


def test_whoever_forgets_their_password_asks_the_coordinator_and_may_add_an_address_later(
    site: Site, cora: Inspector
) -> None:
    (link,) = links_of(site, show(add(cora, "Rosa Lind")))
    rosa = join(site, link)
    form = site.stranger().get("/forgotten").form_with("Send the link")
    for name in ("rosa.lind", "nobody.here"):
        assert "ask your coordinator for a link" in form.submit("Send the link", email=name, expect=422).main
    page = rosa.get("/account").follow("Add an email address")
    asked = page.form_with("Send the link").submit("Send the link", email="rosa@example.net")
    sent = asked.form_with("Continue").submit("Continue", password=PASSWORD)
    assert "rosa@example.net" in sent.main and emails(site) == ["rosa@example.net"]
    rosa.get(link_in_newest_email(site)).form_with("Use this address").submit("Use this address")
    assert emails(site) == ["rosa@example.net"]
    assert "rosa@example.net" in rosa.get("/account").main
    assert sign_in(site, "rosa@example.net").h1 != "Sign in"


def test_a_file_with_rows_without_addresses_makes_slips_once_however_often_it_is_imported(
    site: Site, cora: Inspector
) -> None:
    content = "Email,Name,Staff number,Unit\n,Rosa Lind,7,Ward 5\namal@example.org,Amal,,\n,Tom,,\n"
    other = site.do(accounts.set_programme, "lake", "Lake", {})
    with site.inside():
        harbour = find_programme("harbour")
        assert harbour
    page = send(cora, content)
    assert results(page) == {"Will be invited": 1, "No email address: a slip to print": 2}
    site.do(lambda: accounts.give_role(accounts.register("tom", "T", "x", proven=False).id, other.id, "learner"))
    page.form("/start").submit()
    site.work()
    assert emails(site) == ["amal@example.org"]
    waiting = cora.get(SLIPS)
    assert sorted(names_on(waiting)) == ["rosa.lind", "tom2"], "tom was taken after the preview"
    assert results(send(cora, content)) == {"Invited already, not yet joined": 3}
    printed = show(waiting)
    tokens = [link.rpartition("/")[2] for link in links_of(site, printed)]
    for token in tokens:
        site.do(accept, token, NewAccount("", "Another Name", hash_password(PASSWORD)), proven=False)
    again = results(send(cora, content))
    assert again == {"Already a member": 2, "Invited already, not yet joined": 1}
    assert "Ward 5" in cora.get("/programmes/harbour/people").main or other


@pytest.mark.parametrize(
    ("name", "suggested"),
    [
        ("Rosa Lind", "rosa.lind"),
        ("Zoë O’Neill-Ångström", "zoe.o.neill.angstrom"),
        ("Søren Weiß", "soren.weiss"),
        ("أمل", "person"),
        ("7 Up", "person"),
        ("A", "person"),
        ("Maximiliana Featherstonehaugh-Cholmondeley", "maximiliana.cholmondeley"),
        ("Maximiliana" * 5, "maximilianamaximilianamaximilianama"),
    ],
)
def test_a_sign_in_name_is_suggested_from_any_name(name: str, suggested: str) -> None:
    assert suggest_sign_in_name(name) == suggested and is_sign_in_name(suggested)
