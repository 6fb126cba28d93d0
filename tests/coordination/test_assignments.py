"""Assignments: who is asked as people join and leave, more time in one click, and emails that go out once."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, select

from lms.accounts.actions import FormError, change_names, give_role
from lms.accounts.leaving import end_membership, take_role
from lms.accounts.members.actions import Details, change_details
from lms.accounts.members.records import find_unit
from lms.accounts.members.unit_actions import add_unit, change_unit, remove_unit
from lms.accounts.notifications import preferences
from lms.accounts.records import find_programme
from lms.certification.awards.actions import withdraw
from lms.certification.awards.records import find_award
from lms.coordination.assignments import actions, jobs, records
from lms.coordination.assignments.actions import SentToday, Wanted
from lms.coordination.assignments.audience_records import list_asked, list_own
from lms.coordination.assignments.records import Assignment, AssignmentExtension, AssignmentMail, AssignmentMailPerson
from lms.coordination.assignments.rules import TwoDays, read_day, time_until
from lms.foundation import clock
from lms.foundation.audit.entries import AuditEntry
from lms.foundation.db import db, write
from lms.foundation.mail.outbox import OutboxMail
from lms.foundation.text.i18n import day
from lms.library import actions as library
from lms.library.records import Offering
from tests.builders.content import course_of
from tests.builders.learning import COURSE, PFA, begin, earn
from tests.builders.mail import at_noon
from tests.conftest import Site
from tests.content import small_course
from tests.inspector import Inspector, Page

LIST = "/programmes/harbour/assignments"
TITLE = "Psychological first aid for colleagues"
ALL = Wanted(PFA, "everybody")


def today() -> date:
    return clock.today("UTC")


def harbour(site: Site) -> str:
    with site.inside():
        found = find_programme("harbour")
        assert found is not None
        return found.id


def of(site: Site, name: str, public: bool = False) -> str:
    with site.inside():
        person = site.person(name)
        return str(person.public_id if public else person.id)


def assign(site: Site, wanted: Wanted = ALL) -> Assignment:
    made = site.do(actions.assign, harbour(site), of(site, "cora"), wanted, today())
    assert isinstance(made, Assignment), made
    return made


def is_asked(site: Site, name: str) -> bool:
    """Hold both sides against each other: what somebody's own pages say, and what the coordinator's list says."""
    with site.inside():
        person = site.person(name)
        own = {row.public_id for row in list_own(person.id)}
        theirs = {
            row.public_id
            for row in db.session.scalars(select(Assignment).where(Assignment.closed_at.is_(None)))
            for one in list_asked(row, "", "", "", 100)
            if one.public_id == person.public_id and one.progress != "done"
        }
        assert own == theirs
    return bool(own)


class Ward:
    """A unit with one below it, and an assignment of the upper one."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.ward = site.do(add_unit, harbour(site), "Ward 4", "").public_id
        self.nights = site.do(add_unit, harbour(site), "Nights", self.ward).public_id
        self.other = site.do(add_unit, harbour(site), "Ward 5", "").public_id
        assign(site, Wanted(PFA, "unit", unit=self.ward))

    def move(self, unit: str, before: str = "") -> None:
        done = self.site.do(
            change_details, harbour(self.site), of(self.site, "sam"), Details("", before, ""), Details("", unit, "")
        )
        assert done is None

    def inner(self, public_id: str) -> str:
        with self.site.inside():
            found = find_unit(public_id, find_programme("harbour").id)  # type: ignore[union-attr]
            assert found is not None
            return found.id


def test_who_joins_a_unit_is_asked_and_who_leaves_is_not(site: Site) -> None:
    ward = Ward(site)
    steps: list[tuple[Callable[[], object], bool]] = [
        (lambda: None, False),
        (lambda: ward.move(ward.ward), True),
        (lambda: ward.move(ward.other, ward.ward), False),
        (lambda: ward.move(ward.nights, ward.other), True),
        (lambda: site.do(end_membership, of(site, "sam"), harbour(site)), False),
        (lambda: site.do(give_role, of(site, "sam"), harbour(site), "learner"), True),
        (lambda: ward.move(ward.other, ward.nights), False),
        (lambda: site.do(change_unit, ward.inner(ward.other), "Ward 5", ward.ward), True),
    ]
    for place, (step, asked) in enumerate(steps):
        step()
        assert is_asked(site, "sam") is asked, place
    page = site.visitor("sam").get("/courses")
    assert "Harbour Hospitals has asked you to take this course." in page.main
    site.do(remove_unit, ward.inner(ward.ward))
    assert not is_asked(site, "sam")
    assert "asked you to take" not in site.visitor("sam").get("/courses").main
    closed = site.visitor("cora").get(f"{LIST}?closed=yes")
    assert "A unit that was removed" in closed.main


AUDIENCES: dict[str, tuple[Wanted, set[str]]] = {
    "everybody": (ALL, {"sam", "lena"}),
    "trainers": (Wanted(PFA, "role", role="trainer"), {"tara"}),
    "chosen": (Wanted(PFA, "people", people=("tara", "lena")), {"tara", "lena"}),
    "chosen of another programme too": (Wanted(PFA, "people", people=("mina", "lena")), {"lena"}),
}


def test_whom_an_assignment_asks(sqlite_site: Site) -> None:
    site = sqlite_site
    for case, (wanted, asked) in AUDIENCES.items():
        made = assign(site, replace(wanted, people=tuple(of(site, name, public=True) for name in wanted.people)))
        assert {name for name in ("sam", "lena", "tara", "cora", "mina", "ada") if is_asked(site, name)} == asked, case
        site.do(actions.close, made.id)


def test_a_role_is_asked_as_it_is_given_and_taken(sqlite_site: Site) -> None:
    site = sqlite_site
    assign(site, Wanted(PFA, "role", role="observer"))
    assert not is_asked(site, "sam")
    site.do(give_role, of(site, "sam"), harbour(site), "observer")
    assert is_asked(site, "sam")
    site.do(take_role, of(site, "sam"), harbour(site), "observer")
    assert not is_asked(site, "sam")


def test_what_is_completed_stays_completed_and_a_withdrawn_certificate_does_not(site: Site) -> None:
    assignment = assign(site)
    begin(site.visitor("lena"))
    code = earn(site, "sam", document=False)
    assert not is_asked(site, "sam") and is_asked(site, "lena")
    page = site.visitor("cora").get(f"{LIST}/{assignment.public_id}")
    assert [squeeze(node) for node in page.find(".sums li")] == ["0 Not started", "1 In training", "1 Completed"]
    assert "Completed" in row_of(page, "Sam Osei") and "In training" in row_of(page, "Lena Brandt")
    with site.inside():
        award = find_award(code)
    assert award is not None
    site.do(withdraw, award.id, "other")
    assert is_asked(site, "sam")


def squeeze(node: Any) -> str:
    return " ".join(" ".join(node.itertext()).split())


def row_of(page: Page, name: str) -> str:
    return next(text for text in map(squeeze, page.find("main tbody tr")) if text.startswith(name))


def test_a_course_that_is_offered_no_longer_is_not_asked(sqlite_site: Site) -> None:
    site = sqlite_site
    assign(site)

    def take_back() -> None:
        for row in db.session.scalars(select(Offering)):
            db.session.delete(row)

    site.do(take_back)
    with site.inside():
        assert list_own(site.person("sam").id) == []


def test_cora_assigns_a_course_to_people_whom_she_finds_by_name(sqlite_site: Site) -> None:
    site, cora = sqlite_site, sqlite_site.visitor("cora")
    form = cora.get(LIST).follow("Assign a course").form("/new")
    page = form.submit("Search", course=PFA, audience="people", q="osei", note="For the new ward.")
    assert "There are no assignments" in cora.get(LIST).main, "a search assigns nothing"
    form = page.form("/new")
    (sam,) = form.choices["person"]
    page = form.submit("Search", person=[sam], q="brandt")
    lena = next(one for one in page.form("/new").choices["person"] if one != sam)
    page = page.form("/new").submit("Assign", person=[sam, lena], due_on="3/4/2027", expect=422)
    assert "This could be 3 April 2027 or 4 March 2027." in page.main
    page = page.form("/new").submit("Assign", due_on="14 March 2027")
    assert page.h1 == TITLE and "By 14 March 2027." in page.main and "Lena Brandt" in page.main
    told = site.visitor("sam").get("/courses")
    assert (
        "Harbour Hospitals has asked you to take this course by 14 March 2027." in told.main
        and "For the new ward." in told.main
    )
    assert "Lena" not in told.main


REFUSED: list[tuple[dict[str, str], str]] = [
    ({"course": ""}, "Choose a course."),
    ({}, "Choose who’s asked to take it."),
    ({"audience": "unit"}, "Choose a unit from the list."),
    ({"audience": "role"}, "Choose a role from the list."),
    ({"audience": "people"}, "Choose at least one person"),
    ({"audience": "everybody", "due_on": "2026-01-02"}, "This day has passed."),
    ({"audience": "everybody", "due_on": "31 February 2027"}, "Please enter a date such as"),
    ({"audience": "everybody", "due_on": "14.3.2099"}, "more than five years away"),
    ({"audience": "everybody", "note": "a" * 301}, "can be 300 at most"),
]


def test_what_cannot_be_assigned_is_said_and_what_was_typed_is_still_there(sqlite_site: Site) -> None:
    form = sqlite_site.visitor("cora").get(f"{LIST}/new").form("/new")
    for fields, words in REFUSED:
        page = form.submit("Assign", expect=422, **{"course": PFA, "note": "Kept.", **fields})
        assert words in page.main
        assert dict(page.form("/new").fields)["note"] == fields.get("note", "Kept.")
    with sqlite_site.inside():
        assert list(db.session.scalars(select(Assignment))) == []


def test_the_same_group_is_asked_once_and_a_course_that_is_not_offered_never(sqlite_site: Site) -> None:
    site, cora = sqlite_site, sqlite_site.visitor("cora")
    assign(site)
    page = cora.get(f"{LIST}/new").form("/new").submit("Assign", course=PFA, audience="everybody", expect=422)
    assert "already assigned to them" in page.main
    form = cora.get(f"{LIST}/new").form("/new")
    fields = {**dict(form.fields), "go": "assign", "course": "small-course", "audience": "everybody"}
    assert cora.send(form.action, fields, 422).h1 == "Assign a course"


def test_more_time_is_asked_and_answered_in_one_click_each(site: Site, cora: Inspector) -> None:
    assignment = assign(site, replace(ALL, due_on=today() + timedelta(days=2)))
    clock.shift(timedelta(days=10))
    site.visitors.clear()
    sam, cora = site.visitor("sam"), site.visitor("cora")
    page = sam.get("/courses")
    assert "Take the time you need; you can ask for more." in page.main
    form = page.form("/more-time")
    page = form.submit()
    assert page.path == COURSE and "You’ve asked for more time." in page.main
    assert not [one for one in page.forms if one.action.endswith("/more-time")]
    form.submit()
    assert "1 person asks for more time" in cora.get("/programmes/harbour/people").main
    asked = cora.get(LIST)
    answer = asked.form(f"/more-time/{of(site, 'sam', public=True)}")
    month = next(text for _name, value, text in answer.buttons if value == "month")
    page = answer.submit(month)
    assert "Saved." in page.main and "Requests for more time" not in page.main
    assert "already been answered" in answer.submit(month).main, "the second of two clicks"
    told = sam.get(COURSE)
    assert "this is your new date" in told.main and "Take the time you need" not in told.main
    with site.inside():
        (row,) = db.session.scalars(select(AssignmentExtension))
        granted = row.granted_until
        assert granted and granted >= today() + timedelta(days=28)
        events = [entry.event for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.at))]
    assert events.count("MoreTimeAsked") == events.count("MoreTimeAnswered") == 1
    assert day(granted) in row_of(cora.get(f"{LIST}/{assignment.public_id}"), "Sam Osei")


def test_cora_gives_another_date_or_would_like_to_talk(sqlite_site: Site) -> None:
    site, cora = sqlite_site, sqlite_site.visitor("cora")
    assign(site, replace(ALL, due_on=today() + timedelta(days=5)))
    site.visitor("sam").get(COURSE).form("/more-time").submit()
    key = f"/more-time/{of(site, 'sam', public=True)}"
    page = cora.get(LIST).form(key).submit("Save this date", until="", expect=422)
    assert "Please enter a date" in page.main and "Nothing was changed." in page.main
    later = today() + timedelta(days=90)
    cora.get(LIST).form(key).submit("Save this date", until=later.isoformat())
    assert f"{later.day} " in site.visitor("sam").get(COURSE).main
    site.visitor("sam").get(COURSE).form("/more-time").submit()
    cora.get(LIST).form(key).submit("I’ll get in touch (Sam Osei)")
    page = site.visitor("sam").get(COURSE)
    assert "will get in touch with you about it" in page.main and f"{later.day} " in page.main, "the date given stays"


def test_cora_adds_people_to_an_assignment_twice_in_a_day_and_each_gets_one_email(sqlite_site: Site) -> None:
    at_noon()
    site = sqlite_site
    site.do(give_role, of(site, "cora"), harbour(site), "learner")
    site.do(give_role, of(site, "mina"), harbour(site), "learner")
    sam = of(site, "sam", public=True)
    assignment = assign(site, Wanted(PFA, "people", people=(sam,)))
    site.work()
    cora, address = site.visitor("cora"), f"{LIST}/{assignment.public_id}/add-people"
    for found in ("brandt", "farah"):
        form = cora.get(f"{LIST}/{assignment.public_id}").follow("Add people").form("/add-people")
        assert "Choose at least one person" in form.submit("Add", expect=422).main
        page = form.submit("Search", q=found).form("/add-people")
        (one,) = page.choices["person"]
        page = page.submit("Add", person=[one])
        assert "Added. They see the course" in page.main
    again = cora.send(address, {**dict(form.fields), "go": "add", "person": sam})
    assert "Added. They see the course" in again.main, "a second press"
    assert "Nobody else matches" in page.follow("Add people").form("/add-people").submit("Search", q="osei").main
    assert all(is_asked(site, name) for name in ("sam", "lena", "mina")) and not is_asked(site, "cora")
    for _again in range(3):
        site.work()
    assert emails(site) == [(name, f"You’ve been asked to take “{TITLE}”") for name in ("lena", "mina", "sam")]
    with site.inside():
        assert records.last_added(assignment.id, today()) == 2
        first = db.session.scalars(select(AssignmentMail).where(AssignmentMail.kind == "added 1")).one()
        db.session.execute(delete(AssignmentMailPerson).where(AssignmentMailPerson.mail_id == first.id))
        db.session.delete(first)
        assert records.last_added(assignment.id, today()) == 2, "the account of who added them was deleted"
    whole = assign(site)
    assert cora.get(f"{LIST}/{whole.public_id}/add-people").h1 == TITLE, "whom it asks follows from memberships"


def test_cora_gives_somebody_more_time_who_has_not_asked(sqlite_site: Site) -> None:
    site, cora, due = sqlite_site, sqlite_site.visitor("cora"), today() + timedelta(days=5)
    assignment = assign(site, replace(ALL, due_on=due))
    form = cora.get(f"{LIST}/{assignment.public_id}").follow("Give more time (Sam Osei)").form_with("Save")
    for until, said in (
        ("", "Please enter a date"),
        (due.isoformat(), "Everybody has until"),
        ("1.1.2099", "five year"),
    ):
        assert said in form.submit(until=until, expect=422).main
    page = form.submit(until=(due + timedelta(days=30)).isoformat())
    assert day(due + timedelta(days=30)) in row_of(page, "Sam Osei")
    told = site.visitor("sam").get(COURSE)
    assert "Your programme has given you more time" in told.main and "You asked" not in told.main
    told.form("/more-time").submit()
    page = cora.get(f"{LIST}/{assignment.public_id}").follow("Give more time (Sam Osei)").form_with("Save")
    page.submit(until=(due + timedelta(days=60)).isoformat())
    assert "Asked for more time" not in cora.get(LIST).main, "it answers a request that waits"
    assert "You asked for more time, and this is your new date." in site.visitor("sam").get(COURSE).main
    with site.inside():
        events = [entry.event for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.at))]
    assert events.count("MoreTimeGiven") == events.count("MoreTimeAnswered") == 1
    lena = of(site, "lena", public=True)
    site.do(change_names, of(site, "lena"), "Sam Osei", "Lena Berg")
    rows = map(squeeze, cora.get(f"{LIST}/{assignment.public_id}").find("main tbody tr"))
    assert {"sam@", "lena@"} <= {row.partition("example")[0].split()[-1] for row in rows}, "namesakes are told apart"
    undated = assign(site, Wanted(PFA, "people", people=(lena,)))
    assert cora.get(f"{LIST}/{undated.public_id}/time/{lena}").h1 == TITLE, "no date, so none of one's own"


def test_a_course_that_became_private_shows_no_requests(sqlite_site: Site) -> None:
    site, cora = sqlite_site, sqlite_site.visitor("cora")
    publish_small_course(site, "1.0.0")
    site.do(library.offer, harbour(site), "small-course", True, 1)
    assignment = assign(site, Wanted("small-course", "everybody", due_on=today()))
    by_name = assign(site, Wanted("small-course", "people", people=(of(site, "sam", public=True),), due_on=today()))
    merging = f"/programmes/harbour/people/{of(site, 'lena', public=True)}/merge/{of(site, 'sam', public=True)}"
    site.do(actions.ask_for_more_time, of(site, "sam"), "small-course", assignment.public_id)
    form = cora.get(LIST).form("/more-time/" + of(site, "sam", public=True))
    assert "1 person asks for more time" in cora.get("/programmes/harbour/people").main
    assert "1 request for more time comes from the other account" in cora.get(merging).main
    publish_small_course(site, "1.0.1", private=True)
    assert cora.get(f"{LIST}/{by_name.public_id}/add-people").h1 != "Add people"
    for address in (LIST, f"{LIST}/{assignment.public_id}", "/programmes/harbour/people", merging):
        page = cora.get(address)
        assert "more time" not in page.main and "assignment by name" not in page.main, address
    form.submit("I’ll get in touch (Sam Osei)", expect=404)
    assert "Your programme will answer" not in site.visitor("sam").get("/courses/small-course").main


def publish_small_course(site: Site, version: str, *, private: bool = False) -> None:
    head = f'version: "{version}"' + ("\nprivate: yes" if private else "")
    bundle = small_course.bundle(**{"course.md": small_course.COURSE.replace('version: "1.0.0"', head)})
    course = course_of(bundle, "small-course")
    site.do(library.publish, bundle, course)


def test_a_course_is_assigned_to_the_same_people_once(sqlite_site: Site) -> None:
    site = sqlite_site
    sam, lena = (of(site, name, public=True) for name in ("sam", "lena"))
    first = assign(site, Wanted(PFA, "people", people=(sam, lena)))
    for people, refused in (((lena, sam), True), ((sam,), False), ((sam,), True), ((lena,), False)):
        wanted = Wanted(PFA, "people", people=people)
        made = site.do(actions.assign, harbour(site), of(site, "cora"), wanted, today())
        assert isinstance(made, FormError) is refused, people
    site.do(actions.close, first.id)
    assign(site, Wanted(PFA, "people", people=(sam, lena)))
    page = site.visitor("cora").get(f"{LIST}/{first.public_id}/edit")
    assert "Saved" not in page.main and page.h1 == TITLE, "a closed one stays as it is"


def test_nobody_answers_their_own_request_and_nobody_reaches_what_is_not_theirs(sqlite_site: Site) -> None:
    site = sqlite_site
    site.do(give_role, of(site, "cora"), harbour(site), "learner")
    cora = site.visitor("cora")
    assignment = assign(site, replace(ALL, due_on=today()))
    page = cora.get(COURSE).form("/more-time").submit()
    form = cora.get(LIST).form("/more-time/" + of(site, "cora", public=True))
    assert "can’t do this for yourself" in form.submit("I’ll get in touch (Cora Haddad)", expect=403).h1
    mina, path = site.visitor("mina"), f"/programmes/meadow/assignments/{assignment.public_id}"
    own_time = f"{path}/time/{of(site, 'cora', public=True)}"
    for address in (
        path,
        own_time,
        f"{path}/add-people",
        f"{path}/edit",
        f"{path}/close",
        f"{path}/reminder",
        f"{path}/people.csv",
    ):
        mina.get(address, expect=404)
    mina.get(f"{LIST}/{assignment.public_id}", expect=404)
    fields = {**dict(page.form("/sign-out").fields), "assignment": assignment.public_id}
    tara = site.visitor("tara")
    fields["form_token"] = dict(tara.get("/display").form("/display").fields)["form_token"]
    tara.send(f"{COURSE}/more-time", fields, 404)


def emails(site: Site) -> list[tuple[str, str]]:
    """Return (whose, subject) of the emails about courses, by address."""
    with site.inside():
        rows = db.session.execute(select(OutboxMail.recipient, OutboxMail.subject).order_by(OutboxMail.recipient))
        return [(row[0].partition("@")[0], row[1]) for row in rows if row[1].endswith(f"“{TITLE}”")]


def test_everybody_who_is_asked_gets_one_email_however_often_the_work_is_begun(site: Site, monkeypatch: Any) -> None:
    monkeypatch.setattr(jobs, "STEP", 1)
    at_noon()
    earn(site, "lena", document=False)
    for name, purpose in (("tara", "assigned"), ("mina", "assigned")):
        site.do(preferences.consent, of(site, name), purpose, False)
    site.do(give_role, of(site, "tara"), harbour(site), "learner")
    site.do(give_role, of(site, "mina"), harbour(site), "observer")
    site.do(give_role, of(site, "cora"), harbour(site), "learner")
    assign(site, replace(ALL, due_on=date(2030, 3, 14)))
    assert emails(site) == [], "nothing is written in the request"
    with site.inside():
        (mail_id,) = records.list_unsent()
        jobs.work(mail_id, site.settings)
        assert len(emails(site)) == 1, "a part at a time"
        assert write(actions.send_part, mail_id, "", [], True, site.settings) is False, "a part that was sent already"
        for _again in range(4):
            jobs.sweep(site.settings)
    subject = f"You’ve been asked to take “{TITLE}”"
    assert emails(site) == [("cora", subject), ("sam", subject)]
    with site.inside():
        (body,) = db.session.scalars(select(OutboxMail.html).where(OutboxMail.recipient == "sam@example.org"))
        assert records.list_unsent() == [] and "14 March 2030" in body


def test_a_reminder_is_written_looked_at_and_sent_once_a_day(site: Site, cora: Inspector) -> None:
    at_noon()
    site.visitors.clear()
    cora = site.visitor("cora")
    assignment = assign(site)
    site.work()
    before = emails(site)
    page = cora.get(f"{LIST}/{assignment.public_id}").follow("Remind some of them").form("/reminder")
    page = page.submit(pick=[of(site, "lena", public=True)])
    form = page.form("/reminder")
    assert page.form("/reminder").submit("Preview", text="", expect=422).h1 == "Send a reminder"
    page = form.submit("Preview", text="Hello,\nthere is <b>tea</b> on Friday.")
    assert "there is <b>tea</b> on Friday." in page.main and "It’s for 1 person" in page.main
    assert emails(site) == before, "a preview sends nothing"
    send = page.form("/reminder")
    assert "on its way" in send.submit("Send").main
    assert "already went out today" in send.submit("Send").main
    site.work()
    site.work()
    assert sorted(set(emails(site)) - set(before)) == [("lena", f"About the course “{TITLE}”")]
    done = site.do(actions.remind, assignment.id, of(site, "cora"), "Again.", "open", [], today())
    assert isinstance(done, SentToday)
    clock.shift(timedelta(days=3))
    site.do(preferences.consent, of(site, "sam"), "assignment-reminders", False)
    assert site.do(actions.remind, assignment.id, of(site, "cora"), "Again.", "open", [], today()) is None
    site.work()
    assert [name for name, subject in emails(site) if subject.startswith("About")] == ["lena", "lena"]


def test_closing_takes_back_what_has_not_left_and_asks_nobody_any_longer(sqlite_site: Site) -> None:
    site, cora = sqlite_site, sqlite_site.visitor("cora")
    assignment = assign(site, replace(ALL, due_on=today() + timedelta(days=5)))
    site.visitor("sam").get(COURSE).form("/more-time").submit()
    with site.inside():
        (mail_id,) = records.list_unsent()
        jobs.work(mail_id, site.settings)
    assert emails(site)
    page = cora.get(f"{LIST}/{assignment.public_id}").follow("Close").form("/close").submit("Close the assignment")
    assert "The assignment is closed." in page.main and "Requests for more time" not in page.main
    assert emails(site) == [] and not is_asked(site, "sam")
    assert "asked you to take" not in site.visitor("sam").get(COURSE).main
    assert "Closed on" in cora.get(f"{LIST}/{assignment.public_id}").main


def test_another_date_is_seen_at_once_and_a_later_date_of_ones_own_stays(sqlite_site: Site) -> None:
    site, cora = sqlite_site, sqlite_site.visitor("cora")
    assignment = assign(site, replace(ALL, due_on=date(2030, 3, 1)))
    form = cora.get(f"{LIST}/{assignment.public_id}").follow("Change date or note").form("/edit")
    assert "Saved." in form.submit(due_on="2030-05-01", note="Take your time.").main
    told = site.visitor("sam").get(COURSE).main
    assert "by 1 May 2030" in told and "Take your time." in told
    for due, granted, until in (
        (date(2030, 3, 1), None, date(2030, 3, 1)),
        (date(2030, 3, 1), date(2030, 4, 1), date(2030, 4, 1)),
        (date(2030, 5, 1), date(2030, 4, 1), date(2030, 5, 1)),
        (None, date(2030, 4, 1), None),
    ):
        assert time_until(due, granted) == until


DAYS: list[tuple[str, date | TwoDays | None]] = [
    ("2027-03-14", date(2027, 3, 14)),
    ("14 March 2027", date(2027, 3, 14)),
    ("14th mar 2027", date(2027, 3, 14)),
    ("March 14, 2027", date(2027, 3, 14)),
    ("14.3.2027", date(2027, 3, 14)),
    ("3.4.2027", date(2027, 4, 3)),
    ("14/03/2027", date(2027, 3, 14)),
    ("03/14/2027", date(2027, 3, 14)),
    ("4/4/2027", date(2027, 4, 4)),
    ("03/04/2027", TwoDays(date(2027, 4, 3), date(2027, 3, 4))),
    ("31 February 2027", None),
    ("14 Marble 2027", None),
    ("next week", None),
    ("13.13.2027", None),
    ("2027-13-01", None),
]


def test_a_day_is_read_in_three_forms_and_never_guessed() -> None:
    assert [(text, read_day(text)) for text, _meant in DAYS] == DAYS


def test_the_file_says_what_the_screen_says(sqlite_site: Site) -> None:
    site, cora = sqlite_site, sqlite_site.visitor("cora")
    begin(site.visitor("lena"))
    assignment = assign(site, replace(ALL, due_on=date(2030, 3, 1)))
    reply = cora.get(cora.get(f"{LIST}/{assignment.public_id}").links()["Download as CSV"]).response
    rows = list(csv.reader(io.StringIO(reply.get_data(as_text=True)[1:])))
    assert rows[1:] == [
        ["Lena Brandt", "lena@example.org", "", "In training", "2030-03-01", ""],
        ["Sam Osei", "sam@example.org", "", "Not started", "2030-03-01", ""],
    ]


def test_own_pages_cost_a_statement_more_with_a_date_and_lessons_none(sqlite_site: Site) -> None:
    site = sqlite_site
    begin(site.visitor("sam"))

    def count(path: str) -> int:
        site.visitor("sam").get(path)
        with site.statements() as asked:
            site.visitor("sam").get(path)
        about = [one for one in asked if "assignment" in one]
        assert len(about) == (0 if "/lessons/" in path else 1), path
        return len(asked)

    paths = ("/courses", COURSE, f"{COURSE}/lessons/what-pfa-is")
    before = [count(path) for path in paths]
    for audience in (ALL, Wanted(PFA, "people", people=(of(site, "sam", public=True),))):
        assign(site, replace(audience, due_on=today()))
    # With a date, which courses are private is looked up once: of those nobody would answer a request for more time.
    assert [count(path) for path in paths] == [before[0] + 1, before[1] + 1, before[2]]
