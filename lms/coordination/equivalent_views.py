"""Pages on which coordinators recognise other learning, exempt somebody from a part of a course, or undo that."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import abort, make_response, redirect, render_template, request, url_for

from lms.accounts.access import allow, belongs, signed_in, this_programme, this_zone
from lms.accounts.records import Person
from lms.certification.awards.actions import today_in
from lms.content.model.course import Course
from lms.coordination.blueprint import blueprint
from lms.coordination.forms import REASON_MOST, WAY_WORDS, EquivalentForm
from lms.coordination.members import member_of_programme, started_by
from lms.foundation import clock
from lms.foundation.db import write
from lms.foundation.text.i18n import day
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.security import settings
from lms.learning.progress import actions, rules
from lms.learning.progress.equivalents import Equivalent, find_equivalent, list_valid_equivalents
from lms.learning.progress.records import Enrolment, get_enrolment


def _whose_equivalent(public_id: str) -> str | None:
    row = find_equivalent(public_id)
    return get_enrolment(row.enrolment_id).person_id if row else None


belongs("equivalent", _whose_equivalent)


def _choices(begun: list[tuple[Enrolment, Course]]) -> dict[str, tuple[str, str, str, str]]:
    """Return what can be recorded: a key for the page, then enrolment, item, its id, and words."""
    return {
        f"{course.id}/{item}/{item_id}": (enrolment.id, item, item_id, f"{course.title}: {title}")
        for enrolment, course in begun
        for item, item_id, title in rules.equivalent_items(course)
    }


@blueprint.route("/programmes/<programme>/people/<person>/equivalents", methods=["GET", "POST"])
@allow("record an equivalent")
def equivalents(programme: str, person: str) -> Any:
    """Record that somebody covered a part of a course differently, or is exempted from it."""
    member = member_of_programme(person)
    choices = _choices(started_by(member.id))
    form = EquivalentForm(request.form)
    form.item.choices = [(key, value[3]) for key, value in choices.items()]
    if request.method == "POST" and form.validate() and _day_will_do(form):
        enrolment, item, item_id, _words = choices[form.item.data]
        done_on = form.day() if form.way.data == "elsewhere" else None
        me = signed_in().person_id
        write(actions.record_equivalent, enrolment, (item, item_id), form.way.data, form.reason.data or "", done_on, me)
        return redirect(url_for("coordination.equivalents", programme=programme, person=person, saved="yes"), 303)
    return _page(programme, member, form, choices)


def _day_will_do(form: EquivalentForm) -> bool:
    """Decide whether something learned elsewhere took place lately enough."""
    if form.way.data != "elsewhere":
        return True
    today, oldest, done_on = _today(), _oldest(), form.day()
    if done_on is None:
        form.refuse("done_on", _("Enter the date, for example %(example)s.", example=today.isoformat()))
    elif done_on > today:
        form.refuse("done_on", _("This date is in the future. Please check it."))
    elif done_on < oldest:
        form.refuse(
            "done_on",
            _("Learning from before %(day)s is too long ago to count towards this course.", day=day(oldest)),
        )
    return not form.done_on.errors


def _today() -> date:
    return today_in(this_programme().id, settings())


def _oldest() -> date:
    """Return the first day from which on what was learned elsewhere counts in this programme."""
    return rules.oldest_prior(_today(), rules.prior_months(this_programme().facts))


def _page(
    programme: str,
    member: Person,
    form: EquivalentForm,
    choices: dict[str, tuple[str, str, str, str]],
    undo_problem: tuple[str, str] = ("", ""),
) -> Any:
    words = {value[:3]: value[3] for value in choices.values()}
    recorded = [row for enrolment, _course in started_by(member.id) for row in list_valid_equivalents(enrolment.id)]
    saved = request.method == "GET" and request.args.get("saved")
    page = render_template(
        "coordination/equivalents.html",
        here="people",
        programme=this_programme(),
        person={"name": member.display_name, "id": member.public_id},
        form=form,
        kinds=[(kind, words, "") for kind, words in WAY_WORDS.items()],
        most=REASON_MOST,
        oldest=_oldest(),
        recorded=[_row(row, words) for row in recorded],
        undo_problem=undo_problem,
        notices=[_("Saved. The list below is up to date.")] if saved else [],
    )
    return make_response(page, 422 if form.errors or undo_problem[0] else 200)


def _row(row: Equivalent, words: dict[tuple[str, str, str], str]) -> dict[str, Any]:
    """Return what a coordinator sees of something recorded: how and why only where they recorded it themselves."""
    mine = row.recorded_by == signed_in().person_id
    return {
        "id": row.public_id,
        "what": words.get((row.enrolment_id, row.item, row.item_id), row.item_id),
        "on": clock.day_of(row.recorded_at, this_zone()),
        "way": WAY_WORDS[row.way] if mine else None,
        "reason": row.reason if mine else None,
    }


@blueprint.post("/programmes/<programme>/people/<person>/equivalents/<equivalent>/undo")
@allow("record an equivalent")
def undo_equivalent(programme: str, person: str, equivalent: str) -> Any:
    """Let something recorded no longer count, with a reason."""
    member, row = member_of_programme(person), find_equivalent(equivalent)
    if row is None or get_enrolment(row.enrolment_id) not in [
        enrolment for enrolment, _course in started_by(member.id)
    ]:
        abort(404)
    reason = request.form.get(f"why-{row.public_id}", "").strip()
    if not reason or len(reason) > REASON_MOST:
        problem = _("Give a reason, in a sentence.")
        return _page(programme, member, EquivalentForm(), _choices(started_by(member.id)), (row.public_id, problem))
    write(actions.undo_equivalent, row.id, reason)
    return redirect(url_for("coordination.equivalents", programme=programme, person=person, saved="yes"), 303)
