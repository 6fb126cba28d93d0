"""Pages for email preferences and learning preferences."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from flask import abort, make_response, redirect, render_template, request, url_for

from lms.accounts.access import allow, from_anywhere, public, signed_in
from lms.accounts.blueprint import blueprint
from lms.accounts.forms import LearningPreferencesForm
from lms.accounts.notifications import preferences
from lms.accounts.notifications.zones import city_of, is_one_to_choose, zones_by_part
from lms.accounts.records import get_person
from lms.accounts.rules import Visitor
from lms.foundation import clock
from lms.foundation.db import write
from lms.foundation.keys import secret_key
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.security import settings


def purpose_words() -> dict[str, tuple[str, str]]:
    """Return each kind of email that one can ask for: its name and what stands in it."""
    return {
        "assigned": (
            _("When a course is assigned to me"),
            _("One email, with the date if there is one."),
        ),
        "assignment-reminders": (
            _("Reminders that a coordinator writes"),
            _("Only about courses that you haven’t completed. A coordinator can send one a day for each assignment."),
        ),
        "answers": (
            _("Replies from the authors"),
            _("When they reply to readers’ feedback on a lesson you’ve finished."),
        ),
        "refreshers": (
            _("Refreshers"),
            _("When two or three questions are ready for you, as often as you chose on the refreshers page."),
        ),
        **_words_on_ends(),
        "approvals": (
            _("When a draft waits for my approval"),
            _(
                "In programmes where a second person approves before a course is published. The draft’s on the page "
                "“Writing” as well."
            ),
        ),
        "programme-ends": (
            _("Certificates that expire soon in my programme"),
            _("Who holds them and until when, as the list of people shows it. Nothing about how anybody learns."),
        ),
        "programme-names": (
            _("Names to confirm in my programme"),
            _("When certificates are waiting for their names to be confirmed, in a programme that asks for that."),
        ),
    }


def _words_on_ends() -> dict[str, tuple[str, str]]:
    return {
        "ends-90": (_("Three months before"), ""),
        "ends-60": (_("Two months before"), ""),
        "ends-30": (_("One month before"), ""),
        "ends-7": (_("One week before"), ""),
        "ended": (_("The day after"), ""),
    }


@blueprint.route("/account/letters", methods=["GET", "POST"])
@allow("keep an account")
def email_preferences() -> Any:
    """Show and keep which emails somebody wants, and when they may come."""
    me, asked = signed_in().person_id, _asked_of(signed_in())
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        when = _when_asked_for(problems)
        if not problems:
            # What the page doesn't ask somebody stays as it was.
            kept = preferences.list_consents(me) - set(asked)
            write(
                preferences.save_email_preferences, me, set(request.form.getlist("purpose")) & set(asked) | kept, **when
            )
            return redirect(url_for("accounts.email_preferences", saved="yes"), 303)
    mine = preferences.find_choices(me)
    rows = [(key, *words) for key, words in purpose_words().items() if key in asked]
    elsewhere = (*preferences.ASSIGNED, *preferences.ENDS, "approvals")
    page = render_template(
        "accounts/email_preferences.html",
        assigned=[row for row in rows if row[0] in preferences.ASSIGNED],
        purposes=[row for row in rows if row[0] not in elsewhere],
        writing=[row for row in rows if row[0] == "approvals"],
        ends=[row for row in rows if row[0] in preferences.ENDS],
        wanted=request.form.getlist("purpose") if problems else list(preferences.list_consents(me)),
        weekly=request.form.get("pace", "week" if mine.weekly else "at-once"),
        quiet_from=request.form.get("quiet_from", mine.quiet_from.strftime("%H:%M")),
        quiet_until=request.form.get("quiet_until", mine.quiet_until.strftime("%H:%M")),
        rest_until=request.form.get("rest_until", mine.snoozed_until.isoformat() if mine.snoozed_until else ""),
        **_clock_of(me, request.form.get("zone", mine.zone or "")),
        problems=problems,
        notices=[_("Saved.")] if request.args.get("saved") and request.method == "GET" else [],
    )
    return make_response(page, 422 if problems else 200)


def _asked_of(visitor: Visitor) -> list[str]:
    """Return the kinds of email that the page asks somebody about, by what they do in their programmes."""
    roles = {role for mine in visitor.roles.values() for role in mine}
    coordinates = "coordinator" in roles
    for_some = {
        "approvals": "trainer" in roles or visitor.operator,
        "programme-ends": coordinates,
        "programme-names": coordinates,
    }
    return [purpose for purpose in preferences.PURPOSES if for_some.get(purpose, True)]


def _clock_of(person_id: str, chosen: str) -> dict[str, object]:
    """Return the time zone of somebody's quiet hours, the time there now, and the zones to choose from."""
    usual = preferences.programme_zone(person_id) or settings().timezone
    return {
        "zone": chosen,
        "usual_zone": city_of(usual),
        "zones": zones_by_part(),
        "time_there": clock.now().astimezone(clock.find_zone(chosen, usual)).strftime("%H:%M"),
    }


def _when_asked_for(problems: list[tuple[str, str]]) -> dict[str, object]:
    zone = request.form.get("zone", "")
    when: dict[str, object] = {"weekly": request.form.get("pace") != "at-once", "snoozed_until": None}
    when["zone"] = zone or None
    if zone and not is_one_to_choose(zone):
        problems.append(("f-zone", _("Please choose a time zone from the list.")))
    for name in ("quiet_from", "quiet_until"):
        try:
            when[name] = time.fromisoformat(request.form.get(name, "").strip()).replace(second=0, tzinfo=None)
        except ValueError:
            problems.append((f"f-{name}", _("Please enter a time such as 20:00.")))
    try:
        text = request.form.get("rest_until", "").strip()
        when["snoozed_until"] = date.fromisoformat(text) if text else None
    except ValueError:
        problems.append(("f-rest_until", _("Please enter a date such as 2027-03-14.")))
    return when


@blueprint.route("/account/ways", methods=["GET", "POST"])
@allow("keep an account")
def learning_preferences() -> Any:
    """Show and keep how somebody likes to be met by this site."""
    me = get_person(signed_in().person_id)
    mine = preferences.find_choices(me.id)
    kept = {
        "long_rest": me.long_rest,
        "check_at_once": mine.check_at_once,
        "wins_hidden": mine.wins_hidden,
        "pronouns": me.pronouns or "",
        "pronouns_shown": me.pronouns_shown,
    }
    form = LearningPreferencesForm(request.form, data=kept)
    if request.method == "POST" and form.validate():
        write(
            preferences.save_learning_preferences,
            me.id,
            long_rest=bool(form.long_rest.data),
            check_at_once=bool(form.check_at_once.data),
            wins_hidden=bool(form.wins_hidden.data),
            pronouns=form.pronouns.data or "",
            pronouns_shown=bool(form.pronouns_shown.data),
        )
        return redirect(url_for("accounts.learning_preferences", saved="yes"), 303)
    saved_notices = (
        [_("Saved. Your choices apply everywhere.")] if request.args.get("saved") and not form.errors else []
    )
    page = render_template("accounts/learning_preferences.html", form=form, notices=saved_notices)
    return make_response(page, 422 if form.errors else 200)


@blueprint.route("/letters/off/<mark>", methods=["GET", "POST"])
@public
@from_anywhere
def unsubscribe(mark: str) -> Any:
    """Turn emails off by the link that stands in each of them: shown first, done when pressed."""
    found = preferences.read_off_mark(secret_key(settings().data), mark)
    if found is None:
        abort(404)
    if request.method == "POST":
        write(preferences.turn_off, *found)
    words = purpose_words().get(found[1])
    return render_template(
        "accounts/unsubscribe.html", mark=mark, done=request.method == "POST", which=words[0] if words else None
    )
