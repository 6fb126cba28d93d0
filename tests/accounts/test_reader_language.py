"""Every kind of email is in its reader's language: what they chose, else their programme's, else English."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from lms import reminders, retention
from lms.accounts.actions import set_programme
from lms.accounts.events import NewDevice, PasswordLinkHandedOut, SecondFactorReset
from lms.accounts.invitations.actions import invite
from lms.accounts.leaving import disable
from lms.accounts.notifications import preferences
from lms.accounts.notifications.reader_language import language_of, languages_at
from lms.accounts.records import Person, find_programme, get_person
from lms.accounts.session_records import SignIn
from lms.all_rooms import delete_person
from lms.authoring.drafts.records import Draft
from lms.authoring.publishing import jobs as publishing_jobs
from lms.authoring.publishing.actions import Decided, Prepared
from lms.authoring.publishing.plans import actions as plan_actions
from lms.authoring.reviews import actions as request_actions
from lms.authoring.statistics.regrading.actions import propose
from lms.authoring.statistics.regrading.events import CheckRegraded
from lms.certification.awards.events import DocumentStored, PdfWaitsForLetters, SpellingAsked
from lms.certification.awards.records import find_award
from lms.coordination.assignments import actions, jobs
from lms.coordination.assignments.actions import Wanted
from lms.coordination.merging import actions as merging
from lms.coordination.merging.rules import Decider
from lms.foundation import clock
from lms.foundation.db import db
from lms.foundation.events import announce
from lms.foundation.mail.templates import SHARED
from lms.learning.progress.attempt_records import list_results
from lms.library import actions as library
from lms.library.records import find_newest_digest
from tests.builders.certificates import ask_for, observe
from tests.builders.drafts import add_draft
from tests.builders.languages import marked
from tests.builders.learning import PFA, earn, prepare, publish_next
from tests.builders.mail import at_noon, outbox
from tests.conftest import ROOT, Site
from tests.content import small_course
from tests.inspector import Inspector, Page

GERMAN = {f"{name}@example.org" for name in ("sam", "lena", "tara", "ada")}
NEW, NOBODY = "sam.osei@new.example", "nils@example.org"
KINDS = {path.stem: path.read_text("utf-8") for path in (ROOT / "templates/mail").iterdir() if path.stem not in SHARED}
SUBJECT = re.compile(r"{% block subject %}(.*?){% endblock %}", re.S)
MARK = re.compile(r"(\w\w)¶")


class World:
    """Harbour's language is French; some chose German, and Cora, who does most, chose nothing."""

    def __init__(self, site: Site) -> None:
        self.site = site
        site.do(set_programme, "harbour", None, {"language": "fr"})
        with site.inside():
            self.award = find_award(earn(site))
            self.harbour = self.award.programme_id  # type: ignore[union-attr]
            self.ids = {name: site.person(name).id for name in ("sam", "lena", "cora")}
            self.lena = site.person("lena").public_id
        site.do(lambda: db.session.execute(update(Person).where(Person.email.in_(GERMAN)).values(language="de")))

    def tell(self, event: object) -> None:
        self.site.do(announce, event)

    def about_award(self, event: Callable[..., object], *more: str) -> None:
        self.tell(event(self.award.id, self.award.person_id, self.award.programme_id, *more))  # type: ignore[union-attr]

    def send(self, visitor: Inspector, path: str, **fields: object) -> Page:
        return visitor.get(path).form(path).submit(**fields)

    def observe(self) -> None:
        ask_for(self.site)
        observe(self.site, prepare(self.site, "lena"), observer="Somebody Else")

    def propose_regrade(self) -> None:
        newest = (PFA, "pfa-q03", "out", self.award.digest)  # type: ignore[union-attr]
        self.site.do(propose, self.harbour, *newest, self.ids["cora"])

    def mark_again(self) -> None:
        enrolment = self.award.enrolment_id  # type: ignore[union-attr]
        with self.site.inside():
            attempt = list_results(enrolment)[0][0].id
        self.tell(CheckRegraded(self.ids["sam"], self.harbour, enrolment, attempt, passed=True))

    def tell_of_answer(self) -> None:
        self.site.do(preferences.consent, self.ids["sam"], "answers", True)
        self.site.do(preferences.queue_update, [self.ids["sam"]], "answers", "/courses")
        with self.site.inside():
            reminders.send_lines(self.site.settings)

    def invite(self) -> None:
        form = self.site.visitor("cora").get("/programmes/harbour/invitations/new").form_with("Continue")
        page = form.submit("Continue", people=f"{NOBODY}\nmina@example.org")
        page.form_with("Send 2 invitations").submit("Send 2 invitations")

    def confirm_address(self) -> None:
        token = self.site.do(invite, self.harbour, "trainer", NOBODY)
        self.site.stranger().get(f"/invitation/{token}").form(f"/invitation/{token}").submit()

    def change_address(self) -> None:
        sam = self.site.visitor("sam")
        mine = SignIn.person_id == self.ids["sam"]
        self.site.do(lambda: db.session.execute(update(SignIn).where(mine).values(proven_at=clock.now())))
        self.send(sam, "/account/email", email="lena@example.org")
        self.send(sam, "/account/email", email=NEW)
        link = re.search(r"(/account/email/\S+)", next(row.body for row in outbox(self.site) if row.recipient == NEW))
        assert link
        self.send(sam, link[1])

    def assign(self) -> None:
        today, cora = clock.today("UTC"), self.ids["cora"]
        made = self.site.do(actions.assign, self.harbour, cora, Wanted(PFA, "people", people=(self.lena,)), today)
        self.site.do(actions.remind, made.id, cora, "Bring a pen.", "everybody", [], today)
        with self.site.inside():
            jobs.sweep(self.site.settings)

    def stop_publishing(self) -> None:
        draft = add_draft(self.site, small_course.bundle())
        with self.site.inside():
            found, tara = db.session.query(Draft).filter_by(public_id=draft).one(), self.site.person("tara").id
            ada = self.site.person("ada").id
        prepared = Prepared(found.id, found.revision, small_course.bundle(), small_course.course())
        plan = plan_actions.Plan(prepared, tara, clock.now() + timedelta(days=1))
        self.site.do(plan_actions.ask, plan)
        self.site.do(plan_actions.ask_for_changes, found.id, ada, "More pauses.")
        self.site.do(plan_actions.ask, plan)
        self.site.do(plan_actions.approve, prepared, Decided(ada, is_operator=True))
        self.site.do(plan_actions.stop, found.id, "changed")
        self.site.do(plan_actions.ask, plan)

    def ask_for_review(self) -> None:
        with self.site.inside():
            sam, digest = get_person(self.ids["sam"]), find_newest_digest(PFA) or ""
        wanted = request_actions.Wanted(PFA, digest, "peer", "")
        self.site.do(request_actions.ask_for_review, self.harbour, self.ids["cora"], sam, wanted)

    def close_version(self) -> None:
        prepare(self.site, "lena")
        publish_next(self.site, "1.2.0")
        self.site.do(library.close_version, PFA, "1.1", clock.today("UTC") + timedelta(days=90))
        with self.site.inside():
            publishing_jobs.sweep_closings(self.site.settings)

    def merge(self) -> None:
        by = Decider(None, operator=True)
        made = self.site.do(merging.merge, self.harbour, self.ids["sam"], self.ids["lena"], by)
        self.site.do(merging.undo, made.id, by)

    def later(self, days: int) -> None:
        clock.shift(clock.now() - datetime.now(UTC) + timedelta(days=days))
        with self.site.inside():
            retention.sweep(self.site.settings, delete_person)
            reminders.send_expiry_reminders(self.site.settings)


CALLS: dict[str, tuple[Callable[[World], object], set[str]]] = {
    "a PDF": (lambda w: w.about_award(DocumentStored, "sha"), {"certificate_ready"}),
    "a name that can't be printed": (lambda w: w.about_award(PdfWaitsForLetters), {"certificate_without_pdf"}),
    "another spelling": (lambda w: w.about_award(SpellingAsked), {"ask_for_spelling"}),
    "a device": (lambda w: w.tell(NewDevice(w.ids["sam"], "")), {"new_device"}),
    "a reset": (lambda w: w.tell(SecondFactorReset(w.ids["sam"], w.harbour)), {"sign_in_changed"}),
    "a link": (
        lambda w: w.tell(PasswordLinkHandedOut(w.ids["sam"], w.harbour, "coordinator")),
        {"password_link_made"},
    ),
    "a practice": (World.observe, {"confirm_observer"}),
    "a proposal to mark again": (World.propose_regrade, {"regrade_proposed"}),
    "a check marked again": (World.mark_again, {"check_marked_again"}),
    "an answer": (World.tell_of_answer, {"updates"}),
    "invitations": (World.invite, {"invited"}),
    "an invitation without email": (World.confirm_address, {"invitation"}),
    "a new password": (lambda w: w.send(w.site.stranger(), "/forgotten", email="sam@example.org"), {"new_password"}),
    "a newcomer": (lambda w: w.send(w.site.stranger(), "/register", email="noor@example.org"), {"register"}),
    "a member": (lambda w: w.send(w.site.stranger(), "/register", email="tara@example.org"), {"has_account"}),
    "a look-alike": (
        lambda w: w.send(w.site.stranger(), "/register", email="c0ra@example.org"),
        {"looks_like_another"},
    ),
    "an address": (
        World.change_address,
        {"email_change_link", "email_change_asked", "email_change_taken", "email_changed"},
    ),
    "a test": (lambda w: w.send(w.site.visitor("ada"), "/operator/email"), {"test_email"}),
    "an assignment": (World.assign, {"course_assigned", "course_reminder"}),
    "a review": (World.ask_for_review, {"review_asked"}),
    "a draft": (
        World.stop_publishing,
        {"approval_asked", "changes_asked", "draft_approved", "publication_stopped"},
    ),
    "a version that closes": (World.close_version, {"version_closes"}),
    "a merge": (World.merge, {"accounts_merged", "merge_undone"}),
    "a closed account": (
        lambda w: (w.site.do(disable, w.ids["lena"]), w.later(340)),
        {"account_ending"},
    ),
    "an end": (lambda w: w.later(340), {"certificate_ends"}),
}


def kind_of(subject: str) -> str:
    """Return the kind of email by how its subject begins; that of updates is what they say."""
    words = subject.partition("¶")[2]
    for name, source in KINDS.items():
        found = SUBJECT.search(source)
        texts = re.findall(r"[^n]_\('(.*?)(?:%|')", found[1] if found else "")
        if any(text and words.startswith(text) for text in texts):
            return name
    return "updates" if words.startswith("The authors replied") else subject


def test_every_kind_of_email_is_in_the_language_of_its_reader(sqlite_site: Site, tmp_path: Path) -> None:
    at_noon()
    seen = set[str]()
    with marked(tmp_path / "translations", "de", "fr"):
        world = World(sqlite_site)
        known = {row.id for row in outbox(sqlite_site)}
        for name, (call, kinds) in CALLS.items():
            call(world)
            new = [row for row in outbox(sqlite_site) if row.id not in known]
            known |= {row.id for row in new}
            for row in new:
                spoken = "de" if row.recipient in {*GERMAN, NEW} else "fr"
                found = set(MARK.findall(row.subject + row.body + row.html))
                assert found == {spoken}, (name, row.recipient, row.subject)
                assert f'lang="{spoken}"' in (row.html or f'lang="{spoken}"')
            told = {kind_of(row.subject) for row in new}
            assert kinds <= told, (name, told)
            seen |= told
        assert set(KINDS) - seen == set()


CASES = [
    (None, "", "", "en"),
    (None, "", "fr", "fr"),
    (None, "pt", "fr", "pt"),
    ("de", "pt", "fr", "de"),
    ("de", "", "", "de"),
]


@pytest.mark.parametrize(("chosen", "programme", "member_of", "language"), CASES)
def test_a_reader_has_the_language_they_chose_or_else_their_programmes(
    sqlite_site: Site, chosen: str | None, programme: str, member_of: str, language: str
) -> None:
    def look() -> None:
        sam, meadow, harbour = sqlite_site.person("sam"), find_programme("meadow"), find_programme("harbour")
        assert meadow and harbour
        sam.language, meadow.facts, harbour.facts = chosen, {"language": programme}, {"language": member_of}
        db.session.flush()
        about = meadow if programme else None
        assert language_of(sam, about) == languages_at([sam.email, NOBODY], about)[sam.email] == language
        assert languages_at([NOBODY], about) == {NOBODY: programme or "en"}

    sqlite_site.do(look)
