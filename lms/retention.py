"""Retention: what the job process deletes once its time is over, and the email before a closed account goes."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from lms.accounts import records as accounts
from lms.accounts.members.actions import delete_old_details
from lms.accounts.members.records import list_memberships
from lms.accounts.merges.records import find_merge_away, forget_moved
from lms.accounts.notifications.preferences import quiet_hours
from lms.accounts.notifications.reader_language import language_of
from lms.accounts.personal_data import closed_accounts
from lms.accounts.personal_data.closed_accounts import NOTICE
from lms.accounts.programmes.keeping import ANSWERS, DETAILS, list_shorter
from lms.authoring.drafts import records as draft_records
from lms.authoring.outlining import media_records
from lms.authoring.publishing.records import forget_plans
from lms.certification.awards.records import holders_of_valid
from lms.foundation import clock
from lms.foundation.audit.entries import find_newest
from lms.foundation.backup import erasures
from lms.foundation.config.settings import Settings
from lms.foundation.db import write
from lms.foundation.keys import secret_key
from lms.foundation.mail import outbox as mail_outbox
from lms.foundation.mail.templates import writing_in
from lms.foundation.per_app import get_or_make, provided
from lms.foundation.storage.files import FileStore
from lms.foundation.text.i18n import day
from lms.foundation.text.i18n import gettext as _
from lms.learning.personal_data.actions import delete_old_answers

log = logging.getLogger("lms.retention")

DeletePerson = Callable[[str, bytes | None], object]

EVERY = timedelta(hours=1)
ANSWERS_AT_ONCE, ACCOUNTS_AT_ONCE = 500, 20
# The longest that one run goes on, in seconds; the next one follows within a minute where something is left.
RUN_MOST = 20.0
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
# What is deleted doesn't come back, so a clock that jumps ahead has this long to be corrected. A site may be quiet for
# weeks; after a longer time without any record, its clock is doubted when it starts.
JUMP_LEAST, QUIET_MOST, DOUBTED_SECONDS = timedelta(days=2), timedelta(days=60), 3600.0


@dataclass
class Doubt:
    """Whether the machine's clock jumped ahead a moment ago, as it may if its battery is empty and NTP isn't there yet.

    `wall` is what it said when it was looked at last, and `steady` the seconds of the clock that nobody sets.
    """

    wall: datetime | None = None
    steady: float = 0.0
    until: float = 0.0

    def is_over(self, wall: datetime, steady: float, newest: datetime | None) -> bool:
        """Look at both clocks; `newest` is of the last record, which a process that just started compares with."""
        if self.wall is None:
            jumped = newest is not None and wall - newest > QUIET_MOST
        else:
            jumped = wall - self.wall - timedelta(seconds=steady - self.steady) > JUMP_LEAST
        if jumped:
            log.warning(
                "the clock jumped ahead to %s; nothing is deleted for an hour, in case it is wrong", wall.date()
            )
            self.until = steady + DOUBTED_SECONDS
        self.wall, self.steady = wall, steady
        return steady >= self.until


@dataclass
class NextRun:
    """When to look again for what is to be deleted, and whether the clock can be trusted with that."""

    at: datetime = LONG_AGO
    doubt: Doubt = field(default_factory=Doubt)


def sweep(settings: Settings, delete_person: DeletePerson) -> None:
    """Delete what the settings no longer keep, once an hour; what a run doesn't finish, the next one does."""
    following = get_or_make(NextRun)
    if clock.is_ahead(following.at, EVERY):
        return
    if not following.doubt.is_over(datetime.now(UTC), time.monotonic(), find_newest()):
        return
    until = time.monotonic() + RUN_MOST
    steps: tuple[Callable[[], bool], ...] = (
        lambda: _delete_answers(settings),
        lambda: _delete_sooner(settings),
        lambda: _tell_of_endings(settings),
        lambda: _delete_accounts(settings, delete_person),
        _forget_merged_rows,
        _forget_drafts,
        _forget_replaced_media,
    )
    for step in steps:
        while step():
            if time.monotonic() > until:
                return
    # Readers may have kept the log from being emptied when an account was deleted.
    erasures.empty_log()
    following.at = clock.now() + EVERY


def _forget_merged_rows() -> bool:
    """Delete which rows a merge of accounts moved, once it can't be undone any more; nothing is left over."""
    write(forget_moved)
    return False


def _forget_drafts() -> bool:
    """Delete a few drafts that were discarded a month ago, their media first; return whether there may be more."""
    write(forget_plans)
    gone = draft_records.list_long_discarded()
    if gone:
        _forget_media(media_records.list_in_drafts(gone), gone)
        for draft_id in gone:
            write(draft_records.forget, [draft_id])
    return len(gone) == draft_records.PAGE


def _forget_replaced_media() -> bool:
    """Delete what was replaced or removed in drafts a month ago; nothing is left over."""
    _forget_media(media_records.list_replaced())
    return False


def _forget_media(digests: set[str], gone: list[str] | None = None) -> None:
    """Delete media that nothing needs and that nobody uploaded since yesterday: their draft may not be saved yet."""
    store = provided(FileStore)
    there = {digest for digest in digests if digest in store}
    for digest in media_records.list_unneeded(there, gone or []) if there else ():
        store.forget(digest, before=(clock.now() - timedelta(days=1)).timestamp())


def _delete_answers(settings: Settings) -> bool:
    """Delete one batch of old answers; return whether there may be more."""
    if settings.keep_answers_months is None:
        return False
    before = clock.months_ago(settings.keep_answers_months, settings.timezone)
    return write(delete_old_answers, before, ANSWERS_AT_ONCE) == ANSWERS_AT_ONCE


def _delete_sooner(settings: Settings) -> bool:
    """Delete one batch in each programme that keeps something for a shorter time; return whether there may be more."""
    more = []
    for key, delete_old in ((ANSWERS, delete_old_answers), (DETAILS, delete_old_details)):
        for programme, months in list_shorter(settings, key):
            before = clock.months_ago(months, settings.timezone)
            more.append(write(delete_old, before, ANSWERS_AT_ONCE, programme.id) == ANSWERS_AT_ONCE)
    return any(more)


def _tell_of_endings(settings: Settings) -> bool:
    """Email a few people whose closed accounts will be deleted in a month; return whether there may be more."""
    if settings.keep_closed_accounts_months is None:
        write(closed_accounts.forget_endings_since, LONG_AGO)
        return False
    closed_before = clock.months_ago(settings.keep_closed_accounts_months, settings.timezone) + NOTICE
    write(closed_accounts.forget_endings_since, closed_before)
    stays = holders_of_valid(clock.today(settings.timezone))
    found = closed_accounts.list_untold(closed_before, stays, ACCOUNTS_AT_ONCE)
    for person_id in found:
        write(_tell, person_id, settings)
    return len(found) == ACCOUNTS_AT_ONCE


def _tell(person_id: str, settings: Settings) -> None:
    deletes_on = clock.today(settings.timezone) + NOTICE
    # Whoever has another account, into which this one was merged, loses nothing with it.
    if not closed_accounts.note_told(person_id, deletes_on) or find_merge_away(person_id):
        return
    person = accounts.get_person(person_id)
    with writing_in(language_of(person)) as render_email:
        email = render_email(
            "account_ending",
            name=person.display_name,
            site=urlsplit(settings.base_url).netloc,
            closed_on=day(clock.day_of(person.disabled_at or clock.now(), settings.timezone)),
            day=day(deletes_on),
            contact=_contact_of(person_id),
        )
    mail_outbox.queue_mail(settings, person.email, *email, quiet=quiet_hours(person_id))


def _contact_of(person_id: str) -> str:
    """Return whom somebody without an open account can write to: a programme of theirs, or whoever runs the site."""
    programmes = [accounts.get_programme(row.programme_id) for row in list_memberships(person_id)]
    contacts = (str(programme.facts.get("contact") or "") for programme in programmes)
    return next(filter(None, contacts), _("the people who run this site"))


def _delete_accounts(settings: Settings, delete_person: DeletePerson) -> bool:
    """Delete a few closed accounts whose people were told a month ago; return whether there may be more.

    A name on a certificate that has ended stays comparable by its seal, as people can ask for themselves.
    """
    if settings.keep_closed_accounts_months is None:
        return False
    today, seal_key = clock.today(settings.timezone), secret_key(settings.data)
    closed_before = clock.months_ago(settings.keep_closed_accounts_months, settings.timezone)
    stays = holders_of_valid(today)

    def delete_if_due(person_id: str) -> None:
        if closed_accounts.find_ending(person_id) and accounts.get_person(person_id).disabled_at:
            delete_person(person_id, seal_key)

    found = closed_accounts.list_due(closed_before, stays, today, ACCOUNTS_AT_ONCE)
    for person_id in found:
        write(delete_if_due, person_id)
    return len(found) == ACCOUNTS_AT_ONCE
