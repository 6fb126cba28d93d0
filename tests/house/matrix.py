"""A site in which everybody has something of every kind, and what the ledger promises of each door to each of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlsplit

from werkzeug.test import Client, TestResponse

from lms.accounts import actions as accounts
from lms.accounts.email_change.actions import CONFIRM, UNDO, token_of
from lms.accounts.email_change.records import EmailChange
from lms.accounts.invitations import actions as invitation_actions
from lms.accounts.invitations.records import list_not_joined
from lms.accounts.members.unit_actions import add_unit
from lms.accounts.merges.records import AccountMerge
from lms.accounts.notifications.preferences import off_mark
from lms.accounts.records import find_programme
from lms.accounts.second_factor import actions as second_factor
from lms.accounts.second_factor.passkeys import NewPasskey
from lms.accounts.second_factor.records import list_passkeys
from lms.accounts.session_records import list_sign_ins
from lms.authoring.reviews import actions as reviews
from lms.authoring.reviews.records import list_requests_of
from lms.authoring.statistics.regrading.actions import propose
from lms.certification.readiness import actions as readiness_actions
from lms.certification.readiness.actions import ObservationInput
from lms.coordination.assignments.actions import Wanted, assign
from lms.coordination.batches.actions import ask
from lms.coordination.roster.drafts import make_draft
from lms.coordination.roster.records import RosterImport
from lms.foundation import clock
from lms.foundation.db import db
from lms.foundation.ids import secret_token
from lms.foundation.keys import secret_key
from lms.foundation.per_app import provided
from lms.foundation.storage.files import FileStore
from lms.learning.check.actions import open_check
from lms.learning.practice import actions as practice_actions
from lms.learning.progress import actions as learning
from lms.learning.progress.records import find_enrolment, list_enrolments_of_programme
from lms.library import actions as library
from lms.library.records import find_newest_digest
from tests.builders.content import course_of
from tests.builders.drafts import add_draft
from tests.builders.learning import CONVERSATIONS, PFA, earn, the_course
from tests.conftest import Site
from tests.content import small_course
from tests.house.ledger import Door, read_ledger
from tests.inspector import BASE, Inspector

PEOPLE = ("", "sam", "tara", "cora", "erin", "ada", "mina")
HOME = {"sam": "harbour", "lena": "harbour", "tara": "harbour", "cora": "harbour", "erin": "harbour", "mina": "meadow"}
COORDINATORS = {"cora": "harbour", "mina": "meadow"}
STAFF = {"tara", *COORDINATORS}
# did:web needs a domain, and the matrix stands on this machine alone; nobody has opened the address of their badge.
OPEN_TO_NOBODY_HERE = {"/.well-known/did.json": "closed", "/badges/<code>": "closed"}
# This one takes what the provider signed, from whoever brings it.
OPEN_TO_NOBODY_HERE["/sign-in/single-sign-on/logout"] = "no token"
# Who has a role that nobody else here has; all of them are in harbour.
ONE_ROLE = {"trainer": "tara", "employer": "erin"}
MEMBERS_ONLY = {"course": "small-course", "lesson": "hello", "conversation": "at-the-sink"}
OPEN_COURSE = {"course": PFA, "lesson": "listen-without-pressing", "conversation": CONVERSATIONS[0]}
# A provider for single sign-on that doesn't answer: its pages are there, and say so.
NO_PROVIDER = {
    "LMS_SSO_ISSUER": "http://127.0.0.1:9",
    "LMS_SSO_CLIENT_ID": "sidelight",
    "LMS_SSO_CLIENT_SECRET": "a secret",
}
OWNED = {"attempt", "code", "passkey", "review_request", "run"}


@dataclass
class Entered:
    """The browser of somebody who is signed in, or of a stranger."""

    browser: Client

    @cached_property
    def token(self) -> str:
        """What its forms carry."""
        inspector = Inspector(self.browser.application)
        inspector.browser = self.browser
        return dict(inspector.get("/display").form("/display").fields)["form_token"]


@dataclass
class World:
    """A site in which everybody but Ada has begun, holds a certificate and has an open check."""

    site: Site
    codes: dict[str, str]
    attempts: dict[str, str]
    drawn: dict[str, str]
    runs: dict[str, str]
    picture: str
    people: dict[str, str] = field(default_factory=dict)
    equivalents: dict[str, str] = field(default_factory=dict)
    observations: dict[str, str] = field(default_factory=dict)
    batches: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    assignments: dict[str, str] = field(default_factory=dict)
    passkeys: dict[str, str] = field(default_factory=dict)
    drafts: dict[str, str] = field(default_factory=dict)
    regrades: dict[str, str] = field(default_factory=dict)
    reviews: dict[str, str] = field(default_factory=dict)
    entered: dict[str, Entered] = field(default_factory=dict)

    def visit(self, name: str) -> Entered:
        """Return the browser in which somebody is signed in until they have sent something."""
        if name not in self.entered:
            self.entered[name] = Entered(self.enter(name))
        return self.entered[name]

    def enter(self, name: str) -> Client:
        """Return a browser of somebody who has just signed in, or of a stranger."""
        browser = self.site.app.test_client()
        if name:
            with self.site.inside():
                person_id = self.site.person(name).id
            token = self.site.do(accounts.sign_in, person_id, False, f"{name}@example.org", "matrix")
            browser.set_cookie("session", token, domain="127.0.0.1")
        return browser


def furnish(site: Site) -> World:
    with site.inside():
        meadow = find_programme("meadow")
        assert meadow is not None
    site.do(accounts.set_programme, "harbour", None, {"country": "GB"})
    site.do(accounts.set_programme, "meadow", None, {"country": "GB"}, False, touch_hold=True)
    asks_for_lessons = small_course.COURSE.replace(
        "practice_required: 1}", "practice_required: 1, lessons_required: yes}"
    )
    bundle = small_course.bundle(**{"course.md": asks_for_lessons})
    course = course_of(bundle, "small-course")
    site.do(library.publish, bundle, course)
    site.do(library.offer, meadow.id, "small-course", False, 1)
    with site.inside():
        harbour = find_programme("harbour")
        assert harbour is not None
    site.do(library.set_owner, PFA, harbour.id)
    site.do(library.offer, meadow.id, PFA, True, 0)
    _add_employer(site)
    world = World(site, {}, {}, {}, {}, provided(FileStore, site.app).put(b"<svg> </svg>"))
    with site.inside():
        programmes = {programme: find_programme(programme) for programme in COORDINATORS.values()}
        digest = the_course().digest
    for slug, programme in programmes.items():
        assert programme is not None
        world.drafts[slug] = add_draft(site, small_course.bundle(), slug=slug)
        world.units[slug] = site.do(add_unit, programme.id, "Ward 4", "").public_id
        made_by, wanted = world_coordinator(site, slug), Wanted(PFA, "everybody")
        world.regrades[slug] = site.do(propose, programme.id, PFA, "pfa-q03", "out", digest, made_by)
        world.assignments[slug] = site.do(assign, programme.id, made_by, wanted, clock.today("UTC")).public_id
    for name in HOME:
        world.codes[name] = earn(site, name, document=False)
        _open_again(world, name)
        _record_for(world, name)
        _merge_and_undo(world, name)
        world.passkeys[name] = _add_passkey(site, name)
        world.reviews[name] = _ask_for_review(site, name)
    site.work()
    for name, programme in COORDINATORS.items():
        world.batches[programme] = _ask_for_all(site, name, programme)
    site.work()
    world.enter("lena")
    return world


def world_coordinator(site: Site, programme: str) -> str:
    """Return the inner id of the coordinator of a programme."""
    with site.inside():
        return str(site.person(next(name for name, slug in COORDINATORS.items() if slug == programme)).id)


def _add_employer(site: Site) -> None:
    """Add Erin, who may know who has completed what in harbour."""
    with site.inside():
        harbour = find_programme("harbour")
    erin = site.do(accounts.register, "erin@example.org", "Erin Walsh", "no password")
    assert harbour is not None
    site.do(accounts.give_role, erin.id, harbour.id, "employer")


def _ask_for_review(site: Site, name: str) -> str:
    """Ask somebody to review a course; return the id of the request."""
    with site.inside():
        programme, reviewer, ada = find_programme(HOME[name]), site.person(name), site.person("ada").id
        digest = find_newest_digest(PFA)
    assert programme is not None and digest is not None
    site.do(reviews.ask_for_review, programme.id, ada, reviewer, reviews.Wanted(PFA, digest, "peer", ""))
    with site.inside():
        return str(list_requests_of(reviewer.id)[0].public_id)


def _add_passkey(site: Site, name: str) -> str:
    with site.inside():
        person_id = site.person(name).id
    site.do(second_factor.add_passkey, person_id, NewPasskey(f"of {name}", b"a key", 0), "Phone")
    with site.inside():
        return list_passkeys(person_id)[0].public_id


def _open_again(world: World, name: str) -> None:
    with world.site.inside():
        enrolment = find_enrolment(world.site.person(name).id, PFA)
        course = the_course()
    assert enrolment is not None
    run = world.site.do(practice_actions.begin, enrolment.id, course.digest, CONVERSATIONS[0])
    world.site.do(practice_actions.say, run.id, course.conversation_by_id[CONVERSATIONS[0]], 0, 0)
    world.runs[name] = run.public_id
    attempt, _saved = world.site.do(open_check, enrolment.id, course)
    world.attempts[name], world.drawn[name] = attempt.public_id, attempt.drawn[0]


def _record_for(world: World, name: str) -> None:
    """Record something for somebody as met in another way."""
    with world.site.inside():
        person, course = world.site.person(name), the_course()
        enrolment = find_enrolment(person.id, PFA)
    assert enrolment is not None
    run = world.site.do(practice_actions.begin, enrolment.id, course.digest, CONVERSATIONS[0])
    world.site.do(practice_actions.say, run.id, course.conversation_by_id[CONVERSATIONS[0]], 0, 0)
    world.runs[name] = run.public_id
    item = ("practice", course.conversations[0].id)
    row = world.site.do(learning.record_equivalent, enrolment.id, item, "talked", "A reason.", None, person.id)
    world.people[name], world.equivalents[name] = person.public_id, row.public_id
    seen = ObservationInput("Vera Sandoval", "observer", clock.today("UTC"), "basic")
    world.observations[name] = world.site.do(readiness_actions.record_observation, enrolment.id, seen, None).public_id


def _merge_and_undo(world: World, name: str) -> None:
    """Note a merge that is undone, of an account with itself: a page that decides about it, and changes nothing."""
    with world.site.inside():
        person, programme = world.site.person(name), find_programme(HOME[name])
    assert programme is not None
    now, both = clock.now(), {"kept_id": person.id, "other_id": person.id}
    row = AccountMerge(programme_id=programme.id, **both, merged_at=now, until=now, undone_at=now)
    world.site.do(lambda: db.session.add(row))


def _ask_for_all(site: Site, name: str, programme: str) -> str:
    """Ask for the certificates of a whole programme as a file."""
    with site.inside():
        found, person = find_programme(programme), site.person(name)
        assert found is not None
        enrolments = [row.id for row in list_enrolments_of_programme(found.id)]
    asked: str = site.do(ask, found.id, person.id, "file", enrolments).public_id
    return asked


def address(world: World, door: Door, owner: str, course: dict[str, str]) -> str:
    """Return a door's address with somebody's things in it; Ada, who has none, is given names that nobody has."""
    values = {
        **course,
        "attempt": world.attempts.get(owner, "nobodys"),
        "number": "1",
        "run": world.runs.get(owner, "nobodys"),
        "code": world.codes.get(owner, "0" * 16),
        "sign_in": _signed_in(world, owner) if owner and "sign_in" in parts(door) else "nobodys",
        "programme": HOME.get(owner, "harbour"),
        "person": world.people.get(owner, "nobodys"),
        "other": world.people.get(owner, "nobodys"),
        "equivalent": world.equivalents.get(owner, "nobodys"),
        "observation": world.observations.get(owner, "nobodys"),
        "design": "warm",
        "passkey": world.passkeys.get(owner, "nobodys"),
        "token": _link(world, door, owner) if "token" in parts(door) else "",
        "digest": world.picture,
        "name": "picture.png",
        "filename": "css/site.css",
        "remark_answer": "nobodys",
        "batch": world.batches[HOME.get(owner, "harbour")],
        "unit": world.units[HOME.get(owner, "harbour")],
        "section": "contacts",
        "kind": "certificate_ready",
        "colour": "12466e",
        "assignment": world.assignments[HOME.get(owner, "harbour")],
        "draft": world.drafts[HOME.get(owner, "harbour")],
        "path": "check.md",
        "snippet": "one-answer",
        "line": "gb-111",
        "question": "pfa-q03",
        "regrade": world.regrades[HOME.get(owner, "harbour")],
        "sent_check": world.attempts.get(owner, "nobodys"),
        "invitation": _invited(world, HOME.get(owner, "harbour")) if "invitation" in parts(door) else "",
        "roster": imported(world, HOME.get(owner, "harbour")) if "roster" in parts(door) else "",
        "mark": _off_mark(world) if "mark" in parts(door) else "",
        "version": "1.1.0",
        "review_request": world.reviews.get(owner, "nobodys"),
        "what": "lesson" if "id" in parts(door) else "check",
        "id": "hello" if "draft" in parts(door) else "what-pfa-is",
        "form": "gift",
        "check_code": "bad-link",
    }
    path = door.path.replace("int:", "").replace("path:", "")
    for name, value in values.items():
        path = path.replace(f"<{name}>", value)
    return path


def _signed_in(world: World, owner: str) -> str:
    """Sign somebody in; return the id of the sign-in that they can end."""
    world.enter(owner)
    with world.site.inside():
        return str(list_sign_ins(world.site.person(owner).id)[0].public_id)


def _link(world: World, door: Door, owner: str) -> str:
    """Return the token of a one-time link that has not been used; nobody here can accept the invitation."""
    if door.path.startswith("/account/email"):
        what = CONFIRM if "confirm" in door.path else UNDO
        return _change(world, (owner or "sam") if what == CONFIRM else "tara", what)
    if door.path.startswith("/invitation"):
        invited: str = world.site.do(invitation_actions.invite, None, "operator", "nobody@example.org")
        return invited
    token = secret_token()
    with world.site.inside():
        lena = world.site.person("lena").id
    world.site.do(accounts.make_password_link, lena, token)
    return token


def _change(world: World, name: str, what: str) -> str:
    """Let somebody ask for their own address once more; return the token that confirms or undoes it."""
    change_id, address = secret_token(), f"{name}@example.org"
    with world.site.inside():
        row = {"person_id": world.site.person(name).id, "old_email": address, "new_email": address}
    world.site.do(lambda: db.session.add(EmailChange(id=change_id, asked_at=clock.now(), **row)))
    return token_of(secret_key(world.site.settings.data), change_id, what)


def _invited(world: World, programme: str) -> str:
    """Invite somebody to a programme; return the id that its coordinators have on their list."""
    with world.site.inside():
        found = find_programme(programme)
        assert found is not None
    world.site.do(invitation_actions.invite, found.id, "learner", "amal@example.org")
    with world.site.inside():
        return str(list_not_joined(found.id, 1, None)[0].public_id)


def imported(world: World, programme: str) -> str:
    """Send a file of people to a programme, as its coordinator; return the id of the preview."""
    name = next(name for name, where in COORDINATORS.items() if where == programme)
    with world.site.inside():
        found = find_programme(programme)
        assert found is not None
        draft = make_draft(found.id, world.site.person(name).id, b"Email\namal@example.org\n")
        assert isinstance(draft, RosterImport)
        return draft.public_id


def _off_mark(world: World) -> str:
    with world.site.inside():
        return off_mark(secret_key(world.site.settings.data), world.site.person("sam").public_id, "answers")


def knock(world: World, door: Door, name: str, path: str, owner: str) -> TestResponse:
    """Ask at a door, with a form token from a page of one's own where it takes one."""
    entered = world.visit(name)
    if door.method == "GET":
        return entered.browser.get(path, base_url=BASE, buffered=True)
    fields = {"form_token": entered.token, "question": world.drawn.get(owner, "")}
    answer = entered.browser.post(path, base_url=BASE, data=fields, headers={"Origin": BASE})
    if heard(answer) != "closed":
        # It may have ended their sign-in, or changed what they may do next.
        world.entered.pop(name)
    return answer


def heard(response: TestResponse) -> str:
    """Return what a door answered, in a word."""
    place = urlsplit(response.headers.get("Location", "")).path
    if place == "/sign-in" or (response.status_code == 401 and "<h1>Sign in</h1>" in response.get_data(as_text=True)):
        return "sign in"
    if response.status_code in {200, 303, 422}:
        return "open"
    if response.status_code == 403 and "<h1>You can’t do this for yourself</h1>" in response.get_data(as_text=True):
        return "not for oneself"
    return {404: "closed", 401: "no key", 400: "no token"}.get(response.status_code, f"odd: {response.status_code}")


def promised(door: Door, name: str, owner: str, course: dict[str, str]) -> str:
    """Return what the ledger promises."""
    if course is MEMBERS_ONLY and name != "mina" and door.who != "operator":
        return "closed" if name or door.who == "anyone" else "sign in"
    if door.who == "a key":
        return "closed" if door.path == "/metrics" else "no key"  # without a setting, nothing is counted here
    if door.path in OPEN_TO_NOBODY_HERE:
        return OPEN_TO_NOBODY_HERE[door.path]
    if door.who == "anyone":
        return "open"
    if not name:
        return "sign in"
    if door.who == "coordinator or observer or trainer":
        here = "programme" not in parts(door) or HOME.get(name) == HOME[owner]
        return "open" if name in STAFF and here else "closed"
    if door.who in ONE_ROLE:
        return "open" if name == ONE_ROLE[door.who] and HOME[owner] == "harbour" else "closed"
    if "operator" in door.who:
        return promised_to_operator(door, name, owner)
    if door.who in {"coordinator", "coordinator or trainer"}:
        return promised_to_staff(door, name, owner)
    return "open" if owner == name or not OWNED & parts(door) else "closed"


def promised_to_operator(door: Door, name: str, owner: str) -> str:
    """Return what the ledger promises of a door that opens for operators in every programme."""
    if name == "ada":
        return "open"
    if "trainer" in door.who and "coordinator" not in door.who:
        return "open" if name == ONE_ROLE["trainer"] and HOME[owner] == "harbour" else "closed"
    return promised_to_staff(door, name, owner) if "coordinator" in door.who else "closed"


def promised_to_staff(door: Door, name: str, owner: str) -> str:
    """Return what the ledger promises of a door for staff of a programme, who change nothing of their own."""
    inside = name in COORDINATORS or ("trainer" in door.who and name == ONE_ROLE["trainer"])
    if not inside or HOME[name] != HOME[owner]:
        return "closed"
    return "not for oneself" if name == owner and is_about_somebody(door) else "open"


def is_about_somebody(door: Door) -> bool:
    """Decide whether staff change something of one person behind a door, or look at the page on which they do."""
    posts = any(other.path == door.path and other.method == "POST" for other in read_ledger())
    return posts and bool(parts(door) & {"person", "code", "equivalent", "observation", "sent_check"})


def parts(door: Door) -> set[str]:
    """Return the names of the things in a door's address."""
    return {part.strip("<>").removeprefix("int:") for part in door.path.split("/") if part.startswith("<")}


def cases(door: Door, name: str) -> list[tuple[str, dict[str, str]]]:
    """Return whose things, and which course, somebody tries a door with.

    Lena's things are foreign to all of them; Mina's programme is foreign to Cora, and Cora's to Mina. Ada, who
    runs the site, is in no programme: she has no things of her own there, and nothing to begin.
    """
    if {"course", "programme"} <= parts(door):
        return [(owner, OPEN_COURSE) for owner in sorted({name or "sam", "lena", "mina"} - {"ada"})]
    if "course" in parts(door):
        begins = door.path.endswith("/enrol") and name == "ada"
        return [(name, MEMBERS_ONLY)] if begins else [(name, OPEN_COURSE), (name, MEMBERS_ONLY)]
    if parts(door) & {*OWNED, "programme"}:
        return [(owner, OPEN_COURSE) for owner in sorted({name or "sam", "lena", "mina"} - {"ada"})]
    if "person" in parts(door):
        return [("lena", OPEN_COURSE)]
    return [(name, OPEN_COURSE)]
