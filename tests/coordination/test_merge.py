"""Two accounts of one person become one: what moves, who may, the preview, and undoing it exactly."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Column, ForeignKey, MetaData, String, Table, select, update
from sqlalchemy.dialects.sqlite import insert

from lms import all_rooms
from lms.accounts import leaving
from lms.accounts.actions import give_role, name_operator, register
from lms.accounts.members.records import Member, keep_keys
from lms.accounts.merges.records import CAN_BE_UNDONE, AccountMerge, list_merged_into
from lms.accounts.personal_data.closed_accounts import AccountEnding
from lms.accounts.records import Person, find_programme
from lms.certification.awards.records import Award, find_award
from lms.certification.verification import trail_check
from lms.coordination.board import actions as board
from lms.coordination.merging import actions
from lms.coordination.merging.columns import MARKERS, OF_COURSE, OF_PERSON, STAYS
from lms.coordination.merging.rules import Decider
from lms.foundation import clock, ids
from lms.foundation.db import Base, Moment, db
from lms.foundation.mail.outbox import OutboxMail, list_emails
from lms.learning.progress.actions import finish_lesson
from lms.learning.progress.records import Enrolment, LessonDone, find_enrolment, list_enrolments, progress_of
from tests.builders import commands
from tests.builders.learning import PFA, earn, pass_check, prepare, the_course
from tests.builders.units import add, harbour, join
from tests.conftest import PASSWORD, Site
from tests.inspector import Page

ON_THE_SERVER = Decider(None, operator=True)
# What a merge ends for good, writes about itself, or adds to sums that are compared as such.
NOT_RESTORED = {"sign_in", "password_link", "invitation", "audit_entry", "audit_seal", "outbox_mail", "account_merge"}
NOT_RESTORED |= {"status_count"}


def id_of(site: Site, name: str) -> str:
    with site.inside():
        return site.person(name).id


def merge(site: Site, kept: str = "sam", other: str = "lena", by: Decider = ON_THE_SERVER) -> Any:
    return site.do(actions.merge, harbour(site), id_of(site, kept), id_of(site, other), by)


def page_of(
    site: Site, kept: str = "sam", other: str = "lena", what: str = "", who: str = "cora", expect: int = 200
) -> Page:
    with site.inside():
        kept_id, other_id = site.person(kept).public_id, site.person(other).public_id
    return site.visitor(who).get(f"/programmes/harbour/people/{kept_id}/merge/{other_id}{what}", expect=expect)


def snapshot() -> dict[str, list[Any]]:
    """Return every row of every table that a merge gives back."""
    tables = [table for table in Base.metadata.sorted_tables if table.name not in NOT_RESTORED]
    return {table.name: sorted(map(repr, db.session.execute(select(table)))) for table in tables}


def naming(metadata: MetaData) -> set[str]:
    """Return the columns that name a person or the course that somebody started."""
    return {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        for key in column.foreign_keys
        if key.target_fullname in {"person.id", "enrolment.id"}
    }


def test_every_column_that_names_a_person_has_a_line_in_the_plan() -> None:
    lines = [*OF_PERSON, *OF_COURSE, *STAYS]
    assert len(set(lines)) == len(lines) and all(STAYS.values())
    assert naming(Base.metadata) == set(lines), "say in merging/columns.py whether its rows move or stay, and why"
    assert all(f"{table}.enrolment_id" in OF_COURSE and Base.metadata.tables[table].c[name].unique
               for table, name in MARKERS.items())  # fmt: skip
    planted = MetaData()
    Table("person", planted, Column("id", String, primary_key=True))
    Table("badge_wish", planted, Column("holder", String, ForeignKey("person.id")))
    assert naming(planted) == {"badge_wish.holder"}


class Scatter:
    """Rows at random in every table that a merge moves, of a few people and of whatever is there already."""

    def __init__(self, seed: int, people: list[str]) -> None:
        self.random, self.people = random.Random(seed), people

    def fill(self) -> None:
        moving = {name.partition(".")[0] for name in (*OF_PERSON, *OF_COURSE)}
        for table in Base.metadata.sorted_tables:
            if table.name in moving | {"enrolment", "unit", "answer", "result"} - {"membership", "member"}:
                if [column.name for column in table.primary_key.columns] == ["person_id"]:
                    # One row for each of three people soon has no room for another.
                    db.session.execute(table.delete())
                for _row in range(self.random.randrange(1, 4)):
                    row = {column.name: self.value(column) for column in table.columns}
                    self.fit(table.name, row)
                    db.session.execute(insert(table).values(row).on_conflict_do_nothing())

    def fit(self, table: str, row: dict[str, Any]) -> None:
        """Let markers and owners say what they always say."""
        if table in MARKERS:
            suffix = f" {row['conversation_id']}" if table == "talk_run" else ""
            row[MARKERS[table]] = self.random.choice([None, row["enrolment_id"] + suffix])
        if table == "award":
            row["person_id"] = db.session.get_one(Enrolment, row["enrolment_id"]).person_id

    def value(self, column: Column[Any]) -> Any:
        target = next(iter(column.foreign_keys), None)
        if target is not None and target.column.table.name == "person":
            return self.random.choice(self.people)
        if target is not None:
            known = db.session.scalars(select(target.column).order_by(target.column)).all()
            return self.random.choice([*known, *([None] if column.nullable else [])])
        if column.name == "id" or column.unique:
            return ids.inner_id()
        kind: Any = datetime if isinstance(column.type, Moment) else column.type.python_type
        moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=self.random.randrange(6000))
        texts: dict[Any, Any] = {datetime: moment, date: moment.date(), bool: self.random.random() < 0.5, int: 1}
        text = self.random.choice("abc") if column.primary_key or column.name == "course_id" else "text"
        return texts.get(kind, text if kind is str else {})

    def members(self) -> None:
        """Note units, staff numbers and roles of the people."""
        for member in db.session.scalars(select(Member)).all():
            number = f"{member.person_id[-4:]} {self.random.random()}"
            member.staff_number = self.random.choice([None, number])
            member.line_manager = self.random.choice(["", "Ruth"])
            member.line_manager_id = self.random.choice([None, *self.people])
            member.unit_id = self.random.choice([None, *db.session.scalars(select(Base.metadata.tables["unit"].c.id))])


def test_whatever_stands_anywhere_is_as_before_once_a_merge_is_undone(sqlite_site: Site) -> None:
    site = sqlite_site
    people = [id_of(site, name) for name in ("sam", "lena", "tara")]
    with site.inside():
        meadow = find_programme("meadow")
        assert meadow is not None
    for place, role in ((people[1], "learner"), (people[1], "observer"), (people[2], "learner")):
        site.do(give_role, place, meadow.id, role)
    moved: set[str] = set()
    wanted = {*OF_PERSON, *OF_COURSE}
    for seed in range(12):
        if seed > 3 and moved >= wanted:
            break
        scatter = Scatter(seed, people)
        site.do(scatter.fill)
        site.do(scatter.members)
        for person_id in people:
            site.do(records_kept_up, person_id)
        kept, other = scatter.random.sample(people, 2)
        with site.inside():
            before = snapshot()
        done = site.do(actions.merge, harbour(site), kept, other, ON_THE_SERVER)
        assert isinstance(done, AccountMerge) and done.moved
        moved |= {f"{table}.{column}" for table, column, *_rest in done.moved["changes"]}
        with site.inside():
            assert snapshot() != before
            names = [name for name in (*OF_PERSON, *OF_COURSE) if name != "member.line_manager_id"]
            assert not {name for name in names if left_over(name, other)} - STAY_ALIKE
        assert isinstance(site.do(actions.undo, done.id, ON_THE_SERVER), AccountMerge)
        with site.inside():
            after = snapshot()
        assert {name: after[name] for name in after if after[name] != before[name]} == {}, seed
    assert moved >= wanted, "the scattered rows reach every column of the plan"


# Where both accounts can have a row under the same key.
STAY_ALIKE = {
    "assignment_extension.person_id",
    "assignment_mail_person.person_id",
    "assignment_person.person_id",
    "end_notice.person_id",
    "lesson_done.enrolment_id",
    "membership.person_id",
    "name_confirmation.person_id",
    "practice_done.enrolment_id",
    "refresher.person_id",
    "refresher_shown.person_id",
}


def records_kept_up(person_id: str) -> None:
    keep_keys(person_id)
    board.refresh_person(person_id)


def left_over(name: str, person_id: str) -> bool:
    table, _, column = name.partition(".")
    found: Any = Base.metadata.tables[table].c[column]
    theirs = [row.id for row in list_enrolments(person_id)] if name in OF_COURSE else [person_id]
    return bool(db.session.scalars(select(found).where(found.in_(theirs)).limit(1)).all())


@pytest.fixture
def twice(site: Site) -> Site:
    """A site on which Sam is a second time: invited at home, with a certificate, and imported at work."""
    return with_second_account(site)


@pytest.fixture
def twice_on_sqlite(sqlite_site: Site) -> Site:
    return with_second_account(sqlite_site)


def with_second_account(site: Site) -> Site:
    person = site.do(register, "sam.home@example.org", "Sam Osei", "x")
    site.do(give_role, person.id, harbour(site), "learner")
    return site


def problems(site: Site) -> list[Any]:
    """Return what `lms audit verify` would find about certificates."""
    with site.inside():
        return list(trail_check.list_without_event())


def test_cora_merges_the_two_accounts_of_sam_and_undoes_it(twice: Site) -> None:
    site, cora, _at_home = twice, twice.visitor("cora"), twice.visitor("sam.home")
    code, mine = earn(site, "sam.home"), prepare(site, "sam", practised=False, read=False)
    with site.inside():
        first = db.session.scalars(select(LessonDone.lesson_id)).first()
    site.do(finish_lesson, mine, first)
    ward = add(site, "Ward 4")
    join(site, "sam.home", ward)
    with site.inside():
        sam = site.person("sam").public_id
    page = cora.get(f"/programmes/harbour/people/{sam}").follow("This person has a second account")
    assert "sam.home@example.org" in page.main and "lena@example.org" not in page.main
    assert "lena@example.org" in page.form("/second-account").submit(q="lena").main
    page = page_of(site, "sam", "sam.home")
    assert "is in both: “In training” in the account that stays, “Completed" in page.main
    assert "1 certificate comes from the other account." in page.main and "Unit: Ward 4" in page.main
    assert "sam.home@example.org is closed: nobody can sign in with it" in page.main
    page = page.form(page.path).submit(password="not her password", expect=422)
    assert "Nothing has changed yet." in page.main and problems(site) == []
    page = page.form(page.path).submit(password=PASSWORD)
    assert "The accounts are merged." in page.text and "Ward 4" in page.main
    assert code[:4] in site.visitor("sam").get("/certificates").html
    assert site.visitor("sam.home").get("/account").h1 == "Sign in"
    assert site.stranger().get(f"/verify/{code}").h1 == "This certificate is valid" and problems(site) == []
    with site.inside():
        assert progress_of(mine).passed and find_award(code).enrolment_id == mine
        told = [list_emails(f"{name}@example.org")[-1] for name in ("sam", "sam.home")]
    assert [mail.subject for mail in told] == ["Two accounts of yours were merged"] * 2
    assert all("Cora Haddad, who coordinates Harbour Hospitals, merged them" in mail.body for mail in told)
    assert "Please sign in as s…@example.org from now on" in told[1].body and "ingrid@harbour.example" in told[1].body
    assert "Another account of yours was merged into this one." in site.visitor("sam").get("/account").main
    page = cora.get(f"/programmes/harbour/people/{sam}")
    page = page.follow(next(words for words in page.links() if words.startswith("Merged on")))
    page = page.form("/undo").submit()
    assert "The merge is undone." in page.text and "Merged on" not in page.main
    del site.visitors["sam.home"]
    assert code[:4] in site.visitor("sam.home").get("/certificates").html
    assert code[:4] not in site.visitor("sam").get("/certificates").html
    assert site.stranger().get(f"/verify/{code}").h1 == "This certificate is valid" and problems(site) == []


def in_meadow(site: Site) -> None:
    with site.inside():
        meadow = find_programme("meadow")
        assert meadow is not None
    site.do(give_role, id_of(site, "sam.home"), meadow.id, "learner")


def unproven(site: Site) -> None:
    site.do(give_role, id_of(site, "sam.home"), harbour(site), "trainer")
    nobody = update(Person).where(Person.email == "sam@example.org").values(email_proven_at=None)
    site.do(lambda: db.session.execute(nobody))


def close(name: str) -> Callable[[Site], Any]:
    return lambda site: site.do(leaving.disable, id_of(site, name))


@pytest.mark.parametrize(
    ("before", "kept", "other", "words", "server_too"),
    [
        (None, "sam", "sam", "This is the same account twice", True),
        (close("sam"), "sam", "sam.home", "The account sam@example.org is closed", True),
        (close("sam.home"), "sam", "sam.home", "so it can’t be merged", True),
        (in_meadow, "sam", "sam.home", "in another programme as well", False),
        (in_meadow, "sam.home", "sam", "in another programme as well", False),
        (unproven, "sam", "sam.home", "isn’t a confirmed address yet", True),
        (lambda site: site.do(name_operator, id_of(site, "sam")), "sam", "sam.home", "ask the people who run", False),
        (lambda site: merge(site, "sam.home", "sam"), "lena", "sam", "so it can’t be merged", True),
    ],
)
def test_what_is_not_merged_is_said_and_nothing_changes(
    twice_on_sqlite: Site, before: Callable[[Site], Any] | None, kept: str, other: str, words: str, server_too: bool
) -> None:
    site = twice_on_sqlite
    if before:
        before(site)
    page = page_of(site, kept, other)
    assert words in page.main and not page.find("main form")
    assert isinstance(merge(site, kept, other), str if server_too else AccountMerge)


def test_nobody_reaches_an_account_of_their_own_or_of_another_programme(twice_on_sqlite: Site) -> None:
    site = twice_on_sqlite
    site.do(give_role, id_of(site, "cora"), harbour(site), "learner")
    page_of(site, "cora", "sam", expect=403)
    assert "One of these accounts is yours" in page_of(site, "sam", "cora").main
    page_of(site, "sam", "mina", expect=404)
    page_of(site, "mina", "sam", expect=404)
    page_of(site, "sam", "lena", "/undo", expect=404)
    page_of(site, "sam", "sam.home", who="mina", expect=404)
    page_of(site, "sam", "sam.home", who="tara", expect=404)
    assert page_of(site, "sam", "sam.home", who="ada").find("main form"), "who runs the site can do it"


def test_the_second_of_two_coordinators_finds_the_merge_made(twice_on_sqlite: Site) -> None:
    site = twice_on_sqlite
    page = page_of(site, "sam", "sam.home")
    form = page.form(page.path)
    assert isinstance(merge(site, "sam", "sam.home"), AccountMerge)
    assert "Somebody who runs this site merged the account" in form.submit(password=PASSWORD).main
    assert merge(site, "sam", "sam.home") == "other is closed" and merge(site, "sam.home", "sam") == "kept is closed"
    assert isinstance(merge(site, "lena", "sam"), AccountMerge)
    with site.inside():
        first = list_merged_into(id_of(site, "sam"))[0].id
    assert site.do(actions.undo, first, ON_THE_SERVER) == "kept is closed", "the later merge has to be undone before"


def test_what_was_added_since_stays_with_the_kept_account(twice_on_sqlite: Site) -> None:
    site = twice_on_sqlite
    theirs = prepare(site, "sam.home", practised=False, read=False)
    with site.inside():
        lessons = [lesson.id for lesson in the_course().lessons[:2]]
    site.do(finish_lesson, theirs, lessons[0])
    done = merge(site, "sam", "sam.home")
    with site.inside():
        mine = find_enrolment(id_of(site, "sam"), PFA)
        assert mine is not None and progress_of(mine.id).lessons == {lessons[0]}
    site.do(finish_lesson, mine.id, lessons[1])
    assert isinstance(site.do(actions.undo, done.id, ON_THE_SERVER), AccountMerge)
    assert site.do(actions.undo, done.id, ON_THE_SERVER) == "undone"
    with site.inside():
        assert progress_of(mine.id).lessons == {lessons[1]} and progress_of(theirs).lessons == {lessons[0]}


def test_what_both_did_of_a_course_completes_it_and_its_certificate_is_there_at_once(twice_on_sqlite: Site) -> None:
    site = twice_on_sqlite
    mine, _theirs = prepare(site, "sam", practised=False, read=False), prepare(site, "sam.home")
    pass_check(site, mine)
    with site.inside():
        assert db.session.scalars(select(Award)).all() == []
    assert "the certificate is issued straight away" in page_of(site, "sam", "sam.home").main
    assert isinstance(merge(site, "sam", "sam.home"), AccountMerge)
    with site.inside():
        award = db.session.scalars(select(Award).where(Award.enrolment_id == mine)).one()
        assert award.person_id == site.person("sam").id and not award.waiting
    assert award.code[:4] in site.visitor("sam").get("/certificates").html and problems(site) == []


def test_of_two_certificates_the_valid_one_stays_current_and_neither_is_lost(
    twice_on_sqlite: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = twice_on_sqlite
    # As on a site so large that the two accounts aren't read at once.
    monkeypatch.setattr(trail_check, "PEOPLE_AT_ONCE", 1)
    codes = [earn(site, "sam"), earn(site, "sam.home")]
    assert "counts as an earlier one" in page_of(site, "sam", "sam.home").main
    assert isinstance(merge(site, "sam", "sam.home"), AccountMerge)
    with site.inside():
        older, newer = (find_award(code) for code in codes)
        assert (older.current_for, newer.current_for) == (None, older.enrolment_id) and problems(site) == []
    page = site.visitor("sam").get("/certificates").html
    assert all(code[:4] in page for code in codes)
    assert all(site.stranger().get(f"/verify/{code}").h1 == "This certificate is valid" for code in codes)


def test_after_thirty_days_a_merge_stays_and_its_rows_are_forgotten(twice_on_sqlite: Site) -> None:
    site = twice_on_sqlite
    done = merge(site, "sam", "sam.home")
    clock.shift(CAN_BE_UNDONE + timedelta(minutes=1))
    assert site.do(actions.undo, done.id, ON_THE_SERVER) == "time is over"
    site.work()
    with site.inside():
        assert db.session.get_one(AccountMerge, done.id).moved is None
    page = page_of(site, "sam", "sam.home", "/undo")
    assert "The 30 days in which this could be undone are over." in page.main and not page.find("main form")
    refused = site.do(leaving.enable, id_of(site, "sam.home"))
    assert "merged into another one" in refused.message
    clock.shift(timedelta(days=340))
    site.work()
    with site.inside():
        assert db.session.get_one(AccountEnding, id_of(site, "sam.home")).deletes_on
        to_other = select(OutboxMail.subject).where(OutboxMail.recipient.startswith("sam.home"))
        assert not any("deleted" in subject for subject in db.session.scalars(to_other))


@pytest.mark.parametrize("erased", ["sam", "sam.home"])
def test_an_account_that_is_deleted_takes_the_one_merged_into_it_along(twice_on_sqlite: Site, erased: str) -> None:
    site = twice_on_sqlite
    earn(site, "sam.home")
    done = merge(site, "sam", "sam.home")
    with site.inside():
        sam, other = site.person("sam").id, site.person("sam.home").id
        (sheet,) = (part for part in all_rooms.export_person(sam) if part.name == "merges")
        assert len(sheet.rows) == 1
    site.do(all_rooms.delete_person, id_of(site, erased), None)
    with site.inside():
        left = set(db.session.scalars(select(Person.email).where(Person.id.in_([sam, other]))))
        assert db.session.get(AccountMerge, done.id) is None
        assert not {mail for mail in left if mail.startswith("sam.home")}
        assert any(mail.startswith("sam@") for mail in left) is (erased == "sam.home")
    if erased == "sam":
        return
    page_of_merge = site.visitor("sam").get("/certificates").main
    assert "Psychological first aid" in page_of_merge, "the certificate had moved, and stays"


def test_ada_merges_on_the_server_and_undoes_it(twice_on_sqlite: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    lms = commands.of(twice_on_sqlite, monkeypatch)
    words = ("people", "merge", "sam@example.org", "sam.home@example.org", "--programme", "harbour")
    dry = lms(*words, "--dry-run")
    assert "Signing in" in dry.output and dry.output.endswith("Nothing was changed.\n") and dry.exit_code == 0
    assert "was merged into sam@example.org and is closed" in lms(*words).output
    again = lms(*words)
    assert again.exit_code == 1 and "Nothing was changed." in again.output
    assert "is open again" in lms(*words, "--undo").output
