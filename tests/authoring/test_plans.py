"""A draft that waits: for a second person, or for its time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from lms.accounts import actions as accounts
from lms.accounts.leaving import take_role
from lms.accounts.records import find_programme
from lms.authoring.drafts.records import Draft
from lms.authoring.publishing import rules
from lms.foundation import clock
from lms.foundation.db import db
from lms.library.actions import set_owner, withdraw_course
from lms.library.records import find_version
from tests.builders import commands
from tests.builders.drafts import DRAFTS, LESSON, TURNED, add_draft, look, publish_small
from tests.builders.learning import at_once, link_in_newest_email
from tests.builders.mail import outbox
from tests.builders.rows import count_events
from tests.conftest import Site
from tests.content.small_course import FILES, bundle
from tests.inspector import Page

WRITING = "/programmes/harbour/writing"
PRESSES = 6


def is_published(site: Site, version: str = "1.0.1") -> bool:
    with site.inside():
        return find_version("small-course", version) is not None


def start(site: Site) -> tuple[str, str]:
    """Publish the small course and start a draft with another sentence; return its id and its publish page."""
    base = publish_small(site)
    draft = add_draft(site, bundle(**{LESSON: TURNED}), base=base)
    return draft, f"{DRAFTS}/{draft}/publish"


def send(page: Page, path: str, go: str, expect: int = 200, **fields: str) -> Page:
    """Send the form of a publish page that has this button."""
    form = next(form for form in page.forms if go in {value for _name, value, _words in form.buttons})
    words = next(words for _name, value, words in form.buttons if value == go)
    return form.submit(words, expect=expect, **fields)


def test_where_a_second_person_approves_nobody_publishes_alone(sqlite_site: Site) -> None:
    sqlite_site.do(accounts.set_programme, "harbour", None, {"second_approval": "yes"})
    draft, path = start(sqlite_site)
    page = look(sqlite_site, draft, "1.0.1")
    assert "a second person" in page.main
    fields = dict(page.form(path).fields)
    alone = sqlite_site.visitor("tara").send(path, {**fields, "go": "publish"}, 422)
    assert "a second person has to approve" in alone.main and not is_published(sqlite_site)
    page = send(page, path, "ask")
    assert [(row.recipient, row.about is not None) for row in outbox(sqlite_site)] == [("ada@example.org", True)]
    assert "You asked on" in sqlite_site.visitor("tara").get(WRITING).main
    assert "Tara Lindqvist asked on" in sqlite_site.visitor("ada").get(WRITING).main
    assert "Tara Lindqvist asked to publish this as version 1.0.1." in page.main and "Approve" not in page.main
    own = sqlite_site.visitor("tara").send(path, {**fields, "go": "approve"}, 422)
    assert "Somebody else has to approve" in own.main and not is_published(sqlite_site)
    ada = sqlite_site.visitor("ada")
    assert "Please say what has to change" in send(ada.get(path), path, "changes", 422, note=" ").main
    send(ada.get(path), path, "changes", note="Dana should look up.")
    (mail,) = outbox(sqlite_site)
    assert mail.recipient == "tara@example.org" and "Dana should look up." in mail.body and path in mail.body
    assert "asked on" not in sqlite_site.visitor("ada").get(WRITING).main
    page = sqlite_site.visitor("tara").get(path)
    assert "Ada Novak asked for changes" in page.main and "Dana should look up." in page.main
    send(look(sqlite_site, draft, "1.0.1"), path, "ask")
    page = send(ada.get(path), path, "approve")
    assert "published as version 1.0.1" in page.main and is_published(sqlite_site)
    approved = outbox(sqlite_site)[-1]
    assert (approved.recipient, f"{path}ed" in approved.body) == ("tara@example.org", True)


def test_a_button_pressed_many_times_approves_and_publishes_once(site: Site) -> None:
    site.do(accounts.set_programme, "harbour", None, {"second_approval": "yes"})
    draft, path = start(site)
    send(look(site, draft, "1.0.1"), path, "ask")
    page = site.visitor("ada").get(path)
    form = next(form for form in page.forms if "approve" in {value for _name, value, _words in form.buttons})
    replies = at_once(form, PRESSES, ("go", "approve"))
    assert {reply.status_code for reply in replies} <= {303, 422}
    assert count_events(site, "PublicationApproved") == 1
    assert is_published(site) and not is_published(site, "1.0.2")
    assert [mail.recipient for mail in outbox(site)].count("tara@example.org") == 1


def test_an_approval_is_of_the_text_that_was_asked_for(sqlite_site: Site) -> None:
    sqlite_site.do(accounts.set_programme, "harbour", None, {"second_approval": "yes"})
    draft, path = start(sqlite_site)
    send(look(sqlite_site, draft, "1.0.1"), path, "ask")
    page = sqlite_site.visitor("ada").get(path)
    sqlite_site.do(lambda: _touch(draft))
    assert "changed while you looked" in send(page, path, "approve", 422).main
    assert "changed since this was planned" in sqlite_site.visitor("ada").get(path).main and not is_published(
        sqlite_site
    )


def _touch(draft: str) -> None:
    db.session.query(Draft).filter_by(public_id=draft).one().revision += 1


def test_the_command_leaves_a_draft_where_a_second_person_approves(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lms = commands.of(sqlite_site, monkeypatch)
    sqlite_site.do(accounts.set_programme, "harbour", None, {"second_approval": "yes"})
    publish_small(sqlite_site)
    for path, content in bundle(
        **{LESSON: TURNED, "course.md": FILES["course.md"].replace("1.0.0", "1.0.1")}
    ).files.items():
        (tmp_path / "small-course" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "small-course" / path).write_bytes(content)
    told = [lms("publish", tmp_path / "small-course", "--programme", "harbour").output for _time in range(2)]
    assert told[0] == told[1] and "it belongs to Harbour Hospitals" in told[0] and not is_published(sqlite_site)
    path = urlsplit(told[0].split()[-1]).path
    page = sqlite_site.visitor("tara").get(path).form_with("Continue").submit("Continue", version="1.0.1")
    send(page, path, "ask")
    send(sqlite_site.visitor("ada").get(path), path, "approve")
    assert is_published(sqlite_site)
    assert "hasn’t changed" in lms("publish", tmp_path / "small-course", "--programme", "harbour").output


def in_two_days() -> str:
    return (clock.now() + timedelta(days=2)).date().isoformat()


def later(site: Site, days: float) -> None:
    """Let days pass, and the job process do its work."""
    clock.shift(timedelta(days=days))
    site.work()


def test_a_draft_is_published_at_its_time_and_not_before(sqlite_site: Site) -> None:
    draft, path = start(sqlite_site)
    page = look(sqlite_site, draft, "1.0.1")
    for day, time in (("soon", "09:00"), ("2027-01-02", ""), ("2020-01-02", "09:00")):
        refused = send(page, path, "schedule", 422, day=day, time=time)
        assert "Nothing was changed." in refused.main
    page = send(page, path, "schedule", day=in_two_days(), time="09:00")
    assert "Version 1.0.1 will be published at this time" in page.main
    later(sqlite_site, 1)
    assert not is_published(sqlite_site)
    later(sqlite_site, 3)
    assert is_published(sqlite_site)
    clock.shift(timedelta(0))


def test_a_time_can_be_called_off(sqlite_site: Site) -> None:
    draft, path = start(sqlite_site)
    page = send(look(sqlite_site, draft, "1.0.1"), path, "schedule", day=in_two_days(), time="09:00")
    assert "will be published" not in send(page, path, "call_off").main
    later(sqlite_site, 3)
    assert not is_published(sqlite_site)
    clock.shift(timedelta(0))


@pytest.mark.parametrize("what", ["changed", "version", "blocked", "person", "withdrawn", "owner", "discarded"])
def test_what_no_longer_fits_at_its_time_is_not_published_and_its_trainer_is_told(sqlite_site: Site, what: str) -> None:
    draft, path = start(sqlite_site)
    send(look(sqlite_site, draft, "1.0.1"), path, "schedule", day=in_two_days(), time="09:00")
    if what == "changed":
        sqlite_site.do(lambda: _touch(draft))
    elif what == "version":
        publish_small(sqlite_site, **{"course.md": FILES["course.md"].replace('"1.0.0"', '"1.0.1"')})
    elif what == "withdrawn":
        sqlite_site.do(withdraw_course, "small-course")
    elif what == "owner":
        sqlite_site.do(set_owner, "small-course", None)
    elif what == "discarded":
        page = sqlite_site.visitor("ada").get(f"{DRAFTS}/{draft}/discard")
        page.form_with("Discard").submit("Discard")
    elif what == "blocked":
        sqlite_site.do(accounts.set_programme, "harbour", None, {"reply_time": ""})
    else:
        with sqlite_site.inside():
            tara, harbour = sqlite_site.person("tara").id, find_programme("harbour")
        assert harbour
        sqlite_site.do(take_role, tara, harbour.id, "trainer")
    later(sqlite_site, 3)
    if what == "discarded":
        assert not is_published(sqlite_site) and outbox(sqlite_site) == []
        return
    with sqlite_site.inside():
        assert db.session.query(Draft).filter_by(public_id=draft).one().state == "open"
    assert link_in_newest_email(sqlite_site) == path
    later(sqlite_site, 4)
    told = "ada" if what == "person" else "tara"
    assert [row.recipient for row in outbox(sqlite_site)] == [f"{told}@example.org"]
    sqlite_site.visitor(told).get(path)
    assert "It wasn’t published at the time" in sqlite_site.visitor("ada").get(path).main
    clock.shift(timedelta(0))


@pytest.mark.parametrize(
    ("day", "time", "zone", "moment"),
    [
        ("2027-03-14", "09:00", "Europe/London", "2027-03-14T09:00:00+00:00"),
        ("2027-07-14", "09:00", "Europe/London", "2027-07-14T08:00:00+00:00"),
        ("2027-03-14", "09:00:30", "Asia/Tokyo", "2027-03-14T00:00:30+00:00"),
        ("14 March", "09:00", "UTC", None),
        ("2027-03-14", "nine", "UTC", None),
        ("0001-01-01", "00:00", "Asia/Tokyo", None),
    ],
)
def test_a_time_is_one_of_the_programme(day: str, time: str, zone: str, moment: str | None) -> None:
    found = rules.moment_in(day, time, zone)
    assert (found.isoformat() if found else None) == moment
