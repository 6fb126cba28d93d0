"""Scheduled email: expiry reminders, and the updates that people asked for."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import url_for

from lms.accounts import records as accounts
from lms.accounts.notifications import preferences
from lms.accounts.notifications.reader_language import language_of
from lms.certification.awards.name_records import count_waiting_names
from lms.certification.awards.records import get_award
from lms.certification.renewal import expiry_notices
from lms.coordination.board.course_records import list_courses
from lms.coordination.board.list_records import Board, list_rows_of
from lms.coordination.board.pages import rows_of
from lms.foundation import clock
from lms.foundation.config.settings import Settings
from lms.foundation.db import write
from lms.foundation.keys import secret_key
from lms.foundation.mail import outbox as mail_outbox
from lms.foundation.mail.templates import RenderEmail, writing_in
from lms.foundation.per_app import get_or_make
from lms.foundation.text.i18n import day, ngettext
from lms.foundation.text.i18n import gettext as _

Names = dict[str, dict[str, str]]
NAMES_MOST, CODES_STEP = 50, 500
# How many expiring certificates one email lists for a coordinator; the next email has the others.
TOLD_MOST = 100
# How many people and certificates are looked at together, and how long a pass goes on.
AT_ONCE, COORDINATORS_AT_ONCE, LOOKED_AT_ONCE = 200, 20, 2000
PASS_SECONDS = 0.1
LOOK_AGAIN_SECONDS = 3600.0


@dataclass
class Places:
    """Where each pass over something long stopped, and until when something that was finished can rest."""

    after: dict[str, Any] = field(default_factory=dict)
    looked: dict[tuple[str, str], Looked] = field(default_factory=dict)


@dataclass
class Looked:
    """How far we looked through a programme for a coordinator today, and until when that is enough."""

    today: date
    after: expiry_notices.Place | None = None
    rests_until: float = 0.0


def _go_on(name: str, step: Callable[[Any], Any]) -> None:
    """Continue something long where the last pass stopped. A pass ends when its time is up or `step` returns None.

    The place is kept in memory: after a restart a round starts again, which only repeats looking.
    """
    places, until = get_or_make(Places).after, time.monotonic() + PASS_SECONDS
    while True:
        places[name] = step(places.get(name))
        if places[name] is None or time.monotonic() > until:
            return


def send_expiry_reminders(settings: Settings) -> None:
    """Tell holders of the ends of their certificates, outside their quiet hours, so that nothing written grows old."""

    def step(after: Any) -> Any:
        due, following = expiry_notices.list_due(clock.today(settings.timezone), after, AT_ONCE)
        for award_id, person_id in due:
            if not mail_outbox.is_quiet(settings, preferences.quiet_hours(person_id)):
                write(_remind_of_expiry, award_id, settings)
        return following

    _go_on("reminders", step)


def _remind_of_expiry(award_id: str, settings: Settings) -> None:
    today = clock.today(settings.timezone)
    notice = expiry_notices.take_due(award_id, today)
    if notice is None:
        return
    award = get_award(award_id)
    holder, programme = accounts.get_person(award.person_id), accounts.get_programme(award.programme_id)
    off_url = _off_url(holder.public_id, notice, settings)
    with writing_in(language_of(holder, programme)) as render_email:
        email = render_email(
            "certificate_ends",
            name=holder.display_name,
            title=award.title,
            day=day(award.valid_until),  # type: ignore[arg-type]
            ended=today > award.valid_until,  # type: ignore[operator]
            course_url=settings.base_url + url_for("learning.course", course=award.course_id),
            lead=programme.facts.get("lead") or _("your programme’s lead"),
            off_url=off_url,
            preferences_url=settings.base_url + url_for("accounts.email_preferences"),
        )
    quiet, about = preferences.quiet_hours(holder.id), expiry_notices.mail_key(award_id, notice)
    mail_outbox.queue_mail(settings, holder.email, *email, quiet=quiet, off_url=off_url, about=about)


def _off_url(public_id: str, purpose: str, settings: Settings) -> str:
    mark = preferences.off_mark(secret_key(settings.data), public_id, purpose)
    return settings.base_url + url_for("accounts.unsubscribe", mark=mark)


def _programmes_led(person_id: str) -> list[accounts.Programme]:
    """Return the programmes that somebody coordinates."""
    roles = accounts.roles_of(person_id).items()
    return [accounts.get_programme(key) for key, mine in roles if "coordinator" in mine]


def _led_by(person_id: str) -> dict[str, accounts.Programme]:
    """Return the programmes that somebody coordinates, by the path of their people."""
    return {
        url_for("coordination.people", programme=row.slug, state=["renew_by", "expired"]): row
        for row in _programmes_led(person_id)
    }


def _names_path(programme: accounts.Programme) -> str:
    return url_for("coordination.names_to_confirm", programme=programme.slug)


def queue_names_update(award_id: str) -> None:
    """Let a line wait for coordinators who want to know when a certificate waits for its name, but not its holder."""
    award = get_award(award_id)
    if award.name_waits_since:
        staff = accounts.list_staff(award.programme_id)
        told = [person.id for person, roles in staff if "coordinator" in roles and person.id != award.person_id]
        preferences.queue_update(told, "programme-names", _names_path(accounts.get_programme(award.programme_id)))


def queue_expiry_updates(settings: Settings) -> None:
    """Let a line wait for coordinators who asked to be told which certificates end; its names come when it leaves."""
    today = clock.today(settings.timezone)

    def step(after: Any) -> Any:
        found = preferences.list_wanting("programme-ends", after or "", COORDINATORS_AT_ONCE)
        for person_id in found:
            for path, programme in _led_by(person_id).items():
                if not preferences.waits(person_id, path) and _is_any_due(programme.id, person_id, today):
                    write(preferences.queue_update, [person_id], "programme-ends", path)
        return found[-1] if len(found) == COORDINATORS_AT_ONCE else None

    _go_on("programme-ends", step)


def _is_any_due(programme_id: str, person_id: str, today: date) -> bool:
    """Return whether a coordinator is to be told of an end, as far as a pass gets through a large programme.

    Where nothing was due, a programme is looked through again after an hour: ends come with days.
    """
    looked = get_or_make(Places).looked
    here = looked.get((programme_id, person_id))
    if here is None or here.today != today:
        here = looked[programme_id, person_id] = Looked(today)
    if time.monotonic() < here.rests_until:
        return False
    codes, here.after = expiry_notices.list_due_in(programme_id, person_id, today, here.after, LOOKED_AT_ONCE)
    found = bool(_names_of(programme_id, codes, today))
    if not found and here.after is None:
        here.rests_until = time.monotonic() + LOOK_AGAIN_SECONDS
    return found


def _names_of(programme_id: str, codes: list[str], today: date) -> dict[str, str]:
    """Return whose certificate each of some codes is, as a coordinator's list shows it; nothing of what it doesn't."""
    if not codes:
        return {}
    board = Board(programme_id, today, list_courses(programme_id))
    return {
        row.code: _("%(name)s, %(course)s: valid until %(day)s", name=row.name, course=row.course, day=day(row.until))
        for start in range(0, len(codes), CODES_STEP)
        for row in rows_of(board, list_rows_of(board, codes=codes[start : start + CODES_STEP]))
        if row.code in codes and row.until
    }


def _names_due(programme_id: str, person_id: str, today: date) -> dict[str, str]:
    """Return whose certificate each code is of whose end a coordinator is to be told in their next email."""
    names: dict[str, str] = {}
    after = None
    while len(names) < TOLD_MOST:
        codes, after = expiry_notices.list_due_in(programme_id, person_id, today, after, LOOKED_AT_ONCE)
        names |= _names_of(programme_id, sorted(codes), today)
        if after is None:
            break
    return dict(list(names.items())[:TOLD_MOST])


def send_lines(settings: Settings) -> None:
    """Send what people asked to be told, and what has waited for its time."""
    today = clock.today(settings.timezone)

    def step(after: Any) -> Any:
        due, following = preferences.list_waiting(today, after or "", AT_ONCE)
        for person_id in due:
            with writing_in(language_of(accounts.get_person(person_id))) as render_email:
                write(_send_lines_to, person_id, _names_shown_to(person_id, today), render_email, settings)
        return following

    _go_on("lines", step)


def _names_shown_to(person_id: str, today: date) -> Names:
    """Return whose certificate each code is that is due to be told, for each list for which a line waits."""
    return {
        path: _names_due(programme.id, person_id, today)
        for path, programme in _led_by(person_id).items()
        if preferences.waits(person_id, path)
    }


@dataclass(frozen=True)
class Update:
    """One thing that an email tells somebody who asked for it, with the page to open."""

    headline: str
    details: list[str]
    link_words: str
    url: str


def _as_update(line: preferences.WaitingLine, names: Names, settings: Settings) -> Update | None:
    """Return what an email says of a waiting line, with the names that belong to it; None when it is out of date."""
    url = settings.base_url + line.path
    if line.purpose == "answers":
        headline = _("The authors replied to readers’ feedback on a lesson you finished")
        return Update(headline, [], _("Read the answer"), url)
    if line.purpose == "programme-names":
        return _names_update(line, url)
    if line.purpose != "programme-ends":
        headline = _("Your refresher is ready: two or three questions, if you like")
        return Update(headline, [], _("Go to your refreshers"), url)
    programme = _led_by(line.person_id).get(line.path)
    shown, today = names.get(line.path, {}), clock.today(settings.timezone)
    codes = expiry_notices.take_due_in(programme.id, line.person_id, list(shown), today) if programme else []
    if not codes:
        return None
    headline = ngettext(
        "%(num)s certificate expires soon or has expired",
        "%(num)s certificates expire soon or have expired",
        len(codes),
    )
    details = [shown[code] for code in codes[:NAMES_MOST]]
    more = len(codes) - len(details)
    if more:
        details.append(ngettext("and %(num)s more on the list", "and %(num)s more on the list", more))
    return Update(headline, details, _("See the list of people"), url)


def _names_update(line: preferences.WaitingLine, url: str) -> Update | None:
    """Return what an email says of names to confirm; None when none is left or the reader no longer coordinates."""
    programme = next((row for row in _programmes_led(line.person_id) if _names_path(row) == line.path), None)
    count = count_waiting_names(programme.id, line.person_id) if programme else 0
    if programme is None or not count:
        return None
    headline = ngettext(
        "%(num)s certificate is waiting for its name to be confirmed",
        "%(num)s certificates are waiting for their names to be confirmed",
        count,
    )
    return Update(headline, [programme.name], _("See the names to confirm"), url)


def _send_lines_to(person_id: str, names: Names, render_email: RenderEmail, settings: Settings) -> None:
    today = clock.today(settings.timezone)
    due = [(line.purpose, _as_update(line, names, settings)) for line in preferences.take_due_lines(person_id, today)]
    updates = [(purpose, update) for purpose, update in due if update]
    if not updates:
        return
    person, together = accounts.get_person(person_id), preferences.find_choices(person_id).weekly
    for part in [updates] if together else [[update] for update in updates]:
        kinds = {purpose for purpose, _update in part}
        off_url = _off_url(person.public_id, kinds.pop() if len(kinds) == 1 else "all", settings)
        email = render_email(
            "updates",
            name=person.display_name,
            updates=[update for _purpose, update in part],
            off_url=off_url,
            preferences_url=settings.base_url + url_for("accounts.email_preferences"),
        )
        mail_outbox.queue_mail(
            settings, person.email, *email, quiet=preferences.quiet_hours(person_id), off_url=off_url
        )
