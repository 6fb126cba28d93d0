"""What people do with drafts: start, save, add, rename, move, remove, undo and discard; each is one revision."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from lms.authoring.drafts import records
from lms.authoring.drafts.events import DraftChanged, DraftDiscarded, DraftStarted
from lms.authoring.drafts.outline_rules import is_text
from lms.authoring.drafts.records import Draft, DraftFile, DraftRevision
from lms.authoring.drafts.text_rules import front_value, merge, read_bytes
from lms.content.model.bundle import MAX_FILES, MAX_MARKDOWN, Bundle
from lms.foundation import clock, ids
from lms.foundation.db import db
from lms.foundation.events import announce
from lms.foundation.refused import Refused
from lms.foundation.text.i18n import gettext as _

# Whoever starts the same again so soon, and wrote nothing into it yet, pressed the button more than once.
ONE_PRESS = timedelta(seconds=20)
ONE_CHANGE = timedelta(minutes=10)
DRAFTS_MOST = 200


@dataclass(frozen=True)
class Saved:
    """The text is stored as this revision; `merged` when somebody else's change was brought together with it."""

    revision: int
    at: datetime
    merged: bool = False


@dataclass(frozen=True)
class Conflict:
    """Somebody has saved the file since it was read: their text, None if they removed it, and the common one."""

    theirs: bytes | None
    base: bytes | None
    revision: int
    by: str | None
    at: datetime


@dataclass(frozen=True)
class Contents:
    """The bytes of some files by digest, hashed and, for pictures, stored before the write."""

    digests: dict[str, str]
    texts: dict[str, bytes]


def contents_of(files: Mapping[str, bytes], digests: Mapping[str, str] | None = None) -> Contents:
    """Return files by digest; what is no text is expected in the file store under its own."""
    known = dict(digests or {path: hashlib.sha256(content).hexdigest() for path, content in files.items()})
    return Contents(known, {known[path]: files[path] for path in files if is_text(path)})


def start(
    programme_id: str, person_id: str | None, bundle: Bundle, course_id: str, title: str, base_digest: str | None = None
) -> Draft | Refused:
    """Start a draft from the files of a bundle; a command has no person. Pressed twice, it's one draft."""
    now = clock.now()
    same = records.find_just_started(programme_id, person_id, course_id, title, base_digest, now - ONE_PRESS)
    if person_id and same:
        return same
    if len(records.list_drafts(programme_id, most=DRAFTS_MOST + 1)) > DRAFTS_MOST:
        return Refused(
            _("This programme has too many open drafts. Discard one that you no longer need, then try again.")
        )
    draft = Draft(
        id=ids.inner_id(),
        public_id=ids.public_id(),
        programme_id=programme_id,
        course_id=course_id,
        title=title,
        base_digest=base_digest,
        created_by=person_id,
        created_at=now,
        changed_at=now,
        revision=0,
        state="open",
    )
    db.session.add(draft)
    db.session.flush()
    announce(DraftStarted(draft.id, programme_id, course_id))
    contents = contents_of(bundle.files, bundle.manifest)
    _apply(draft, person_id, "started", "course.md", None, dict(contents.digests), contents.texts)
    return draft


def change(
    draft_id: str,
    person_id: str,
    what: str,
    path: str,
    contents: Contents,
    removed: tuple[str, ...] = (),
    new_path: str | None = None,
    seen: int | None = None,
) -> Saved | Refused:
    """Put files in and take others out, as one revision that can be undone.

    With the revision that was `seen`, nothing is changed when somebody else was faster.
    """
    draft = records.lock_draft(draft_id)
    if draft.state != "open":
        return _closed()
    if seen not in {None, draft.revision}:
        return _outline_changed()
    files = records.list_files(draft_id)
    after: dict[str, str | None] = {**dict.fromkeys(removed), **contents.digests}
    if any(gone not in files for gone in removed):
        return _outline_changed()
    if len({*files, *contents.digests} - set(removed)) > MAX_FILES:
        return Refused(_("A course can have %(most)s files at most, so nothing was added.", most=f"{MAX_FILES:,}"))
    return _apply(draft, person_id, what, path, new_path, after, contents.texts)


def _closed() -> Refused:
    """Return that nothing comes into a draft any more: it would never reach anybody."""
    return Refused(
        _(
            "This draft has been published or discarded meanwhile, so nothing was changed in it. Start another draft "
            "from the published version. If you’ve typed something here, copy it first."
        )
    )


def _outline_changed() -> Refused:
    return Refused(
        _("Somebody else has changed the outline in the meantime, so nothing was changed. Please look again.")
    )


def rename(
    draft_id: str,
    person_id: str,
    path: str,
    paths: Mapping[str, str],
    edited: Contents,
    seen: int,
    what: str = "renamed",
) -> Saved | Refused:
    """Move files to new paths as one revision; `edited` has those of which the text changes as well, by new path.

    `seen` is the revision of the draft in which both were looked up.
    """
    files = records.list_files(draft_id)
    kept = {new: files[old] for old, new in paths.items() if old in files}
    if len(kept) < len(paths):
        return _outline_changed()
    removed = tuple(old for old in paths if old not in set(paths.values()))
    contents = Contents({**kept, **edited.digests}, edited.texts)
    return change(draft_id, person_id, what, path, contents, removed, paths.get(path), seen)


def save(
    draft_id: str,
    person_id: str,
    path: str,
    content: bytes,
    read_at: int,
    *,
    merging: bool = False,
    what: str = "saved",
) -> Saved | Conflict | Refused:
    """Save the text of a file that was read at a revision; a newer one of somebody else is never overwritten."""
    if len(content) > MAX_MARKDOWN:
        return Refused(
            _(
                "This text is %(seen)s kB long, and a file can be %(most)s kB at most, so it wasn’t saved. Move part "
                "of it to another file.",
                seen=len(content) // 1024 + 1,
                most=MAX_MARKDOWN // 1024,
            )
        )
    draft, file = records.lock_draft(draft_id), records.find_file(draft_id, path)
    if draft.state != "open":
        return _closed()
    contents, merged = contents_of({path: content}), False
    if file is not None and file.sha256 == contents.digests[path]:
        return Saved(file.changed_revision, draft.changed_at)
    newer = [row for row in records.list_revisions_since(draft_id, read_at) if path in row.changes]
    if file is None and not any(path in row.changes for row in records.list_revisions_since(draft_id, 0)):
        return Refused(_("There’s no such file in this draft, so nothing was saved."))
    if newer:
        conflict = _conflict(draft_id, path, newer, file)
        both = _merged(conflict, content) if merging else None
        if both is None:
            return conflict
        contents, merged = contents_of({path: both}), True
    saved = _apply(draft, person_id, what, path, None, dict(contents.digests), contents.texts)
    return Saved(saved.revision, saved.at, merged)


def _conflict(draft_id: str, path: str, newer: list[DraftRevision], file: DraftFile | None) -> Conflict:
    base, theirs = newer[0].changes[path][0], file.sha256 if file else None
    texts = (records.find_text(draft_id, theirs), records.find_text(draft_id, base))
    return Conflict(*texts, newer[-1].number, newer[-1].person_id, newer[-1].at)


def _merged(conflict: Conflict, yours: bytes) -> bytes | None:
    """Return both changes in one text when they touch different lines of the text that both started from."""
    if conflict.theirs is None or conflict.base is None:
        return None
    both = merge(*(read_bytes(text)[0] for text in (conflict.base, yours, conflict.theirs)))
    return both.encode() if both is not None and len(both.encode()) <= MAX_MARKDOWN else None


def undo(draft_id: str, person_id: str, number: int) -> Saved | Refused:
    """Take one change back as a new revision, unless one of its files was changed again since."""
    draft, row = records.lock_draft(draft_id), records.find_revision(draft_id, number)
    if draft.state != "open":
        return _closed()
    if row is None or row.what == "started":
        return Refused(_("This change can’t be undone. Nothing was changed."))
    files = records.list_files(draft_id)
    if any(files.get(path) != after for path, (_before, after) in row.changes.items()):
        return Refused(
            _("One of these files has been changed since then, so nothing was undone. Undo the later change first.")
        )
    back = {path: before for path, (before, _after) in row.changes.items()}
    return _apply(draft, person_id, "undone", row.new_path or row.path, row.path if row.new_path else None, back, {})


def discard(draft_id: str) -> None:
    """Put a draft away; it's deleted after 30 days. One that was published stays as what the version came from."""
    draft = records.lock_draft(draft_id)
    if draft.state != "open":
        return
    draft.state, draft.changed_at = "discarded", clock.now()
    announce(DraftDiscarded(draft.id, draft.programme_id))


def _apply(
    draft: Draft,
    person_id: str | None,
    what: str,
    path: str,
    new_path: str | None,
    after: Mapping[str, str | None],
    texts: Mapping[str, bytes],
) -> Saved:
    """Write files, their texts and one revision; what one person types in one file stays one revision for a while."""
    files, now = records.list_files(draft.id), clock.now()
    changes = {name: [files.get(name), sha] for name, sha in after.items() if files.get(name) != sha}
    draft.revision, draft.changed_at = draft.revision + 1, now
    records.keep_texts(draft.id, texts)
    records.set_files(draft.id, {name: now_sha for name, (_before, now_sha) in changes.items()}, draft.revision)
    if not _goes_on(draft, person_id, what, path, changes, now):
        row = DraftRevision(draft_id=draft.id, number=draft.revision, person_id=person_id, at=now, what=what)
        row.path, row.new_path, row.changes = path, new_path, changes
        db.session.add(row)
        announce(DraftChanged(draft.id, draft.programme_id, draft.revision))
    if "course.md" in changes:
        front = records.find_text(draft.id, changes["course.md"][1]) or b""
        draft.title = front_value(read_bytes(front)[0], "title")[:200] or draft.title
        draft.course_id = front_value(read_bytes(front)[0], "id")[:80] or draft.course_id
    db.session.flush()
    return Saved(draft.revision, now)


def _goes_on(
    draft: Draft, person_id: str | None, what: str, path: str, changes: dict[str, list[str | None]], now: datetime
) -> bool:
    """Add to the last revision when the same person goes on typing in the same file; False when there is none."""
    last = records.find_last_revision(draft.id)
    if last is None or what != "saved" or path not in changes or last.changes.get(path, [None])[0] is None:
        return False
    if (last.what, last.path, last.person_id) != (what, path, person_id) or now > last.at + ONE_CHANGE:
        return False
    between, number = last.changes[path][1], last.number
    last.changes = {path: [last.changes[path][0], changes[path][1]]}
    last.number = draft.revision
    db.session.flush()
    records.forget_text(draft.id, between, draft.revision) if between else None
    return number != draft.revision
