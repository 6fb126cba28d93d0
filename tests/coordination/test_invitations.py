"""A coordinator invites people: the preview of a pasted list, one email each, and the list of those not yet joined."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from lms.accounts import actions as accounts
from lms.accounts.invitations.actions import NewAccount, accept, invite
from lms.accounts.invitations.records import Invitation, list_not_joined
from lms.accounts.passwords import hash_password
from lms.accounts.records import find_programme
from lms.accounts.rules import INVITED_PER_HOUR
from lms.foundation import clock
from lms.foundation.db import db
from lms.foundation.mail.outbox import OutboxMail
from tests.builders.learning import link_in_newest_email, make_account
from tests.conftest import PASSWORD, Site
from tests.inspector import Inspector, Page, squeezed

INVITE, LIST = "/programmes/harbour/invitations/new", "/programmes/harbour/invitations"
PASTED = """Amal Haddad <amal@example.org>; "Osei, Sam" <SAM@example.org>
AMAL@example.org, new@@example.org
Nobody Here
Zoë; zoe@example.org"""


def preview(cora: Inspector, text: str, expect: int = 200) -> Page:
    return cora.get(INVITE).form_with("Continue").submit("Continue", people=text, expect=expect)


def send(cora: Inspector, text: str, expect: int = 200) -> Page:
    page = preview(cora, text)
    (button,) = [words for words in buttons(page) if words.startswith("Send")]
    return page.form_with(button).submit(button, expect=expect)


def buttons(page: Page) -> list[str]:
    return [squeezed(" ".join(node.itertext())) for node in page.find("main button")]


def groups(page: Page) -> dict[str, list[str]]:
    return {
        squeezed(" ".join(part.cssselect("h2")[0].itertext())): [
            squeezed(" ".join(node.itertext())) for node in part.cssselect("tbody tr")
        ]
        for part in page.find("main section.row")
    }


def rows(page: Page) -> list[str]:
    return [squeezed(" ".join(node.itertext())) for node in page.find("main tbody tr")]


def emails(site: Site) -> list[str]:
    with site.inside():
        return list(db.session.scalars(select(OutboxMail.recipient).order_by(OutboxMail.id)))


def invited_id(site: Site, programme: str = "harbour") -> str:
    with site.inside():
        found = find_programme(programme)
        assert found is not None
        return str(list_not_joined(found.id, 1, None)[0].public_id)


def test_a_pasted_list_is_sorted_before_anything_is_sent_and_sent_once_however_often_it_is_confirmed(
    site: Site, cora: Inspector
) -> None:
    page = preview(cora, PASTED)
    found = groups(page)
    assert [row.split()[:2] for row in found.pop("Can’t be read (2)")] == [["Line", "2"], ["Line", "3"]]
    assert found == {
        "Will be invited (2)": ["amal@example.org Amal Haddad", "zoe@example.org Zoë"],
        "Already a member (1)": ["sam@example.org Sam Osei"],
    }
    assert "1 address is on the list more than once" in page.main and emails(site) == []
    confirm = page.form_with("Send 2 invitations")
    assert "2 invitations are on their way" in confirm.submit("Send 2 invitations").main
    assert sorted(emails(site)) == ["amal@example.org", "zoe@example.org"]
    first = link_in_newest_email(site)
    assert "already invited" in confirm.submit("Send 2 invitations").main and len(emails(site)) == 2
    clock.shift(timedelta(minutes=2))
    again = preview(cora, PASTED)
    assert [len(people) for people in groups(again).values()] == [2, 2, 1]
    again.form_with("Send 2 invitations").submit("Send 2 invitations")
    assert site.stranger().get(first, expect=404).h1 == "This invitation no longer works"
    assert {row.split()[0] for row in rows(cora.get(LIST))} == {"amal@example.org", "zoe@example.org"}


def test_a_hidden_character_for_which_a_name_is_refused_is_shown_as_its_code(sqlite_site: Site) -> None:
    cora = sqlite_site.visitor("cora")
    pasted = preview(cora, "Noor\u2060 Ad\u200bams <noor@example.org>")
    form, name = cora.get("/programmes/harbour/imports").form("/imports"), "people.csv"
    file = FileStorage(io.BytesIO("Email,Name\nnoor@example.org,Noor\u2060 Ad\u200bams\n".encode()), name)
    imported = cora.send(form.action, {**dict(form.fields), "file": file})
    for page in (pasted, imported):
        (row,) = rows(page)
        assert "Noor Hidden character U+2060 Ad Hidden character U+200B ams" in row
    assert "a hidden character in it: U+2060, U+200B." in imported.main


def test_the_link_in_the_email_makes_an_account_under_the_name_on_the_list_and_ends_the_waiting(
    site: Site, cora: Inspector
) -> None:
    page = send(cora, "Amal Haddad <amal@example.org>")
    assert "Amal Haddad" in rows(page)[0] and "Expired" not in page.main
    invitation = site.stranger().get(link_in_newest_email(site))
    assert (
        invitation.h1 == "You’ve been invited" and "Harbour Hospitals has invited you as a learner" in invitation.main
    )
    form = invitation.form_with("Create account")
    assert dict(form.fields)["display_name"] == "Amal Haddad"
    assert form.submit("Create account", password=PASSWORD).h1 == "Welcome, Amal Haddad"
    assert "Nobody is waiting to join" in cora.get(LIST).main
    assert "Amal Haddad" in cora.get("/programmes/harbour/people").main


def test_whoever_joins_by_another_road_is_no_longer_waited_for(make_sqlite_site: Callable[..., Site]) -> None:
    site = make_sqlite_site(LMS_REGISTRATION="open")
    cora = site.visitor("cora")
    with site.inside():
        found = find_programme("harbour")
        assert found is not None
        harbour = found.id
    send(cora, "registers@example.org\ninvited@example.org\nrole@example.org\nwaits@example.org")
    site.do(invite, harbour, "trainer", "role@example.org")
    assert len(rows(cora.get(LIST))) == 5
    assert make_account(site, "Rue", "registers@example.org").h1 == "Welcome, Rue"
    other = site.do(invite, harbour, "observer", "invited@example.org")
    joining = NewAccount("invited@example.org", "Ina", hash_password(PASSWORD))
    site.do(accept, other, joining, proven=True)
    person = site.do(accounts.register, "role@example.org", "Rolf", hash_password(PASSWORD))
    assert len(rows(cora.get(LIST))) == 3, "an account alone makes nobody a member"
    site.do(accounts.give_role, person.id, harbour, "learner")
    assert sorted(row.split()[:2] for row in rows(cora.get(LIST))) == [
        ["role@example.org", "Trainer"],
        ["waits@example.org", "–"],
    ]


def test_an_invitation_is_sent_again_shown_as_a_link_or_cancelled_and_older_links_end(
    site: Site, cora: Inspector
) -> None:
    page = send(cora, "amal@example.org")
    first = link_in_newest_email(site)
    page = page.form("/resend").submit()
    assert "A new invitation is on its way" in page.main
    second = link_in_newest_email(site)
    form = page.form("/link")
    form.submit()
    shown = form.submit()
    copied = shown.find("main .code")[0].text.removeprefix(site.settings.base_url)
    assert shown.h1 == "Invitation link" and "confirmed" not in copied
    for link in (first, second):
        site.stranger().get(link, expect=404)
    assert site.stranger().get(copied).form_with("Create account")
    assert emails(site) == [], "emails that waited until the morning were taken back"
    listed = cora.get(LIST)
    cancel = listed.form("/cancel")
    assert "was cancelled" in cancel.submit().main and "already used, replaced or cancelled" in cancel.submit().main
    site.stranger().get(copied, expect=404)


def test_invitations_of_another_programme_are_out_of_reach_under_ones_own_address(site: Site, cora: Inspector) -> None:
    lake = site.do(accounts.set_programme, "lake", "Lake", {})
    site.do(invite, lake.id, "coordinator", "mina@example.org")
    page = send(cora, "amal@example.org")
    foreign = invited_id(site, "lake")
    with site.inside():
        before = set(db.session.scalars(select(Invitation.token_sha256)))
    for what in ("resend", "link", "cancel"):
        form = page.form(f"/{what}")
        form.action = f"{LIST}/{foreign}/{what}"
        assert "already used, replaced or cancelled" in form.submit().main
    cora.get("/programmes/lake/invitations", expect=404)
    with site.inside():
        assert set(db.session.scalars(select(Invitation.token_sha256))) == before


def test_the_list_has_fifty_on_a_page_and_asks_as_often_for_one_as_for_fifty(
    make_sqlite_site: Callable[..., Site],
) -> None:
    sqlite_site = make_sqlite_site(LMS_SECOND_FACTOR_DAYS="never")
    cora = sqlite_site.visitor("cora")
    send(cora, "Łucja Åström <only@example.org>")
    with sqlite_site.statements() as for_one:
        cora.get(LIST)
    everybody = [f"person{number}@example.org" for number in range(110)]
    page = send(cora, "\n".join(everybody))
    with sqlite_site.statements() as for_fifty:
        cora.get(LIST)
    assert len(for_one) == len(for_fifty)
    listed = rows(page)
    while "Next page" in page.links():
        page = page.follow("Next page")
        listed += rows(page)
    seen = [word for row in listed for word in row.split() if "@" in word and word[0] != "("]
    assert len(seen) == 111 and set(seen) == {*everybody, "only@example.org"}
    found = rows(cora.get(f"{LIST}?q=EXAMPLE+only"))
    assert len(found) == 1 and found == rows(cora.get(f"{LIST}?q=astrom+LUCJA")), found
    nobody = cora.get(f"{LIST}?q=100%25")
    assert "matches your search" in nobody.main and not rows(nobody)
    clock.shift(timedelta(days=14, minutes=1))
    sqlite_site.visitors.clear()
    cora = sqlite_site.visitor("cora")
    assert "Expired" in cora.get(LIST).main
    assert len(cora.get(f"{LIST}?before=nonsense").find("main tbody tr")) == 50


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Paste at least one email address."),
        ("\n".join(f"p{number}@example.org" for number in range(201)), "There are 201 people on this list"),
        ("a" * 50_001, "50001 characters"),
    ],
    ids=["nothing", "too many", "too long"],
)
def test_a_list_that_cannot_be_taken_is_answered_beside_its_field(sqlite_site: Site, text: str, said: str) -> None:
    page = preview(sqlite_site.visitor("cora"), text, expect=422)
    assert said in page.main and (page.find("textarea")[0].text or "").strip() == text


def test_a_programme_invites_so_many_an_hour_and_is_told_when_it_can_go_on(sqlite_site: Site) -> None:
    cora = sqlite_site.visitor("cora")
    for start in range(0, INVITED_PER_HOUR, 200):
        send(cora, "\n".join(f"p{start + number}@example.org" for number in range(200)))
    page = send(cora, "amal@example.org", expect=422)
    assert "Nothing was sent" in page.main and "amal@example.org" not in emails(sqlite_site)
    assert "up to 600 invitations an hour" in cora.get(LIST).form("/resend").submit(expect=422).main
    clock.shift(timedelta(hours=1, minutes=1))
    sqlite_site.visitors.clear()
    cora = sqlite_site.visitor("cora")
    assert "1 invitation is on its way" in send(cora, "amal@example.org").main


def test_on_a_closed_site_nobody_is_invited(make_sqlite_site: Callable[..., Site]) -> None:
    site = make_sqlite_site(LMS_REGISTRATION="closed")
    page = site.visitor("cora").get(INVITE)
    assert "isn’t taking new people" in page.main and not page.find("main textarea")
