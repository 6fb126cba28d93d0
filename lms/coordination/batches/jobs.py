"""Bulk actions on certificates, done in the job process a few at a time; they continue after an interruption."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from pathlib import Path

from lms.certification.awards import actions as certification
from lms.certification.awards.actions import today_in
from lms.certification.awards.document_records import document_is_stored
from lms.certification.awards.records import best_issued, find_award_of_enrolment, list_awards_of_enrolment
from lms.certification.pdf.jobs import make_document
from lms.certification.pdf.zip_archive import PART, put_together
from lms.coordination.batches import actions, records
from lms.coordination.batches.records import Batch
from lms.foundation import ids
from lms.foundation.config.settings import Settings
from lms.foundation.db import write
from lms.foundation.per_app import provided
from lms.foundation.storage.elsewhere import FilesAway, Sharing
from lms.foundation.storage.files import changed_at
from lms.learning.progress.attempt_records import list_results
from lms.library.course_cache import get_course

log = logging.getLogger("lms.batches")

STEP = 20
PART_KEPT = timedelta(hours=1)


def folder_of(settings: Settings) -> Path:
    """Return the folder of the files that coordinators asked for."""
    return settings.data / "batches"


def file_of(batch: Batch, settings: Settings) -> Path:
    """Return where the file of a batch lies."""
    return folder_of(settings) / f"{batch.public_id}.zip"


def find_file(batch: Batch, settings: Settings) -> Path | None:
    """Return the file of a batch, copied here from where the hosts of this site share theirs; None if it's gone."""
    path, elsewhere = file_of(batch, settings), provided(Sharing).elsewhere
    if elsewhere is not None and not path.is_file():
        folder_of(settings).mkdir(mode=0o700, parents=True, exist_ok=True)
        part = path.with_name(f"{ids.public_id()}{PART}")
        try:
            if elsewhere.fetch(_shared_name(path), part):
                part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    return path if path.is_file() else None


def _share(batch: Batch, settings: Settings) -> None:
    elsewhere, path = provided(Sharing).elsewhere, file_of(batch, settings)
    if elsewhere is not None:
        elsewhere.put(_shared_name(path), path)


def _shared_name(path: Path) -> str:
    return f"batches/{path.name}"


def work(key: str, settings: Settings, designs: Path) -> None:
    """Do the step of a batch that a push asks for."""
    batch_id, _space, turn = key.partition(" ")
    step(batch_id, int(turn), settings, designs)


def step(batch_id: str, turn: int, settings: Settings, designs: Path) -> None:
    """Do the next few items and ask for the step after them, so that other work gets its turn; end with the last."""
    batch = write(actions.take_turn, batch_id, turn)
    if batch is None:
        return
    kind = batch.kind
    for number, enrolment_id in records.list_undone(batch_id, STEP):
        if records.find_running(batch_id) is None:
            return
        if kind == "issue":
            _read_courses(enrolment_id)
            write(actions.issue_one, batch_id, number, enrolment_id, settings)
        else:
            outcome, award_id = _make_if_missing(enrolment_id, kind, settings, designs)
            write(actions.note_outcome, batch_id, number, outcome, award_id)
    if records.list_undone(batch_id, 1):
        write(actions.push_next_step, batch_id, turn + 1)
    else:
        _end(batch_id, settings)


def _read_courses(enrolment_id: str) -> None:
    """Read the courses that issuing will ask for, outside the write in which it does."""
    for attempt, _result in list_results(enrolment_id):
        get_course(attempt.digest)


def _make_if_missing(enrolment_id: str, kind: str, settings: Settings, designs: Path) -> tuple[str, str | None]:
    """Make a certificate's document where it is missing; return what came of it. What is kept is never made again."""
    standing = find_award_of_enrolment(enrolment_id)
    if standing is None:
        return "none", None
    awards = list_awards_of_enrolment(enrolment_id)
    award = best_issued(awards, today_in(standing.programme_id, settings)) or standing
    if award.waiting or award.withdrawn_at or not award.name:
        return ("waiting" if award.waiting else "withdrawn" if award.withdrawn_at else "nameless"), award.id
    there = document_is_stored(award.id) is not None
    if not there:
        write(certification.request_document_anew, award.id)
        make_document(award.id, settings, designs)
        if document_is_stored(award.id) is None:
            return "trouble", award.id
    return ("in" if kind == "file" else "kept" if there else "made"), award.id


def _end(batch_id: str, settings: Settings) -> None:
    batch, digest = records.find_running(batch_id), None
    if batch is not None and batch.kind == "file":
        held = [item.award_id for item in records.list_items(batch_id) if item.outcome == "in" and item.award_id]
        if held:
            digest, _count = put_together(held, file_of(batch, settings))
            try:
                _share(batch, settings)
            except FilesAway as error:
                log.warning("a ZIP file can't be stored yet; it's stored with a later sweep: %s", error)
                return
    write(actions.end, batch_id, "done", digest)


def sweep(settings: Settings, designs: Path) -> None:
    """Go on with whatever is under way, and clear away files whose day is over."""
    for batch_id, turn in records.list_running():
        step(batch_id, turn, settings, designs)
    clear_away(settings)
    # One by one: each has up to two thousand rows, and whoever saves something waits meanwhile.
    for batch_id in records.list_old():
        write(records.forget, [batch_id])
    try:
        _clear_away_shared()
    except FilesAway as error:
        log.warning("old ZIP files can't be deleted yet; they are with a later sweep: %s", error)


def _clear_away_shared() -> None:
    elsewhere, kept = provided(Sharing).elsewhere, records.list_files()
    if elsewhere is not None:
        for name in elsewhere.list_names("batches"):
            if Path(name).stem not in kept:
                elsewhere.delete(name)


def clear_away(settings: Settings) -> None:
    """Delete the files on this host whose day is over."""
    kept = records.list_files()
    for file in folder_of(settings).glob("*"):
        being_made = file.suffix == PART and time.time() - (changed_at(file) or 0) < PART_KEPT.total_seconds()
        if file.stem not in kept and not being_made:
            file.unlink(missing_ok=True)
