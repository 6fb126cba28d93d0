"""How somebody likes to be met: said once, true everywhere, and seen by nobody else."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from lms.foundation import clock
from tests.builders.learning import COURSE, begin
from tests.conftest import ROOT, Site
from tests.inspector import Page

LESSON = f"{COURSE}/lessons"


def choose(site: Site, **fields: str | None) -> Page:
    return site.visitor("sam").get("/account/ways").form("/account/ways").submit(**fields)


def later(minutes: int) -> None:
    clock.shift(clock.now() + timedelta(minutes=minutes) - datetime.now(UTC))


def test_all_of_it_is_off_until_somebody_says_so(sqlite_site: Site) -> None:
    page = sqlite_site.visitor("sam").get("/account").follow("Learning preferences")
    assert not page.find("main input[checked]") and page.find("#f-pronouns")[0].get("value") == ""


def test_more_time_on_a_shared_device_holds_for_every_sign_in_of_hers_and_for_nobody_else(site: Site) -> None:
    for name in ("sam", "lena"):
        site.visitor(name)
    choose(site, long_rest="yes")
    later(100)
    assert site.visitor("sam").get("/account").path == "/account"
    assert site.visitor("lena").get("/account").path.startswith("/sign-in")
    later(130)
    assert site.visitor("sam").get("/account").path.startswith("/sign-in")


def test_a_check_opens_with_all_questions_for_those_who_asked(site: Site) -> None:
    begin(site.visitor("sam"))
    begin(site.visitor("lena"))
    choose(site, check_at_once="yes")
    assert site.visitor("sam").get(f"{COURSE}/check").form("/check").submit().path.endswith("/all")
    assert site.visitor("lena").get(f"{COURSE}/check").form("/check").submit().path.endswith("/1")


def where_to(site: Site, lesson: str) -> str:
    form = site.visitor("sam").get(f"{LESSON}/{lesson}").form("/done")
    answer = site.visitor("sam").browser.post(form.action, data=dict(form.fields), base_url="http://127.0.0.1:8000")
    return str(answer.headers["Location"])


def test_one_sentence_names_the_lesson_that_was_finished_unless_it_is_hidden(site: Site) -> None:
    page = begin(site.visitor("sam"))
    first = page.h1
    onward = where_to(site, page.path.rsplit("/", 1)[1])
    after = site.visitor("sam").get(onward)
    told = "".join(after.find(".note")[0].itertext())
    assert told.startswith(f"You finished “{first}”.") and not re.search(r"\d", told.replace(first, ""))
    assert "You finished" not in site.stranger().get(onward).main
    address = after.path.partition("?")[0]
    assert "You finished" not in site.visitor("sam").get(address).html
    choose(site, wins_hidden="yes")
    assert "done=" not in where_to(site, address.rsplit("/", 1)[1])
    assert "You finished" not in site.visitor("sam").get(onward).html


def test_a_hard_subject_is_told_as_one_and_the_last_lesson_as_well(sqlite_site: Site) -> None:
    from tests.builders.learning import the_course

    with sqlite_site.inside():
        lessons = the_course().lessons
    begin(sqlite_site.visitor("sam"))
    hard = next(place for place, lesson in enumerate(lessons[:-1]) if lesson.content_note.topics)
    onward = where_to(sqlite_site, lessons[hard].id)
    assert "That was a hard subject." in sqlite_site.visitor("sam").get(onward).main
    last = sqlite_site.visitor("sam").get(f"{LESSON}/{lessons[-1].id}").form("/done").submit()
    assert f"You finished “{lessons[-1].title}”." in "".join(last.find(".told")[0].itertext())
    for never in ("nothing", lessons[hard + 1].id):
        for page in (f"{COURSE}/left", f"{LESSON}/{lessons[0].id}"):
            assert "You finished" not in sqlite_site.visitor("sam").get(f"{page}?done={never}").html


def test_pronouns_are_shown_beside_a_name_only_by_ones_own_wish(site: Site) -> None:
    choose(site, pronouns="they/them")
    people = "/programmes/harbour/people"
    assert "they/them" not in site.visitor("cora").get(people).html
    choose(site, pronouns_shown="yes")
    assert "Sam Osei (they/them)" in site.visitor("cora").get(people).main
    choose(site, pronouns="")
    assert "they/them" not in site.visitor("cora").get(people).html
    again = choose_too_long(site)
    assert "41 characters" in again.main


def choose_too_long(site: Site) -> Page:
    form = site.visitor("sam").get("/account/ways").form("/account/ways")
    return form.submit(pronouns="x" * 41, expect=422)


def test_no_form_asks_for_gender_or_title() -> None:
    asks = re.compile(r"\b(gender|sex|salutation|honorific|mr|mrs|ms)\b", re.I)
    for path in [*ROOT.glob("lms/*/forms.py"), *ROOT.glob("templates/**/*.html")]:
        for line in path.read_text("utf-8").splitlines():
            if re.search(r"Field\(|<input|<select|<label|<legend|forms\.", line):
                assert not asks.search(line), f"{path.name}: {line.strip()[:100]}"
