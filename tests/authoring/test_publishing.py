"""Publishing a draft: what it does to whom is said first, and it happens whole or not at all."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta

import pytest
from sqlalchemy import event
from werkzeug.datastructures import FileStorage

from lms import all_rooms
from lms.accounts.records import find_programme
from lms.authoring.drafts.actions import change, contents_of
from lms.authoring.drafts.files import bundle_of
from lms.authoring.drafts.pages import people_words
from lms.authoring.drafts.records import Draft, find_draft
from lms.authoring.publishing import actions, rules
from lms.authoring.publishing.records import Publication
from lms.content.model.bundle import Bundle, from_folder
from lms.content.model.course import Course
from lms.foundation import clock
from lms.foundation.db import db, write
from lms.foundation.refused import Refused
from lms.learning.progress import actions as learning
from lms.library import actions as library
from lms.library.course_cache import get_bundle, get_course
from lms.library.records import (
    find_newest_digest,
    find_offering,
    find_owner,
    find_version,
)  # fmt: skip
from lms.retention import sweep
from tests.builders.drafts import COURSES, DRAFTS, LESSON, TURNED, add_draft, look, publish_small
from tests.builders.learning import PFA, answer, attempt_of, begin, earn, open_check
from tests.conftest import PFA as PFA_FOLDER
from tests.conftest import Site
from tests.content.small_course import FILES, bundle
from tests.inspector import BASE


def test_tara_publishes_a_draft_and_it_says_where_the_course_is(sqlite_site: Site) -> None:
    base = publish_small(sqlite_site)
    draft = add_draft(sqlite_site, bundle(**{LESSON: TURNED}), base=base)
    page = sqlite_site.visitor("tara").get(f"{DRAFTS}/{draft}/publish")
    assert "Lessons: 1 changed" in page.main and "fewer than 10 people" in page.main
    page = look(sqlite_site, draft, "1.0.1")
    assert page.h1 == "Publish version 1.0.1?"
    page = page.form(f"{DRAFTS}/{draft}/publish").submit("Publish")
    assert "published as version 1.0.1" in page.main
    with sqlite_site.inside():
        digest = find_newest_digest("small-course")
        assert digest and get_course(digest).version == "1.0.1" and "Dana turns." in get_course(digest).lessons[0].html
    page = page.follow("Versions of the course")
    assert "1.0.1" in page.main and "Dana turns" not in page.main
    page = page.follow("From 1.0.0")
    assert "removed: looks up end of removal" in page.main and "added: turns end of addition" in page.main


def test_the_first_version_belongs_to_its_programme_and_its_members_can_start_it(sqlite_site: Site) -> None:
    draft = add_draft(sqlite_site, bundle())
    look(sqlite_site, draft, "1.0.0").form(f"{DRAFTS}/{draft}/publish").submit("Publish")
    with sqlite_site.inside():
        harbour = find_programme("harbour")
        assert harbour and find_owner("small-course") == harbour.id
        offering = find_offering(harbour.id, "small-course")
        assert offering and not offering.open_reading
    assert sqlite_site.visitor("sam").get("/courses/small-course").h1 == "A small course"


def test_what_keeps_a_draft_from_being_published_is_said(sqlite_site: Site) -> None:
    base = publish_small(sqlite_site, owner=None)
    cases = (
        ({LESSON: FILES[LESSON].replace("objectives: [sml-o1]", "objectives: [none]")}, "problem has to be fixed"),
        ({LESSON: TURNED}, "doesn’t belong to this programme"),
    )
    for files, said in cases:
        draft = add_draft(sqlite_site, bundle(**files), base=base)
        page = sqlite_site.visitor("tara").get(f"{DRAFTS}/{draft}/publish")
        assert said in page.main and "Which version" not in page.main
    draft = add_draft(sqlite_site, bundle(), base=base)
    assert "Nothing differs from version 1.0.0" in sqlite_site.visitor("ada").get(f"{DRAFTS}/{draft}/publish").main
    foreign = add_draft(sqlite_site, bundle(), slug="meadow")
    sqlite_site.visitor("tara").get(f"{DRAFTS}/{foreign}/publish", expect=404)


def test_a_draft_that_changed_after_the_second_look_is_not_published(sqlite_site: Site) -> None:
    base = publish_small(sqlite_site)
    draft = add_draft(sqlite_site, bundle(**{LESSON: TURNED}), base=base)
    page = look(sqlite_site, draft, "1.0.1")

    def change() -> None:
        db.session.query(Draft).filter_by(public_id=draft).one().revision += 1

    sqlite_site.do(change)
    refused = page.form(f"{DRAFTS}/{draft}/publish").submit("Publish", expect=422)
    assert "changed while you looked" in refused.main
    with sqlite_site.inside():
        assert find_version("small-course", "1.0.1") is None


def test_a_draft_that_changes_while_it_is_checked_is_not_published_either(sqlite_site: Site) -> None:
    draft = add_draft(sqlite_site, bundle())
    with sqlite_site.inside():
        harbour = find_programme("harbour")
        found = find_draft(harbour.id, draft) if harbour else None
        prepared = actions.prepare(found, "1.0.0") if found else None
        assert found and prepared
        found.revision += 1
        db.session.commit()
        assert isinstance(write(actions.publish_draft, prepared, actions.Decided(None, False), True), Refused)


def test_what_was_published_since_the_draft_was_started_is_not_lost_in_silence(sqlite_site: Site) -> None:
    base = publish_small(sqlite_site)
    draft = add_draft(sqlite_site, bundle(**{LESSON: TURNED}), base=base)
    other = {"check.md": FILES["check.md"].replace("Push a little.", "Push a lot.")}
    publish_small(sqlite_site, **other, **{"course.md": FILES["course.md"].replace('"1.0.0"', '"1.0.1"')})
    page = sqlite_site.visitor("tara").get(f"{DRAFTS}/{draft}/publish")
    assert "Version 1.0.1 was published after this draft was started" in page.main
    assert "Questions: 1 changed" in page.main and "Version 1.0.2, a correction" in page.main


def test_a_publish_during_a_check_changes_nothing_of_that_check(sqlite_site: Site) -> None:
    with sqlite_site.inside():
        harbour, base = find_programme("harbour"), find_newest_digest(PFA)
        assert harbour and base
    sqlite_site.do(library.set_owner, PFA, harbour.id)
    begin(sqlite_site.visitor("sam"))
    asked = open_check(sqlite_site.visitor("sam"))
    files = dict(from_folder(PFA_FOLDER).files)
    files["check.md"] = files["check.md"].replace(b"{#", b"(new) {#")
    draft = add_draft(sqlite_site, Bundle(files), PFA, base)
    look(sqlite_site, draft, "1.1.1").form(f"{DRAFTS}/{draft}/publish").submit("Publish")
    with sqlite_site.inside():
        assert "(new)" in get_course(find_newest_digest(PFA) or "").questions[0].stem
        assert attempt_of(sqlite_site, "sam").attempt.digest == base
    page = answer(sqlite_site, "sam", asked)
    assert "(new)" not in page.html
    assert "passed" in page.form("/submit").submit().main.lower()


def test_a_crash_at_any_statement_publishes_nothing(sqlite_site: Site) -> None:
    draft = add_draft(sqlite_site, bundle())
    with sqlite_site.inside():
        harbour = find_programme("harbour")
        found = find_draft(harbour.id, draft) if harbour else None
        assert found
        prepared = actions.prepare(found, "1.0.0")
        assert prepared
        crashes = 0
        while _crashes_at(crashes, prepared):
            crashes += 1
            db.session.expire_all()
            assert find_version("small-course", "1.0.0") is None and find_owner("small-course") is None
            assert db.session.query(Draft).filter_by(public_id=draft).one().state == "open"
        assert crashes > 8 and find_version("small-course", "1.0.0") is not None


def _crashes_at(statement: int, prepared: actions.Prepared) -> bool:
    """Publish with a database that fails at one statement; return whether it came that far."""
    left = statement

    def fail(*_arguments: object) -> None:
        nonlocal left
        left -= 1
        if left == -1:
            raise RuntimeError("planted")

    event.listen(db.engine, "before_cursor_execute", fail)
    try:
        write(actions.publish_draft, prepared, actions.Decided(None, False), True)
    except RuntimeError:
        return True
    finally:
        event.remove(db.engine, "before_cursor_execute", fail)
    return False


@pytest.mark.parametrize(
    ("base", "newest", "versions"),
    [
        (None, [], {"major": "1.0.0"}),
        ("1.0.0", ["1.0.0"], {"patch": "1.0.1", "minor": "1.1.0", "major": "2.0.0"}),
        ("1.0.0", ["1.0.4", "1.3.2"], {"patch": "1.0.5", "minor": "1.4.0", "major": "2.0.0"}),
        ("1.3.0", ["1.0.4", "1.3.2", "2.0.0"], {"patch": "1.3.3", "minor": "2.1.0", "major": "3.0.0"}),
        (None, ["20.9999.9999"], {}),
    ],
)
def test_versions_follow_what_is_published(base: str | None, newest: list[str], versions: dict[str, str]) -> None:
    assert rules.next_versions(base, [library.rules.rank(one) for one in newest]) == versions


def test_counts_of_people_are_in_tens_so_that_no_step_is_one_person() -> None:
    said = [people_words(count) for count in (0, 9, 10, 19, 20)]
    few, ten = ["fewer than 10 people"] * 2, ["at least 10 people"] * 2
    assert said == [*few, *ten, "at least 20 people"]


def test_a_draft_with_the_id_of_a_course_elsewhere_tells_nothing_of_that_course(sqlite_site: Site) -> None:
    publish_small(sqlite_site, owner="meadow")
    draft = add_draft(sqlite_site, bundle(**{LESSON: TURNED}))
    tara, ada = sqlite_site.visitor("tara"), sqlite_site.visitor("ada")
    shown = tara.get(f"{DRAFTS}/{draft}/compare")
    assert "nothing to compare it with" in shown.main and "Dana" not in shown.main and "1.0.0" not in shown.main
    tara.get(f"{DRAFTS}/{draft}/compare?with=1.0.0", expect=404)
    assert "was finished by" not in tara.get(f"{DRAFTS}/{draft}/parts/{LESSON}").main
    assert "Dana looks up" in ada.get(f"{DRAFTS}/{draft}/compare?with=1.0.0").main
    with sqlite_site.inside():
        harbour = find_programme("harbour")
    assert harbour
    sqlite_site.do(library.set_owner, "small-course", harbour.id)
    part = tara.get(f"{DRAFTS}/{draft}/parts/{LESSON}")
    assert "fewer than 10 people" in part.main


@pytest.mark.parametrize("do", ["save", "change", "discard"])
def test_nothing_comes_into_a_draft_that_was_published_in_another_tab(sqlite_site: Site, do: str) -> None:
    publish_small(sqlite_site)
    draft = add_draft(sqlite_site, bundle(**{LESSON: TURNED}))
    path = {"save": f"files/{LESSON}", "change": f"parts/{LESSON}", "discard": "discard"}[do]
    open_page = sqlite_site.visitor("tara").get(f"{DRAFTS}/{draft}/{path}")
    look(sqlite_site, draft, "1.0.1").form(f"{DRAFTS}/{draft}/publish").submit("Publish")
    if do == "save":
        late = open_page.form_with("Save").submit(expect=422, text="Typed late.")
        assert "Typed late." in late.find("textarea")[0].text and "has been published or discarded" in late.main
    elif do == "change":
        assert "has been published or discarded" in open_page.form_with("Remove").submit(expect=422).main
    else:
        open_page.form_with("Discard").submit()
    with sqlite_site.inside():
        assert [(one.state, one.revision) for one in db.session.query(Draft)] == [("published", 1)]


def test_a_text_for_a_draft_that_was_discarded_in_another_tab_stays_on_the_page(sqlite_site: Site) -> None:
    publish_small(sqlite_site)
    draft = add_draft(sqlite_site, bundle(**{LESSON: TURNED}))
    open_page = sqlite_site.visitor("tara").get(f"{DRAFTS}/{draft}/files/{LESSON}")
    sqlite_site.visitor("tara").get(f"{DRAFTS}/{draft}/discard").form_with("Discard").submit()
    late = open_page.form_with("Save").submit(expect=422, text="Typed late.")
    assert "Typed late." in late.find("textarea")[0].text and "published or discarded" in late.main
    sqlite_site.visitor("tara").get(f"{DRAFTS}/{draft}/files/{LESSON}", expect=404)


def test_a_discarded_draft_with_a_time_is_deleted_like_any_other(site: Site) -> None:
    publish_small(site)
    draft = add_draft(site, bundle(**{LESSON: TURNED}))
    asked = look(site, draft, "1.0.1").form(f"{DRAFTS}/{draft}/publish")
    asked.submit("Publish at this time", day="2099-01-01", time="09:00")
    site.visitor("tara").get(f"{DRAFTS}/{draft}/discard").form_with("Discard").submit()
    clock.shift(timedelta(days=31))
    with site.inside():
        sweep(site.settings, all_rooms.delete_person)
        assert not db.session.query(Draft).count() and not db.session.query(Publication).count()


def test_a_version_and_a_draft_can_be_downloaded_as_zip(sqlite_site: Site) -> None:
    publish_small(sqlite_site)
    draft = add_draft(sqlite_site, bundle(**{LESSON: TURNED}))
    tara = sqlite_site.visitor("tara")
    for path in (f"{COURSES}/small-course/1.0.0.zip", f"{DRAFTS}/{draft}/files.zip"):
        contents = []
        for _time in range(2):
            with tara.browser.get(path, base_url=BASE) as reply:
                contents.append(reply.data)
        assert contents[0] == contents[1]
        with zipfile.ZipFile(io.BytesIO(contents[0])) as archive:
            assert b"Dana" in archive.read(f"small-course/{LESSON}")


def test_a_withdrawn_course_cannot_be_started_and_whoever_started_it_goes_on(sqlite_site: Site) -> None:
    code = earn(sqlite_site, "lena")
    sam = sqlite_site.visitor("sam")
    with sqlite_site.inside():
        harbour = find_programme("harbour")
        assert harbour
    sqlite_site.do(library.set_owner, PFA, harbour.id)
    tara, path = sqlite_site.visitor("tara"), f"{COURSES}/{PFA}/withdraw"
    page = tara.get(path).form(path).submit("Withdraw")
    assert "This course was withdrawn on" in page.main
    assert PFA_FOLDER.name not in sam.get("/courses").html
    sam.get(f"/courses/{PFA}", expect=404)
    assert sqlite_site.visitor("lena").get(f"/courses/{PFA}/lessons/listen-without-pressing").h1
    assert sqlite_site.stranger().get(f"/verify/{code}").h1 == "This certificate is valid"
    assert PFA not in sqlite_site.visitor("cora").get("/programmes/harbour/settings/courses").html
    page = tara.get(f"{COURSES}/{PFA}").form(f"{COURSES}/{PFA}/reinstate").submit("Reinstate this course")
    assert "This course was withdrawn on" not in page.main
    assert PFA in sqlite_site.visitor("cora").get("/programmes/harbour/settings/courses").html
    sqlite_site.visitor("tara").get(f"{COURSES}/nothing", expect=404)


def test_the_board_says_what_is_unreviewed_due_and_unchecked(sqlite_site: Site) -> None:
    due = FILES["course.md"].replace("licence: CC BY 4.0", "licence: CC BY 4.0\nreview_due: 2020-01-31")
    lesson = FILES[LESSON].replace("[^WANG24]", "[^WANG24][^unchecked]", 1)
    publish_small(sqlite_site, **{"course.md": due, LESSON: lesson})
    sqlite_site.do(
        library.record_review, "small-course", None, "clinical", "Dr R. Amari", date(2026, 11, 2), None, True
    )
    draft = add_draft(sqlite_site, bundle())
    later = due.replace('"1.0.0"', '"1.0.1"')
    publish_small(sqlite_site, **{"course.md": later, LESSON: lesson})
    page = sqlite_site.visitor("tara").get("/programmes/harbour/writing/reviews")
    small = page.main.partition("A small course")[2]
    for said in ("Peer support", "Dr R. Amari, 2 November 2026, carried over", "due since 31 January 2020", "1 fact"):
        assert said in small, said
    assert page.links()["Open draft: A small course"].endswith(f"/drafts/{draft}/compare")
    board = sqlite_site.visitor("cora").get("/programmes/harbour/settings/courses").follow("Reviews of courses")
    assert (
        "due since 31 January 2020" in board.main and "Ask for a review" not in board.main and draft not in board.html
    )
    with sqlite_site.statements() as few:
        sqlite_site.visitor("tara").get("/programmes/harbour/writing/reviews")
    assert len(few) < 14


def test_a_draft_goes_out_as_zip_and_comes_back_changed_as_one_revision(sqlite_site: Site) -> None:
    draft = add_draft(sqlite_site, bundle())
    tara, path = sqlite_site.visitor("tara"), f"{DRAFTS}/{draft}/zip"
    for files, said in (
        ({}, "no course.md"),
        ({"course.md": "x", "../out.md": "y"}, "can’t use these files: ../out.md"),
    ):
        refused = tara.send(path, {**dict(tara.get(path).form(path).fields), "file": _zipped(files)}, 422)
        assert said in refused.main and "Nothing was changed" in refused.main
    changed = {**{name: text for name, text in FILES.items() if "gentle" not in name}, LESSON: TURNED}
    page = tara.send(path, {**dict(tara.get(path).form(path).fields), "file": _zipped(changed)})
    assert "The files of the ZIP file are in the draft now." in page.html
    with sqlite_site.inside():
        found = db.session.query(Draft).filter_by(public_id=draft).one()
        assert dict(bundle_of(found).files) == {name: text.encode() for name, text in changed.items()}
        assert found.revision == 2


def _zipped(files: dict[str, str]) -> FileStorage:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    file.seek(0)
    return FileStorage(file, "course.zip")


def test_going_back_is_a_new_version_with_the_older_text(sqlite_site: Site) -> None:
    first = publish_small(sqlite_site)
    newer = FILES["course.md"].replace('"1.0.0"', '"1.0.1"')
    publish_small(sqlite_site, **{LESSON: TURNED, "course.md": newer})
    page = sqlite_site.visitor("tara").get(f"{COURSES}/small-course")
    page = page.form(f"{COURSES}/small-course/1.0.0/draft").submit("Start a draft: 1.0.0")
    page = page.follow("Publish")
    assert "Version 1.0.1 was published after this draft was started" in page.main
    page = page.form_with("Continue").submit("Continue", version="1.0.2")
    page.form_with("Publish").submit("Publish")
    with sqlite_site.inside():
        versions = [get_course(find_newest_digest("small-course") or ""), get_course(first)]
    assert [one.version for one in versions] == ["1.0.2", "1.0.0"]
    assert versions[0].lessons == versions[1].lessons


def test_a_correction_for_safety_reaches_whoever_had_read_the_lesson_on_every_line(sqlite_site: Site) -> None:
    base = publish_small(sqlite_site)
    with sqlite_site.inside():
        harbour, ids = find_programme("harbour"), {name: sqlite_site.person(name).id for name in ("sam", "lena")}
        assert harbour
    sqlite_site.do(library.offer, harbour.id, "small-course", True, 9)
    enrolled = {}
    for name in ids:
        enrolled[name] = sqlite_site.do(learning.enrol, ids[name], harbour.id, get_small(sqlite_site, base)).id
    sqlite_site.do(learning.finish_lesson, enrolled["sam"], "hello")
    newer = {"course.md": FILES["course.md"].replace('"1.0.0"', '"1.1.0"').replace("A course for tests.", "Tests.")}
    second = publish_small(sqlite_site, **newer)
    draft = add_draft(sqlite_site, bundle(**{**newer, LESSON: TURNED}), base=second)
    note = "Dana turns; she doesn’t look up."
    page = look(sqlite_site, draft, "1.1.1")
    page.form(f"{DRAFTS}/{draft}/publish").submit("Publish", correction=note)
    with sqlite_site.inside():
        lines = {line: get_course(find_newest_digest("small-course", line) or "") for line in ("1.0", "1.1")}
    assert {line: one.version for line, one in lines.items()} == {"1.0": "1.0.1", "1.1": "1.1.1"}
    assert lines["1.0"].summary == "A course for tests." and "Dana turns." in lines["1.0"].lessons[0].html
    lesson = "/courses/small-course/lessons/hello"
    assert note in sqlite_site.visitor("sam").get(lesson).main
    lena = sqlite_site.visitor("lena").get(lesson).main
    assert note not in lena and "Dana turns." in lena and note not in sqlite_site.stranger().get(lesson).main
    draft = add_draft(sqlite_site, published_files(sqlite_site, lines["1.1"].digest), base=lines["1.1"].digest)
    sqlite_site.do(lambda: _change_lesson(draft))
    look(sqlite_site, draft, "1.1.2").form(f"{DRAFTS}/{draft}/publish").submit("Publish")
    with sqlite_site.inside():
        assert get_course(find_newest_digest("small-course", "1.1") or "").corrected is None


def get_small(site: Site, digest: str) -> Course:
    with site.inside():
        return get_course(digest)


def published_files(site: Site, digest: str) -> Bundle:
    with site.inside():
        return get_bundle(digest)


def _change_lesson(public_id: str) -> None:
    draft = db.session.query(Draft).filter_by(public_id=public_id).one()
    text = TURNED.replace("Dana turns.", "Dana waits.").encode()
    change(draft.id, None, "saved", LESSON, contents_of({LESSON: text}))  # type: ignore[arg-type]
