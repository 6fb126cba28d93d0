"""Pages of a practice conversation: its turns, its end, and the debrief."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, redirect, render_template, request, url_for

from lms.accounts.access import allow, public, sign_in_again, signed_in
from lms.content.model.conversation import Conversation, Turn
from lms.content.model.course import Course
from lms.foundation.db import write
from lms.foundation.text.i18n import day
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.fields import whole_number
from lms.foundation.web.security import settings
from lms.learning.blueprint import blueprint
from lms.learning.practice import actions as practice_actions
from lms.learning.practice import pages as practice_pages
from lms.learning.practice import records as practice_records
from lms.learning.practice.records import Run
from lms.learning.practice.rules import Played, moved, play
from lms.learning.progress import records
from lms.learning.progress.access import open_course, preload_passed_versions
from lms.learning.progress.open_page_records import OpenPage
from lms.learning.progress.placeholders import fill_placeholders
from lms.library.course_cache import get_course


@dataclass(frozen=True)
class OpenedConversation:
    """A conversation as somebody sees it now; without a run, nothing of it is stored."""

    page: OpenPage
    course: Course
    conversation: Conversation
    run: Run | None = None
    path: str = ""
    tells: bool = False
    own_first: bool = False

    @property
    def played(self) -> Played:
        """How far it is."""
        return play(self.conversation, self.path)

    @property
    def url(self) -> str:
        """Its address."""
        return url_for("learning.conversation", course=self.course.id, conversation=self.conversation.id)


def _version_of(run: Run, content: Course) -> Course:
    """Return the version a run was started on, or the newest where this site can no longer read that."""
    try:
        return get_course(run.digest)
    except LookupError:
        return content


def _open_conversation(course: str, conversation: str) -> OpenedConversation:
    """Return the conversation, on the run that is open where there is one, or answer 404."""
    page, content = open_course(course)
    run = practice_records.find_open(page.enrolment_id, conversation) if page.enrolment_id else None
    return _with(page, content, conversation, run)


def _with(page: OpenPage, content: Course, conversation: str, run: Run | None) -> OpenedConversation:
    version = _version_of(run, content) if run else content
    found = version.conversation_by_id.get(conversation)
    if found is None:
        abort(404)
    if run is None:
        return OpenedConversation(page, content, found)
    return OpenedConversation(page, content, found, run, run.path, run.tells, run.own_first)


@blueprint.route("/courses/<course>/conversations/<conversation>", methods=["GET", "POST"])
@public
def conversation(course: str, conversation: str) -> Any:
    """Play a practice conversation; a run is stored only for people who take the course."""
    opened = _open_conversation(course, conversation)
    if request.method == "GET":
        words = _("We’ve deleted your choices in that conversation. What your course recorded about it stays.")
        notices = [words] if "forgotten" in request.args else []
        return _play_page(opened, notices) if opened.run else _start_page(opened, notices)
    ended = sign_in_again()
    if ended is not None:
        return ended
    return _kept_move(opened) if opened.page.enrolment_id else _loose_move(opened)


def _loose_move(opened: OpenedConversation) -> Any:
    """Take one step with a path that is in the page's form and stored nowhere."""
    path = moved(request.form.get("path", ""), request.form)
    tells, own_first = _options()
    path = play(opened.conversation, path).path
    now = OpenedConversation(opened.page, opened.course, opened.conversation, None, path, tells, own_first)
    return _debrief_page(now, []) if now.played.end else _play_page(now, [])


def _options() -> tuple[bool, bool]:
    """Return what the page asked for: feedback with each reply, and one's own words first."""
    tells = request.form.get("tell") or request.form.get("tells")
    own_first = request.form.get("own") or request.form.get("own_first")
    return tells == "yes", own_first == "yes"


def _kept_move(opened: OpenedConversation) -> Any:
    """Take one step in the stored run; what was sent before, here or elsewhere, is neither lost nor repeated."""
    form = request.form
    if "run" not in form:
        return _begin(opened)
    seen = practice_records.find_own(form["run"], signed_in().person_id)
    if seen is None or not _belongs_here(opened, seen):
        return _newest(
            opened, _("We no longer have the conversation on that page. You can start it again whenever you like.")
        )
    current = _with(opened.page, opened.course, opened.conversation.id, seen)
    revision = whole_number(form.get("revision", ""), -1)
    outcome: practice_actions.MoveResult = "done"
    if "reply" in form:
        preload_passed_versions(seen.enrolment_id)
        reply = whole_number(form["reply"], -1)
        outcome = write(practice_actions.say, seen.id, current.conversation, revision, reply)
    elif "back" in form:
        outcome = write(practice_actions.go_back, seen.id, revision)
    elif "restart" in form:
        write(practice_actions.restart, seen.id)
    elif "tell" in form or "own" in form:
        tells, own_first = (form[name] == "yes" if name in form else None for name in ("tell", "own"))
        write(practice_actions.set_options, seen.id, tells, own_first)
    if outcome == "done":
        return redirect(_address_of(opened, seen.public_id), 303)
    words = _(
        "You continued this conversation in another tab or on another device. Nothing is lost: this is the latest turn."
    )
    return _newest(opened, words, seen.public_id)


def _belongs_here(opened: OpenedConversation, run: Run) -> bool:
    """Return whether a run is of this conversation, as replies in one never count for another."""
    course_id = records.get_enrolment(run.enrolment_id).course_id
    return (course_id, run.conversation_id) == (opened.course.id, opened.conversation.id)


def _begin(opened: OpenedConversation) -> Any:
    """Start a run; people who were signed out continue where the page was, unless another run is open."""
    path = play(opened.conversation, request.form.get("path", "")).path
    tells, own_first = _options()
    enrolment_id, conversation = opened.page.enrolment_id, opened.conversation
    if enrolment_id and opened.run is None and not play(conversation, path).end:
        write(practice_actions.begin, enrolment_id, opened.course.digest, conversation.id, path, tells, own_first)
    return redirect(f"{opened.url}#now", 303)


def _address_of(opened: OpenedConversation, run_id: str) -> str:
    """Return the address of a run: the conversation while it is open, else its debrief."""
    run = practice_records.find_own(run_id, signed_in().person_id)
    if run and run.debrief_at:
        return _debrief_url(run)
    return f"{opened.url}#now"


def _debrief_url(run: Run) -> str:
    return url_for("learning.debrief", run=run.public_id)


def _newest(opened: OpenedConversation, words: str, run_id: str = "") -> Any:
    """Show the latest turn of a conversation, with a sentence on why it differs from the page that was sent."""
    run = practice_records.find_own(run_id, signed_in().person_id) if run_id else None
    if run and run.debrief_at:
        return _debrief_page(_with(opened.page, opened.course, opened.conversation.id, run), [words])
    now = _open_conversation(opened.course.id, opened.conversation.id)
    return _play_page(now, [words]) if now.run else _start_page(now, [words])


def _about(opened: OpenedConversation) -> dict[str, Any]:
    page = opened.page
    progress = records.progress_of(page.enrolment_id) if page.enrolment_id else None
    return {
        "here": "courses",
        "course": opened.course,
        "conversation": opened.conversation,
        "run": opened.run,
        "path": opened.path,
        "tells": opened.tells,
        "own_first": opened.own_first,
        "conversation_url": opened.url,
        "enrolled": page.enrolment_id is not None,
        "signed_in": page.visitor is not None,
        "completed": progress is not None and opened.conversation.id in progress.practised,
        "medium": practice_pages.medium_words(opened.conversation),
        "contact": practice_pages.contact_of(opened.course, opened.conversation),
        "needs_good": opened.conversation.must_reach == "good",
    }


def _day_of(moment: datetime) -> str:
    return day(moment.astimezone(ZoneInfo(settings().timezone)).date())


def _start_page(opened: OpenedConversation, notices: list[str] | None = None) -> str:
    page = opened.page
    earlier = practice_records.list_finished(page.enrolment_id, opened.conversation.id) if page.enrolment_id else []
    shown = [
        {
            "url": _debrief_url(run),
            "on": _day_of(run.debrief_at),
            "until": _day_of(run.kept_until),
        }
        for run in earlier
        if run.debrief_at
    ]
    return render_template(
        "learning/conversation.html", **_about(opened), started=False, earlier=shown, notices=notices
    )


def _play_page(opened: OpenedConversation, notices: list[str]) -> str:
    played, facts = opened.played, opened.page.facts
    newest = opened.course.conversation_by_id.get(opened.conversation.id)
    turn = played.place
    return render_template(
        "learning/conversation.html",
        **_about(opened),
        started=True,
        script=practice_pages.script_of(opened.conversation, played, facts),
        now=practice_pages.present_turn(opened.conversation, turn, facts) if isinstance(turn, Turn) else None,
        replies=practice_pages.replies_in_play(opened.conversation, played, facts),
        republished=opened.run is not None and newest != opened.conversation,
        notices=notices,
    )


def _debrief_page(opened: OpenedConversation, notices: list[str]) -> str:
    played, facts = opened.played, opened.page.facts
    return render_template(
        "learning/debrief.html",
        **_about(opened),
        end=played.end,
        end_html=fill_placeholders(played.end.html, facts) if played.end else "",
        script=practice_pages.script_of(opened.conversation, played, facts),
        counts=practice_pages.counts_of(opened.conversation, played),
        kept_until=_day_of(opened.run.kept_until) if opened.run else "",
        notices=notices,
    )


def _own_run(public_id: str) -> tuple[Run, OpenedConversation]:
    """Return somebody's own run with its conversation, or answer 404."""
    found = practice_records.find_own(public_id, signed_in().person_id)
    if found is None:
        abort(404)
    page, content = open_course(records.get_enrolment(found.enrolment_id).course_id)
    return found, _with(page, content, found.conversation_id, found)


@blueprint.get("/talks/<run>")
@allow("learn")
def debrief(run: str) -> Any:
    """Show the debrief of a finished run; redirect to the conversation while it is open."""
    found, opened = _own_run(run)
    return _debrief_page(opened, []) if found.debrief_at else redirect(f"{opened.url}#now", 303)


@blueprint.post("/talks/<run>")
@allow("learn")
def try_again(run: str) -> Any:
    """Start a new run from one turn of a finished one, which stays."""
    found, opened = _own_run(run)
    if opened.page.enrolment_id is None:
        abort(404)
    write(practice_actions.try_again, found.id, whole_number(request.form.get("from", ""), 0))
    return redirect(f"{opened.url}#now", 303)


@blueprint.post("/talks/<run>/forget")
@allow("learn")
def forget_conversation(run: str) -> Any:
    """Delete a run at once."""
    _found, opened = _own_run(run)
    write(practice_records.forget, run, signed_in().person_id)
    return redirect(f"{opened.url}?forgotten=yes", 303)
