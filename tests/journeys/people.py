"""The people whose pages are looked at: each stands somewhere else on the road, on the served site."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path

from lms.accounts import actions as accounts
from lms.accounts import leaving, limits
from lms.accounts.invitations import actions as invitation_actions
from lms.accounts.members import actions as members
from lms.accounts.members import unit_actions
from lms.accounts.notifications.preferences import off_mark
from lms.accounts.passwords import hash_password
from lms.accounts.records import Person, find_programme
from lms.authoring.drafts import actions as drafts
from lms.authoring.publishing.actions import Decided, publish_draft
from lms.authoring.publishing.actions import prepare as prepare_draft
from lms.authoring.publishing.plans import actions as plans
from lms.authoring.reviews import actions as review_actions
from lms.authoring.reviews.records import find_open
from lms.authoring.starting.courses import NewCourse, starter_course
from lms.authoring.statistics.regrading import actions as regrading
from lms.authoring.statistics.regrading.records import find_regrade
from lms.certification.awards import actions as certification
from lms.certification.awards.records import find_award, find_award_of_enrolment
from lms.certification.awards.reissue import reissue_certificate
from lms.certification.awards.rules import HARM_SEEN
from lms.certification.readiness import actions as readiness_actions
from lms.content.model.bundle import Bundle
from lms.coordination.assignments import actions as assignments
from lms.coordination.assignments.actions import Wanted
from lms.coordination.batches.actions import ask as ask_for_many
from lms.coordination.batches.actions import end as end_batch
from lms.coordination.merging import actions as merging
from lms.coordination.merging.rules import Decider
from lms.coordination.roster import actions as roster_actions
from lms.coordination.roster.drafts import make_draft
from lms.coordination.roster.records import RosterImport
from lms.foundation import clock
from lms.foundation.db import write
from lms.foundation.ids import secret_token
from lms.foundation.keys import secret_key
from lms.learning.check.actions import open_check
from lms.learning.progress import actions as learning
from lms.learning.progress.records import find_enrolment, list_enrolments_of_programme
from lms.library import actions as library
from lms.library.course_cache import get_course
from lms.library.records import find_newest_digest
from tests.builders.crowd import send_checks
from tests.builders.learning import PFA, earn, pass_check, prepare, sample_of, the_course
from tests.conftest import PASSWORD
from tests.journeys.courses import three_lessons
from tests.journeys.served import Served

# Two who are invited, a member who gets a unit, one who is listed twice, and rows that can't be used.
ROSTER = """E-mail;Name;Role;Department;Phone
zoe@example.org;Zoë Müller;;Surgery / Ward 4;1
amal@example.org;أمل حداد;trainer;;2
sam@example.org;Sam;;Ward 5;3
zoe@example.org;Zoë Müller;;Surgery / Ward 4;4
new@@example.org;=cmd;boss;;5
"""
SLOWED = "slow@example.org"
THREE, GOING_ON = "three-lessons-of-all", "a-course-that-goes-on"


@cache
def secret() -> str:
    """Return the kept form of everybody's password, made once."""
    return hash_password(PASSWORD)


FIRST_LESSON = "1-first-steps/1-a-first-lesson.md"


def add(served: Served, name: str, shown: str, programme: str = "harbour", on_paper: str | None = None) -> None:
    """Add a learner."""
    with served.site.inside():
        found = find_programme(programme)
    assert found is not None
    person = served.site.do(accounts.register, f"{name}@example.org", shown, secret(), on_paper)
    assert isinstance(person, Person)
    served.site.do(accounts.give_role, person.id, found.id, "learner")


@dataclass
class People:
    """Who is there, with the codes and addresses that belong to them, and the cookies that let them in."""

    served: Served
    codes: dict[str, str] = field(default_factory=dict)
    invitation: str = ""
    cookies: dict[str, str] = field(default_factory=dict)

    def cookie(self, name: str) -> str:
        """Return somebody's session, begun on first use."""
        if name not in self.cookies:
            site = self.served.site
            with site.inside():
                person = site.person(name)
            self.cookies[name] = site.do(accounts.sign_in, person.id, True, person.email, "a test")
        return self.cookies[name]


def settle(served: Served, folder: Path) -> People:
    """Bring everybody to their place on the road."""
    people = People(served)
    three_lessons(folder / THREE, draw=5, course=THREE)
    served.lms("publish", str(folder / THREE), "--programme", "harbour")
    served.lms("programme", "set", "meadow", "country=GB", "lead=Asa Holm", "emergency=999", "contact=asa@example.org")
    for name, shown in (("nils", "Nils Berg"), ("mira", "Mira Sol"), ("omar", "Omar Haddad"), ("ines", "Ines Duarte")):
        add(served, name, shown)
    _begin_everything(served)
    _hand_out_certificates(served, people)
    _go_on(served, people, folder / GOING_ON)
    with served.site.inside():
        harbour = find_programme("harbour")
    assert harbour is not None
    people.invitation = served.site.do(invitation_actions.invite, harbour.id, "learner", None)
    for name, role, email in (
        ("coordinator", "coordinator", "new@example.org"),
        ("nils", "learner", "nils@example.org"),
        ("amal", "learner", "amal@example.org"),
    ):
        people.codes[f"invited_{name}"] = served.site.do(invitation_actions.invite, harbour.id, role, email)
    key = secret_key(served.site.settings.data)
    people.codes["proof"] = invitation_actions.proof(key, people.codes["invited_coordinator"])
    _leave_links(served, people)
    _observe_practice(served, people)
    _see_harm(served, people)
    _put_in_units(served, people)
    _assign(served, people)
    _wait_for_what_is_missing(served, people)
    _merge(served, people)
    _write_a_course(served, people)
    _answer_questions(served, people)
    for _miss in range(limits.BY_ACCOUNT.free + 2):
        served.site.do(limits.note_sign_in_miss, SLOWED, "a network of the tests")
    return people


def _answer_questions(served: Served, people: People) -> None:
    """Many sent a check whose second question tempts them; one proposal to mark it again waits, one was applied."""
    site = served.site
    with site.inside():
        course, tara, cora = the_course(THREE), site.person("tara").id, site.person("cora").id
        harbour = next(iter(site.roles(tara)))
    drawable = [question for question in course.questions if question.drawable]
    right = {question.id: sample_of(question, True) for question in drawable}
    send_checks(site, course, [right] * 30 + [{**right, "sml-q01": "1"}] * 34 + [{**right, "sml-q02": ["1", "3"]}] * 6)
    where = (harbour, THREE, "sml-q02", "out", course.digest, tara)
    people.codes["proposed"] = site.do(regrading.propose, harbour, THREE, "sml-q01", "out", course.digest, tara)
    people.codes["applied"] = site.do(regrading.propose, *where)
    with site.inside():
        applied = find_regrade(harbour, people.codes["applied"])
    assert applied is not None
    site.do(regrading.decide, applied.id, True, cora)
    site.work()


def _see_harm(served: Served, people: People) -> None:
    """Ruth and Wren were ready to practise until harm was seen; Cora has withdrawn that for Wren only."""
    site = served.site
    with site.inside():
        tara, cora = site.person("tara"), site.person("cora")
    for name, shown in (("ruth", "Ruth Adler"), ("wren", "Wren Castellanos")):
        add(served, name, shown)
        code = earn(site, name)
        with site.inside():
            award, ruth = find_award(code), site.person(name)
        assert award is not None
        people.codes[f"{name}_id"] = ruth.public_id
        for days, rating in ((3, "skilled"), (2, "basic"), (1, "harmful")):
            day = clock.today("UTC") - timedelta(days=days)
            seen = readiness_actions.ObservationInput("Tara Lindqvist", "trainer", day, rating, tara.id)
            site.do(readiness_actions.record_observation, award.enrolment_id, seen, cora.id)
    with site.inside():
        ready = readiness_actions.to_withdraw(award.enrolment_id)
    assert ready is not None
    site.do(certification.withdraw, ready.id, HARM_SEEN)


def _put_in_units(served: Served, people: People) -> None:
    """Nils is in a unit below another; Gil has left; Erin may know who has completed what."""
    site = served.site
    for name, shown in (("gil", "Gil Moreau"), ("erin", "Erin Walsh")):
        add(served, name, shown)
    with site.inside():
        nils, gil, erin = (site.person(name) for name in ("nils", "gil", "erin"))
        harbour = next(iter(site.roles(gil.id)))
    people.codes |= {"gil_id": gil.public_id}
    site.do(leaving.end_membership, gil.id, harbour)
    site.do(accounts.give_role, erin.id, harbour, "employer")
    ward = site.do(unit_actions.add_unit, harbour, "Ward 4", "")
    nights = site.do(
        unit_actions.add_unit,
        harbour,
        "Night team of the Donaudampfschifffahrtsgesellschaftskapitänsstation",
        ward.public_id,
    )
    people.codes["unit"] = ward.public_id
    wanted = members.Details("N-4711", nights.public_id, "Ruth Amadi")
    site.do(members.change_details, harbour, nils.id, members.Details("", "", ""), wanted)


def _assign(served: Served, people: People) -> None:
    """The ward is asked to take a course: Nils, whose date was last week; Mira, asked by name, would like more time."""
    site, today = served.site, clock.today("UTC")
    with site.inside():
        cora, mira = site.person("cora"), site.person("mira")
        harbour = next(iter(site.roles(mira.id)))
    ward = Wanted(PFA, "unit", unit=people.codes["unit"], due_on=today - timedelta(days=7), note="For the new ward.")
    people.codes["assigned"] = site.do(assignments.assign, harbour, cora.id, ward, today).public_id
    by_name = Wanted(THREE, "people", people=(mira.public_id,), due_on=today + timedelta(days=20))
    asked = site.do(assignments.assign, harbour, cora.id, by_name, today).public_id
    people.codes["by_name"] = asked
    site.do(assignments.ask_for_more_time, mira.id, THREE, asked)


def _wait_for_what_is_missing(served: Served, people: People) -> None:
    """Another Mira Sol waits for the review of her course; Leila's PDF waits for a logo that is not there."""
    site = served.site
    add(served, "namesake", "Mira Sol")
    site.do(accounts.set_programme, "harbour", None, {}, True, touch_hold=True)
    earn(site, "namesake")
    site.do(accounts.set_programme, "harbour", None, {}, False, touch_hold=True)
    facts = {"logo": "ab" * 32, "lead": "Asa Holm"}
    lakeside = site.do(accounts.set_programme, "lakeside", "Lakeside Clinics", facts, False, touch_hold=True)
    site.do(library.offer, lakeside.id, PFA, True, 0)
    add(served, "leila", "Leila Amari", programme="lakeside")
    _wait_for_names(served, people)
    people.codes["leila"] = earn(site, "leila")
    site.work()


def _wait_for_names(served: Served, people: People) -> None:
    """Hillside confirms names first: Hugo coordinates it and passed himself, and Nell has a title in her name."""
    site = served.site
    facts = {"confirm_names": "yes", "lead": "Hugo Brandt"}
    hillside = site.do(accounts.set_programme, "hillside", "Hillside Care", facts, False, touch_hold=True)
    site.do(library.offer, hillside.id, PFA, True, 0)
    add(served, "hugo", "Hugo Brandt", programme="hillside")
    add(served, "nell", "Nell Byrne", programme="hillside", on_paper="Dr Nell Byrne, RN")
    add(served, "ama", "Ama Boateng", programme="hillside")
    for name in ("hugo", "nell", "ama"):
        people.codes[name] = earn(site, name)
    with site.inside():
        hugo = site.person("hugo").id
    site.do(accounts.give_role, hugo, hillside.id, "coordinator")


def _merge(served: Served, people: People) -> None:
    """Vida was in the programme twice until an operator merged her accounts; the two Miras may be one."""
    site = served.site
    for name in ("vida", "vida.at.home"):
        add(served, name, "Vida Lind")
    with site.inside():
        rows = {name: site.person(name) for name in ("vida", "vida.at.home", "namesake")}
        harbour = next(iter(site.roles(rows["vida"].id)))
    people.codes |= {name.replace(".", "_"): row.public_id for name, row in rows.items()}
    by = Decider(None, operator=True)
    site.do(merging.merge, harbour, rows["vida"].id, rows["vida.at.home"].id, by)


def _observe_practice(served: Served, people: People) -> None:
    """The course asks for two observed practices; Ines has one, and Omar's last could have done harm."""
    site = served.site
    with site.inside():
        rows = {name: site.person(name) for name in ("ines", "omar", "nils", "sela", "cora", "letters")}
        harbour, today = next(iter(site.roles(rows["ines"].id))), clock.today("UTC")
        begun = {name: find_enrolment(rows[name].id, PFA) for name in ("ines", "omar")}
    people.codes |= {"ines_id": rows["ines"].public_id, "sela_id": rows["sela"].public_id}
    people.codes |= {f"{name}_id": rows[name].public_id for name in ("omar", "cora", "letters")}
    people.codes["nils"] = rows["nils"].public_id
    site.do(readiness_actions.set_readiness, harbour, PFA, 2, site.settings)
    for name, rating in (("ines", "basic"), ("omar", "harmful")):
        enrolment = begun[name]
        assert enrolment is not None
        seen = readiness_actions.ObservationInput("Tara Lindqvist", "trainer", today, rating)
        site.do(readiness_actions.record_observation, enrolment.id, seen, rows["cora"].id)
        if name == "ines":
            outside = readiness_actions.ObservationInput("Vera Sandoval", "supervisor", today, "basic")
            site.do(readiness_actions.record_observation, enrolment.id, outside, rows["cora"].id)


def _begin_everything(served: Served) -> None:
    """Mira is in the middle of both courses and of both checks; Omar has sent a check that is not enough yet."""
    site = served.site
    for course_id in (PFA, THREE):
        with site.inside():
            digest = find_newest_digest(course_id)
            assert digest is not None
            course, mira = get_course(digest), site.person("mira")
            harbour = next(iter(site.roles(mira.id)))
        enrolment = site.do(learning.enrol, mira.id, harbour, course)
        for lesson in course.lessons[:2]:
            site.do(learning.finish_lesson, enrolment.id, lesson.id)
        if course_id == THREE:
            site.do(learning.finish_lesson, enrolment.id, course.lessons[2].id, known=True)
        site.do(open_check, enrolment.id, course)
    pass_check(site, prepare(site, "omar", practised=False), lambda question: not question.critical)


def _go_on(served: Served, people: People, folder: Path) -> None:
    """A course goes on to a new edition: for a holder, one whose certificate ends soon, two who renew, and a learner.

    Rune has passed the check for renewing and has a lesson to read; Sela has the new certificate.
    """
    site = served.site
    three_lessons(folder, draw=5, course=GOING_ON)
    served.lms("publish", str(folder), "--programme", "harbour")
    earlier = {"hana": "Hana Kim", "rosa": "Rosa Lindt", "rune": "Rune Dahl", "sela": "Sela Ade"}
    for name, shown in earlier.items():
        add(served, name, shown)
        clock.shift(timedelta(days=0 if name == "hana" else -700))
        people.codes[name] = earn(site, name, course=GOING_ON)
        clock.shift(timedelta(0))
    add(served, "teo", "Teo Ruiz")
    middle = prepare(site, "teo", course=GOING_ON)
    site.do(learning.finish_lesson, middle, "hello-1")
    site.do(learning.finish_lesson, middle, "hello-2")
    lesson, head = folder / "1-begin" / "2-hello-2.md", folder / "course.md"
    lesson.write_text(lesson.read_text("utf-8").replace("Dana looks up.", "Dana looks up from her hands."), "utf-8")
    head.write_text(head.read_text("utf-8").replace('version: "1.0.0"', 'version: "2.0.0"'), "utf-8")
    served.lms("publish", str(folder), "--programme", "harbour")
    for name in ("rune", "sela"):
        with site.inside():
            award, newest = find_award(people.codes[name]), the_course(GOING_ON)
            assert award is not None
            known = get_course(award.digest)
        site.do(learning.start_renewal, award.enrolment_id, known, newest)
        pass_check(site, award.enrolment_id, course=GOING_ON)
        if name == "sela":
            site.do(learning.finish_lesson, award.enrolment_id, "hello-2")
            with site.inside():
                renewed = find_award_of_enrolment(award.enrolment_id)
                assert renewed is not None
                people.codes["renewed"] = renewed.code
    site.work()


def _leave_links(served: Served, people: People) -> None:
    """Nils may choose another password, and something was recorded for Mira as met in another way."""
    site = served.site
    with site.inside():
        nils, mira, cora = (site.person(name) for name in ("nils", "mira", "cora"))
        conversation, enrolment = the_course().conversations[0], find_enrolment(mira.id, PFA)
    assert enrolment is not None
    people.codes["off"] = off_mark(secret_key(site.settings.data), nils.public_id, "answers")
    people.codes["mira"], people.codes["password"] = mira.public_id, secret_token()
    site.do(accounts.make_password_link, nils.id, people.codes["password"])
    item = ("practice", conversation.id)
    site.do(learning.record_equivalent, enrolment.id, item, "talked", "She asked for it.", None, cora.id)


def _hand_out_certificates(served: Served, people: People) -> None:
    site = served.site
    for state, shown in (("expired", "Petra Nowak"), ("revoked", "Ravi Iyer"), ("replaced", "Yuki Mori")):
        add(served, state, shown)
        clock.shift(timedelta(days=-900 if state == "expired" else 0))
        people.codes[state] = earn(site, state)
        clock.shift(timedelta(0))
    add(served, "letters", "Sari Kromo", on_paper="ꦱꦫꦶ ꦏꦿꦺꦴꦩꦺꦴ")
    add(served, "waiting", "Lars Holm", programme="meadow")
    with site.inside():
        meadow, course = find_programme("meadow"), the_course()
    assert meadow is not None
    site.do(library.offer, meadow.id, course.id, True, 0)
    for name in ("ines", "letters", "waiting"):
        people.codes[name] = earn(site, name)
    people.codes["valid"] = people.codes["ines"]
    site.do(_withdraw, people.codes["revoked"])
    for opened in (True, False):
        site.do(_open_badge, people.codes["expired"], opened)
    site.do(_replace, people.codes["replaced"])
    _ask_for_many(served, people)
    site.work()


def _open_badge(code: str, opened: bool) -> None:
    award = find_award(code)
    assert award is not None
    certification.open_badge(award.id, opened)


def _ask_for_many(served: Served, people: People) -> None:
    """Cora asks for all certificates as a file, and once stopped it before it began."""
    site = served.site
    with site.inside():
        harbour, cora = find_programme("harbour"), site.person("cora")
        assert harbour is not None
        enrolments = [row.id for row in list_enrolments_of_programme(harbour.id)]
    stopped = site.do(ask_for_many, harbour.id, cora.id, "issue", enrolments)
    site.do(end_batch, stopped.id, "stopped")
    people.codes["stopped"] = stopped.public_id
    people.codes["batch"] = site.do(ask_for_many, harbour.id, cora.id, "file", enrolments).public_id
    _import_people(served, people)


def _import_people(served: Served, people: People) -> None:
    """Cora sends a file of people three times: one she looks through, one that is done, and one she stopped."""
    site = served.site
    with site.inside():
        harbour, cora = find_programme("harbour"), site.person("cora")
        assert harbour is not None
        for name in ("draft", "imported", "import_stopped"):
            draft = make_draft(harbour.id, cora.id, ROSTER.encode())
            assert isinstance(draft, RosterImport)
            people.codes[name] = draft.public_id
            if name != "draft":
                write(roster_actions.start, draft.id)
            if name == "import_stopped":
                write(roster_actions.end, draft.id, "stopped")


def _write_a_course(served: Served, people: People) -> None:
    """Tara starts a course, and Ada writes into a lesson of it something that is to be fixed."""
    site = served.site
    with site.inside():
        harbour, tara, ada = find_programme("harbour"), site.person("tara"), site.person("ada")
    assert harbour is not None
    course = NewCourse("night-shifts", "Night shifts", "How to stay near at night.", "Colleagues on nights.", "Tara")
    bundle = starter_course(course)
    draft = site.do(drafts.start, harbour.id, tara.id, bundle, course.id, course.title)
    text = bundle.files[FIRST_LESSON] + b"\nAnd <b>one</b> more line.\n"
    assert isinstance(site.do(drafts.save, draft.id, ada.id, FIRST_LESSON, text, 1), drafts.Saved)
    people.codes["course_draft"] = draft.public_id
    ready = {}
    titles = {"ready_draft": "Quiet corners", "waiting_draft": "Slow mornings", "published_draft": "Calm handovers"}
    for code, title in titles.items():
        course = NewCourse(title.lower().replace(" ", "-"), title, "How to hand over calmly.", "Colleagues.", "Tara")
        files = dict(starter_course(course).files)
        files[FIRST_LESSON] = files[FIRST_LESSON].replace(b"content_notes", b"self_care: yes\ncontent_notes", 1)
        ready[code] = site.do(drafts.start, harbour.id, tara.id, Bundle(files), course.id, course.title)
        people.codes[code] = ready[code].public_id
    with site.inside():
        waiting, prepared = (prepare_draft(ready[code], "1.0.0") for code in ("waiting_draft", "published_draft"))
        assert waiting and write(plans.ask, plans.Plan(waiting, ada.id)) is None
        assert prepared and write(publish_draft, prepared, Decided(tara.id, False), False) is None
        cora, digest = site.person("cora"), find_newest_digest(PFA)
        assert digest is not None
        wanted = review_actions.Wanted(PFA, digest, "peer", "Please look at the second lesson first.")
        assert write(review_actions.ask_for_review, harbour.id, tara.id, cora, wanted) is None
        asked = find_open(digest, "peer", cora.id)
        assert asked is not None
        people.codes["review_request"] = asked.public_id


def _withdraw(code: str) -> None:
    award = find_award(code)
    assert award is not None
    certification.withdraw(award.id, "other")


def _replace(code: str) -> None:
    """Reissue a certificate because of a mistake on it."""
    award = find_award(code)
    assert award is not None
    reissue_certificate(award.id, "fault")
