"""Every column about a person is exported and erased, or named here with the reason why not.

The rows come from the schema: a column that somebody adds is filled, changed and looked for without being mentioned.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Column, select, update

from lms import all_rooms
from lms.foundation import db as database
from lms.foundation.db import db, write
from tests.builders.planted import (
    KEPT_AFTER_ERASURE,
    World,
    is_key,
    personal_tables,
    publish_another_course,
    world_of,
)
from tests.conftest import Site

NUMBER = "a number by which this site finds the row; it says nothing about the person"
ONE_AT_A_TIME = "a marker that lets one row of its kind be open at a time"
OTHER_ROW = "the number of another row, which is exported itself"
FORM_STATE = "counts saved changes, so that two windows do not overwrite each other"
SECRET = "a secret, or a mark of one; an export that leaks must not open the account"
OF_UNIT = "the name of the unit is exported"
MAKING = "how far a file or an email is in being made or sent; its day and result are exported"
COPIED = "worked out from rows that are exported, for the coordinators' list"
# Columns that the export leaves out. Keys by which rows find each other are left out by rule, see `is_key`.
NOT_EXPORTED: dict[str, str] = {
    "account_merge.moved": "names the rows that were moved by their numbers; the rows themselves are exported",
    "answer.revision": FORM_STATE,
    "assignment.public_id": NUMBER,
    "assignment_mail.after_person": MAKING,
    "attempt.drawn": "which questions were asked is exported with the answers; an open check must not tell its key",
    "attempt.open_for": ONE_AT_A_TIME,
    "attempt.public_id": NUMBER,
    "attempt.renewal_id": OTHER_ROW,
    "attempt.seed": "the order of the options follows from it, and with it the key of an open check",
    "audit_entry.programme_id": "stands in the exported facts as well",
    "authenticator_app.last_step": SECRET,
    "authenticator_app.sealed_secret": SECRET,
    "award.course_id": "the title is exported",
    "award.current_for": ONE_AT_A_TIME,
    "award.cycle": "each certificate of a cycle is exported with its dates",
    "award.digest": "the version is exported",
    "award.name_seal": "is made when an account is deleted; who has an account has none",
    "award.raised_to": OTHER_ROW,
    "award.renewed_by": OTHER_ROW,
    "award.replaced_by": OTHER_ROW,
    "award.withdrawn_reason": "the programme is promised that its reason stays with it; that and when is exported",
    "batch.public_id": NUMBER,
    "regrade.after_attempt": MAKING,
    "regrade.digest": "the course, the question and the dates are exported",
    "regrade.public_id": NUMBER,
    "result.counted": MAKING,
    "result.regraded_at": "when, and both scores, is exported from regraded_result",
    "batch.sha256": NUMBER,
    "batch.turn": MAKING,
    "batch_item.number": NUMBER,
    "credential.list_index": "stands in the exported badge",
    "credential.list_number": "stands in the exported badge",
    "credential.stored_at": MAKING,
    "credential.suspendable": "stands in the exported badge",
    "document.sha256": "follows from the exported PDF",
    "document.stored_at": MAKING,
    "document.timestamp": "follows from the exported PDF",
    "draft.base_digest": NUMBER,
    "draft.public_id": NUMBER,
    "draft.revision": FORM_STATE,
    "draft_revision.changes": "digests of the texts before and after; which file was changed is exported",
    "draft_revision.number": NUMBER,
    "publication.revision": FORM_STATE,
    "review_request.digest": NUMBER,
    "review_request.public_id": NUMBER,
    "equivalent.public_id": NUMBER,
    "invitation.public_id": NUMBER,
    "invitation.search_key": "follows from the exported name and address",
    "invitation.token_sha256": SECRET,
    "invitation.unit_id": OF_UNIT,
    "misses.key": "holds a mark of somebody's network, who may be another person; how often is exported",
    "observation.public_id": NUMBER,
    "outbox_mail.about": MAKING,
    "outbox_mail.body": "is emptied when the email leaves; until then it may hold a one-time link",
    "outbox_mail.html": "is emptied when the email leaves; until then it may hold a one-time link",
    "outbox_mail.message_id": NUMBER,
    "outbox_mail.not_before": MAKING,
    "outbox_mail.off_url": SECRET,
    "outbox_mail.quiet": MAKING,
    "outbox_mail.tries": MAKING,
    "passkey.credential_id": SECRET,
    "passkey.public_id": NUMBER,
    "passkey.public_key": SECRET,
    "passkey.sign_count": SECRET,
    "password_link.expires_at": SECRET,
    "password_link.token_sha256": SECRET,
    "person.email_look": "worked out from the address, which is exported",
    "person.password_hash": SECRET,
    "recovery_code.code_sha256": SECRET,
    "render_request.done_at": MAKING,
    "render_request.requested_at": MAKING,
    "render_request.tried_at": MAKING,
    "render_request.tries": MAKING,
    "render_request.trouble": MAKING,
    "renewal.open_for": ONE_AT_A_TIME,
    "roster_import.public_id": NUMBER,
    "roster_import.turn": MAKING,
    "roster_row.unit_id": OF_UNIT,
    "sign_in.elsewhere_sha256": SECRET,
    "sign_in.public_id": NUMBER,
    "sign_in.token_sha256": SECRET,
    "talk_run.digest": "which text of the conversation was played; what was said is exported",
    "talk_run.open_for": ONE_AT_A_TIME,
    "talk_run.public_id": NUMBER,
    "talk_run.revision": FORM_STATE,
    "talk_run.tells": FORM_STATE,
    "transcript_request.asked_at": MAKING,
    "transcript_request.language": "the exported PDF is in it",
    "transcript_request.made_at": MAKING,
    "transcript_request.tried_at": MAKING,
    "transcript_request.tries": MAKING,
    "person_word.sort_key": COPIED,
    "person_word.word": COPIED,
    **dict.fromkeys(
        (f"training_status.{name}" for name in ("course_id", "sort_key", "phase", "valid_until", "ready", "on_hold")),
        COPIED,
    ),
}


def exported(person_id: str) -> str:
    db.session.expire_all()
    return repr(all_rooms.export_person(person_id))


@contextmanager
def changed(world: World, column: Column[Any], place: int) -> Iterator[None]:
    """Give one column of somebody's row another value for a while."""
    table, row = column.table, world.rows[column.table.name]
    here = [key == row[key.name] for key in table.primary_key if key is not column]
    for value, sought in ((world.value(column, place, 1), row[column.name]), (row[column.name], None)):
        where = [*here, column == sought] if column.primary_key and sought is not None else here
        if column.primary_key and sought is None:
            where = [*here, column == world.value(column, place, 1)]
        write(database.run, update(table).where(*where).values({column.name: value}), {})
        if sought is not None:
            yield


def test_every_personal_column_is_exported_or_named_with_a_reason(sqlite_site: Site) -> None:
    left_out = set()
    with sqlite_site.inside():
        publish_another_course()
        sam = world_of("sam.a")
        write(sam.fill)
        before = exported(sam.person_id)
        for table in personal_tables():
            for place, column in enumerate(table.columns):
                if is_key(column):
                    continue
                with changed(sam, column, place):
                    if exported(sam.person_id) == before:
                        left_out.add(f"{table.name}.{column.name}")
        assert exported(sam.person_id) == before
    assert left_out - set(NOT_EXPORTED) == set(), "say here why each is left out, or export it"
    assert set(NOT_EXPORTED) - left_out == set()
    assert all(NOT_EXPORTED.values())


def test_every_personal_column_is_erased_or_named_with_a_reason(sqlite_site: Site) -> None:
    with sqlite_site.inside():
        publish_another_course()
        worlds = [world_of("sam.a"), world_of("sam.b", flag=False)]
        for world in worlds:
            write(world.fill)
            write(all_rooms.delete_person, world.person_id, None)
        still = [set(_still_there(world)) for world in worlds]
    assert (still[0] & still[1]) - set(KEPT_AFTER_ERASURE) == set(), "say here why each stays, or erase it"
    assert set(KEPT_AFTER_ERASURE) - (still[0] & still[1]) == set()
    assert all(KEPT_AFTER_ERASURE.values())


def _still_there(world: World) -> Iterator[str]:
    for table in personal_tables():
        was = world.rows[table.name]
        here = [key == was[key.name] for key in table.primary_key]
        for row in db.session.execute(select(table).where(*here)).mappings():
            yield from (f"{table.name}.{name}" for name in was if row[name] == was[name])
