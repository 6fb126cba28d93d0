"""Emails that tell both accounts of a merge, and of its end; neither names the other's whole address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import url_for

from lms.accounts.merges.records import AccountMerge, get_merge
from lms.accounts.notifications.reader_language import language_of
from lms.accounts.records import Person, get_person, get_programme, has_email
from lms.accounts.rules import zone_of
from lms.coordination.merging.events import AccountsMerged, MergeUndone
from lms.coordination.merging.pages import who_merged
from lms.coordination.merging.rules import masked
from lms.foundation.clock import day_of
from lms.foundation.config.settings import Settings
from lms.foundation.mail.outbox import queue_mail
from lms.foundation.mail.templates import writing_in
from lms.foundation.text.i18n import day
from lms.foundation.text.i18n import gettext as _


def email_about_merge(event: AccountsMerged, settings: Settings) -> None:
    """Tell both addresses which account is kept, who did it, and until when it can be undone."""
    merge = get_merge(event.merge_id)
    for person, beside in _both(merge):
        with writing_in(language_of(person, get_programme(merge.programme_id))) as render_email:
            email = render_email("accounts_merged", **_values(person, beside, merge, merge.merged_by, settings))
        queue_mail(settings, person.email, *email, any_hour=True)


def email_about_undo(event: MergeUndone, settings: Settings) -> None:
    """Tell both addresses that the accounts are apart again."""
    merge = get_merge(event.merge_id)
    for person, beside in _both(merge):
        with writing_in(language_of(person, get_programme(merge.programme_id))) as render_email:
            email = render_email("merge_undone", **_values(person, beside, merge, merge.undone_by, settings))
        queue_mail(settings, person.email, *email, any_hour=True)


def _both(merge: AccountMerge) -> Iterator[tuple[Person, Person]]:
    """Yield each of the two accounts that has an address, with the other one."""
    kept, other = get_person(merge.kept_id), get_person(merge.other_id)
    yield from ((person, beside) for person, beside in ((kept, other), (other, kept)) if has_email(person))


def _values(person: Person, beside: Person, merge: AccountMerge, by: str | None, settings: Settings) -> dict[str, Any]:
    """Return what an email says, in the language in which it's written."""
    programme = get_programme(merge.programme_id)
    return {
        "name": person.display_name,
        "programme": programme.name,
        "by_whom": who_merged(programme, by),
        "account": person.email,
        "other_account": masked(beside.email),
        "kept": person.id == merge.kept_id,
        "contact": programme.facts.get("contact") or programme.facts.get("lead") or _("the people who run this site"),
        "until": day(day_of(merge.until, zone_of(programme.facts, settings.timezone))),
        "address": settings.base_url + url_for("accounts.sign_in"),
    }
