"""What is kept of practice conversations: one run, for its learner alone, and not for long; counts only in tens."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from lms.accounts import actions as accounts
from lms.accounts.records import find_programme
from lms.content.model.bundle import Bundle, from_folder
from lms.content.model.conversation import NOTHING
from lms.content.model.course import Course
from lms.foundation import clock
from lms.foundation.db import db
from lms.foundation.hooks import Hooks
from lms.foundation.per_app import provided
from lms.learning.practice import actions as practice_actions
from lms.learning.practice import records as practice_records
from lms.learning.practice.records import (
    ConversationCoverage,
    ConversationTally,
    Coverage,
    Run,
    count_finished,
    of_person,
    released_coverage,
)
from lms.learning.practice.rules import another_way, cut, play
from lms.learning.progress import actions as learning
from lms.learning.progress.records import PracticeDone
from lms.library import actions as library
from lms.library.records import find_newest_digest
from tests.builders.content import course_of
from tests.builders.conversations import SINK, begin, enrol, offered, play_on, say, ways
from tests.builders.learning import CONVERSATIONS, the_course
from tests.conftest import PASSWORD, PFA, Inspector, Page, Site
from tests.inspector import BASE

CONVERSATION = "after-the-resuscitation-room"


def all_runs(site: Site) -> list[Run]:
    with site.inside():
        return list(db.session.scalars(select(Run).order_by(Run.id)))


def other_device(site: Site, name: str = "sam") -> Inspector:
    browser = Inspector(site.app, name)
    browser.get("/sign-in").form("/sign-in").submit(email=f"{name}@example.org", password=PASSWORD)
    return browser


def choose(page: Page, place: int = 0) -> Page:
    return say(page, offered(page)[place])


def publish_anew(site: Site) -> None:
    """Publish the course with one conversation's words changed."""
    files = dict(from_folder(PFA).files)
    path = next(name for name in files if name.endswith(f"{CONVERSATION}.md"))
    files[path] = files[path].replace("I’m fine.".encode(), "I’m all right.".encode())
    files["course.md"] = files["course.md"].replace(b'version: "1.1.0"', b'version: "1.1.1"')
    bundle = Bundle(files)
    course = course_of(bundle, PFA.name)
    assert course is not None and course.version == "1.1.1"
    site.do(library.publish, bundle, course)


def test_a_run_is_gone_on_with_on_another_device(site: Site) -> None:
    page = choose(begin(enrol(site)))
    there = other_device(site).get(SINK)
    assert offered(there) == offered(page)
    assert there.find(".now")[0].xpath("string()") == page.find(".now")[0].xpath("string()")


def test_of_two_devices_the_later_is_told_calmly_and_nothing_is_lost(site: Site) -> None:
    here = begin(enrol(site))
    there = other_device(site).get(SINK)
    moved = choose(here)
    told = choose(there, 1)
    assert "Nothing is lost: this is the latest turn." in told.main
    assert offered(told) == offered(moved)
    assert len(all_runs(site)) == 1 and all_runs(site)[0].revision == 1
    choose(told)
    assert all_runs(site)[0].revision == 2


def test_the_later_device_sees_the_end_when_the_talk_ended_elsewhere(sqlite_site: Site) -> None:
    here = begin(enrol(sqlite_site))
    there = other_device(sqlite_site).get(SINK)
    play_on(here)
    told = choose(there)
    assert "Nothing is lost" in told.main and told.find(".said")


def test_ten_drops_and_reloads_leave_exactly_one_run_and_each_reply_once(site: Site) -> None:
    sam = enrol(site)
    start = sam.get(SINK)
    for _drop in range(10):
        first = start.form_with("Start").submit("Start")
    for _drop in range(10):
        second = choose(first)
        assert "Nothing is lost" not in second.main, "what was sent twice is no news"
        sam.get(SINK)
    assert [run.revision for run in all_runs(site)] == [1]
    assert len(second.find(".script .you")) == 1
    ended = play_on(second)
    assert ended.find(".said")
    assert len(all_runs(site)) == 1
    with site.inside():
        assert db.session.scalar(select(func.sum(ConversationTally.held))) == 1


def test_a_last_reply_sent_ten_times_ends_one_run(sqlite_site: Site) -> None:
    page = begin(enrol(sqlite_site))
    while not page.find(".said"):
        last, page = page, choose(page)
    for _drop in range(10):
        assert choose(last).find(".said")
    assert len(all_runs(sqlite_site)) == 1
    with sqlite_site.inside():
        assert db.session.scalar(select(func.sum(ConversationTally.held))) == 1


def test_a_conversation_published_anew_is_played_as_it_began_and_the_page_says_so(site: Site) -> None:
    sam = enrol(site)
    page = choose(begin(sam))
    publish_anew(site)
    again = sam.get(SINK)
    assert "You’re still in the version you started" in again.main
    assert offered(again) == offered(page)
    ended = play_on(again)
    assert "I’m fine." in ended.main
    fresh = begin(sam)
    assert "I’m all right." in fresh.main and "You’re still in the version you started" not in fresh.main


def test_forgetting_is_immediate(site: Site) -> None:
    sam = enrol(site)
    ended = play_on(begin(sam))
    run = all_runs(site)[0]
    token = dict(ended.form_with("Delete my choices now").fields)["form_token"]
    page = sam.post(f"/talks/{run.public_id}/forget", [("form_token", token)])
    assert "We’ve deleted your choices" in page.text
    assert all_runs(site) == []
    sam.get(f"/talks/{run.public_id}", expect=404)
    with site.inside():
        assert db.session.scalar(text("select count(*) from practice_done")) == 1


def test_a_talk_forgotten_on_one_device_can_be_begun_again_on_the_other(sqlite_site: Site) -> None:
    there = begin(enrol(sqlite_site))
    with sqlite_site.inside():
        person_id, run_id = sqlite_site.person("sam").id, all_runs(sqlite_site)[0].public_id
    sqlite_site.do(practice_records.forget, run_id, person_id)
    assert "We no longer have the conversation" in choose(there).main


def test_runs_leave_thirty_days_after_the_debrief_and_ninety_after_the_last_touch(site: Site) -> None:
    sam = enrol(site)
    play_on(begin(sam))
    begin(sam)
    clock.shift(timedelta(days=29))
    site.work()
    assert len(all_runs(site)) == 2
    clock.shift(timedelta(days=31))
    site.work()
    assert [run.debrief_at for run in all_runs(site)] == [None]
    clock.shift(timedelta(days=91))
    site.work()
    assert all_runs(site) == []


def test_only_its_learner_reads_a_run(sqlite_site: Site) -> None:
    ended = play_on(begin(enrol(sqlite_site)))
    run = all_runs(sqlite_site)[0]
    for name in ("lena", "tara", "cora", "ada", "mina"):
        other = sqlite_site.visitor(name)
        other.get(f"/talks/{run.public_id}", expect=404)
        token = dict(other.get("/display").form("/display").fields)["form_token"]
        other.post(f"/talks/{run.public_id}", [("form_token", token), ("from", "0")], expect=404)
        other.post(f"/talks/{run.public_id}/forget", [("form_token", token)], expect=404)
    assert [one.public_id for one in all_runs(sqlite_site)] == [run.public_id]
    said = "".join(ended.find(".said .turn div p")[0].itertext())
    cora = sqlite_site.visitor("cora")
    for path in ("/programmes/harbour/people", "/programmes/harbour/people.csv"):
        answer = cora.browser.get(path, base_url="http://127.0.0.1:8000")
        assert run.public_id not in answer.text and said not in answer.text


def test_no_path_stands_in_the_log_the_audit_trail_or_an_address(
    sqlite_site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ended = play_on(begin(enrol(sqlite_site)))
    run = all_runs(sqlite_site)[0]
    assert run.path not in caplog.text and run.path not in ended.path
    with sqlite_site.inside():
        trail = "".join(str(row) for row in db.session.execute(text("select event, facts from audit_entry")))
    assert run.path not in trail and CONVERSATION not in trail and run.id not in trail


def harbour(site: Site) -> str:
    with site.inside():
        return next(iter(site.roles(site.person("sam").id)))


def test_counts_come_out_only_with_each_tenth_person_and_in_tens(site: Site) -> None:
    here = harbour(site)
    choices = [("first", 0), ("second", 1)]
    for number in range(1, 26):
        site.do(count_finished, here, "d" * 64, CONVERSATION, choices if number % 2 else choices[:1])
        with site.inside():
            found = released_coverage([here], CONVERSATION, "d" * 64)
        assert found.runs == number // 10 * 10
        assert found.counts.get(("first", 0), 0) == number // 10 * 10
        assert found.counts.get(("second", 1), 0) == (10 if number >= 20 else 0)


def test_a_reply_that_is_met_twice_in_a_run_counts_once(sqlite_site: Site) -> None:
    here = harbour(sqlite_site)
    for _run in range(10):
        sqlite_site.do(count_finished, here, "d" * 64, CONVERSATION, [("first", 0), ("first", 0)])
    with sqlite_site.inside():
        assert released_coverage([here], CONVERSATION, "d" * 64).counts == {("first", 0): 10}


def coverage(site: Site, slug: str = "harbour") -> Coverage:
    with site.inside():
        programme, digest = find_programme(slug), find_newest_digest(PFA.name)
        assert programme is not None and digest is not None
        return released_coverage([programme.id], CONVERSATION, digest)


def play_as(site: Site, email: str, programme_id: str, course: Course) -> None:
    """Let a new learner of a programme play the conversation to its first end."""
    person = site.do(accounts.register, email, "Somebody New", "not a password")
    site.do(accounts.give_role, person.id, programme_id, "learner")
    conversation, enrolment = (
        course.conversation_by_id[CONVERSATION],
        site.do(learning.enrol, person.id, programme_id, course),
    )
    run = site.do(practice_actions.begin, enrolment.id, course.digest, CONVERSATION)
    for revision, reply in enumerate(next(iter(ways(conversation).values()))):
        assert site.do(practice_actions.say, run.id, conversation, revision, reply) == "done"


def test_twelve_runs_of_one_person_bring_nothing_to_light_and_ten_people_do(sqlite_site: Site) -> None:
    sam, here = enrol(sqlite_site), harbour(sqlite_site)
    for _number in range(12):
        play_on(begin(sam))
    assert coverage(sqlite_site).runs == 0
    with sqlite_site.inside():
        course, meadow = the_course(), find_programme("meadow")
        assert meadow is not None and db.session.scalar(select(func.sum(ConversationTally.held))) == 1
    for number in range(9):
        play_as(sqlite_site, f"m{number}@example.org", meadow.id, course)
        play_as(sqlite_site, f"h{number}@example.org", here, course)
        assert coverage(sqlite_site).runs == (10 if number == 8 else 0)
    assert coverage(sqlite_site, "meadow").runs == 0
    columns = set(ConversationCoverage.__table__.columns.keys()) | set(ConversationTally.__table__.columns.keys())
    assert not {name for name in columns if "person" in name or "enrolment" in name or name.endswith("_at")}


def test_one_hands_over_and_takes_away_ones_own_runs(sqlite_site: Site) -> None:
    play_on(begin(enrol(sqlite_site)))
    with sqlite_site.inside():
        mine = of_person(sqlite_site.person("sam").id)
        hers = of_person(sqlite_site.person("lena").id)
        hooks = provided(Hooks, sqlite_site.app)
        export_person, delete_person = hooks.export_person, hooks.delete_person
        sheets = {part.name: part for part in export_person(sqlite_site.person("sam").id)}
        person_id = sqlite_site.person("sam").id
    assert [course for course, _run in mine] == [PFA.name] and hers == []
    assert sheets["conversations"].rows[0][2] == mine[0][1].path
    sqlite_site.do(delete_person, person_id, None)
    assert all_runs(sqlite_site) == []


def test_paths_are_cut_and_a_steadier_reply_is_the_authors_own() -> None:
    course = course_of(from_folder(PFA), PFA.name)
    assert course is not None
    conversation = course.conversation_by_id[CONVERSATION]
    assert cut("1.2.3", 2) == "1.2" and cut("1", 0) == "" and cut("", 3) == "" and cut("1.2", -1) == ""
    assert play(conversation, "0.²").path == play(conversation, "0").path == "0"
    for turn in conversation.turns:
        offered = [reply for _index, reply in turn.offered(NOTHING)]
        for index, reply in enumerate(turn.replies):
            other = another_way(turn, index, NOTHING)
            assert (other is None) == (reply.fit == "steady" or all(one.fit != "steady" for one in offered))
            assert other is None or (other in offered and other.fit == "steady")
    only = replace(conversation.turns[0], replies=(replace(conversation.turns[0].replies[0], fit="mixed"),))
    assert another_way(only, 0, NOTHING) is None


def test_a_run_of_one_conversation_sent_to_another_changes_neither(sqlite_site: Site) -> None:
    sam = enrol(sqlite_site)
    other = next(conversation for conversation in CONVERSATIONS if conversation != CONVERSATION)
    page = begin(sam)
    form = next(form for form in page.forms if "reply" in {name for name, *_more in form.buttons})
    form.action = SINK.replace(CONVERSATION, other)
    for sent in ({"reply": "0"}, {"back": "1"}, {"restart": "yes"}, {"tell": "yes"}):
        data = {**dict(form.fields), **sent}
        answer = sam.browser.post(form.action, data=data, base_url=BASE, headers={"Origin": BASE})
        assert answer.status_code == 200 and "We no longer have the conversation" in answer.text
        run = all_runs(sqlite_site)[0]
        assert (run.conversation_id, run.path, run.revision, run.tells) == (CONVERSATION, "", 0, False)
    with sqlite_site.inside():
        assert not db.session.scalars(select(PracticeDone)).all()
    assert play_on(sam.get(SINK)).path.startswith("/talks/")
