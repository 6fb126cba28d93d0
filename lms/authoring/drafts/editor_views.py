"""Pages of one draft: its outline with all problems, and the editor of a file with its own."""

from __future__ import annotations

from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

from flask import (
    Response,
    abort,
    get_template_attribute,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
)

from lms.accounts.access import allow, signed_in, this_zone
from lms.accounts.rules import may
from lms.authoring.blueprint import blueprint
from lms.authoring.drafts import actions, pages, records
from lms.authoring.drafts.actions import Conflict, Saved
from lms.authoring.drafts.checking import reading_of, reading_with
from lms.authoring.drafts.editor_words import editor_words, previews_of
from lms.authoring.drafts.outline_rules import is_text, place_of
from lms.authoring.drafts.records import Draft
from lms.authoring.drafts.text_rules import as_lines, compare, front_value, read_bytes
from lms.authoring.drafts.this_draft import frame_of, this_draft
from lms.authoring.inserting.offers import offers_for
from lms.content.model.bundle import MAX_MARKDOWN
from lms.content.model.course import Reading
from lms.content.model.report import Finding
from lms.content.model.structure import address_of, is_recording
from lms.foundation import clock
from lms.foundation.db import write
from lms.foundation.late import late
from lms.foundation.refused import Refused
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import moment, ngettext
from lms.foundation.web.fields import whole_number
from lms.foundation.web.security import address, editor_policy, settings
from lms.learning.feedback.pages import beside
from lms.learning.feedback.records import list_released

if TYPE_CHECKING:
    from lms.content.lint import mend
else:
    mend = late("lms.content.lint.mend")  # 0.8 s and 12 MB, which only people who write courses need

# A byte of a character beyond ASCII is sent as three; a text that is some times too large is still told so in words.
TEXT_POST_MOST = 16 * MAX_MARKDOWN


@blueprint.url_value_preprocessor
def take_whole_texts(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Take a whole file of a course as one field, before anything of the post is read."""
    if endpoint in {"authoring.save_draft_file", "authoring.check_draft_text", "authoring.insert"}:
        request.max_content_length = request.max_form_memory_size = TEXT_POST_MOST


@blueprint.get("/programmes/<programme>/drafts/<draft>")
@allow("write courses")
def draft(programme: str, draft: str) -> Any:
    """Show the outline of a draft and its problems."""
    found = this_draft(draft)
    reading = reading_of(found)
    return render_template(
        "authoring/draft.html",
        **frame_of(found),
        outline=pages.outline_of(found, reading),
        summary=pages.summary_of(reading.findings),
        problems=[pages.problem(one, found, programme) for one in reading.findings[: pages.PROBLEMS_SHOWN]],
        more=max(0, len(reading.findings) - pages.PROBLEMS_SHOWN),
        notices=_notices(),
    )


def _notices() -> list[str]:
    saved = request.args.get("saved", "") if request.method == "GET" else ""
    words = {
        "started": _("The draft is ready. Learners can’t see it until you publish it."),
        "added": _("Added."),
        "renamed": _("Saved. File names and links to it have changed to match."),
        "moved": _("Moved. The numbers in the file names have changed to match, and so have links to them."),
        "removed": _("Removed. You can undo this in the history."),
        "undone": _("Undone."),
        "zip": _("The files of the ZIP file are in the draft now. You can undo this in the history."),
        "fixed": _("Fixed. You can undo this in the history."),
        "unfixed": _("There was nothing to fix automatically, so nothing was changed."),
        "merged": _("Saved. Somebody else had changed other lines of this file, and both changes are in it now."),
    }
    told = [words[saved]] if saved in words else []
    line = whole_number(request.args.get("inserted"), 0) if request.method == "GET" else 0
    if line:
        told.insert(0, _("Inserted at line %(line)s.", line=line))
    left_out = whole_number(request.args.get("left_out"), 0) if saved == "started" else 0
    if left_out:
        told.append(
            ngettext(
                "%(num)s file was left out, because a course can’t have a file with that name, in that place or of "
                "that size.",
                "%(num)s files were left out, because a course can’t have files with those names, in those places or "
                "of those sizes.",
                left_out,
            )
        )
    return told


@blueprint.get("/programmes/<programme>/drafts/<draft>/files/<path:path>")
@allow("write courses")
def draft_file(programme: str, draft: str, path: str) -> Any:
    """Show the text of a file to edit, with its problems below."""
    found = this_draft(draft)
    file = records.find_file(found.id, path)
    if file is None:
        abort(404)
    if not is_text(path):
        media = "authoring.draft_recordings" if is_recording(path) else "authoring.draft_pictures"
        return redirect(address(media, programme=programme, draft=draft), 303)
    text, plain = read_bytes(records.find_text(found.id, file.sha256) or b"")
    return _editor(found, path, text, file.changed_revision, reading_of(found), recoded=not plain)


def _editor(
    found: Draft, path: str, text: str, revision: int, reading: Reading, *, recoded: bool = False, problem: str = ""
) -> Any:
    frame = frame_of(found)
    programme = frame["programme"].slug
    mine = [one for one in reading.findings if one.path == path]
    nonce = token_urlsafe(16)
    page = render_template(
        "authoring/draft_file.html",
        **frame,
        outline=pages.outline_of(found, reading),
        path=path,
        title=_title_of(path, text),
        text=text,
        revision=revision,
        saved_at=_saved_at(found, path, revision),
        recoded=recoded,
        problem=problem,
        summary=pages.summary_of(mine),
        problems=pages.with_anchors(mine[: pages.PROBLEMS_SHOWN], found, programme),
        more=pages.more_words(mine),
        fixes=_count_fixes(path, text, mine),
        comments=_comments(found, path, text),
        elsewhere=pages.elsewhere(reading.findings, path, found, programme),
        notices=_notices(),
        nonce=nonce,
        words=editor_words(),
        offers=offers_for(path),
        pane=previews_of(programme, found.public_id, path, records.list_files(found.id)),
    )
    response = make_response(page, 422 if problem else 200)
    # CodeMirror writes its own styles into the page, which the nonce allows there and nowhere else.
    response.headers["Content-Security-Policy"] = editor_policy(nonce)
    return response


def _count_fixes(path: str, text: str, findings: list[Finding]) -> int:
    """Return how many of a file's problems have one safe fix."""
    if not findings:
        return 0
    return len(mend.propose(path, text, findings)[1])


def _comments(found: Draft, path: str, text: str) -> dict[str, Any] | None:
    """Return learners' feedback on the lesson that this file is, for those who may read it."""
    _course, _lessons, lesson = (address_of(path) or "").removesuffix("/gentler").rpartition("/lessons/")
    if not lesson or not may(signed_in(), "read feedback", found.programme_id):
        return None
    today = clock.today(settings().timezone)
    rows = list_released(found.programme_id, found.course_id, today, lesson)
    return {"lesson": lesson, "course": found.course_id, "rows": beside(rows, text)} if rows else None


def _saved_at(found: Draft, path: str, revision: int) -> str:
    """Return when a file was saved last: the time of day, with the date when it wasn't today."""
    at = found.changed_at if revision == found.revision else records.find_last_change(found.id, path)
    if at is None:
        return ""
    words = moment(at, this_zone())
    return words.rpartition(" ")[2] if clock.day_of(at, this_zone()) == clock.today(this_zone()) else words


@blueprint.post("/programmes/<programme>/drafts/<draft>/files/<path:path>")
@allow("write courses")
def save_draft_file(programme: str, draft: str, path: str) -> Any:
    """Save the text of a file; a script gets JSON, and a newer text of somebody else is shown beside one's own."""
    # A text for a draft that was discarded meanwhile is refused, and stays on the page.
    found = this_draft(draft, also_discarded=True)
    text, read_at = as_lines(request.form.get("text", "")), whole_number(request.form.get("revision"), 0)
    scripted = request.accept_mimetypes.best == "application/json"
    if not is_text(path):
        abort(404)
    if "text" not in request.form:
        return redirect(address("authoring.draft_file", programme=programme, draft=draft, path=path), 303)
    content = text.encode("utf-8", "replace")
    saved = write(actions.save, found.id, signed_in().person_id, path, content, read_at, merging=not scripted)
    if scripted:
        return _as_json(saved, found, path, text)
    if isinstance(saved, Conflict):
        return make_response(_three_ways(found, path, text, saved), 409)
    if isinstance(saved, Refused):
        return _editor(found, path, text, read_at, reading_of(found), problem=saved.message)
    values = {"programme": programme, "draft": draft, "path": path}
    merged = {"saved": "merged"} if saved.merged else {}
    return redirect(address("authoring.draft_file", **values, **merged), 303)


def _as_json(saved: Saved | Conflict | Refused, found: Draft, path: str, text: str) -> tuple[Response, int]:
    if isinstance(saved, Conflict):
        words = _("%(name)s has saved this file since you opened it.", name=_who(saved.by))
        theirs = read_bytes(saved.theirs)[0] if saved.theirs is not None else None
        return jsonify(saved=False, message=words, text=theirs, revision=saved.revision), 409
    if isinstance(saved, Refused):
        return jsonify(saved=False, message=saved.message), 422
    at = moment(saved.at, this_zone()).rpartition(" ")[2]
    return jsonify(saved=True, revision=saved.revision, time=at, **_after_saving(found, path, text)), 200


def _after_saving(found: Draft, path: str, text: str) -> dict[str, str]:
    """Return what the page shows beside the text once it's saved: its heading, and the outline with all problems."""
    frame = frame_of(found)
    outline = get_template_attribute("authoring/parts/draft_frame.html", "outline")
    groups = pages.outline_of(found, reading_of(found))
    title = _title_of(path, text)
    return {
        "heading": title,
        "crumb": found.title,
        "title": _("%(file)s – %(course)s", file=title, course=found.title),
        "outline": str(outline(groups, frame["draft"], frame["programme"], path)),
    }


def _title_of(path: str, text: str) -> str:
    return pages.single_titles().get(path) or front_value(text, "title") or path


def _who(person_id: str | None) -> str:
    if person_id == signed_in().person_id:
        return _("You, in another window,")
    return records.find_name(person_id) or _("Somebody else")


def _three_ways(found: Draft, path: str, text: str, conflict: Conflict) -> str:
    base, theirs = (read_bytes(one)[0] if one is not None else "" for one in (conflict.base, conflict.theirs))
    return render_template(
        "authoring/save_draft_file.html",
        **frame_of(found),
        path=path,
        who=_who(conflict.by),
        at=moment(conflict.at, this_zone()),
        removed=conflict.theirs is None,
        theirs=compare(base, theirs),
        yours=compare(base, text),
        base=base,
        text=text,
        revision=conflict.revision,
    )


@blueprint.get("/programmes/<programme>/drafts/<draft>/check.json")
@allow("write courses")
def check_draft(programme: str, draft: str) -> Any:
    """Return the problems of a draft as it is saved."""
    found = this_draft(draft)
    return _problems_json(found, programme, reading_of(found))


@blueprint.post("/programmes/<programme>/drafts/<draft>/check.json")
@allow("write courses")
def check_draft_text(programme: str, draft: str) -> Any:
    """Return the problems as they would be with a text that isn't saved."""
    found, path = this_draft(draft), request.form.get("path", "")
    if place_of(path).kind == "other" and records.find_file(found.id, path) is None:
        return _problems_json(found, programme, reading_of(found))
    content = as_lines(request.form.get("text", "")).encode("utf-8", "replace")
    return _problems_json(found, programme, reading_with(found, path, content), path)


def _problems_json(found: Draft, programme: str, reading: Reading, path: str = "") -> Response:
    """Return all problems; for one file, also what its page says of its own and of the others'."""
    mine = [finding for finding in reading.findings if finding.path == path]
    here = {
        "summary": pages.summary_of(mine),
        "listed": pages.PROBLEMS_SHOWN,
        "more": pages.more_words(mine),
        "elsewhere": pages.elsewhere(reading.findings, path, found, programme),
    }
    return jsonify(
        problems=[pages.problem(finding, found, programme) for finding in reading.findings],
        summary=pages.summary_of(reading.findings),
        here=here if path else None,
    )
