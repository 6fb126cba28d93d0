"""Every page in every state that people meet: who opens it, and how it is brought there."""

from __future__ import annotations

import fcntl
import re
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Page

from lms.accounts.records import list_programmes
from lms.authoring.repositories.actions import remove_source, set_source
from lms.authoring.repositories.fetching import Origin
from lms.certification.awards.document_records import RENDER_TRIES, find_document
from lms.certification.awards.records import find_award
from lms.certification.awards.texts.wording import qr_payload_of
from lms.certification.keys.opening import keys_of
from lms.certification.keys.qr_payload import sealed
from lms.certification.pdf.transcript import transcript_requests
from lms.certification.pdf.transcript.transcript_requests import (
    REQUEST_WINDOW,
    TRANSCRIPTS_A_PERSON,
    TranscriptRequest,
)
from lms.certification.verification.actions import NAME_TRIES
from lms.foundation import clock
from lms.foundation.db import db
from lms.foundation.turns import CHILDREN_MOST
from lms.foundation.web import throttle
from lms.library import actions as library
from tests.conftest import PASSWORD
from tests.journeys.people import FIRST_LESSON, GOING_ON, PFA, SLOWED, THREE, People

Steps = Callable[[Page, People], None]
COURSE, SMALL, ONGOING = f"/courses/{PFA}", f"/courses/{THREE}", f"/courses/{GOING_ON}"
LESSON, HARD = f"{COURSE}/lessons/what-pfa-is", f"{COURSE}/lessons/reactions-and-recovery"
CONVERSATION = f"{COURSE}/conversations/after-the-resuscitation-room"
WRITTEN = "/programmes/harbour/drafts/{course_draft}"
PREVIEW = f"/programmes/harbour/writing/courses/{PFA}/1.1.0/preview"
INVITED, SETTINGS = "/programmes/harbour/invitations", "/programmes/harbour/settings"
ASSIGNED = "/programmes/harbour/assignments"
REPOSITORIES, BRING_IN = "/programmes/harbour/writing/repositories", "Bring in from the repository (begun)"
FIGURES = "/programmes/harbour/writing/figures"
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(32))
TELL_ME = "Show feedback on each reply as I go"


@dataclass(frozen=True)
class State:
    """A page as somebody sees it: its address, with codes by name in braces, and the steps that follow."""

    name: str
    who: str
    address: str
    steps: Steps | None = None


def press(words: str) -> Steps:
    """Press a button or link, and wait for the page that follows."""

    def step(page: Page, _people: People) -> None:
        found = page.locator("main").locator("button, a").get_by_text(words, exact=True)
        with page.expect_navigation():
            found.or_(page.locator(f"main :is(button, a):text-is('{words}')")).first.click()

    return step


def ask_for_pack(page: Page, _people: People) -> None:
    """Ask for a workshop pack, unless one is being prepared since this state was looked at before."""
    if (ask := page.get_by_role("button", name=re.compile("^Prepare"))).count():
        with page.expect_navigation():
            ask.click()


def then(*steps: Steps) -> Steps:
    """Take one step after the other."""

    def step(page: Page, people: People) -> None:
        for one in steps:
            one(page, people)

    return step


def reply(times: int) -> Steps:
    """Answer in a conversation so often with the first reply, or until it ends."""

    def step(page: Page, _people: People) -> None:
        for _turn in range(times):
            if not page.locator("button[name=reply]").count():
                break
            with page.expect_navigation():
                page.locator("button[name=reply]").first.click()

    return step


def type_in(name: str, text: str) -> Steps:
    """Type into a field."""

    def step(page: Page, _people: People) -> None:
        page.locator(f"main input[name={name}]").fill(text)

    return step


def choose(name: str, value: str) -> Steps:
    """Choose one of several."""

    def step(page: Page, _people: People) -> None:
        page.locator(f"main input[name={name}][value={value}]").check()

    return step


def save_beside(page: Page, _people: People) -> None:
    """Save a text that was opened before somebody else saved another one in its place."""
    page.locator("main input[name=revision]").evaluate("field => { field.value = 1; }")
    page.locator(".cm-content").fill("Another text.")
    press("Combine both texts")(page, _people)


def question(kind: str) -> Steps:
    """Go through a check to a question of one kind."""

    def step(page: Page, people: People) -> None:
        press("Continue the check")(page, people)
        base = page.url.rsplit("/", 1)[0]
        for number in range(1, 6):
            page.goto(f"{base}/{number}")
            if page.locator(kind).count():
                return
        raise AssertionError(f"no question with {kind} in this check")

    return step


def answer_in_part(page: Page, _people: People) -> None:
    """Give too few of several answers."""
    page.locator("input[type=checkbox][name^=q-]").first.check()


def open_menu(page: Page, _people: People) -> None:
    """Unfold the menu."""
    page.locator("details.menu summary").click()


def from_elsewhere(page: Page, people: People) -> None:
    """Send a form from a page of another site."""
    page.goto("about:blank")
    page.set_content(f"<form method=post action='{people.served.url}/display'><button>Send</button></form>")
    with page.expect_navigation():
        page.locator("button").click()


def unfold(words: str) -> Steps:
    """Unfold what is behind some words."""

    def step(page: Page, _people: People) -> None:
        page.locator("main summary", has_text=words).first.click()

    return step


def write_reminder(page: Page, people: People) -> None:
    """Write a reminder and look at it."""
    page.locator("main textarea").fill("Tea and cake on Friday at two.\nCome and take the first lesson together.")
    press("Preview")(page, people)


def paste_people(page: Page, people: People) -> None:
    """Paste people to invite: new ones, members, one invited before, and what can't be read."""
    page.locator("main textarea[name=people]").fill(
        "Zoë Müller <zoe@example.org>; new@@example.org\nsam@example.org, amal@example.org, أمل\nNo\nzoe@example.org"
    )
    press("Continue")(page, people)


def show_slips(page: Page, people: People) -> None:
    """Add two people without email and show their slips."""
    add_names(page, people)
    press("Print slips")(page, people)


def add_names(page: Page, people: People) -> None:
    """Add people without email."""
    page.locator("main textarea").fill("Rosa Lind\nأمل حداد\nAna-Sofía Haddad")
    press("Add people")(page, people)


def copy_link(page: Page, _people: People) -> None:
    """Make a new link for somebody who was invited."""
    row = page.locator("tr", has_text="amal@example.org")
    with page.expect_navigation():
        row.locator("form[action$='/link'] button").first.click()


def paste_codes(page: Page, people: People) -> None:
    """Verify a code that is known, one that nobody has, and something else."""
    page.locator("textarea").fill(f"{people.codes['valid']}\n0000 0000 0000 0000\nhello")
    press("Verify")(page, people)


def scanned(sealed_by: Callable[[People], Ed25519PrivateKey]) -> Steps:
    """Come from the square on paper, whose words somebody sealed."""

    def step(page: Page, people: People) -> None:
        with people.served.site.inside():
            award = find_award(people.codes["valid"])
            assert award is not None
            paper = qr_payload_of(award)
        page.evaluate("words => { location.hash = words; }", sealed(paper, sealed_by(people)))
        page.locator("[data-paper]").wait_for()

    return step


def key_of_site(people: People) -> Ed25519PrivateKey:
    """Return the key that seals what the site prints."""
    site = people.served.site
    with site.inside():
        return keys_of(site.settings).badge_key


def choose_file(page: Page, people: People) -> None:
    """Verify the PDF of a certificate."""
    with people.served.site.inside():
        award = find_award(people.codes["valid"])
        found = award and find_document(award.id)
        assert found is not None
    page.locator("input[type=file]").set_input_files(
        {"name": "certificate.pdf", "mimeType": "application/pdf", "buffer": found.content}
    )
    press("Verify")(page, people)


def paste_no_badge(page: Page, people: People) -> None:
    """Verify a text that is no badge."""
    page.locator("textarea[name=badge]").fill('{"name": "Master of everything"}')
    press("Verify")(page, people)


def ask_for_all(page: Page, people: People) -> None:
    """Ask for the certificates of all who fit."""
    page.locator("input[name=all]").check()
    press("Start")(page, people)


def verify_when_all_are_busy(page: Page, people: People) -> None:
    """Verify a file while both places for files are taken."""
    with ExitStack() as places:
        for number in range(CHILDREN_MOST):
            place = places.enter_context(open(people.served.site.settings.data / f"child-{number + 1}.lock", "wb"))
            fcntl.flock(place, fcntl.LOCK_EX)
        choose_file(page, people)


def follow_a_cut_address(page: Page, _people: People) -> None:
    """Come from a QR code of which the end is missing."""
    page.evaluate("location.hash = 'eyJjb2RlIjoi'")
    page.locator("[data-paper]").wait_for()


def compare_too_often(page: Page, people: People) -> None:
    """Compare more names with a certificate than one network may in an hour."""
    for number in range(NAME_TRIES + 1):
        type_in("name", f"Noor {number}")(page, people)
        press("Compare")(page, people)


def sign_in_once_more(page: Page, people: People) -> None:
    """Sign in with an address for which many attempts did not work."""
    type_in("email", SLOWED)(page, people)
    type_in("password", "a lantern by the sea")(page, people)
    press("Sign in")(page, people)


def take_a_lookalike_address(page: Page, people: People) -> None:
    """Accept an invitation with an address that looks like Cora's: its first letter is Cyrillic."""
    type_in("display_name", "Cora")(page, people)
    type_in("email", "\N{CYRILLIC SMALL LETTER ES}ora@example.org")(page, people)
    type_in("password", PASSWORD)(page, people)
    press("Create account")(page, people)


def send_two_megabytes(page: Page, _people: People) -> None:
    """Send far more than a page takes."""
    page.evaluate("document.querySelector('main input[name=next]').value = 'x'.repeat(2 ** 21)")
    with page.expect_navigation():
        page.locator("main form.looks button").click()


def look_like(**choices: str) -> Steps:
    """Choose how the screen looks, and go to a lesson."""

    def step(page: Page, people: People) -> None:
        for name, value in choices.items():
            page.locator(f"main input[name={name}][value={value}]").check()
        press("Save settings")(page, people)
        page.goto(f"{people.served.url}{HARD}")

    return step


def with_pdf(name: str, *, tries: int = 0, made: bool = False) -> Steps:
    """Bring the PDF of somebody's transcript so far without telling the job process, and look again."""

    def bring(person_id: str) -> None:
        transcript_requests.delete_of(person_id)
        now = clock.now()
        row = TranscriptRequest(person_id=person_id, language="en", asked_at=now, tries=tries)
        row.tried_at, row.made_at, row.content = now if tries else None, now if made else None, b"" if made else None
        db.session.add(row)

    def step(page: Page, people: People) -> None:
        site = people.served.site
        with site.inside():
            person_id = site.person(name).id
        site.do(bring, person_id)
        page.reload()

    return step


def set_up_repository(course: str) -> Steps:
    """Let a course come from a repository, of which nothing was read yet."""

    def step(page: Page, people: People) -> None:
        site = people.served.site
        with site.inside():
            harbour = next(row.id for row in list_programmes() if row.slug == "harbour")
        origin = Origin("https://git.example.org/courses.git", folder="courses/active-listening")
        site.do(remove_source, harbour, course)
        site.do(set_source, harbour, course, origin)
        page.reload()

    return step


def let_a_version_close(page: Page, people: People) -> None:
    """Show that 1.0 closes, and call it off again, as other states look at it while it's open."""
    site, today = people.served.site, clock.today("UTC")
    site.do(library.close_version, GOING_ON, "1.0", today + timedelta(days=90))
    page.reload()
    site.do(library.call_off_closing, GOING_ON, "1.0", today)


def ask_for_too_many(page: Page, people: People) -> None:
    """Let Sela ask for one transcript more than an hour allows."""
    site = people.served.site
    with site.inside():
        sela = site.person("sela").id
    site.do(transcript_requests.delete_of, sela)
    for _ in range(TRANSCRIPTS_A_PERSON):
        site.do(throttle.count_miss, f"transcript:{sela}", REQUEST_WINDOW)
    page.reload()
    press("Prepare a PDF")(page, people)


sees_errors = press("Sign in")
STATES = (
    State("home", "", "/"),
    State("home with the menu open", "", "/", open_menu),
    State("courses", "", "/courses"),
    State("course", "", COURSE),
    State("lesson", "", LESSON),
    State("lesson with a content note", "", HARD),
    State("gentler version", "", f"{HARD}/gentler"),
    State("glossary", "", f"{COURSE}/glossary"),
    State("facilitator notes", "tara", f"{COURSE}/facilitator"),
    State("graph of a conversation", "tara", f"{CONVERSATION}/graph"),
    State("no connection", "", "/offline"),
    State("conversation before it begins", "", CONVERSATION),
    State("conversation in the middle", "", CONVERSATION, then(press("Start"), reply(3))),
    State("conversation with feedback asked for", "", CONVERSATION, then(press("Start"), reply(1), press(TELL_ME))),
    State("conversation at its end", "", CONVERSATION, then(press("Start"), reply(40))),
    State("sign-in", "", "/sign-in"),
    State("sign-in with errors", "", "/sign-in", sees_errors),
    State("sign-in, slowed down", "", "/sign-in", sign_in_once_more),
    State("register", "", "/register"),
    State("register with errors", "", "/register", then(type_in("email", "noor at home"), press("Send the link"))),
    State("register, email sent", "", "/register?sent=yes"),
    State("invitation to a role", "", "/invitation/{invited_coordinator}"),
    State("invitation to a role, link sent", "", "/invitation/{invited_coordinator}?sent=yes"),
    State("invitation to a role, address confirmed", "", "/invitation/{invited_coordinator}?confirmed={proof}"),
    State("invitation for somebody who has an account", "", "/invitation/{invited_nils}"),
    State("invitation for somebody else", "sam", "/invitation/{invited_nils}"),
    State("invitation", "", "/invitation/{invitation}"),
    State("invitation with a look-alike address", "", "/invitation/{invitation}", take_a_lookalike_address),
    State("invitation that has ended", "", "/invitation/ended"),
    State("invitation for somebody signed in, whose name cannot be printed yet", "letters", "/invitation/{invitation}"),
    State("who sees what", "", "/who-sees-what"),
    State("look-up", "", "/verify"),
    State("look-up with a problem", "", "/verify?code=abc"),
    State("verify: valid", "", "/verify/{valid}"),
    State("verify: expired", "", "/verify/{expired}"),
    State("verify: withdrawn", "", "/verify/{revoked}"),
    State("verify: replaced", "", "/verify/{replaced}"),
    State("verify: unknown", "", "/verify/0000000000000000"),
    State("verify: the name matches", "", "/verify/{valid}", then(type_in("name", "Ines Duarte"), press("Compare"))),
    State("verify: another name", "", "/verify/{valid}", then(type_in("name", "Noor"), press("Compare"))),
    State("verify: no name typed", "", "/verify/{valid}", press("Compare")),
    State("verify: many names compared", "", "/verify/{renewed}", compare_too_often),
    State("about the certificate", "", "/about-the-certificate"),
    State("pause", "", "/pause"),
    State("leaving", "", "/leaving"),
    State("pause in place", "", LESSON, lambda page, _people: page.locator("nav.care a[data-pause]").click()),
    State("support without a place", "", "/support"),
    State("support in Britain", "", "/support?place=GB"),
    State("display", "", "/display"),
    State("lesson, quiet", "", "/display", look_like(quiet="yes")),
    State("lesson, larger, in book face, dark", "", "/display", look_like(size="larger", face="book", light="dark")),
    State("lesson, wider, with a way to leave", "", "/display", look_like(space="wide", leave="yes")),
    State("404", "", "/nowhere"),
    State("403", "", "/", from_elsewhere),
    State("413", "", "/display", send_two_megabytes),
    State("503, busy", "", "/verify/file", verify_when_all_are_busy),
    State("courses, nothing begun", "nils", "/courses"),
    State("course, not begun", "nils", COURSE),
    State("no certificates", "nils", "/certificates"),
    State("support with a programme", "waiting", "/support"),
    State("conversation that is kept", "mira", CONVERSATION, then(press("Start"), reply(2))),
    State("conversation read back", "mira", CONVERSATION, reply(40)),
    State("courses, in the middle", "mira", "/courses"),
    State("course, in the middle", "mira", COURSE),
    State("lesson, to be finished", "mira", HARD),
    State("lesson, finished", "mira", LESSON),
    State("lesson, known already", "mira", f"{SMALL}/lessons/hello-3"),
    State("what is left", "mira", f"{COURSE}/left"),
    State("check, open", "mira", f"{COURSE}/check"),
    State("question: one answer", "mira", f"{SMALL}/check", question("input[type=radio][name^=q-]")),
    State("question: several answers", "mira", f"{SMALL}/check", question("input[type=checkbox][name^=q-]")),
    State("question: order", "mira", f"{SMALL}/check", question(".place select")),
    State("question: match", "mira", f"{SMALL}/check", question(".pairing")),
    State(
        "question with a problem",
        "mira",
        f"{SMALL}/check",
        then(question("input[type=checkbox][name^=q-]"), answer_in_part, press("Save and continue")),
    ),
    State(
        "all questions",
        "mira",
        f"{SMALL}/check",
        then(press("Continue the check"), press("Show all questions on one page")),
    ),
    State(
        "answers before they are sent",
        "mira",
        f"{COURSE}/check",
        then(press("Continue the check"), press("Show all questions on one page"), press("Review my answers")),
    ),
    State("check, sent once", "omar", f"{COURSE}/check"),
    State("result: not yet", "omar", f"{COURSE}/check", lambda page, people: first_of_list(page)),
    State("check, passed", "ines", f"{COURSE}/check"),
    State(
        "result: passed, with a name that cannot be printed yet",
        "letters",
        f"{COURSE}/check",
        lambda page, people: first_of_list(page),
    ),
    State("nothing left", "ines", f"{COURSE}/left"),
    State("course, finished", "ines", COURSE),
    State("certificates", "ines", "/certificates"),
    State("certificate, ready", "ines", "/certificates/{ines}"),
    State("certificate whose PDF waits for letters", "letters", "/certificates/{letters}"),
    State("account, just made, whose name cannot be printed yet", "letters", "/account?new=yes"),
    State("certificate whose PDF waits for a missing part", "leila", "/certificates/{leila}"),
    State("certificate waiting for a review", "waiting", "/certificates/{waiting}"),
    State("account", "ines", "/account"),
    State("account with a problem", "ines", "/account", then(type_in("display_name", ""), press("Save"))),
    State("own data", "ines", "/account/data"),
    State("deleting an account", "ines", "/account/delete"),
    State("deleting it without a password", "ines", "/account/delete", press("Delete my account")),
    State("account deleted", "", "/account-deleted"),
    State("another password", "ines", "/account/password"),
    State("another password with errors", "ines", "/account/password", press("Save")),
    State("forgotten password", "", "/forgotten"),
    State("forgotten password, asked", "", "/forgotten?sent=yes"),
    State("new password", "", "/new-password/{password}"),
    State("new password, link ended", "", "/new-password/ended"),
    State("met in another way", "cora", "/programmes/harbour/people/{mira}/equivalents"),
    State(
        "met in another way, with errors",
        "cora",
        "/programmes/harbour/people/{mira}/equivalents",
        press("Save"),
    ),
    State("people", "cora", "/programmes/harbour/people"),
    State("invite people", "cora", f"{INVITED}/new"),
    State("invite people, nothing pasted", "cora", f"{INVITED}/new", press("Continue")),
    State("invite people, preview", "cora", f"{INVITED}/new", paste_people),
    State("invited, not yet joined", "cora", INVITED),
    State("invited, not yet joined, one cancelled before", "cora", f"{INVITED}?done=changed"),
    State("invitation link", "cora", INVITED, copy_link),
    State("slips to print", "cora", "/programmes/harbour/slips", add_names),
    State("slips to print, no name typed", "cora", "/programmes/harbour/slips", press("Add people")),
    State("slips to print, shown", "cora", "/programmes/harbour/slips", show_slips),
    State("import people from a file", "cora", "/programmes/harbour/imports"),
    State("import people, no file chosen", "cora", "/programmes/harbour/imports", press("Check the file")),
    State("import people, preview", "cora", "/programmes/harbour/imports/{draft}"),
    State("import people, preview of those who change", "cora", "/programmes/harbour/imports/{draft}?show=invited"),
    State("import people, done", "cora", "/programmes/harbour/imports/{imported}"),
    State("import people, stopped", "cora", "/programmes/harbour/imports/{import_stopped}"),
    State("support lines of a programme", "cora", "/programmes/harbour/support-lines"),
    State("people, some to be chosen", "cora", "/programmes/harbour/people?choose=yes"),
    State("people, nobody chosen", "cora", "/programmes/harbour/people?choose=yes", press("Start")),
    State("many at once, just asked", "cora", "/programmes/harbour/people?choose=yes", ask_for_all),
    State("many at once, stopped", "cora", "/programmes/harbour/batches/{stopped}"),
    State("many at once, done", "cora", "/programmes/harbour/batches/{batch}"),
    State("people, nobody fits", "cora", "/programmes/harbour/people?q=zzz"),
    State("withdraw", "cora", "/programmes/harbour/certificates/{valid}/withdraw"),
    State(
        "withdraw without a reason",
        "cora",
        "/programmes/harbour/certificates/{valid}/withdraw",
        press("Withdraw this certificate"),
    ),
    State("withdrawn already", "cora", "/programmes/harbour/certificates/{revoked}/withdraw"),
    State("courses of the operator", "ada", "/courses"),
    State("audit trail", "ada", "/operator/audit"),
    State("audit trail, which person", "ada", "/operator/audit?q=example.org"),
    State("audit trail, a day that is none", "ada", "/operator/audit?first=14+March"),
    State("lesson after a finished one", "mira", f"{COURSE}/lessons/what-pfa-is-not?done=what-pfa-is"),
    State("remarks on a lesson", "mira", f"{LESSON}/remarks"),
    State("remarks for an author", "tara", "/programmes/harbour/courses/" + PFA + "/remarks"),
    State("workshop pack", "tara", "/programmes/harbour/courses/active-listening/workshop-pack"),
    State(
        "workshop pack, being prepared",
        "tara",
        "/programmes/harbour/courses/active-listening/workshop-pack",
        ask_for_pack,
    ),
    State("writing home, a draft waits for approval", "tara", "/programmes/harbour/writing"),
    State(
        "asking for a review, without an address",
        "tara",
        f"/programmes/harbour/writing/courses/{PFA}/ask-for-review",
        press("Send"),
    ),
    State("review asked for", "cora", "/reviews/{review_request}"),
    State("what a draft changes", "tara", f"{WRITTEN}/compare"),
    State("publish, with problems", "tara", f"{WRITTEN}/publish"),
    State("publish, asked once more", "tara", "/programmes/harbour/drafts/{ready_draft}/publish?version=1.0.0"),
    State("published", "tara", "/programmes/harbour/drafts/{published_draft}/published"),
    State("a draft as a zip file", "tara", f"{WRITTEN}/zip"),
    State("reviews of courses", "tara", "/programmes/harbour/writing/reviews"),
    State("reviews of courses for a coordinator", "cora", "/programmes/harbour/writing/reviews"),
    State("published courses", "tara", "/programmes/harbour/writing/courses"),
    State("git repositories", "tara", REPOSITORIES, set_up_repository("small-course")),
    State("git repositories, one being read", "tara", REPOSITORIES, then(set_up_repository("begun"), press(BRING_IN))),
    State("a repository without an address", "ada", "/programmes/harbour/writing/repository", press("Save")),
    State("versions of a course", "tara", f"/programmes/harbour/writing/courses/{PFA}"),
    State("two versions side by side", "tara", f"/programmes/harbour/writing/courses/{PFA}/compare"),
    State("a course for other learning systems", "tara", f"/programmes/harbour/writing/courses/{PFA}/exchange"),
    State(
        "versions, one of them closing", "ada", f"/programmes/harbour/writing/courses/{GOING_ON}", let_a_version_close
    ),
    State("closing a version", "ada", f"/programmes/harbour/writing/courses/{GOING_ON}/1.0.0/close"),
    State("withdrawing a course", "ada", f"/programmes/harbour/writing/courses/{PFA}/withdraw"),
    State("preview of a draft", "tara", f"{WRITTEN}/preview"),
    State("preview of a course", "tara", PREVIEW),
    State("preview of a hard lesson", "tara", f"{PREVIEW}/lesson/reactions-and-recovery"),
    State("preview of a conversation", "tara", f"{PREVIEW}/conversation/after-the-resuscitation-room?reply=0&tell=yes"),
    State("preview of the check", "tara", f"{PREVIEW}/check"),
    State("preview on a phone", "tara", f"{PREVIEW}/lesson/what-pfa-is?phone=1"),
    State("preview of a link out of the course", "tara", f"{PREVIEW}/elsewhere"),
    State("drafts", "tara", "/programmes/harbour/drafts"),
    State("start a draft, nothing filled in", "tara", "/programmes/harbour/drafts/new", press("Start")),
    State("outline of a draft", "tara", WRITTEN),
    State("editor with problems", "tara", f"{WRITTEN}/files/{FIRST_LESSON}"),
    State("two texts of a file", "tara", f"{WRITTEN}/files/{FIRST_LESSON}", save_beside),
    State("insert a question", "tara", f"{WRITTEN}/insert/match/{FIRST_LESSON}", press("Insert")),
    State("insert a content note", "tara", f"{WRITTEN}/insert/content-note/{FIRST_LESSON}"),
    State("add a lesson to a draft", "tara", f"{WRITTEN}/add?kind=lesson&folder=1-first-steps"),
    State("rename, move or remove a lesson", "tara", f"{WRITTEN}/parts/{FIRST_LESSON}"),
    State("history of a draft", "tara", f"{WRITTEN}/history"),
    State("pictures of a draft", "tara", f"{WRITTEN}/pictures", press("Add")),
    State("recordings of a draft", "tara", f"{WRITTEN}/recordings", press("Add")),
    State("questions of a draft, in and out", "tara", f"{WRITTEN}/questions", press("Show what would be imported")),
    State("discard a draft", "tara", f"{WRITTEN}/discard"),
    State("feedback to answer", "tara", "/programmes/harbour/writing/remarks"),
    State("check codes", "tara", "/help/check-codes"),
    State("one check code", "tara", "/help/check-codes/bad-link"),
    State("a check code of files", "tara", "/help/check-codes/no-transcript"),
    State("question figures", "tara", FIGURES),
    State("question figures of a course", "tara", f"{FIGURES}/{THREE}"),
    State("question figures, nothing yet", "tara", f"{FIGURES}/{PFA}"),
    State("marking checks again", "tara", f"{FIGURES}/{THREE}/sml-q03/regrade"),
    State("marking checks again, proposed", "tara", f"{FIGURES}/{THREE}/sml-q01/regrade"),
    State("another pass mark", "tara", f"{FIGURES}/{THREE}/what-if"),
    State("checks to mark again", "cora", "/programmes/harbour/regrades"),
    State("checks to mark again, a proposal", "cora", "/programmes/harbour/regrades/{proposed}"),
    State("checks marked again, passes to decide about", "cora", "/programmes/harbour/regrades/{applied}"),
    State("refreshers", "ines", "/refreshers"),
    State("letters", "ines", "/account/letters"),
    State("letters of a coordinator", "cora", "/account/letters"),
    State("letters switched off by a link", "", "/letters/off/{off}"),
    State("ways of working", "ines", "/account/ways"),
    State("verify a QR code", "", "/verify/{valid}", scanned(key_of_site)),
    State("verify a QR code of somebody else's", "", "/verify/{valid}", scanned(lambda _people: STRANGER)),
    State("verify a QR code that was cut off", "", "/verify/{valid}", follow_a_cut_address),
    State("verify a file", "", "/verify/file"),
    State("verify no file", "", "/verify/file", press("Verify")),
    State("verify a genuine file", "", "/verify/file", choose_file),
    State("verify a file that is none", "", "/verify/file", paste_no_badge),
    State("badge that was closed", "", "/badges/{expired}"),
    State("verify a list", "", "/verify/list"),
    State("verify an empty list", "", "/verify/list", press("Verify")),
    State("verify a list of three", "", "/verify/list", paste_codes),
    State("made anew", "cora", "/programmes/harbour/certificates/{valid}/anew"),
    State("validity and renewal", "cora", f"/programmes/harbour/courses/{PFA}/validity"),
    State(
        "validity and renewal, with dates",
        "cora",
        f"/programmes/harbour/courses/{PFA}/validity",
        press("Show the dates"),
    ),
    State(
        "validity and renewal, for a holder, not looked at yet",
        "cora",
        f"/programmes/harbour/courses/{GOING_ON}/validity",
        then(choose("mode", "fixed"), press("Save")),
    ),
    State("certificate with a new edition", "hana", "/certificates/{hana}"),
    State("course with a new edition, finished", "hana", ONGOING),
    State("certificate that can be renewed", "rosa", "/certificates/{rosa}"),
    State("course with a newer version, in the middle", "teo", ONGOING),
    State("what is left to renew", "rune", f"{ONGOING}/left"),
    State("course while renewing", "rune", ONGOING),
    State("check for renewing", "rune", f"{ONGOING}/check"),
    State("result: passed for renewing", "rune", f"{ONGOING}/check", lambda page, people: first_of_list(page)),
    State("certificates, a cycle", "sela", "/certificates"),
    State("certificate that was renewed", "sela", "/certificates/{sela}"),
    State("certificate, renewed", "sela", "/certificates/{renewed}"),
    State("verify: renewed", "", "/verify/{renewed}"),
    State("somebody with a certificate", "cora", "/programmes/harbour/people/{ines_id}"),
    State("somebody whose certificate was renewed", "cora", "/programmes/harbour/people/{sela_id}"),
    State("somebody who has begun nothing", "cora", "/programmes/harbour/people/{nils}"),
    State("observed practice", "cora", "/programmes/harbour/people/{ines_id}/practice"),
    State("observer sheet", "cora", "/programmes/harbour/people/{ines_id}/practice/sheet"),
    State("observed practice, with errors", "cora", "/programmes/harbour/people/{ines_id}/practice", press("Save")),
    State("observed practice, on hold after harm", "cora", "/programmes/harbour/people/{omar_id}/practice"),
    State("observers to confirm", "tara", "/programmes/harbour/practice-to-confirm"),
    State("observers to confirm, none", "cora", "/programmes/harbour/practice-to-confirm"),
    State("names to confirm", "hugo", "/programmes/hillside/names-to-confirm"),
    State(
        "names to confirm, none selected",
        "hugo",
        "/programmes/hillside/names-to-confirm",
        press("Confirm the selected names"),
    ),
    State("names to confirm, none", "cora", "/programmes/harbour/names-to-confirm"),
    State("a certificate that waits for its name", "nell", "/certificates/{nell}"),
    State("a title in a name is asked about", "nell", "/account?saved=yes"),
    State("nothing for oneself", "cora", "/programmes/harbour/people/{cora_id}/practice"),
    State("somebody whose readiness is on hold", "cora", "/programmes/harbour/people/{omar_id}"),
    State("somebody ready to practise, until harm was seen", "cora", "/programmes/harbour/people/{ruth_id}"),
    State("somebody whose newer certificate was withdrawn", "cora", "/programmes/harbour/people/{wren_id}"),
    State("somebody whose name is to be confirmed", "cora", "/programmes/harbour/people/{letters_id}"),
    State("observed practice, nothing begun", "cora", "/programmes/harbour/people/{nils}/practice"),
    State("more time, no date entered", "cora", ASSIGNED, then(unfold("Another date"), press("Save this date"))),
    State("assigning a course, with errors", "cora", f"{ASSIGNED}/new", press("Assign")),
    State("assigning a course to people", "cora", f"{ASSIGNED}/new", then(type_in("q", "s"), press("Search"))),
    State("an assignment", "cora", f"{ASSIGNED}/{{assigned}}"),
    State("an assignment, some to be reminded", "cora", f"{ASSIGNED}/{{assigned}}?choose=yes"),
    State("an assignment of people chosen by name", "cora", f"{ASSIGNED}/{{by_name}}"),
    State(
        "people to add to an assignment",
        "cora",
        f"{ASSIGNED}/{{by_name}}/add-people",
        then(type_in("q", "nils"), press("Search")),
    ),
    State("more time for one person", "cora", f"{ASSIGNED}/{{by_name}}/time/{{mira}}"),
    State("an assignment to change", "cora", f"{ASSIGNED}/{{assigned}}/edit"),
    State("an assignment to close", "cora", f"{ASSIGNED}/{{assigned}}/close"),
    State("a reminder to look at", "cora", f"{ASSIGNED}/{{assigned}}/reminder", write_reminder),
    State("courses, one asked of you", "nils", "/courses"),
    State("a course asked of you", "nils", COURSE),
    State("units", "cora", "/programmes/harbour/units"),
    State("a unit", "cora", "/programmes/harbour/units/{unit}"),
    State("a unit to remove", "cora", "/programmes/harbour/units/{unit}/remove"),
    State(
        "details of somebody, with errors",
        "cora",
        "/programmes/harbour/people/{nils}/details",
        then(type_in("line_manager", "nobody@example.org"), press("Save")),
    ),
    State("roles of somebody", "cora", "/programmes/harbour/people/{nils}/roles"),
    State("membership to end", "cora", "/programmes/harbour/people/{nils}/end-membership"),
    State("a second account to find", "cora", "/programmes/harbour/people/{mira}/second-account"),
    State("accounts to merge", "cora", "/programmes/harbour/people/{mira}/merge/{namesake}"),
    State("accounts that were merged", "cora", "/programmes/harbour/people/{vida}/merge/{vida_at_home}/undo"),
    State("somebody who has left", "cora", "/programmes/harbour/people/{gil_id}/former"),
    State("account to close", "ada", "/programmes/harbour/people/{nils}/account"),
    State(
        "password link made",
        "cora",
        "/programmes/harbour/people/{nils}/password-link",
        then(type_in("password", PASSWORD), press("Make the link")),
    ),
    State("status for an employer", "erin", "/programmes/harbour/status"),
    State("what ready to practise asks for", "cora", f"/programmes/harbour/courses/{THREE}/readiness"),
    State("the site, what is missing", "ada", "/operator"),
    State("programmes of the site", "ada", "/operator/programmes"),
    State("a new programme", "ada", "/operator/programmes/new"),
    State("a new programme without a name", "ada", "/operator/programmes/new", press("Save")),
    State("programme settings, for who runs the site", "ada", SETTINGS),
    State("naming a coordinator", "ada", "/programmes/harbour/coordinator"),
    State("courses of the site", "ada", "/operator/courses"),
    State("a course of the site, no review entered", "ada", f"/operator/courses/{PFA}", press("Save")),
    State("accounts", "ada", "/operator/accounts?q=example.org"),
    State("an account", "ada", "/operator/accounts/{mira}"),
    State("a test email", "ada", "/operator/email", press("Send")),
    State("emails that the site sends", "ada", "/operator/emails"),
    State("preview of an email", "ada", "/operator/emails/certificate_ready"),
    State("what waits", "ada", "/operator/queue"),
    State("programme settings", "cora", SETTINGS),
    State("settings: name and place", "cora", f"{SETTINGS}/name"),
    State("settings: contacts", "cora", f"{SETTINGS}/contacts"),
    State("settings: registration", "cora", f"{SETTINGS}/registration"),
    State("settings: reviews and prior learning", "cora", f"{SETTINGS}/reviews"),
    State("settings: how long data stays", "cora", f"{SETTINGS}/keeping"),
    State(
        "settings: what a shorter time deletes",
        "cora",
        f"{SETTINGS}/keeping",
        then(type_in("keep_answers_months", "1"), press("Save")),
    ),
    State("settings: colour", "cora", f"{SETTINGS}/colour"),
    State(
        "settings: a colour that is too light",
        "cora",
        f"{SETTINGS}/colour",
        then(choose("colour", "own"), type_in("own", "#ffcc00"), press("Save")),
    ),
    State("courses of a programme", "cora", f"{SETTINGS}/courses"),
    State("a course of a programme", "cora", f"{SETTINGS}/courses/{PFA}"),
    State("certificate design", "cora", "/programmes/harbour/certificates/look"),
    State(
        "certificate design, with a problem",
        "cora",
        "/programmes/harbour/certificates/look",
        then(type_in("signatory", "Asa Holm"), press("Save")),
    ),
    State("on the way to ready to practise", "omar", f"{COURSE}/left"),
    State("transcript", "ines", "/transcript"),
    State("transcript, nothing yet", "nils", "/transcript"),
    State("transcript, PDF being prepared", "hana", "/transcript", with_pdf("hana")),
    State("transcript, PDF delayed", "rosa", "/transcript", with_pdf("rosa", tries=RENDER_TRIES)),
    State("transcript, PDF ready", "rune", "/transcript", with_pdf("rune", made=True)),
    State("transcript, PDF asked for too often", "sela", "/transcript", ask_for_too_many),
    State("certificate, withdrawn", "revoked", "/certificates/{revoked}"),
)


def first_of_list(page: Page) -> None:
    """Open the first of the earlier times."""
    with page.expect_navigation():
        page.locator("main .rows a").first.click()


def open_state(page: Page, people: People, state: State) -> None:
    """Open a page in its state, in an empty window, signed in where it has to be."""
    if state.who:
        session = {"name": "session", "value": people.cookie(state.who), "url": people.served.url}
        page.context.add_cookies([session])
    page.goto(people.served.url + state.address.format(invitation=people.invitation, **people.codes))
    if state.steps:
        state.steps(page, people)
