"""What is told by letter at its time: the ends of certificates, and the lines that somebody asked for."""

from __future__ import annotations

from datetime import date

from flask import render_template, url_for

from lms.accounts import letters
from lms.accounts import records as accounts
from lms.certification import notices
from lms.certification.records import get_award
from lms.coordination.pages import rows_of
from lms.foundation import clock, mail
from lms.foundation.db import write
from lms.foundation.keys import secret_key
from lms.foundation.settings import Settings
from lms.foundation.words import day, ngettext
from lms.foundation.words import gettext as _

Names = dict[str, dict[str, str]]
NAMES_MOST = 50


def tell_of_ends(settings: Settings) -> None:
    """Tell holders of the ends of their certificates, outside their quiet hours, so that nothing written grows old."""
    for award_id, person_id in notices.list_due(clock.today(settings.timezone)):
        if not mail.is_quiet(settings, letters.quiet_hours(person_id)):
            write(_tell_of_end, award_id, settings)


def _tell_of_end(award_id: str, settings: Settings) -> None:
    today = clock.today(settings.timezone)
    notice = notices.take_due(award_id, today)
    if notice is None:
        return
    award = get_award(award_id)
    holder, programme = accounts.get_person(award.person_id), accounts.get_programme(award.programme_id)
    ended, until = today > award.valid_until, day(award.valid_until)  # type: ignore[operator, arg-type]
    off_url = _off_url(holder.public_id, notice, settings)
    body = render_template(
        "mail/certificate_ends.txt",
        name=holder.display_name,
        title=award.title,
        day=until,
        ended=ended,
        course_url=settings.base_url + url_for("learning.course", course=award.course_id),
        lead=programme.facts.get("lead") or _("your programme’s lead"),
        off_url=off_url,
        letters_url=settings.base_url + url_for("accounts.letters_page"),
    )
    subject = _("Your certificate stands until %(day)s: %(title)s", day=until, title=award.title)
    if ended:
        subject = _("Your certificate was valid until %(day)s: %(title)s", day=until, title=award.title)
    quiet, about = letters.quiet_hours(holder.id), notices.word_of(award_id, notice)
    mail.queue_mail(settings, holder.email, subject, body, quiet=quiet, off_url=off_url, about=about)


def _off_url(public_id: str, purpose: str, settings: Settings) -> str:
    mark = letters.off_mark(secret_key(settings.data), public_id, purpose)
    return settings.base_url + url_for("accounts.letters_off", mark=mark)


def _led_by(person_id: str) -> dict[str, accounts.Programme]:
    """Return the programmes that somebody coordinates, by the path of their people."""
    found = [
        accounts.get_programme(key) for key, roles in accounts.roles_of(person_id).items() if "coordinator" in roles
    ]
    return {url_for("coordination.people", programme=row.slug, state="renew_by"): row for row in found}


def let_ends_wait(settings: Settings) -> None:
    """Let a line wait for coordinators who asked to be told which certificates end; its names come when it leaves."""
    today, line = clock.today(settings.timezone), _("Certificates of your programme end soon, or have ended.")
    for person_id in letters.list_wanting("programme-ends"):
        for path, programme in _led_by(person_id).items():
            if not letters.waits(person_id, path) and _something_is_due(programme.id, person_id, today):
                write(letters.wait_to_tell, [person_id], "programme-ends", line, path)


def _something_is_due(programme_id: str, person_id: str, today: date) -> bool:
    """Decide whether a coordinator is to be told of an end that their list shows."""
    due = {code for _award_id, code, _notice in notices.list_due_in(programme_id, person_id, today)}
    return bool(due) and any(row.code in due for row in rows_of(programme_id, today))


def send_lines(settings: Settings) -> None:
    """Send what people asked to be told, and what has waited for its time."""
    today = clock.today(settings.timezone)
    for person_id in letters.list_waiting():
        if letters.is_time(person_id, today):
            write(_send_lines_to, person_id, _names_shown_to(person_id, today), settings)


def _names_shown_to(person_id: str, today: date) -> Names:
    """Return whose certificate each code is, as the list of people shows it, for each list for which a line waits."""
    return {
        path: {
            row.code: _("%(name)s, %(course)s: until %(day)s", name=row.name, course=row.course, day=day(row.until))
            for row in rows_of(programme.id, today)
            if row.code and row.until
        }
        for path, programme in _led_by(person_id).items()
        if letters.waits(person_id, path)
    }


def _with_names(line: letters.WaitingLine, names: Names, today: date) -> tuple[str, str, list[str]] | None:
    """Return a line with the names that belong to it; None when there is nothing to tell any more."""
    if line.purpose != "programme-ends":
        return line.line, line.path, []
    programme = _led_by(line.person_id).get(line.path)
    shown = names.get(line.path, {})
    codes = notices.take_due_in(programme.id, line.person_id, shown, today) if programme else []
    if not codes:
        return None
    told = ngettext(
        "%(num)s certificate ends soon, or has ended:", "%(num)s certificates end soon, or have ended:", len(codes)
    )
    names_here = [shown[code] for code in codes[:NAMES_MOST]]
    more = len(codes) - len(names_here)
    if more:
        names_here.append(ngettext("and %(num)s more, on the list", "and %(num)s more, on the list", more))
    return told, line.path, names_here


def _send_lines_to(person_id: str, names: Names, settings: Settings) -> None:
    today = clock.today(settings.timezone)
    due = [(line.purpose, _with_names(line, names, today)) for line in letters.take_due_lines(person_id, today)]
    lines = [(purpose, line) for purpose, line in due if line]
    if not lines:
        return
    person, together = accounts.get_person(person_id), letters.find_choices(person_id).weekly
    for part in [lines] if together else [[line] for line in lines]:
        kinds = {purpose for purpose, _line in part}
        off_url = _off_url(person.public_id, kinds.pop() if len(kinds) == 1 else "all", settings)
        body = render_template(
            "mail/lines.txt",
            name=person.display_name,
            lines=[(line, settings.base_url + path, under) for _purpose, (line, path, under) in part],
            off_url=off_url,
            letters_url=settings.base_url + url_for("accounts.letters_page"),
        )
        quiet = letters.quiet_hours(person_id)
        mail.queue_mail(settings, person.email, _("What you asked to be told"), body, quiet=quiet, off_url=off_url)
