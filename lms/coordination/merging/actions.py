"""Merging two accounts of one person, and undoing it."""

from __future__ import annotations

from collections.abc import Iterable

from lms.accounts import leaving
from lms.accounts.members.records import keep_keys
from lms.accounts.merges.records import CAN_BE_UNDONE, AccountMerge, get_merge
from lms.accounts.records import Person, end_password_links, get_person, roles_of
from lms.certification.awards.events import CertificateMoved
from lms.certification.awards.records import get_award
from lms.coordination.board.actions import refresh_person
from lms.coordination.board.status_records import remove_person
from lms.coordination.merging import records, rules
from lms.coordination.merging.events import AccountsMerged, MergeUndone
from lms.coordination.merging.rules import Account, Change, Decider, Reason
from lms.foundation import clock, ids
from lms.foundation.db import db
from lms.foundation.events import announce


def account_of(person: Person) -> Account:
    """Return what decides whether somebody's account can be merged."""
    return Account(
        person_id=person.id,
        closed=person.disabled_at is not None,
        operator=person.operator,
        proven=person.email_proven_at is not None,
        roles=roles_of(person.id),
    )


def why_not_merge(kept_id: str, other_id: str, by: Decider) -> Reason | None:
    """Return why an account can't be merged into another one by somebody, or None."""
    return rules.why_not_merge(account_of(get_person(kept_id)), account_of(get_person(other_id)), by)


def why_not_undo(merge: AccountMerge, by: Decider) -> Reason | None:
    """Return why somebody can't undo a merge, or None."""
    kept, other = (account_of(get_person(person_id)) for person_id in (merge.kept_id, merge.other_id))
    over = merge.moved is None or clock.now() >= merge.until
    return rules.why_not_undo(kept, other, by, undone=merge.undone_at is not None, over=over)


def merge(programme_id: str, kept_id: str, other_id: str, by: Decider) -> AccountMerge | Reason:
    """Merge an account into another one of the same person, and close it; refused with nothing changed."""
    refused = why_not_merge(kept_id, other_id, by)
    if refused:
        return refused
    plan = records.plan_merge(kept_id, other_id)
    records.carry_out(plan)
    now = clock.now()
    done = AccountMerge(
        id=ids.inner_id(),
        programme_id=programme_id,
        kept_id=kept_id,
        other_id=other_id,
        merged_by=by.person_id,
        merged_at=now,
        until=now + CAN_BE_UNDONE,
        moved=plan.as_json(),
    )
    db.session.add(done)
    db.session.flush()
    leaving.disable(other_id)
    # One that was handed out before doesn't open what comes from the other account.
    end_password_links(kept_id)
    _keep_up(kept_id, other_id)
    announce(AccountsMerged(done.id, kept_id, other_id, programme_id))
    _note_certificates(plan.changes, other_id)
    return done


def undo(merge_id: str, by: Decider) -> AccountMerge | Reason:
    """Give each account back what it had, and open the other one again; what was added since stays where it is."""
    done = get_merge(merge_id)
    refused = why_not_undo(done, by)
    if refused:
        return refused
    moved = done.moved or {}
    changes = rules.changes_of(moved)
    for person_id in (done.kept_id, done.other_id):
        # Written again below; until then they name courses that may go.
        remove_person(person_id)
    records.take_back(changes)
    records.drop_empty(moved["enrolments"])
    done.undone_by, done.undone_at, done.moved = by.person_id, clock.now(), None
    db.session.flush()
    leaving.enable(done.other_id)
    _keep_up(done.kept_id, done.other_id)
    announce(MergeUndone(done.id, done.kept_id, done.other_id, done.programme_id))
    _note_certificates(changes, done.kept_id)
    return done


def _keep_up(*person_ids: str) -> None:
    """Work out again what lists hold of people."""
    for person_id in person_ids:
        keep_keys(person_id)
        refresh_person(person_id)


def _note_certificates(changes: Iterable[Change], former_id: str) -> None:
    """Announce whose each certificate is now, with the digest of its record: it names its holder."""
    moved = [
        key[0] for change in changes if (change.table, change.column) == ("award", "person_id") for key in change.keys
    ]
    for award in map(get_award, moved):
        if award.person_id != former_id:
            digest = award.record_sha256()
            announce(CertificateMoved(award.id, award.person_id, award.programme_id, former_id, digest))
