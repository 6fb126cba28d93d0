"""Confirm the name on a certificate. It applies to this name of the holder in this programme, from now on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import timedelta

from lms.accounts.records import get_person
from lms.certification.awards import name_records, records
from lms.certification.awards.actions import name_to_print, put_name, release
from lms.certification.awards.events import NameConfirmed
from lms.certification.awards.name_records import NameConfirmation
from lms.certification.awards.records import Award
from lms.certification.awards.rules import plain_name
from lms.foundation import clock
from lms.foundation.config.settings import Settings
from lms.foundation.db import db, write
from lms.foundation.events import announce
from lms.library.course_cache import get_course

WORK = "certification.names"
# Issuing one takes some ms, and everybody who saves something waits meanwhile.
AT_ONCE = 5
MARK_LENGTH = 16


def confirm_name(award_id: str, by: str | None) -> None:
    """Confirm the name on a certificate, and on all others that its holder has under it in the programme.

    Nobody confirms their own. A second confirmation of the same name only issues what waits for it, such as a
    certificate that came with a merged account. What was issued before stays as it is; its page says that the name was
    confirmed since.
    """
    award = records.get_award(award_id)
    if not award.name or award.person_id == by:
        return
    confirmed_at, name = name_records.find_confirmation_of(award), plain_name(award.name)
    is_news = confirmed_at is None or award.name_waits_since is not None
    if confirmed_at is None:
        confirmed_at = clock.now()
        db.session.add(
            NameConfirmation(
                programme_id=award.programme_id,
                person_id=award.person_id,
                name=name,
                confirmed_by=by,
                confirmed_at=confirmed_at,
            )
        )
    for other in name_records.list_unconfirmed(award.programme_id, award.person_id):
        if plain_name(other.name) == name:
            # Moments are whole seconds: a certificate issued in this very one was made without the confirmation.
            after = other.issued_at + timedelta(seconds=1) if other.issued_at else confirmed_at
            other.name_confirmed_at = max(confirmed_at, after)
    db.session.flush()
    if is_news:
        announce(NameConfirmed(award.id, award.person_id, award.programme_id))


def confirm_waiting(programme_id: str, seen: Mapping[str, str], by: str) -> tuple[int, int]:
    """Confirm the names on waiting certificates, by code; return how many were, and how many had changed since.

    A name that its holder changed since the page was opened isn't confirmed: somebody has to read the new one first.
    """
    confirmed = changed = 0
    for award in name_records.list_waiting_codes(programme_id, seen):
        if award.person_id == by or mark_of(award.name) != seen[award.code]:
            changed += 1
            continue
        confirm_name(award.id, by)
        confirmed += 1
    return confirmed, changed


def mark_of(name: str) -> str:
    """Return the hash that a page sends back to say which name it showed."""
    return hashlib.sha256(name.encode()).hexdigest()[:MARK_LENGTH]


def follow_names(person_id: str, settings: Settings) -> None:
    """Put their holder's present name on certificates that wait for theirs, and issue those that can be issued."""
    name = name_to_print(get_person(person_id))
    for award in name_records.list_waiting_of_person(person_id):
        if award.name != name:
            put_name(award, name)
    db.session.flush()
    release_confirmed(person_id, settings)


def release_confirmed(person_id: str, settings: Settings) -> None:
    """Issue somebody's certificates that waited for a name that has been confirmed."""
    for award in name_records.list_waiting_of_person(person_id):
        if award.name_confirmed_at:
            _release(award, settings)


def release_unasked(settings: Settings) -> None:
    """Issue certificates that wait for a name in programmes that no longer ask to confirm names, in batches."""
    while found := name_records.list_waiting_unasked(AT_ONCE):
        read_courses(found)
        write(_release_all, [award.id for award in found], settings)


def read_courses(awards: Iterable[Award]) -> None:
    """Read the courses of certificates that may be issued, before the write that issues them."""
    for digest in {award.digest for award in awards}:
        get_course(digest)


def _release_all(award_ids: Iterable[str], settings: Settings) -> None:
    for award_id in award_ids:
        _release(records.get_award(award_id), settings)


def _release(award: Award, settings: Settings) -> None:
    """Issue a certificate that waited for its name, unless it waits for a review as well."""
    award.name_waits_since = None
    release(award, settings)
