"""Leaving: what ends with a role, a membership or an account at the next request, and what stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from lms.accounts.actions import give_role, name_operator
from lms.accounts.leaving import disable, enable, end_membership, remove_operator, take_role
from lms.accounts.records import find_programme, get_person
from lms.certification.awards.actions import open_badge
from lms.certification.awards.records import find_award
from lms.certification.verification.actions import make_key
from lms.cli import main
from lms.coordination.board.status_records import TrainingStatus
from lms.foundation.hooks import Hooks
from lms.foundation.per_app import provided
from lms.learning.check.refreshers import list_finished
from tests.builders.learning import CONVERSATIONS, COURSE, answer, begin, earn, open_check, plan
from tests.builders.rows import count_rows
from tests.conftest import PASSWORD, Site
from tests.inspector import Inspector

PEOPLE = "/programmes/harbour/people"


@pytest.fixture
def lms(sqlite_site: Site, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs `lms people …` on the site."""
    monkeypatch.setenv("LMS_DATA", str(sqlite_site.settings.data))
    return lambda *words: CliRunner().invoke(main, ["people", *words])


def ids(site: Site, name: str) -> tuple[str, str]:
    """Return the ids of somebody and of harbour."""
    with site.inside():
        harbour = find_programme("harbour")
        assert harbour is not None
        return site.person(name).id, harbour.id


def sign_in(site: Site, name: str, expect: int = 200) -> Inspector:
    visitor = site.stranger()
    visitor.get("/sign-in").form("/sign-in").submit(email=f"{name}@example.org", password=PASSWORD, expect=expect)
    return visitor


def test_a_coordinator_who_leaves_is_out_at_the_next_request_and_keeps_an_account(site: Site) -> None:
    cora = site.visitor("cora")
    assert cora.get(PEOPLE).h1 == "People"
    assert site.do(end_membership, *ids(site, "cora")) == ["coordinator"]
    assert cora.get(PEOPLE).h1 == "Sign in"
    assert sign_in(site, "cora").get(PEOPLE, expect=404)


def test_a_trainer_who_becomes_an_observer_has_the_new_role_only(site: Site) -> None:
    tara, harbour = ids(site, "tara")
    assert site.do(take_role, tara, harbour, "trainer") and not site.do(take_role, tara, harbour, "trainer")
    site.do(give_role, tara, harbour, "observer")
    with site.inside():
        assert site.roles(tara) == {harbour: ["observer"]}


def test_a_learner_who_leaves_is_on_no_list_sends_no_check_and_keeps_certificates_and_results(site: Site) -> None:
    sam = site.visitor("sam")
    code = earn(site, document=True)
    begin(site.visitor("lena"))
    page = open_check(site.visitor("lena"))
    for name in ("sam", "lena"):
        site.do(end_membership, *ids(site, name))
    with site.inside():
        assert count_rows(site, TrainingStatus) == 0 == len(list_finished(ids(site, "sam")[0]))
    page.form_with("Save and continue").submit("Save and continue", expect=401, **plan(site, "lena")[0])
    lena = sign_in(site, "lena")
    lena.get(page.path, expect=404)
    assert lena.get(f"{COURSE}/check").path == COURSE
    sam = sign_in(site, "sam")
    assert f"/certificates/{code}" in sam.get("/certificates").html
    assert sam.get(f"/certificates/{code}/pdf").response.data.startswith(b"%PDF")
    assert "valid" in site.stranger().get(f"/verify/{code}").main.lower()


def test_a_learner_who_comes_back_goes_on_where_they_left_off(sqlite_site: Site) -> None:
    begin(sqlite_site.visitor("sam")).form("/done").submit()
    sam, harbour = ids(sqlite_site, "sam")
    sqlite_site.do(end_membership, sam, harbour)
    sqlite_site.do(give_role, sam, harbour, "learner")
    back = sign_in(sqlite_site, "sam")
    assert "1 of 15 lessons" in back.get("/courses").main
    assert answer(sqlite_site, "sam", open_check(back)).form("/submit").submit().h1 == "You passed the check"


def test_a_conversation_is_not_tried_again_after_leaving(sqlite_site: Site) -> None:
    sam = sqlite_site.visitor("sam")
    begin(sam)
    page = sam.get(f"{COURSE}/conversations/{CONVERSATIONS[0]}").form_with("Start").submit("Start")
    for _turn in range(40):
        replies = [button for form in page.forms for button in form.buttons if button[0] == "reply"]
        if not replies:
            break
        page = page.form_with(replies[0][2]).submit(replies[0][2])
    again = next(form for form in page.forms if "/talks/" in form.action and not form.action.endswith("/forget"))
    sqlite_site.do(end_membership, *ids(sqlite_site, "sam"))
    back = sign_in(sqlite_site, "sam")
    token = dict(back.get("/display").form("/display").fields)["form_token"]
    fields = [(name, token if name == "form_token" else value) for name, value in again.fields]
    back.post(again.action, [*fields, ("from", "0")], expect=404)


def test_a_closed_account_is_out_at_the_next_request_and_back_when_it_is_opened(site: Site) -> None:
    sam, code = site.visitor("sam"), earn(site, document=False)
    person_id = ids(site, "sam")[0]
    assert site.do(disable, person_id) is True and site.do(disable, person_id) is False
    assert sam.get("/account").h1 == "Sign in"
    sign_in(site, "sam", expect=422)
    assert "valid" in site.stranger().get(f"/verify/{code}").main.lower()
    assert site.do(enable, person_id) is True and site.do(enable, person_id) is False
    assert sign_in(site, "sam").get("/account").h1 == "Your account"


def test_a_badge_that_was_opened_to_everybody_stays_until_the_certificate_is_withdrawn(sqlite_site: Site) -> None:
    code = earn(sqlite_site, document=True)
    sqlite_site.do(lambda: open_badge(find_award(code).id, True))
    for action in (lambda: end_membership(*ids(sqlite_site, "sam")), lambda: disable(ids(sqlite_site, "sam")[0])):
        sqlite_site.do(action)
        assert sqlite_site.stranger().browser.get(f"/badges/{code}").status_code == 200
    page = sqlite_site.visitor("cora").get(f"/programmes/harbour/certificates/{code}/withdraw")
    page.form_with("Withdraw this certificate").submit("Withdraw this certificate", reason="other")
    assert sqlite_site.stranger().browser.get(f"/badges/{code}").status_code == 410


def test_the_last_operator_is_neither_removed_nor_closed(site: Site) -> None:
    ada, tara = ids(site, "ada")[0], ids(site, "tara")[0]
    for action in (remove_operator, disable):
        assert "Nobody else runs this site" in site.do(action, ada).message
    site.do(name_operator, tara)
    assert site.do(remove_operator, ada) is True and site.do(remove_operator, ada) is False
    with site.inside():
        assert not get_person(ada).operator


def test_an_account_that_was_deleted_is_not_opened_again(sqlite_site: Site) -> None:
    earn(sqlite_site, document=False)
    sam = ids(sqlite_site, "sam")[0]
    sqlite_site.do(provided(Hooks, sqlite_site.app).delete_person, sam, None)
    assert sqlite_site.do(enable, sam) is False


def test_the_commands_say_what_ended_and_what_goes_on(sqlite_site: Site, lms: Callable[..., Result]) -> None:
    sqlite_site.do(make_key, "Rota system")
    assert "Nobody coordinates harbour now." in lms("disable", "cora@example.org").output
    assert lms("enable", "cora@example.org").exit_code == 0
    told = lms("remove", "cora@example.org", "--programme", "harbour")
    assert told.exit_code == 1 and "Nobody else coordinates this programme." in told.output
    told = lms("remove", "CORA@example.org", "--programme", "harbour", "--even-the-last")
    assert "Nobody coordinates harbour now." in told.output
    assert told.exit_code == 0 and "no longer coordinator in harbour" in told.output
    assert "These API keys still work: Rota system" in told.output
    again = lms("remove", "cora@example.org", "--programme", "harbour")
    assert again.exit_code == 1 and "has no role in harbour. Nothing was changed." in again.output
    told = lms("role", "tara@example.org", "--add", "observer", "--remove", "trainer", "--programme", "harbour")
    assert told.exit_code == 0 and "observer in harbour. " in told.output
    assert lms("disable", "sam@example.org").exit_code == 0
    assert "sam@example.org  Sam Osei  harbour  learner  closed" in lms("list").output
    assert (
        "The account of sam@example.org is open. Roles: learner in harbour." in lms("enable", "sam@example.org").output
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("remove", "nobody@example.org", "--programme", "harbour"), "no account with the address nobody@example.org"),
        (("remove", "sam@example.org"), "harbour, meadow"),
        (("remove", "cora@example.org", "--programme", "harbour"), "Nobody else coordinates this programme"),
        (("role", "mina@example.org", "--programme", "meadow", "--remove", "coordinator"), "Nobody else coordinates"),
        (("disable", "sam@example.org,"), "comma"),
        (("disable", "ada@example.org"), "Nobody else runs this site"),
        (("role", "ada@example.org", "--remove", "operator"), "Nobody else runs this site"),
        (("role", "sam@example.org", "--programme", "harbour"), "Name each role once, with --add or --remove"),
        (("role", "sam@example.org", "--add", "trainer", "--remove", "trainer"), "each role once"),
        (("enable", "sam@example.org"), "isn’t closed"),
    ],
)
def test_what_cannot_be_done_is_refused_and_changes_nothing(
    sqlite_site: Site, lms: Callable[..., Result], words: tuple[str, ...], said: str
) -> None:
    before = lms("list").output
    told = lms(*words)
    assert told.exit_code == 1 and said in told.output and "Traceback" not in told.output
    assert lms("list").output == before


def open_invitation(lms: Callable[..., Result], email: str, *words: str) -> str:
    """Invite an address once more, and return the path of the link."""
    told = lms("add", email, "--programme", "harbour", *words).output
    return "/invitation/" + told.split("/invitation/")[1].split()[0]


@pytest.mark.parametrize("role", ["learner", "coordinator"])
def test_an_invitation_that_nobody_used_yet_is_taken_back(
    sqlite_site: Site, lms: Callable[..., Result], role: str
) -> None:
    path = open_invitation(lms, "noor@example.org", "--role", role)
    elsewhere = lms("add", "noor@example.org", "--programme", "meadow").output
    sqlite_site.stranger().get(path)
    told = lms("remove", "Noor@Example.org", "--programme", "harbour")
    assert told.exit_code == 0 and "noor@example.org can no longer use" in told.output
    sqlite_site.stranger().get(path, expect=404)
    sqlite_site.stranger().get("/invitation/" + elsewhere.split("/invitation/")[1].split()[0])
    again = lms("remove", "noor@example.org", "--programme", "harbour")
    assert again.exit_code == 1 and "Nothing was changed." in again.output


@pytest.mark.parametrize(
    ("words", "open_still"),
    [
        (("remove", "--programme", "harbour"), (False, False)),
        (("disable",), (False, False)),
        (("role", "--remove", "coordinator", "--programme", "harbour"), (False, True)),
    ],
)
def test_whoever_leaves_does_not_come_back_by_an_earlier_invitation(
    sqlite_site: Site, lms: Callable[..., Result], words: tuple[str, ...], open_still: tuple[bool, bool]
) -> None:
    paths = [open_invitation(lms, "late@example.org", "--role", role) for role in ("coordinator", "observer")]
    person_id, harbour = ids(sqlite_site, "sam")
    sqlite_site.do(_now_called, person_id, "late@example.org")
    sqlite_site.do(give_role, person_id, harbour, "coordinator")
    assert lms(words[0], "late@example.org", *words[1:]).exit_code == 0
    for path, still in zip(paths, open_still, strict=True):
        sqlite_site.stranger().get(path, expect=200 if still else 404)


def _now_called(person_id: str, email: str) -> None:
    get_person(person_id).email = email
