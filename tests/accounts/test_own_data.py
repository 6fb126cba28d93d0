"""One's own data: all of it in one file, and gone when its person wants it gone."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from lxml import html
from sqlalchemy import delete as remove
from sqlalchemy import func, select

from lms.accounts import actions, limits
from lms.accounts.invitations import actions as invitation_actions
from lms.accounts.invitations.records import Invitation
from lms.accounts.passwords import hash_password
from lms.accounts.records import Person
from lms.certification.awards.actions import withdraw
from lms.certification.awards.records import find_award
from lms.content.model.course import Course
from lms.content.model.question import Question
from lms.content.questions import grade, present, sample
from lms.content.questions.match import Match
from lms.content.questions.one_answer import OneAnswer
from lms.content.questions.order import Order
from lms.content.questions.several_answers import SeveralAnswers
from lms.foundation import clock
from lms.foundation.audit.entries import AuditEntry, list_of_person
from lms.foundation.db import Base, db
from lms.foundation.mail import outbox as mail_outbox
from lms.foundation.web import throttle
from lms.learning.progress import records
from lms.learning.progress.attempt_records import Answer, Attempt
from lms.library.course_cache import get_course
from lms.library.records import list_current_digests
from tests.builders.learning import answer, begin, earn, make_account, open_check, take_check
from tests.conftest import PASSWORD, Site, find_programme
from tests.inspector import BASE, Inspector, Page


def file_of(visitor: Inspector) -> zipfile.ZipFile:
    """Return what somebody downloads from the page on their data."""
    address = visitor.get("/account").follow("Your data: see it, export it, delete your account").links()
    response = visitor.browser.get(address["Export your data"], base_url=BASE)
    assert response.mimetype == "application/zip" and "no-store" in response.headers["Cache-Control"]
    return zipfile.ZipFile(io.BytesIO(response.data))


def table(bundle: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = json.loads(bundle.read(f"json/{name}.json"))
    return rows


def everything_kept(site: Site) -> str:
    """Return all that stands in the database, as text."""
    with site.inside():
        rows = [row for table in Base.metadata.sorted_tables for row in db.session.execute(select(table))]
    return "\n".join(str(tuple(row)) for row in rows)


def delete(visitor: Inspector, seal: bool = False, password: str = PASSWORD, expect: int = 200) -> Page:
    """Delete somebody's account on its page."""
    form = visitor.get("/account/delete").form("/account/delete")
    return form.submit(password=password, expect=expect, **({"seal": "yes"} if seal else {}))


def test_sams_file_holds_her_account_lessons_answers_results_and_certificate(sqlite_site: Site) -> None:
    sam = sqlite_site.visitor("sam")
    begin(sam).form("/done").submit()
    take_check(sqlite_site, "sam", lambda _q: False)
    code = earn(sqlite_site, "sam", document=True)
    bundle = file_of(sam)
    assert table(bundle, "account")[0]["email"] == "sam@example.org"
    assert [row["role"] for row in table(bundle, "roles")] == ["learner"]
    assert [row["result"] for row in table(bundle, "checks")] == ["Not quite yet", "Passed"]
    answers = table(bundle, "answers")
    with sqlite_site.inside():
        kept = db.session.scalar(select(func.count()).select_from(Answer))
    assert len(answers) == kept != 0 and all(row["asked"] and row["answer"] and row["as_kept"] for row in answers)
    assert {row["kind"] for row in table(bundle, "finished")} == {"Lesson", "Conversation"}
    assert len(table(bundle, "sign-ins")) == 1
    assert bundle.read(f"certificates/{code}.pdf").startswith(b"%PDF")
    assert "You passed a course’s check." in [row["in_words"] for row in table(bundle, "what-happened")]


def test_the_file_reads_as_a_page_and_its_tables_say_the_same(sqlite_site: Site) -> None:
    bundle = file_of(sqlite_site.visitor("sam"))
    page = html.fromstring(bundle.read("index.html").decode())
    text = page.text_content()
    assert "sam@example.org" in text and "Why we store it" in text
    for name in bundle.namelist():
        if name.endswith(".json"):
            rows = json.loads(bundle.read(name))
            kept = csv.DictReader(io.StringIO(bundle.read(name.replace("json", "csv")).decode("utf-8-sig")))
            assert len(list(kept)) == len(rows)


def test_nothing_of_lena_is_in_sams_file(sqlite_site: Site) -> None:
    begin(sqlite_site.visitor("lena")).form("/done").submit()
    bundle = file_of(sqlite_site.visitor("sam"))
    assert not [name for name in bundle.namelist() if b"lena" in bundle.read(name).lower()]


def test_an_open_check_tells_sams_answers_as_its_page_does_and_never_in_the_order_of_the_key(sqlite_site: Site) -> None:
    with sqlite_site.inside():
        course = get_course(list_current_digests()[0])
    drawn = [question for kind in (OneAnswer, SeveralAnswers, Order, Match) for question in of_kind(course, kind)]
    begin(sqlite_site.visitor("sam"))
    values = {question.id: sample(question)["right"][0] for question in drawn}
    for seed in (1, 7, 2**60):
        sqlite_site.do(open_with, sqlite_site, values, seed)
        rows = {row["question"]: row for row in table(file_of(sqlite_site.visitor("sam")), "answers")}
        assert rows.keys() == values.keys() and all(row["as_kept"] == "" for row in rows.values())
        for question in drawn:
            said = rows[question.id]["answer"].split(" / ")
            assert sorted(said) == sorted(plain(note.chosen) for note in grade(question, values[question.id]).notes)
            if not isinstance(question.body, Order):  # whose places are what Sam chose herself
                shown = [plain(item.text) for item in present(question, seed).items]
                assert sorted(said, key=lambda words: shown.index(words.split(" → ")[0])) == said


def of_kind(course: Course, kind: type) -> list[Question]:
    return [question for question in course.question_by_id.values() if isinstance(question.body, kind)]


def plain(text: str) -> str:
    return str(html.fromstring(f"<p>{text}</p>").text_content())


def open_with(site: Site, values: dict[str, Any], seed: int) -> None:
    """Make Sam's one open check hold these answers under a seed."""
    enrolment = records.list_enrolments(site.person("sam").id)[0]
    digest = list_current_digests()[0]
    for one in db.session.scalars(select(Attempt)):
        db.session.execute(remove(Answer).where(Answer.attempt_id == one.id))
        db.session.delete(one)
    db.session.flush()
    one = Attempt(id="open", enrolment_id=enrolment.id, open_for="sam", digest=digest, seed=str(seed))
    one.drawn, one.opened_at = sorted(values), clock.now()
    db.session.add(one)
    db.session.flush()
    db.session.add_all(
        Answer(attempt_id="open", question_id=name, value={"answer": value}, revision=1, saved_at=clock.now())
        for name, value in values.items()
    )


def test_a_check_that_sam_left_open_gives_her_answers_in_words(sqlite_site: Site) -> None:
    sam = sqlite_site.visitor("sam")
    begin(sam)
    answer(sqlite_site, "sam", open_check(sam))
    rows = table(file_of(sam), "answers")
    assert rows and all(row["answer"] and not row["as_kept"] for row in rows)


def test_why_a_programme_withdrew_a_certificate_stays_with_the_programme(sqlite_site: Site) -> None:
    code = earn(sqlite_site, "sam")
    with sqlite_site.inside():
        award = find_award(code)
        assert award is not None
    sqlite_site.do(withdraw, award.id, "conduct")
    bundle = file_of(sqlite_site.visitor("sam"))
    assert table(bundle, "certificates")[0]["withdrawn"]
    assert not [name for name in bundle.namelist() if b"conduct" in bundle.read(name)]


def test_what_sam_chose_about_herself_is_in_her_file_and_gone_with_her_account(site: Site) -> None:
    earn(site, "sam")
    form = site.visitor("sam").get("/account/ways").form("/account/ways")
    form.submit(pronouns="they/them", pronouns_shown="yes", long_rest="yes")
    account = table(file_of(site.visitor("sam")), "account")[0]
    assert (account["pronouns"], account["pronouns_shown"], account["long_rest"]) == ("they/them", "Yes", "Yes")
    delete(site.visitor("sam"))
    assert "they/them" not in everything_kept(site)
    with site.inside():
        left = db.session.scalars(select(Person).where(Person.certificate_name == "")).one()
        assert (left.pronouns, left.pronouns_shown, left.long_rest) == (None, False, False)


def test_files_of_letters_are_deleted_after_thirty_days_and_with_their_readers_account(sqlite_site: Site) -> None:
    folder = sqlite_site.settings.data / "mail"
    for name in ("sam", "lena"):
        sqlite_site.do(
            mail_outbox.queue_mail, sqlite_site.settings, f"{name}@example.org", "Hello", name, any_hour=True
        )
    sqlite_site.work()
    strange = folder / "notes.eml"
    strange.write_text("not ours")
    assert len(list(folder.glob("*.eml"))) == 3
    delete(sqlite_site.visitor("sam"))
    left = [file for file in folder.glob("*.eml") if file != strange]
    assert ["lena" in file.read_text() for file in left] == [True]
    for days, count in ((29, 1), (31, 0)):
        clock.shift(timedelta(days=days))
        sqlite_site.work()
        assert len([file for file in folder.glob("*.eml") if file != strange]) == count
    assert strange.exists()


def test_an_invitation_is_deleted_thirty_days_after_it_was_made_used_or_not(site: Site) -> None:
    with site.inside():
        harbour = find_programme("harbour")
        assert harbour is not None
    site.do(invitation_actions.invite, harbour.id, "learner", "pat@example.org")
    used = site.do(invitation_actions.invite, harbour.id, "learner", None)
    with site.inside():
        sam = site.person("sam").id
    site.do(invitation_actions.accept, used, sam, proven=False)
    for days, count in ((29, 2), (31, 0)):
        clock.shift(timedelta(days=days))
        site.work()
        with site.inside():
            assert len(list(db.session.scalars(select(Invitation)))) == count


def test_a_deleted_account_leaves_no_name_and_no_address_anywhere(site: Site) -> None:
    sam = site.visitor("sam")
    begin(sam).form("/done").submit()
    code = earn(site, "sam", document=True)
    with site.inside():
        number = site.person("sam").id
    page = delete(sam)
    assert page.h1 == "Your account has been deleted"
    left = everything_kept(site)
    assert "sam@example.org" not in left and "Sam Osei" not in left and "Osei" not in left
    assert "%PDF" not in left and code in left
    with site.inside():
        told = list(db.session.scalars(select(AuditEntry.event).where(AuditEntry.person_id == number)))
    assert "AccountDeleted" in told and "CertificateIssued" in told


@pytest.mark.parametrize("mine", ["am", "m", "_am"])
def test_an_address_that_is_part_of_another_neither_tells_nor_clears_its_counts(sqlite_site: Site, mine: str) -> None:
    """Whoever could clear another's count by deleting an account of their own could guess a password without end."""
    address = f"{mine}@example.org"
    sqlite_site.do(actions.register, address, "Somebody Else", hash_password(PASSWORD))
    for _ in range(11):
        sqlite_site.do(limits.note_sign_in_miss, "sam@example.org", "a network")
    visitor = sqlite_site.visitor(mine)
    sqlite_site.do(limits.note_sign_in_miss, address, "a network")
    told = table(file_of(visitor), "sign-ins-that-did-not-work")
    assert [row["how_often"] for row in told] == ["1", "1"], "one for the account, one for its network"
    delete(visitor)
    with sqlite_site.inside():
        assert limits.wait_to_sign_in("sam@example.org", "elsewhere") is not None
        assert throttle.list_about(address) == []


def test_somebody_without_a_certificate_leaves_no_row_but_the_audit_trail(site: Site) -> None:
    lena = site.visitor("lena")
    begin(lena).form("/done").submit()
    with site.inside():
        number = site.person("lena").id
    delete(lena)
    with site.inside():
        rows = {
            table.name
            for table in Base.metadata.sorted_tables
            for row in db.session.execute(select(table))
            if number in [str(value) for value in row]
        }
    assert rows == {"audit_entry"}


def test_deleting_takes_effect_at_once_on_every_device(sqlite_site: Site) -> None:
    sam, phone = sqlite_site.visitor("sam"), sqlite_site.stranger()
    phone.get("/sign-in").form("/sign-in").submit(email="sam@example.org", password=PASSWORD)
    delete(sam)
    assert phone.get("/account").h1 == "Sign in" and sam.get("/account").h1 == "Sign in"
    again = sam.get("/sign-in").form("/sign-in").submit(email="sam@example.org", password=PASSWORD, expect=422)
    assert "don’t match" in again.main
    assert "Sam" not in sqlite_site.visitor("cora").get("/programmes/harbour/people").main


def test_the_password_is_asked_and_the_page_says_what_goes_and_what_stays(sqlite_site: Site) -> None:
    earn(sqlite_site, "sam")
    sam = sqlite_site.visitor("sam")
    page = sam.get("/account/delete").main
    for words in ("What we delete", "What we keep", "without your name", "can’t be undone"):
        assert words in page
    refused = delete(sam, password="not this one", expect=422)
    assert "not the current password of this account" in refused.main
    assert sam.get("/account").h1 == "Your account"


def test_a_certificate_outlives_its_holders_account_and_is_honest_about_the_name(site: Site) -> None:
    code = earn(site, "sam", document=True)
    delete(site.visitor("sam"))
    page = site.stranger().get(f"/verify/{code}")
    assert page.h1.startswith("This certificate is valid") and "There’s no name to compare" in page.main
    assert not page.find("input[name=name]") and "Sam" not in page.main
    site.work()
    assert "There’s no name to compare" in site.stranger().get(f"/verify/{code}").main


@pytest.mark.parametrize(("typed", "said"), [("sam  OSEI", "The name matches."), ("Lena Brandt", "doesn’t match")])
def test_a_seal_that_sam_leaves_behind_still_compares_her_name(site: Site, typed: str, said: str) -> None:
    code = earn(site, "sam")
    delete(site.visitor("sam"), seal=True)
    assert "Osei" not in everything_kept(site)
    page = site.stranger().get(f"/verify/{code}").form(f"/verify/{code}").submit(name=typed)
    assert said in page.main


def test_the_seal_is_kept_only_where_its_person_ticks_it(sqlite_site: Site) -> None:
    earn(sqlite_site, "sam")
    form = sqlite_site.visitor("sam").get("/account/delete").form("/account/delete")
    assert "seal" in form.choices and "seal" not in dict(form.fields)


def test_a_page_made_before_shows_no_name_once_it_is_gone(sqlite_site: Site) -> None:
    code = earn(sqlite_site, "sam")
    sam = sqlite_site.visitor("sam")
    sam.get(f"/certificates/{code}").form("/show-name").submit(show="yes")
    assert "Sam Osei" in sqlite_site.stranger().get(f"/verify/{code}").main
    delete(sam)
    assert "Sam Osei" not in sqlite_site.stranger().get(f"/verify/{code}").main


def test_the_only_operator_is_asked_to_name_another_first(sqlite_site: Site) -> None:
    ada = sqlite_site.visitor("ada")
    page = ada.get("/account/delete")
    assert "Nobody else runs this site" in page.main and not page.find("main input[name=password]")
    with sqlite_site.inside():
        tara = sqlite_site.person("tara").id
    sqlite_site.do(actions.name_operator, tara)
    assert delete(ada).h1 == "Your account has been deleted"


def test_the_same_address_can_begin_anew(sqlite_site: Site) -> None:
    delete(sqlite_site.visitor("sam"))
    page = make_account(sqlite_site, "Sam", "sam@example.org")
    assert page.path == "/courses" and "1 of 15" not in page.main


def test_own_data_is_found_by_index_however_long_the_audit_trail_is(sqlite_site: Site) -> None:
    with sqlite_site.inside():
        person_id = sqlite_site.person("sam").id
        with sqlite_site.statements() as asked:
            found = list_of_person(person_id)
        assert found and [row.id for row in found] == sorted({row.id for row in found})
        plans = [
            str(row)
            for statement in asked
            for row in db.session.connection().exec_driver_sql(
                f"EXPLAIN QUERY PLAN {statement}", (person_id,) * statement.count("?")
            )
        ]
    assert len(asked) == 2 and not [plan for plan in plans if "SCAN" in plan], plans


def test_own_data_is_given_five_times_an_hour_and_then_the_page_says_when_again(sqlite_site: Site) -> None:
    sam, lena = sqlite_site.visitor("sam"), sqlite_site.visitor("lena")
    for _time in range(5):
        file_of(sam)
    page = sam.get("/account/data/download", expect=429)
    assert "downloaded your data 5 times in the last hour" in page.main and "in 60 minutes" in page.main
    assert page.response.headers["Retry-After"] == "3600"
    assert file_of(lena).namelist()
    clock.shift(timedelta(hours=1))
    del sqlite_site.visitors["sam"]  # who rested for an hour signs in again
    assert file_of(sqlite_site.visitor("sam")).namelist()
