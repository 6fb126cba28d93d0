"""Pages for Pause, “Leave this page”, support lines and display settings."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, g, redirect, render_template, request, url_for
from flask_login import user_logged_out

from lms.accounts.access import allow, loaded_visitor, meet, public, this_programme, visitor
from lms.accounts.records import get_programme
from lms.foundation import clock
from lms.foundation.db import if_it_answers, write
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import language
from lms.foundation.web.security import local_path, settings
from lms.wellbeing import actions, pages, records, support_cache
from lms.wellbeing.blueprint import blueprint
from lms.wellbeing.lines import in_reach, is_old, spoken_first
from lms.wellbeing.rules import choose_display

YEAR = 365 * 24 * 3600
REMEMBERED_MOST = 2000

# What a coordinator can do with a support line, and what the page says afterwards.
CHANGES = {
    "checked": lambda: _("Saved. We now show that the line was checked today."),
    "withdraw": lambda: _("Saved. Your programme’s pages no longer show the line."),
    "restore": lambda: _("Saved. Your programme’s pages show the line again."),
}

Facts = dict[str, Any]
_lock = threading.Lock()
_programme_of: dict[str, str] = {}


@blueprint.after_app_request
def remember_programme(response: Response) -> Response:
    """Remember in this process alone whose programme is whose, for when the records do not answer."""
    somebody, mark = loaded_visitor(), g.get("session_mark")
    if mark and somebody and somebody.roles:
        with _lock:
            _programme_of[mark] = next(iter(somebody.roles))
            if len(_programme_of) > REMEMBERED_MOST:
                del _programme_of[next(iter(_programme_of))]
    return response


@user_logged_out.connect
def forget_programme(_app: Flask, **_who: object) -> None:
    """Forget whose programme it was once a session has ended."""
    with _lock:
        _programme_of.pop(g.get("session_mark") or "", None)


def _facts() -> Facts | None:
    somebody = visitor()
    if somebody is None or not somebody.roles:
        return None
    programme = get_programme(next(iter(somebody.roles)))
    return support_cache.care_facts(programme.slug, programme.name, programme.facts)


def _copied_facts() -> Facts | None:
    meet(None)
    programme_id = _programme_of.get(g.session_mark or "")
    return support_cache.find_programme(settings().data, programme_id) if programme_id else None


def _whatever_happens(make: Callable[[Facts | None], str]) -> str:
    """Return a page; while the records do not answer, the one that stands on what is kept beside them."""
    return if_it_answers(lambda: make(_facts()), lambda: make(_copied_facts()))


def _lines_now() -> support_cache.Current:
    """Return the support lines as they stand now, also when another host of this site changed something of them."""
    here = settings()
    if not here.sqlite:
        if_it_answers(lambda: support_cache.copy_notes(here.data), lambda: None)
    return support_cache.current(here.data)


def _back() -> str:
    return local_path(request.args.get("from"), url_for("learning.home"))


@blueprint.get("/pause")
@public
def pause() -> Any:
    """Offer a few quiet minutes, and the way back."""
    return _whatever_happens(
        lambda facts: render_template("wellbeing/pause.html", back_url=_back(), person=pages.person_to_talk_to(facts))
    )


@blueprint.get("/leaving")
@public
def leaving() -> Any:
    """Say what "Leave this page" does, and what it cannot do."""
    site = (urlsplit(settings().leave_url).hostname or "").removeprefix("www.")
    return _whatever_happens(
        lambda _facts: render_template("wellbeing/leaving.html", back_url=_back(), leave_site=site)
    )


@blueprint.get("/support")
@public
def support() -> Any:
    """Show whom one can talk to now; nothing of this visit is kept."""
    return _whatever_happens(_support_page)


def _support_page(facts: Facts | None) -> str:
    facts = facts or {}
    lines = _lines_now().lines_of(facts.get("slug"))
    asked = request.args.get("place")
    place = lines.places.get(str(facts.get("country", "") if asked is None else asked).upper())
    emergency = place.emergency if place else ""
    own = spoken_first(lines.programmes.get(str(facts.get("slug", "")), ()), language())
    return render_template(
        "wellbeing/support.html",
        place=place,
        emergency=emergency or (str(facts.get("emergency", "")) if not asked else ""),
        numbers=sorted((each.name, each.emergency) for each in lines.places.values() if each.emergency),
        lines=[pages.show(line) for line in spoken_first(place.lines, language())] if place else [],
        own_lines=[pages.show(line) for line in own],
        person=pages.person_to_talk_to(facts),
        directory=lines.directory,
        places=sorted(((each.code, each.name) for each in lines.places.values()), key=lambda pair: pair[1]),
        back_url=_back(),
    )


def lines_to_take_along(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the support lines of a programme as they are now, for what is read without this site.

    Where the programme has no country, the emergency numbers of all countries stand in for its own.
    """
    lines = _lines_now().lines_of(facts.get("slug"))
    place = lines.places.get(str(facts.get("country", "")).upper())
    emergency = (place.emergency if place else "") or str(facts.get("emergency", ""))
    own = spoken_first(lines.programmes.get(str(facts.get("slug", "")), ()), language())
    every = sorted((each.name, each.emergency) for each in lines.places.values() if each.emergency)
    shown = [*own, *(spoken_first(place.lines, language()) if place else [])]
    return {
        "numbers": [(_("Emergency"), emergency)] if emergency else every,
        "lines": [pages.show(line) for line in shown],
        "person": pages.person_to_talk_to(dict(facts)),
        "directory": lines.directory,
    }


@blueprint.route("/display", methods=["GET", "POST"])
@public
def display() -> Any:
    """Change how the screen looks; the choice is kept on this device, and with the account of who is signed in."""
    if request.method == "GET":
        return _whatever_happens(lambda _facts: render_template("wellbeing/display.html", back_url=_back()))
    names = ("size", "face", "light", "quiet", "leave", "space")
    chosen = choose_display(*(request.form.get(name, "") for name in names)).as_cookie()
    if_it_answers(lambda: _save_with_account(chosen), lambda: None)
    target = local_path(request.form.get("next"), url_for("wellbeing.display"))
    response = redirect(pages.display_saved_path(target), 303)
    _set_display(response, chosen, YEAR)
    return response


def _save_with_account(choices: str) -> None:
    somebody = visitor()
    if somebody:
        write(actions.save_display, somebody.person_id, choices)


def _set_display(response: Any, choices: str, seconds: int | None) -> None:
    response.set_cookie(
        "display", choices, max_age=seconds, httponly=True, secure=settings().secure, samesite="Lax", path="/"
    )


def copy_display_settings(response: Any, person_id: str, own_device: bool) -> None:
    """Give a device that has no display choices those of the account; a shared one forgets them as it closes."""
    if "display" in request.cookies:
        return
    choices = records.find_display(person_id)
    if choices:
        _set_display(response, choices, YEAR if own_device else None)


@blueprint.get("/programmes/<programme>/support-lines")
@allow("look after support lines")
def programme_lines(programme: str) -> Any:
    """Show a coordinator the lines that their people meet, to check them or take one off."""
    here, now = this_programme(), _lines_now()
    country = str(here.facts.get("country", ""))
    today = clock.today(settings().timezone)
    here_off = now.withdrawn_by.get(here.slug, frozenset())
    rows = [
        (pages.show(line), line.id in here_off, line.id in now.withdrawn, is_old(line, today))
        for line in in_reach(now.before, here.slug, country)
    ]
    return render_template(
        "wellbeing/programme_lines.html",
        here="people",
        programme=here,
        rows=rows,
        notices=[CHANGES[saved]()] if (saved := request.args.get("saved", "")) in CHANGES else [],
        warnings=pages.coordinator_notices(
            now.lines_of(here.slug), now.troubles, here.slug, country, bool(here.facts.get("contact")), today
        ),
    )


def coordinator_notices(slug: str, facts: Mapping[str, Any]) -> list[str]:
    """Return what a programme's coordinators should do about their lines, for the page they open most.

    What the programme itself lacks stands there among its first steps.
    """
    now = support_cache.current(settings().data)
    today = clock.today(settings().timezone)
    return pages.line_notices(now.lines_of(slug), now.troubles, slug, str(facts.get("country", "")), today)


@blueprint.post("/programmes/<programme>/support-lines/<line>")
@allow("look after support lines")
def note_line(programme: str, line: str) -> Any:
    """Mark a line as checked today, take it off every page, or show it again."""
    here, data = this_programme(), settings().data
    known = in_reach(support_cache.current(data).before, here.slug, str(here.facts.get("country", "")))
    if line not in {one.id for one in known}:
        abort(404)
    what = request.form.get("what")
    if what == "checked":
        write(actions.check_line, line, clock.today(settings().timezone), data)
    elif what == "withdraw":
        write(actions.withdraw_line, line, data, here.id)
    elif what == "restore":
        write(actions.restore_line, line, data, here.id)
    return redirect(
        url_for("wellbeing.programme_lines", programme=programme, saved=what if what in CHANGES else None), 303
    )
