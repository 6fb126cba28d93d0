"""Lesson feedback: nobody can tell who sent it, five people must have finished the lesson, and all read the reply."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import inspect, select, text, update

from lms.accounts.session_records import SignIn
from lms.authoring.drafts.records import Draft
from lms.foundation import clock
from lms.foundation.audit.entries import AuditEntry
from lms.foundation.db import db
from lms.foundation.web.throttle import Misses
from lms.learning.feedback.records import IN_A_WEEK, Feedback, week_of
from lms.learning.feedback.views import IN_AN_HOUR
from lms.learning.progress import actions
from tests.builders.learning import COURSE, PFA, begin, prepare
from tests.conftest import PFA as PFA_FOLDER
from tests.conftest import Site
from tests.inspector import Page

LESSON = "what-pfa-is"
HERE = f"{COURSE}/lessons/{LESSON}/remarks"
AUTHORS = f"/programmes/harbour/courses/{PFA}/remarks"
ALL = ("sam", "lena", "tara", "cora", "ada")


def say(site: Site, name: str, words: str, said: str = "unclear") -> Page:
    return site.visitor(name).get(HERE).form("/remarks").submit(said=said, words=words)


def finish(site: Site, *names: str) -> None:
    """Let people finish the lesson in the harbour programme."""
    with site.inside():
        harbour = next(iter(site.roles(site.person("sam").id)))
    for name in names:
        enrolment = prepare(site, name, practised=False, read=False) if name != "ada" else _ada(site, harbour)
        site.do(actions.finish_lesson, enrolment, LESSON)


def _ada(site: Site, programme_id: str) -> str:
    from tests.builders.learning import the_course

    with site.inside():
        course, person_id = the_course(), site.person("ada").id
    enrolment: str = site.do(actions.enrol, person_id, programme_id, course).id
    return enrolment


def next_week() -> None:
    clock.shift(timedelta(days=7))


def enter_again(site: Site) -> None:
    site.visitors.clear()


def test_a_comment_keeps_no_person_no_moment_and_no_order(site: Site) -> None:
    begin(site.visitor("sam"))
    with site.inside():
        before = len(list(db.session.scalars(select(AuditEntry))))
        sign_ins = [row.last_seen_at for row in db.session.scalars(select(SignIn))]
    thanks = say(site, "sam", "The third part lost me.")
    assert "without your name" in thanks.find(".told")[0].xpath("string()")
    with site.inside():
        columns = {column["name"] for column in inspect(db.engine).get_columns("remark")}
        assert columns == {"id", "programme_id", "course_id", "lesson_id", "said", "words", "week", "heading"}
        row = db.session.scalars(select(Feedback)).one()
        assert (row.said, row.words, row.week) == ("unclear", "The third part lost me.", week_of(clock.today("UTC")))
        assert len(list(db.session.scalars(select(AuditEntry)))) == before
        assert [one.last_seen_at for one in db.session.scalars(select(SignIn))] == sign_ins
        assert list(db.session.scalars(select(Misses))) == []
        person = site.person("sam")
        assert not {person.id, person.public_id} & {str(value) for value in vars(row).values()}
        if db.engine.dialect.name == "sqlite":
            made = db.session.scalar(text("select sql from sqlite_master where name = 'remark'"))
            assert "WITHOUT ROWID" in str(made).upper()


def test_a_comment_can_be_about_a_heading_and_waits_at_its_line_for_a_reply(site: Site) -> None:
    finish(site, *ALL)
    form = site.visitor("sam").get(HERE).form("/remarks")
    choices = [node.get("value") for node in site.visitor("sam").get(HERE).find("select[name=about] option")]
    heading = choices[1]
    assert choices[0] == "" and len(choices) > 2 and not {"Do not", "To take with you"} & set(choices)
    form.submit(said="unclear", words="Lost me here.", about=heading)
    say(site, "lena", "", said="helpful")
    say(site, "lena", "All of it.", said="too_much")
    next_week()
    enter_again(site)
    tara = site.visitor("tara")
    waiting = tara.get("/programmes/harbour/writing").follow("Feedback to answer")
    assert "2 comments" in waiting.main
    page = waiting.follow("What psychological first aid is")
    lines = (PFA_FOLDER / "1-know" / f"1-{LESSON}.md").read_text("utf-8").splitlines()
    line = next(number for number, text in enumerate(lines, 1) if text.startswith("## ") and heading in text)
    assert f"{heading} (line {line})" in " ".join(page.text.split())
    start = tara.get("/programmes/harbour/drafts/new").form_with("Start from this course")
    draft = start.submit(course=PFA, course_id="our-pfa", title="Our first aid")
    assert "Lost me here." not in draft.follow("What psychological first aid is").main
    site.do(lambda: db.session.execute(update(Draft).values(course_id=PFA)))
    editor = tara.get(draft.path).follow("What psychological first aid is")
    shown = " ".join(editor.find("#feedback-head")[0].getparent().itertext())
    assert f"Line {line}: {heading}" in " ".join(shown.split()) and "Lost me here." in shown
    page = editor.follow("Reply to feedback on this lesson")
    page.form("/remarks").submit(lesson=LESSON, heard="One part was hard.", changed="It is shorter.")
    assert "There’s no feedback to answer." in tara.get("/programmes/harbour/writing/remarks").main
    say(site, "sam", "Still hard.")
    clock.shift(timedelta(days=14))
    enter_again(site)
    assert "1 comment" in site.visitor("tara").get("/programmes/harbour/writing/remarks").main
    for name in ("cora", "mina", "ada", "sam"):
        site.visitor(name).get("/programmes/harbour/writing/remarks", expect=404)


def test_nothing_is_logged_of_a_comment(sqlite_site: Site, caplog) -> None:  # type: ignore[no-untyped-def]
    begin(sqlite_site.visitor("sam"))
    caplog.set_level(0)
    caplog.clear()
    say(sqlite_site, "sam", "A heron in the reeds.")
    assert "heron" not in caplog.text and "remark" not in caplog.text


def test_the_author_reads_it_once_five_have_finished_the_lesson_and_the_week_is_over(site: Site) -> None:
    finish(site, "sam", "lena", "tara", "cora")
    say(site, "sam", "Too many words at once.")
    next_week()
    enter_again(site)
    assert "Too many words" not in site.visitor("tara").get(AUTHORS).main
    finish(site, "ada")
    page = site.visitor("tara").get(AUTHORS)
    assert "Too many words at once." in page.main and f"{LESSON}.md" in page.main
    say(site, "lena", "Said this very week.")
    assert "Said this very week." not in site.visitor("tara").get(AUTHORS).main
    for name in ("sam", "cora", "ada", "mina"):
        site.visitor(name).get(AUTHORS, expect=404)


def test_they_come_in_the_order_of_random_keys_and_without_a_number(sqlite_site: Site) -> None:
    finish(sqlite_site, *ALL)
    sent = [f"Remark {letter}" for letter in "abcdefgh"]
    for words in sent:
        say(sqlite_site, "sam", words)
    next_week()
    enter_again(sqlite_site)
    main = sqlite_site.visitor("tara").get(AUTHORS).main
    shown = sorted(sent, key=main.index)
    with sqlite_site.inside():
        by_key = [row.words for row in db.session.scalars(select(Feedback).order_by(Feedback.id))]
        assert [row.words for row in db.session.scalars(select(Feedback))] == by_key
    assert shown == by_key and "8" not in main.replace("W48", "").split("Answer")[0].split("over.")[1]


def test_the_same_slip_sent_twice_is_one_comment(site: Site) -> None:
    begin(site.visitor("sam"))
    form = site.visitor("sam").get(HERE).form("/remarks")
    for _time in range(2):
        form.submit(said="helpful", words="Once.")
    with site.inside():
        assert [row.words for row in db.session.scalars(select(Feedback))] == ["Once."]


def test_many_comments_of_one_sign_in_are_held_off_without_writing_whose_they_are(sqlite_site: Site) -> None:
    begin(sqlite_site.visitor("sam"))
    for number in range(IN_AN_HOUR):
        say(sqlite_site, "sam", f"Number {number}")
    assert "couldn’t save" in say(sqlite_site, "sam", "One more").main
    with sqlite_site.inside():
        assert len(list(db.session.scalars(select(Feedback)))) == IN_AN_HOUR
        assert list(db.session.scalars(select(Misses))) == []


def test_a_lesson_takes_so_many_comments_a_week_and_no_more(sqlite_site: Site) -> None:
    begin(sqlite_site.visitor("sam"))
    with sqlite_site.inside():
        programme = next(iter(sqlite_site.roles(sqlite_site.person("sam").id)))

    def fill() -> None:
        for _number in range(IN_A_WEEK):
            row = Feedback(programme_id=programme, course_id=PFA, lesson_id=LESSON, said="helpful", words="")
            row.week = week_of(clock.today("UTC"))
            db.session.add(row)

    sqlite_site.do(fill)
    assert "couldn’t save" in say(sqlite_site, "sam", "One more").main


def test_a_comment_without_a_choice_or_with_too_many_words_is_asked_for_again(sqlite_site: Site) -> None:
    begin(sqlite_site.visitor("sam"))
    form = sqlite_site.visitor("sam").get(HERE).form("/remarks")
    page = form.submit(words="w" * 501, expect=422)
    assert "Please choose one of the three." in page.main and "501" in page.main and "w" * 501 in page.html


def test_those_who_have_not_begun_read_but_do_not_write(sqlite_site: Site) -> None:
    for visitor in (sqlite_site.stranger(), sqlite_site.visitor("lena")):
        page = visitor.get(f"{COURSE}/lessons/{LESSON}").follow("What readers told us, and what we changed")
        assert not page.find("main textarea")


def test_the_answer_stands_on_the_lesson_for_everybody_until_it_is_taken_back(site: Site) -> None:
    begin(site.visitor("sam"))
    tara = site.visitor("tara")
    page = tara.get(COURSE).follow("Lesson feedback: Harbour Hospitals")
    page.form("/remarks").submit(heard="", changed="", expect=422)
    told = page.form("/remarks").submit(lesson=LESSON, heard="The third part is <dense>.", changed="It is two now.")
    assert "can see your reply" in told.main
    lesson = site.visitor("sam").get(f"{COURSE}/lessons/{LESSON}")
    here = lesson.follow("Give feedback on this lesson, or see what changed because of it")
    assert "The third part is <dense>." in here.main and "It is two now." in here.main
    assert "two now" in site.stranger().get(HERE).main
    tara.get(AUTHORS).form("/take-back").submit()
    assert "two now" not in site.stranger().get(HERE).main
