"""What people see while they learn: home, courses, lessons, and what is left."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, current_app, g, redirect, render_template, request, url_for

from lms.accounts import sees
from lms.accounts.access import allow, meet, public, sign_in_again, signed_in, visitor
from lms.accounts.rules import Visitor, may
from lms.content.course import Course, Lesson
from lms.foundation.db import write
from lms.foundation.keeping import kept_page
from lms.foundation.words import duration
from lms.foundation.words import gettext as _
from lms.learning import actions, pages, records
from lms.learning.records import OpenPage
from lms.learning.rules import Progress, missing_facts
from lms.library.records import list_offerings, list_reviews
from lms.library.rules import missing_reviews
from lms.library.shelf import get_course

rooms = Blueprint("learning", __name__)


def review_words() -> dict[str, str]:
    """Return who reviews courses, in words."""
    return {
        "clinical": _("a mental health professional"),
        "peer": _("an experienced peer supporter"),
        "legal": _("a lawyer"),
    }


def open_course(course_id: str) -> tuple[OpenPage, Course]:
    """Return the page's visitor, enrolment and course, or answer 404."""
    page = records.open_page(g.session_mark, course_id)
    meet(page.visitor)
    if page.digest is None:
        abort(404)
    return page, get_course(page.digest)


def open_enrolment(course_id: str) -> tuple[OpenPage, Course, str]:
    """Return the page, course and enrolment of somebody who has begun; others are led to the course's page."""
    page, course = open_course(course_id)
    if page.enrolment_id is None:
        abort(redirect(url_for("learning.course", course=course_id), 303))
    return page, course, page.enrolment_id


def certificate_of(enrolment_id: str | None) -> dict[str, Any]:
    """Return what stands of an enrolment's certificate, as the room above tells."""
    if enrolment_id is None:
        return {"url": None, "waiting": False}
    found: dict[str, Any] = current_app.extensions["lms_certificate_of"](enrolment_id)
    return found


def warm(enrolment_id: str) -> None:
    """Read the versions that a decision about a certificate needs, before the write that takes it."""
    for digest in records.list_passed_digests(enrolment_id):
        get_course(digest)


@rooms.get("/")
@public
def home() -> Any:
    """Greet a stranger; somebody who is signed in finds their courses."""
    if visitor():
        return redirect(url_for("learning.courses"), 303)
    courses = [get_course(digest) for _id, digest in records.offered_courses(None)]
    return render_template(
        "learning/home.html", course_count=len(courses), minutes=sum(course.minutes for course in courses)
    )


@rooms.get("/courses")
@public
def courses() -> Any:
    """Show all courses, and where one is."""
    somebody = visitor()
    enrolments = records.list_enrolments(somebody.person_id) if somebody else []
    begun = {row.course_id: row for row in enrolments}
    entries, current = [], None
    for number, (course_id, digest) in enumerate(records.offered_courses(somebody), 1):
        course = get_course(digest)
        enrolment = begun.get(course_id)
        progress = records.progress_of(enrolment.id) if enrolment else Progress()
        certificate = certificate_of(enrolment.id if enrolment else None)
        entries.append(_entry(number, course, enrolment is not None, progress, certificate))
        if enrolment and enrolment is enrolments[0] and not certificate["url"]:
            current = _current(course, progress)
    return render_template(
        "learning/courses.html",
        here="courses",
        greeting=somebody.display_name if somebody else None,
        current=current,
        entries=entries,
        certificates=current_app.extensions["lms_certificates_of"](somebody.person_id) if somebody else [],
    )


def _entry(number: int, course: Course, begun: bool, progress: Progress, certificate: dict[str, Any]) -> dict[str, Any]:
    if certificate["url"] or certificate["waiting"]:
        state, state_text = "ok", _("Finished")
    elif begun:
        state, state_text = "go", _("%(done)s of %(all)s lessons", done=len(progress.lessons), all=len(course.lessons))
    else:
        state, state_text = "none", _("Not begun")
    return {
        "code": course.code,
        "number": number,
        "title": course.title,
        "summary": course.summary,
        "url": url_for("learning.course", course=course.id),
        "minutes": course.minutes,
        "lessons": len(course.lessons),
        "conversations": len(course.conversations),
        "state": state,
        "state_text": state_text,
    }


def _current(course: Course, progress: Progress) -> dict[str, Any]:
    lesson = pages.first_open(course, progress)
    url, text = pages.next_thing(course, progress)
    return {
        "course_title": course.title,
        "lesson_title": lesson.title if lesson else text,
        "url": url,
        "course_url": url_for("learning.course", course=course.id),
        "done": len(progress.lessons),
        "count": len(course.lessons),
        "number": course.lessons.index(lesson) + 1 if lesson else None,
        "minutes": lesson.minutes if lesson else None,
        "note": lesson.content_note.note if lesson and lesson.content_note.topics else "",
        "marks": [item.id in progress.lessons for item in course.lessons],
    }


@rooms.get("/courses/<course>")
@public
def course(course: str) -> Any:
    """Show what a course covers, its path, what its certificate asks for and who sees what."""
    page, content = open_course(course)
    progress = records.progress_of(page.enrolment_id) if page.enrolment_id else Progress()
    certificate = certificate_of(page.enrolment_id)
    reviews = list_reviews(content.id, content.digest)
    words = review_words()
    missing = missing_reviews(words, {review.role for review in reviews})
    next_url, next_text = pages.next_thing(content, progress)
    return render_template(
        "learning/course.html",
        here="courses",
        course=content,
        course_html=pages.dress(content.html, page.facts),
        enrolled=page.enrolment_id is not None,
        signed_in=page.visitor is not None,
        may_enrol=_may_begin(page, content),
        waits_for=_facts_waited_for(page, content),
        path=pages.path_of(content, progress, page.enrolment_id is not None, certificate["url"]),
        asked=pages.asked_rows(content, progress),
        sees={"columns": sees.COLUMNS(), "rows": [row[:2] for row in sees.rows_of_sight()]},
        notes_text=content.content_note,
        reviews=[{"role_text": words[r.role], "name": r.name, "date": r.date} for r in reviews],
        review_missing=[words[role] for role in missing],
        held=bool(page.programme_id) and current_app.extensions["lms_is_held"](page.programme_id, content.digest),
        lead_text=pages.fact_words(page.facts)[0],
        certificate_url=certificate["url"],
        next_url=certificate["url"] or next_url,
        next_text=_("See your certificate") if certificate["url"] else next_text,
        facilitator=any(module.facilitator for module in content.modules) and _may_facilitate(page.visitor, course),
    )


def _may_facilitate(somebody: Visitor | None, course_id: str) -> bool:
    """Decide whether somebody runs sessions, or coordinates them, in a programme that offers the course."""
    if not may(somebody, "read facilitator notes"):
        return False
    offered = {offering.programme_id for offering in list_offerings(course_id)}
    return any(may(somebody, "read facilitator notes", programme_id) for programme_id in offered)


@rooms.get("/courses/<course>/facilitator")
@allow("read facilitator notes")
def facilitator(course: str) -> Any:
    """Show the notes for those who run a course; learners are never sent them."""
    page, content = open_course(course)
    if not _may_facilitate(page.visitor, course):
        abort(404)
    modules = [
        (module, pages.apart_from_others(pages.dress(module.facilitator, page.facts), module.id))
        for module in content.modules
        if module.facilitator
    ]
    return render_template("learning/facilitator.html", here="courses", course=content, modules=modules)


@rooms.get("/courses/<course>/glossary")
@public
def glossary(course: str) -> Any:
    """Show the words of a course with their meanings, by the alphabet."""
    page, content = open_course(course)
    terms = [(term.term, pages.dress(term.meaning, page.facts)) for term in pages.by_the_alphabet(content.glossary)]
    return render_template("learning/glossary.html", here="courses", course=content, terms=terms)


def _facts_waited_for(page: OpenPage, content: Course) -> list[str]:
    words = {
        "lead": _("the name of its lead"),
        "emergency": _("its emergency number"),
        "limits_statement": _("its own limits statement"),
    }
    return [words[name] for name in missing_facts(content, page.facts)] if page.programme_id else []


def _may_begin(page: OpenPage, content: Course) -> bool:
    member = page.visitor is not None and page.programme_id is not None
    return member and not missing_facts(content, page.facts)


@rooms.post("/courses/<course>/enrol")
@allow("learn")
def enrol(course: str) -> Any:
    """Begin a course, and open its first lesson."""
    page, content = open_course(course)
    if page.enrolment_id is None:
        if page.programme_id is None:
            abort(404)
        if not _may_begin(page, content):
            return redirect(url_for("learning.course", course=course), 303)
        write(actions.enrol, signed_in().person_id, page.programme_id, content)
    return redirect(pages.lesson_path(content, content.lessons[0]), 303)


@rooms.get("/courses/<course>/lessons/<lesson>")
@public
def lesson(course: str, lesson: str) -> Any:
    """Show a lesson."""
    return _lesson_page(course, lesson, gentle=False)


@rooms.get("/courses/<course>/lessons/<lesson>/gentler")
@public
def gentler(course: str, lesson: str) -> Any:
    """Show a lesson's gentler version; which of the two is read is kept nowhere."""
    return _lesson_page(course, lesson, gentle=True)


def _lesson_page(course: str, lesson: str, gentle: bool) -> Any:
    page, content = open_course(course)
    shown = content.lesson_by_id.get(lesson)
    if shown is None or (gentle and shown.gentle_html is None):
        abort(404)
    about = (content.digest, pages.fact_words(page.facts), page.lessons_done, page.enrolment_id is not None)
    return kept_page(about, lambda: _make_lesson_page(page, content, shown, gentle))


def _make_lesson_page(page: OpenPage, content: Course, shown: Lesson, gentle: bool) -> str:
    """Make a lesson's page from values that all its readers at the same place of the course share."""
    place = content.lessons.index(shown)
    before = content.lessons[place - 1] if place else None
    after = content.lessons[place + 1] if place + 1 < len(content.lessons) else None
    plain_url = pages.lesson_path(content, shown)
    gentle_url = url_for("learning.gentler", course=content.id, lesson=shown.id)
    html = shown.gentle_html if gentle and shown.gentle_html else shown.html
    body, notes = pages.apart_from_notes(pages.dress(html, page.facts))
    return render_template(
        "learning/lesson.html",
        here="courses",
        course=content,
        lesson=shown,
        module=next(module for module in content.modules if shown in module.lessons),
        body=body,
        notes=notes,
        practice=pages.practice_of(shown, page.facts),
        gentle=gentle,
        other_url=plain_url if gentle else gentle_url if shown.gentle_html else None,
        number=place + 1,
        count=len(content.lessons),
        done_marks=[item.id in page.lessons_done for item in content.lessons],
        done=shown.id in page.lessons_done,
        enrolled=page.enrolment_id is not None,
        signed_in=page.visitor is not None,
        previous=(before.title, pages.lesson_path(content, before)) if before else None,
        next=(after.title, pages.lesson_path(content, after)) if after else None,
        course_url=url_for("learning.course", course=content.id),
    )


@rooms.post("/courses/<course>/lessons/<lesson>/done")
@allow("learn")
def done(course: str, lesson: str) -> Any:
    """Finish a lesson and go on to the next."""
    _page, content, enrolment_id = open_enrolment(course)
    shown = content.lesson_by_id.get(lesson)
    if shown is None:
        abort(404)
    warm(enrolment_id)
    write(actions.finish_lesson, enrolment_id, lesson)
    place = content.lessons.index(shown)
    if place + 1 < len(content.lessons):
        return redirect(pages.lesson_path(content, content.lessons[place + 1]), 303)
    return redirect(url_for("learning.left", course=course), 303)


@rooms.get("/courses/<course>/left")
@allow("learn")
def left(course: str) -> Any:
    """Show what the certificate still asks for, each with its way there."""
    _page, content, enrolment_id = open_enrolment(course)
    progress = records.progress_of(enrolment_id)
    asked = pages.asked_rows(content, progress)
    certificate = certificate_of(enrolment_id)
    unfinished = pages.first_open(content, progress)
    return render_template(
        "learning/left.html",
        here="courses",
        course=content,
        asked=asked,
        left=[row for row in asked if not row["met"]],
        certificate_url=certificate["url"],
        waiting_review=certificate["waiting"],
        lesson_url=pages.lesson_path(content, unfinished) if unfinished else None,
        lessons_done=len(progress.lessons),
        lessons_count=len(content.lessons),
        course_url=url_for("learning.course", course=content.id),
    )


@rooms.route("/courses/<course>/conversations/<conversation>", methods=["GET", "POST"])
@public
def conversation(course: str, conversation: str) -> Any:
    """Play a practice conversation; the path travels with the page and is kept nowhere."""
    page, content = open_course(course)
    talk = content.conversation_by_id.get(conversation)
    if talk is None:
        abort(404)
    ended = sign_in_again()
    if ended is not None:
        return ended
    path = _path_after_choice() if request.method == "POST" else ""
    played = pages.play(talk, path)
    end = talk.places[played.place.id] if played.place in talk.ends else None
    if end is not None and page.enrolment_id:
        warm(page.enrolment_id)
        write(actions.complete_practice, page.enrolment_id, talk, played.place)  # type: ignore[arg-type]
    progress = records.progress_of(page.enrolment_id) if page.enrolment_id else Progress()
    now = None
    if end is None:
        turn = played.place
        now = {"who": talk.partner, "stage": turn.stage, "text": pages.dress(turn.says, page.facts)}  # type: ignore[union-attr]
    return render_template(
        "learning/conversation.html",
        here="courses",
        course=content,
        conversation=talk,
        started=request.method == "POST",
        script=pages.script_of(talk, played, page.facts),
        now=now,
        replies=pages.replies_in_play(talk, played, page.facts),
        path=played.path,
        can_go_back=bool(played.steps),
        end=end and {"title": end.title, "html": pages.dress(end.html, page.facts), "good": end.good},  # type: ignore[union-attr]
        debrief=pages.debrief_of(played, page.facts) if end else [],
        completed=talk.id in progress.practised,
        needs_good=talk.must_reach == "good",
        course_url=url_for("learning.course", course=content.id),
        enrolled=page.enrolment_id is not None,
        signed_in=page.visitor is not None,
        minutes_text=duration(talk.minutes),
    )


def _path_after_choice() -> str:
    path = request.form.get("path", "")
    steps = [part for part in path.split(".") if part]
    if "again" in request.form:
        return ""
    if "back" in request.form:
        return ".".join(steps[:-1])
    if "reply" in request.form:
        steps.append(request.form["reply"])
    return ".".join(steps)
