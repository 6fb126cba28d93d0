"""What coordinators see when they record observed practice, undo such a record, and set how much of it is asked for."""

from __future__ import annotations

from typing import Any

from flask import abort, make_response, redirect, render_template, request, url_for

from lms.accounts.access import allow, belongs, signed_in, this_programme
from lms.accounts.records import Person, list_staff
from lms.certification.awards import observations as award_observations
from lms.certification.awards.actions import today_in
from lms.certification.awards.rules import EARLIEST_PRACTICE, OBSERVATIONS_MOST, OBSERVER_ROLES, UNDO_REASONS
from lms.certification.awards.texts.wording import role_words
from lms.certification.readiness import actions as readiness_actions
from lms.certification.readiness.pages import RATING_WORDS, UNDO_WORDS, observation_values
from lms.coordination.blueprint import blueprint
from lms.coordination.forms import OUTSIDE, ROLE_WORDS, ObservationForm, ReadinessForm
from lms.coordination.members import member_of_programme, on_hold_of, started_by
from lms.foundation.db import write
from lms.foundation.refused import Refused
from lms.foundation.text.i18n import day
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.qr_codes import qr_code
from lms.foundation.web.security import settings
from lms.learning.practice.pages import label_words
from lms.learning.progress.records import get_enrolment
from lms.library.course_cache import get_course, private_courses
from lms.library.records import find_newest_digest, find_offering

# How many observers are shown at once; the next ones come up as these are answered.
CONFIRM_PAGE = 50


@blueprint.route("/programmes/<programme>/people/<person>/practice", methods=["GET", "POST"])
@allow("record observed practice")
def practice(programme: str, person: str) -> Any:
    """Record that somebody's practice was observed."""
    member = member_of_programme(person)
    form = ObservationForm(request.form)
    asking = {
        course.id: row.id for row, course in started_by(member.id) if readiness_actions.asks_for_observing(row, course)
    }
    observers = {public_id: person_id for public_id, person_id, _words in _observers(member)}
    on, today = form.day(), today_in(this_programme().id, settings())
    if request.method == "POST" and form.fits(asking, observers):
        if on is None or on > today:
            example = today.isoformat()
            form.refuse("seen_on", _("Enter today’s date or an earlier one, for example %(example)s.", example=example))
            return _page(programme, member, form)
        if on < EARLIEST_PRACTICE:
            words = _("The date is before %(day)s. Please check the year.", day=day(EARLIEST_PRACTICE))
            form.refuse("seen_on", words)
            return _page(programme, member, form)
        seen = form.seen(on, observers)
        made = write(readiness_actions.record_observation, asking[form.course.data], seen, signed_in().person_id)
        if not isinstance(made, Refused):
            return redirect(url_for("coordination.practice", programme=programme, person=person, saved="yes"), 303)
        form.refuse("observer" if seen.observer_id else "observer_name", made.message)
    return _page(programme, member, form)


def _observers(member: Person) -> list[tuple[str, str, str]]:
    """Return (public id, id, words) of who can have observed somebody: accounts with a role, never their own."""
    return [
        (person.public_id, person.id, f"{person.display_name} ({_roles_in_words(roles)})")
        for person, roles in list_staff(this_programme().id)
        if person.id != member.id
    ]


def _roles_in_words(roles: frozenset[str]) -> str:
    return ", ".join(role_words(role) for role in OBSERVER_ROLES if role in roles)


def _saved_words() -> list[str]:
    saved = request.args.get("saved") if request.method == "GET" else None
    return [_("Saved. The list below is up to date.")] if saved else []


def _page(programme: str, member: Person, form: ObservationForm, undo_problem: tuple[str, str] = ("", "")) -> Any:
    begun = started_by(member.id)
    form.course.choices = [
        (course.id, course.title) for row, course in begun if readiness_actions.asks_for_observing(row, course)
    ]
    observers = [(public_id, words) for public_id, _id, words in _observers(member)]
    recorded = [
        {**observation_values(row), "course": course.title}
        for enrolment, course in begun
        for row in award_observations.list_observations(enrolment.id)
    ]
    page = render_template(
        "coordination/practice.html",
        here="people",
        programme=this_programme(),
        person={"name": member.display_name, "id": member.public_id},
        form=form,
        observers=[("", _("Please choose")), *observers, (OUTSIDE, _("Somebody without an account here"))],
        roles=list(ROLE_WORDS.items()),
        ratings=[(value, *words) for value, words in RATING_WORDS.items()],
        recorded=recorded,
        on_hold=on_hold_of(member.id),
        undo_reasons=[("", _("Please choose")), *UNDO_WORDS.items()],
        undo_problem=undo_problem,
        courses=[(course.id, course.title) for _row, course in begun],
        notices=_saved_words(),
    )
    return make_response(page, 422 if form.errors or undo_problem[0] else 200)


@blueprint.get("/programmes/<programme>/people/<person>/practice/sheet")
@allow("record observed practice")
def observer_sheet(programme: str, person: str) -> Any:
    """Show a sheet to print for whoever observes somebody's practice, with a code that leads to their form."""
    member = member_of_programme(person)
    form_url = url_for("coordination.practice", programme=programme, person=person)
    return render_template(
        "coordination/observer_sheet.html",
        here="people",
        programme=this_programme(),
        person={"name": member.display_name, "id": member.public_id},
        kinds=list(label_words().values()),
        ratings=list(RATING_WORDS.values()),
        code=qr_code(settings().base_url + form_url),
    )


@blueprint.post("/programmes/<programme>/people/<person>/practice/<observation>/undo")
@allow("record observed practice")
def undo_practice(programme: str, person: str, observation: str) -> Any:
    """Let a record of observed practice no longer count, with a reason of a few."""
    member, row = member_of_programme(person), award_observations.find_observation(observation)
    if row is None or row.enrolment_id not in [enrolment.id for enrolment, _course in started_by(member.id)]:
        abort(404)
    reason = request.form.get(f"why-{row.public_id}", "")
    if reason not in UNDO_REASONS:
        return _page(programme, member, ObservationForm(), (row.public_id, _("Choose one of the reasons.")))
    write(readiness_actions.undo_observation, row.id, reason)
    return redirect(url_for("coordination.practice", programme=programme, person=person, saved="yes"), 303)


def _whose_practice(public_id: str) -> str | None:
    row = award_observations.find_observation(public_id)
    return get_enrolment(row.enrolment_id).person_id if row else None


belongs("observation", _whose_practice)


@blueprint.get("/programmes/<programme>/practice-to-confirm")
@allow("confirm observed practice")
def to_confirm(programme: str) -> Any:
    """Show the observers without an account whom this visitor can confirm; how it went is not told here."""
    return _to_confirm_page()


def _to_confirm_page(problem: str = "") -> Any:
    found = award_observations.list_pending(this_programme().id, signed_in().person_id, CONFIRM_PAGE + 1)
    page = render_template(
        "coordination/to_confirm.html",
        here="people",
        programme=this_programme(),
        waiting=[{**observation_values(row), "who": name} for row, name in found[:CONFIRM_PAGE]],
        more=len(found) > CONFIRM_PAGE,
        problem=problem,
        notices=_saved_words(),
    )
    return make_response(page, 422 if problem else 200)


def _is_private(enrolment_id: str) -> bool:
    return get_enrolment(enrolment_id).course_id in private_courses()


@blueprint.post("/programmes/<programme>/practice-to-confirm/<observation>")
@allow("confirm observed practice")
def confirm_practice(programme: str, observation: str) -> Any:
    """Confirm that the person named did observe a practice, or say that this cannot be confirmed."""
    row = award_observations.find_observation(observation)
    if row is None or row.programme_id != this_programme().id or _is_private(row.enrolment_id):
        abort(404)
    go, me = request.form.get("go"), signed_in().person_id
    if go not in {"yes", "no"}:
        return _to_confirm_page(_("Choose one of the two buttons."))
    answer = readiness_actions.confirm_observer if go == "yes" else readiness_actions.decline_observer
    refused = write(answer, row.id, me)
    if refused is not None:
        return _to_confirm_page(refused.message)
    return redirect(url_for("coordination.to_confirm", programme=programme, saved="yes"), 303)


@blueprint.route("/programmes/<programme>/courses/<course>/readiness", methods=["GET", "POST"])
@allow("record observed practice")
def readiness(programme: str, course: str) -> Any:
    """Set how many observed practices the programme asks for in a course."""
    this, digest = this_programme(), find_newest_digest(course)
    if digest is None or find_offering(this.id, course) is None:
        abort(404)
    content = get_course(digest)
    asked = award_observations.asked_by_programme(this.id, course)
    form = ReadinessForm(request.form) if request.method == "POST" else ReadinessForm(data={"observations": str(asked)})
    if request.method == "POST" and form.validate():
        write(readiness_actions.set_readiness, this.id, course, int(form.observations.data or 0), settings())
        return redirect(url_for("coordination.readiness", programme=programme, course=course, saved="yes"), 303)
    page = render_template(
        "coordination/readiness.html",
        here="people",
        programme=this,
        course=content,
        form=form,
        most=OBSERVATIONS_MOST,
        by_course=content.criteria.observed_practice,
        notices=[_("Saved.")] if request.method == "GET" and request.args.get("saved") else [],
    )
    return make_response(page, 422 if form.errors else 200)
