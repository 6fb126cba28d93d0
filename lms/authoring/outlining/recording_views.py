"""The recordings of a draft: upload one with its captions and transcript, and have the line that plays it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from posixpath import splitext
from typing import IO, Any
from unicodedata import category

from flask import make_response, render_template, request

from lms.accounts.access import allow, signed_in
from lms.authoring.blueprint import blueprint
from lms.authoring.drafts import actions, records
from lms.authoring.drafts.actions import Contents, contents_of
from lms.authoring.drafts.outline_rules import is_text
from lms.authoring.drafts.records import Draft
from lms.authoring.drafts.text_rules import as_lines, id_from, read_bytes
from lms.authoring.drafts.this_draft import frame_of, this_draft
from lms.authoring.inserting import snippets
from lms.content.model.bundle import MAX_MARKDOWN, MAX_MEDIA, MAX_TOTAL, PIECE
from lms.content.model.recordings import LOOKED_AT, as_captions, ending_of, is_video
from lms.content.model.structure import is_recording
from lms.foundation.db import write
from lms.foundation.per_app import provided
from lms.foundation.refused import Refused
from lms.foundation.storage.files import FileStore
from lms.foundation.text.i18n import gettext as _

MB = 1024 * 1024
# What is larger is refused in words; what is larger than the whole post isn't read any further.
POST_MOST = MAX_MEDIA + 10 * MB
CAPTIONS, TRANSCRIPT = ".vtt", ".txt"


@dataclass
class Words:
    """What was sent beside a recording: its texts by ending, and what is to be changed about them by field."""

    texts: dict[str, bytes] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)


@blueprint.url_value_preprocessor
def take_recordings(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Take a recording before anything of the post is read; it waits in a file, not in memory."""
    if endpoint == "authoring.draft_recordings":
        request.max_content_length = POST_MOST
        request.max_form_memory_size = 2 * MAX_MARKDOWN


@blueprint.route("/programmes/<programme>/drafts/<draft>/recordings", methods=["GET", "POST"])
@allow("write courses")
def draft_recordings(programme: str, draft: str) -> Any:
    """Show the recordings of a draft, and take another one, or the words of one that is there."""
    found = this_draft(draft)
    words, added = Words(), ""
    beside = request.form.get("of", "")
    if request.method == "POST":
        words = _read_words()
        added = _add_words(found, beside, words) if "of" in request.form else _add(found, words)
    title = " ".join(request.form.get("title", "").split())
    rows = _rows(found)
    lacking = [row for row in rows if row["lacks"]]
    # Of a recording that came in without its words, these are asked for again below.
    late = bool(words.problems) and (bool(added) or "of" in request.form)
    page = render_template(
        "authoring/draft_recordings.html",
        **frame_of(found),
        recordings=rows,
        lacking=lacking,
        added=added,
        of=beside or added,
        completed=added.removeprefix("media/") if "of" in request.form else "",
        line=snippets.recording(added, "course.md", title or splitext(added[6:])[0]).text if added else "",
        title="" if added else title,
        transcript=request.form.get("transcript", "") if words.problems else "",
        problem={} if late else words.problems,
        late_problem=words.problems if late else {},
        most=MAX_MEDIA // MB,
        total=MAX_TOTAL // MB,
        bytes_most=MAX_MEDIA,
    )
    return make_response(page, 422 if words.problems else 200)


def _rows(found: Draft) -> list[dict[str, Any]]:
    """Return the recordings of a draft, each with the words that lie beside it and what it lacks to be published."""
    files, store = records.list_files(found.id), provided(FileStore)
    rows = []
    for path in filter(is_recording, files):
        beside = {ending: f"{splitext(path)[0]}{ending}" for ending in (CAPTIONS, TRANSCRIPT)}
        has = {ending: other for ending, other in beside.items() if other in files}
        lacks = _("captions") if is_video(path) else _("a transcript or captions")
        rows.append(
            {
                "path": path,
                "name": path.removeprefix("media/"),
                "sha": files[path],
                "video": is_video(path),
                "size": f"{store.size(files[path]) / MB:.1f}" if files[path] in store else "",
                "captions": has.get(CAPTIONS, ""),
                "transcript": has.get(TRANSCRIPT, ""),
                "lacks": "" if (CAPTIONS in has if is_video(path) else has) else lacks,
            }
        )
    return rows


def _read_words() -> Words:
    """Read captions and a transcript from the form; what can't be used is said of its field."""
    words = Words()
    if (captions := _read_text("captions", words)) is not None:
        whole = as_captions(captions)
        if whole is None:
            words.problems["captions"] = _(
                "We couldn’t find any captions in this file, so it wasn’t added. Export them as WebVTT (.vtt) or SRT "
                "(.srt), and choose that file."
            )
        else:
            words.texts[CAPTIONS] = whole.encode()
    typed = as_lines(request.form.get("transcript", "")).strip()
    text = typed or _read_text("transcript_file", words)
    if text and len(text.encode()) > MAX_MARKDOWN:
        words.problems["transcript"] = _too_long()
    elif text:
        words.texts[TRANSCRIPT] = as_lines(text).encode("utf-8", "replace")
    return words


def _read_text(name: str, words: Words) -> str | None:
    """Return a file of text, in whatever encoding; None when none was chosen, or when it's something else."""
    upload = request.files.get(name)
    content = upload.stream.read(MAX_MARKDOWN + 1) if upload and upload.filename else b""
    if not content:
        return None
    text = read_bytes(content)[0]
    if len(content) > MAX_MARKDOWN:
        words.problems[name] = _too_long()
    elif any(category(sign) == "Cc" and sign not in "\n\t" for sign in text):
        words.problems[name] = _(
            "This file isn’t plain text, so it wasn’t added. Save it as a text file (.txt), or copy its words into the "
            "field below."
        )
    else:
        return text
    return None


def _too_long() -> str:
    return _("This text is longer than %(most)s kB, so it wasn’t added. Shorten it.", most=MAX_MARKDOWN // 1024)


def _add(found: Draft, words: Words) -> str:
    """Store a recording and add it with the words that could be read; return its path, or nothing with the problem."""
    upload = request.files.get("recording")
    if upload is None or not upload.filename:
        words.problems["recording"] = _("Choose a recording first.")
        return ""
    files, seen = records.list_files(found.id), found.revision
    ending = ending_of(upload.filename, upload.stream.read(LOOKED_AT))
    if problem := _problem_of(upload.stream, ending, files):
        words.problems["recording"] = problem
        return ""
    sha = provided(FileStore).put_pieces(_pieces(upload.stream))
    path = f"media/{_free_stem(upload.filename, files)}{ending}"
    contents = _beside(path, words)
    contents = Contents({path: sha, **contents.digests}, contents.texts)
    done = write(actions.change, found.id, signed_in().person_id, "added", path, contents, seen=seen)
    if isinstance(done, Refused):
        words.problems["recording"] = done.message
        return ""
    return path


def _problem_of(stream: IO[bytes], ending: str | None, files: dict[str, str]) -> str:
    """Return why a recording can't come into a draft; empty when it can."""
    size = stream.seek(0, 2)
    store = provided(FileStore)
    there = sum(store.size(sha) for path, sha in files.items() if not is_text(path) and sha in store)
    if ending is None:
        return _(
            "Browsers can’t play this file, so it wasn’t added. Export it as MP3, M4A, OGG, WAV, MP4 or WebM, and "
            "choose that file."
        )
    if size > MAX_MEDIA:
        return _(
            "This recording is larger than %(most)s MB, so it wasn’t added. Export it in a lower quality, or in parts.",
            most=MAX_MEDIA // MB,
        )
    if there + size > MAX_TOTAL:
        return _(
            "With this recording, the course would be larger than %(most)s MB, so it wasn’t added. First remove a "
            "picture or recording that you no longer need.",
            most=MAX_TOTAL // MB,
        )
    return ""


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    stream.seek(0)
    return iter(partial(stream.read, PIECE), b"")


def _free_stem(name: str, files: dict[str, str]) -> str:
    """Return a name under which nothing lies yet, so that no words of another recording come with this one."""
    stem, taken = id_from(splitext(name)[0]) or "recording", {splitext(path)[0] for path in files}
    names = [stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3))]
    return next(name for name in names if f"media/{name}" not in taken)


def _beside(path: str, words: Words) -> Contents:
    return contents_of({f"{splitext(path)[0]}{ending}": text for ending, text in words.texts.items()})


def _add_words(found: Draft, path: str, words: Words) -> str:
    """Add captions or a transcript to a recording that is there; return its path, or nothing with the problem."""
    if path not in records.list_files(found.id) or not is_recording(path):
        words.problems["of"] = _("Choose the recording that these words belong to.")
    elif not words.texts and not words.problems:
        words.problems["captions"] = _("Choose a file with captions, or write the transcript.")
    if not words.texts or "of" in words.problems:
        return ""
    contents, seen = _beside(path, words), found.revision
    done = write(actions.change, found.id, signed_in().person_id, "added", min(contents.digests), contents, seen=seen)
    if isinstance(done, Refused):
        words.problems["of"] = done.message
        return ""
    return path
