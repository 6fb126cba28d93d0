"""Observed practice: recorded with a day and one of four words, and what it is enough for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms.accounts import actions as accounts
from lms.certification.awards import actions, reissue
from lms.certification.awards import observations as award_observations
from lms.certification.awards.observations import Observation
from lms.certification.awards.records import Award, find_award, find_award_of_enrolment, get_award
from lms.certification.awards.rules import HARM_SEEN, is_ready
from lms.certification.readiness import actions as readiness_actions
from lms.certification.readiness.actions import ObservationInput
from lms.foundation import clock
from lms.foundation.audit.entries import AuditEntry
from lms.foundation.db import db
from lms.foundation.hooks import Hooks
from lms.foundation.mail.outbox import OutboxMail
from lms.foundation.per_app import provided
from lms.foundation.refused import Refused
from lms.learning.progress import actions as learning
from tests.builders.certificates import ask_for, observe
from tests.builders.learning import CONVERSATIONS, COURSE, PFA, pass_check, prepare
from tests.builders.rows import count_events
from tests.conftest import Site


def standing(site: Site, enrolment: str) -> Award:
    """Return the certificate that stands."""
    with site.inside():
        award = find_award_of_enrolment(enrolment)
        assert award is not None
        return award


@pytest.mark.parametrize(
    ("needed", "ratings", "ready"),
    [
        (0, ["skilled"], False),
        (1, [], False),
        (2, ["basic"], False),
        (2, ["basic", "not yet"], False),
        (2, ["basic", "skilled"], True),
        (2, ["basic", "skilled", "harmful"], False),
        (2, ["basic", "harmful", "skilled"], True),
        (2, ["harmful", "harmful", "basic"], False),
        (1, ["basic", "not yet"], True),
        (1, ["basic", "harmful", "not yet"], False),
        (2, ["basic", "skilled", "harmful", "not yet", "not yet"], False),
        (1, ["harmful", "not yet", "basic"], True),
    ],
)
def test_enough_is_what_was_seen_to_go_well_unless_the_last_could_have_done_harm(
    needed: int, ratings: list[str], ready: bool
) -> None:
    assert is_ready(needed, ratings) is ready


def test_the_second_certificate_comes_with_the_last_observation_and_the_first_stays_what_it_is(site: Site) -> None:
    ask_for(site)
    enrolment = prepare(site, "sam")
    pass_check(site, enrolment)
    first = standing(site, enrolment)
    observe(site, enrolment, ago=9)
    assert standing(site, enrolment).id == first.id and first.level == "completed"
    observe(site, enrolment, "skilled", ago=2)
    second = standing(site, enrolment)
    assert second.level == "ready" and second.valid_until == first.valid_until and second.passed_on == first.passed_on
    for code, level in ((first.code, "completed"), (second.code, "ready")):
        asked = site.stranger().get(f"/verify/{code}?format=json").response.json
        assert asked["state"] == "valid" and asked["level"] == level
    page = site.stranger().get(f"/verify/{second.code}").main
    assert "Ready to practise, since" in page and "2 practices were observed and signed: by Tara Lindqvist" in page
    assert "based on online learning alone" in site.stranger().get(f"/verify/{first.code}").main
    observe(site, enrolment, "skilled", ago=1)
    with site.inside():
        assert db.session.scalar(select(func.count()).select_from(Award)) == 2
    assert count_events(site, "CertificateRaised") == 1


def test_what_was_observed_before_the_check_counts_once_it_is_passed(site: Site) -> None:
    ask_for(site, 1)
    enrolment = prepare(site, "sam")
    observe(site, enrolment)
    pass_check(site, enrolment)
    assert standing(site, enrolment).level == "ready"
    assert count_events(site, "CertificateIssued") == 2


def test_what_could_have_done_harm_holds_it_back_until_it_goes_well_again(sqlite_site: Site) -> None:
    ask_for(sqlite_site)
    enrolment = prepare(sqlite_site, "sam")
    pass_check(sqlite_site, enrolment)
    observe(sqlite_site, enrolment, ago=9)
    observe(sqlite_site, enrolment, "harmful", ago=1)
    observe(sqlite_site, enrolment, "skilled", ago=5)
    assert standing(sqlite_site, enrolment).level == "completed"
    left = sqlite_site.visitor("sam").get(f"{COURSE}/left").main
    assert "2 of 2" in left and "Once a later practice goes well" in left
    observe(sqlite_site, enrolment, ago=0)
    assert standing(sqlite_site, enrolment).level == "ready"


def test_the_same_practice_is_recorded_once(sqlite_site: Site) -> None:
    ask_for(sqlite_site)
    enrolment = prepare(sqlite_site, "sam")
    assert observe(sqlite_site, enrolment).id == observe(sqlite_site, enrolment).id
    assert count_events(sqlite_site, "PracticeObserved") == 1


@pytest.mark.parametrize(
    "observer",
    ["Sam Osei", "  sam OSEI ", "sam osei (RN)", "Dr Sam Osei", "Osei, Sam", "SAM\u200b OSEI", "Ｓａｍ Osei"],
)
def test_nobody_observes_their_own_practice(sqlite_site: Site, observer: str) -> None:
    enrolment = prepare(sqlite_site, "sam")
    assert isinstance(observe(sqlite_site, enrolment, observer=observer), Refused)
    with sqlite_site.inside():
        sam = sqlite_site.person("sam").id
    seen = ObservationInput("Tara Lindqvist", "trainer", clock.today("UTC"), "basic")
    assert isinstance(sqlite_site.do(readiness_actions.record_observation, enrolment, seen, sam), Refused)
    with sqlite_site.inside():
        assert award_observations.list_observations(enrolment) == []


def test_what_is_undone_counts_no_longer_and_a_certificate_on_it_goes_on_standing(sqlite_site: Site) -> None:
    ask_for(sqlite_site)
    enrolment = prepare(sqlite_site, "sam")
    pass_check(sqlite_site, enrolment)
    sqlite_site.do(readiness_actions.undo_observation, observe(sqlite_site, enrolment).id, "somebody else")
    observe(sqlite_site, enrolment, ago=2)
    assert standing(sqlite_site, enrolment).level == "completed"
    last = observe(sqlite_site, enrolment, ago=1)
    ready = standing(sqlite_site, enrolment)
    assert ready.level == "ready"
    sqlite_site.do(readiness_actions.undo_observation, last.id, "other")
    assert standing(sqlite_site, enrolment).id == ready.id
    with sqlite_site.inside():
        rows = list(db.session.scalars(select(AuditEntry).where(AuditEntry.event == "ObservationUndone")))
        assert len(rows) == 2 and "Tara" not in str([row.facts for row in rows])


def test_a_programme_that_asks_for_less_issues_what_is_earned_by_then(sqlite_site: Site) -> None:
    ask_for(sqlite_site, 3)
    enrolment = prepare(sqlite_site, "sam")
    pass_check(sqlite_site, enrolment)
    observe(sqlite_site, enrolment, ago=4)
    observe(sqlite_site, enrolment, ago=3)
    assert standing(sqlite_site, enrolment).level == "completed"
    ask_for(sqlite_site, 2)
    assert standing(sqlite_site, enrolment).level == "ready"


def test_a_renewed_certificate_carries_what_was_observed_with_its_days(sqlite_site: Site) -> None:
    ask_for(sqlite_site, 1)
    enrolment = prepare(sqlite_site, "sam")
    pass_check(sqlite_site, enrolment)
    observe(sqlite_site, enrolment)
    ready = standing(sqlite_site, enrolment)
    clock.shift(timedelta(days=700))
    pass_check(sqlite_site, enrolment)
    renewed = standing(sqlite_site, enrolment)
    kept = ("observed", "observations", "ready_on")
    assert (renewed.cycle, renewed.level) == (2, "ready")
    assert [renewed.facts[name] for name in kept] == [ready.facts[name] for name in kept]
    with sqlite_site.inside():
        assert get_award(ready.id).renewed_by == renewed.id


def test_harm_seen_since_is_not_renewed_away(sqlite_site: Site) -> None:
    ask_for(sqlite_site, 1)
    enrolment = prepare(sqlite_site, "sam")
    pass_check(sqlite_site, enrolment)
    observe(sqlite_site, enrolment)
    clock.shift(timedelta(days=700))
    observe(sqlite_site, enrolment, "harmful", ago=1)
    pass_check(sqlite_site, enrolment)
    renewed = standing(sqlite_site, enrolment)
    assert (renewed.cycle, renewed.level, renewed.facts["observed"]) == (2, "completed", 0)
    observe(sqlite_site, enrolment, ago=0)
    again = standing(sqlite_site, enrolment)
    assert (again.cycle, again.level, again.valid_until) == (2, "ready", renewed.valid_until)


def test_a_withdrawn_certificate_is_not_raised(sqlite_site: Site) -> None:
    ask_for(sqlite_site, 1)
    enrolment = prepare(sqlite_site, "sam")
    pass_check(sqlite_site, enrolment)
    sqlite_site.do(actions.withdraw, standing(sqlite_site, enrolment).id, "other")
    observe(sqlite_site, enrolment)
    assert standing(sqlite_site, enrolment).level == "completed"


def test_waived_and_met_otherwise_stay_so_at_the_second_level(sqlite_site: Site) -> None:
    ask_for(sqlite_site, 1)
    enrolment = prepare(sqlite_site, "sam", practised=False)
    with sqlite_site.inside():
        cora = sqlite_site.person("cora").id
    for conversation in CONVERSATIONS:
        sqlite_site.do(learning.record_equivalent, enrolment, ("practice", conversation), "waived", "Why.", None, cora)
    pass_check(sqlite_site, enrolment)
    observe(sqlite_site, enrolment)
    page = sqlite_site.stranger().get(f"/verify/{standing(sqlite_site, enrolment).code}").main
    assert "The programme exempted the learner from 2 practice conversations." in page and "completed 2" not in page


def test_deleting_an_account_leaves_days_and_no_names(sqlite_site: Site) -> None:
    ask_for(sqlite_site, 1)
    enrolment = prepare(sqlite_site, "sam")
    pass_check(sqlite_site, enrolment)
    observe(sqlite_site, enrolment)
    code = standing(sqlite_site, enrolment).code
    with sqlite_site.inside():
        sam = sqlite_site.person("sam").id
    delete_person = provided(Hooks, sqlite_site.app).delete_person
    sqlite_site.do(delete_person, sam, None)
    with sqlite_site.inside():
        assert db.session.scalar(select(func.count()).select_from(Observation)) == 0
        award = find_award(code)
        assert award is not None and "Tara" not in str(award.facts) and award.facts["observed"] == 1
    page = sqlite_site.stranger().get(f"/verify/{code}").main
    assert "One practice was observed" in page
    assert "Tara" not in page


def test_no_column_could_hold_what_was_said() -> None:
    free = {"id", "public_id", "programme_id", "enrolment_id", "observer", "observer_role", "rating", "recorded_by"}
    free |= {"undone_reason", "award_id", "observer_id", "confirmed_by"}
    texts = {column.name for column in Observation.__table__.columns if column.type.python_type is str}
    assert texts == free
    assert set(ObservationInput.__dataclass_fields__) == {"observer", "role", "on", "rating", "observer_id"}


def test_a_named_outside_person_counts_once_a_second_person_has_confirmed_them(site: Site) -> None:
    ask_for(site, 1)
    enrolment = prepare(site, "sam")
    pass_check(site, enrolment)
    row = observe(site, enrolment, observer="Vera Sandoval")
    assert row.pending and standing(site, enrolment).level == "completed"
    with site.inside():
        ids = {name: site.person(name).id for name in ("sam", "cora", "tara", "lena", "ada", "mina")}
        letters = [(mail.recipient, mail.body) for mail in db.session.scalars(select(OutboxMail))]
    asked = [(to, body) for to, body in letters if "practice-to-confirm" in body]
    assert [to for to, _body in asked] == ["tara@example.org"] and "Sam" not in asked[0][1]
    for name in ("cora", "sam", "lena", "ada", "mina"):
        assert isinstance(site.do(readiness_actions.confirm_observer, row.id, ids[name]), Refused), name
    assert standing(site, enrolment).level == "completed"
    assert site.do(readiness_actions.confirm_observer, row.id, ids["tara"]) is None
    assert standing(site, enrolment).level == "ready"
    page = site.stranger().get(f"/verify/{standing(site, enrolment).code}").main
    assert "signed: by Vera Sandoval" in page


def test_who_has_an_account_needs_nobody_to_confirm_them_and_carries_the_name_and_role_of_it(sqlite_site: Site) -> None:
    ask_for(sqlite_site, 1)
    enrolment = prepare(sqlite_site, "sam")
    with sqlite_site.inside():
        ids = {name: sqlite_site.person(name).id for name in ("tara", "lena", "mina", "cora", "sam")}
    today = clock.today("UTC")
    for name in ("lena", "mina", "sam"):
        seen = ObservationInput("", "coordinator", today, "basic", ids[name])
        assert isinstance(
            sqlite_site.do(readiness_actions.record_observation, enrolment, seen, ids["cora"]), Refused
        ), name
    seen = ObservationInput("Somebody", "coordinator", today, "basic", ids["tara"])
    row = sqlite_site.do(readiness_actions.record_observation, enrolment, seen, ids["cora"])
    assert (row.observer, row.observer_role, row.pending) == ("Tara Lindqvist", "trainer", False)


def test_somebody_of_the_same_first_name_may_observe_whoever_goes_by_one_name(sqlite_site: Site) -> None:
    enrolment = prepare(sqlite_site, "sam")
    with sqlite_site.inside():
        sam = sqlite_site.person("sam").id
    sqlite_site.do(accounts.change_names, sam, "Sam", "Sam")
    assert isinstance(observe(sqlite_site, enrolment, observer="sam (RN)"), Refused)
    assert observe(sqlite_site, enrolment, observer="Sam Miller").pending


def test_harm_withdraws_readiness_until_later_practice_is_good(site: Site) -> None:
    ask_for(site, 1)
    enrolment = prepare(site, "sam")
    pass_check(site, enrolment)
    first = standing(site, enrolment)
    observe(site, enrolment, "skilled", ago=5)
    ready = standing(site, enrolment)
    observe(site, enrolment, "harmful", ago=3)
    with site.inside():
        offered = readiness_actions.to_withdraw(enrolment)
        assert offered is not None and offered.id == ready.id
    assert isinstance(site.do(reissue.reissue_certificate, ready.id, "fault"), Refused)
    site.do(actions.withdraw, ready.id, HARM_SEEN)
    observe(site, enrolment, "not yet", ago=2)
    observe(site, enrolment, "harmful", ago=1)
    assert standing(site, enrolment).id == ready.id
    with site.inside():
        way = readiness_actions.find_readiness(enrolment)
        assert way is not None and way.stopped and not way.ready
    observe(site, enrolment, ago=0)
    again = standing(site, enrolment)
    assert (again.level, again.withdrawn_at, again.facts["observed"]) == ("ready", None, 1)
    states = {
        code: site.stranger().get(f"/verify/{code}?format=json").response.json["state"]
        for code in (first.code, ready.code, again.code)
    }
    assert states == {first.code: "valid", ready.code: "revoked", again.code: "valid"}


def test_practice_that_is_not_yet_good_lifts_no_hold(site: Site) -> None:
    ask_for(site, 1)
    enrolment = prepare(site, "sam")
    pass_check(site, enrolment)
    observe(site, enrolment, "skilled", ago=5)
    ready = standing(site, enrolment)
    observe(site, enrolment, "harmful", ago=3)
    observe(site, enrolment, "not yet", ago=1)
    with site.inside():
        offered = readiness_actions.to_withdraw(enrolment)
        assert offered is not None and offered.id == ready.id
        assert award_observations.is_held_back(enrolment)
    page = site.visitor("cora").get(f"/programmes/harbour/certificates/{ready.code}/anew")
    page = page.form("/anew").submit(expect=422)
    assert "until later practice goes well" in page.main


@pytest.mark.parametrize("reason", [HARM_SEEN, "issued in error"])
def test_readiness_is_not_reinstated_while_harm_holds_it_back(sqlite_site: Site, reason: str) -> None:
    ask_for(sqlite_site, 1)
    enrolment = prepare(sqlite_site, "sam")
    pass_check(sqlite_site, enrolment)
    observe(sqlite_site, enrolment, "skilled", ago=5)
    ready = standing(sqlite_site, enrolment)
    harm = observe(sqlite_site, enrolment, "harmful", ago=3)
    sqlite_site.do(actions.withdraw, ready.id, reason)
    assert isinstance(sqlite_site.do(reissue.reinstate, ready.id), Refused)
    page = sqlite_site.visitor("cora").get(f"/programmes/harbour/certificates/{ready.code}/withdraw")
    page = page.form("/reinstate").submit(expect=422)
    assert "until later practice goes well" in page.main
    assert standing(sqlite_site, enrolment).withdrawn_at is not None
    sqlite_site.do(readiness_actions.undo_observation, harm.id, "somebody else")
    assert sqlite_site.do(reissue.reinstate, ready.id) is None
    assert standing(sqlite_site, enrolment).withdrawn_at is None


def test_harm_recorded_again_on_a_day_counts_after_good_practice_of_that_day(sqlite_site: Site) -> None:
    ask_for(sqlite_site, 1)
    enrolment = prepare(sqlite_site, "sam")
    pass_check(sqlite_site, enrolment)
    first = observe(sqlite_site, enrolment, "harmful", ago=1)
    assert observe(sqlite_site, enrolment, "harmful", ago=1).id == first.id
    observe(sqlite_site, enrolment, "not yet", ago=1)
    assert observe(sqlite_site, enrolment, "harmful", ago=1).id == first.id
    observe(sqlite_site, enrolment, "skilled", ago=1)
    assert observe(sqlite_site, enrolment, "harmful", ago=1).id != first.id
    with sqlite_site.inside():
        assert award_observations.is_held_back(enrolment)


def test_other_withdrawals_are_not_passed_over_by_later_practice(sqlite_site: Site) -> None:
    ask_for(sqlite_site, 1)
    enrolment = prepare(sqlite_site, "sam")
    pass_check(sqlite_site, enrolment)
    observe(sqlite_site, enrolment, ago=5)
    ready = standing(sqlite_site, enrolment)
    sqlite_site.do(actions.withdraw, ready.id, "programme decision")
    observe(sqlite_site, enrolment, "skilled", ago=1)
    assert standing(sqlite_site, enrolment).id == ready.id


def test_harm_recorded_by_mistake_and_undone_holds_nothing_back(sqlite_site: Site) -> None:
    ask_for(sqlite_site, 1)
    enrolment = prepare(sqlite_site, "sam")
    pass_check(sqlite_site, enrolment)
    harm = observe(sqlite_site, enrolment, "harmful", ago=1)
    observe(sqlite_site, enrolment, ago=5)
    assert standing(sqlite_site, enrolment).level == "completed"
    sqlite_site.do(readiness_actions.undo_observation, harm.id, "somebody else")
    assert standing(sqlite_site, enrolment).level == "ready"


def test_harm_that_an_unconfirmed_observer_saw_holds_back_at_once(sqlite_site: Site) -> None:
    ask_for(sqlite_site, 1)
    enrolment = prepare(sqlite_site, "sam")
    pass_check(sqlite_site, enrolment)
    observe(sqlite_site, enrolment, "harmful", ago=1, observer="Vera Sandoval")
    observe(sqlite_site, enrolment, ago=5)
    assert standing(sqlite_site, enrolment).level == "completed"


def test_harm_seen_while_a_renewed_certificate_waits_for_its_review_is_not_released_as_readiness(
    sqlite_site: Site,
) -> None:
    ask_for(sqlite_site, 1)
    enrolment = prepare(sqlite_site, "sam")
    pass_check(sqlite_site, enrolment)
    observe(sqlite_site, enrolment)
    clock.shift(timedelta(days=700))
    sqlite_site.do(accounts.set_programme, "harbour", None, {}, True, touch_hold=True)
    pass_check(sqlite_site, enrolment)
    waiting = standing(sqlite_site, enrolment)
    assert waiting.waiting and waiting.level == "ready"
    observe(sqlite_site, enrolment, "harmful", ago=0)
    sqlite_site.do(accounts.set_programme, "harbour", None, {}, False, touch_hold=True)
    sqlite_site.do(actions.release_reviewed, PFA, sqlite_site.settings)
    issued = standing(sqlite_site, enrolment)
    assert (issued.waiting, issued.level, issued.facts["observed"]) == (False, "completed", 0)
