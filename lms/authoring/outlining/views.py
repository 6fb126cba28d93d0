"""Pages that change the outline of a draft: add a part, rename, move and remove one, and discard the draft."""

from __future__ import annotations

import re
from typing import Any

from flask import abort, make_response, redirect, render_template, request

from lms.accounts.access import allow, signed_in
from lms.authoring.blueprint import blueprint
from lms.authoring.drafts import actions, outline_rules, records
from lms.authoring.drafts.actions import Contents, Saved, contents_of
from lms.authoring.drafts.files import bundle_of
from lms.authoring.drafts.outline_rules import KINDS, Kind, belongs_to, is_text, place_of
from lms.authoring.drafts.pages import people_words
from lms.authoring.drafts.records import Draft
from lms.authoring.drafts.text_rules import front_value, id_from, read_bytes, with_front_value
from lms.authoring.drafts.this_draft import frame_of, this_draft
from lms.authoring.outlining.forms import PartForm
from lms.authoring.outlining.link_rules import relinked, with_new_contact
from lms.authoring.outlining.new_files import new_file
from lms.content.model.bundle import Bundle
from lms.foundation.db import write
from lms.foundation.refused import Refused
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.security import address
from lms.learning.progress.records import count_finished_lesson
from lms.library.course_cache import private_courses
from lms.library.records import find_newest_digest, find_owner
from lms.library.rules import may_publish

WITH_TITLE = {"lesson", "module", "conversation"}
MOVES = {"up": -1, "down": 1}
_OBJECTIVE = re.compile(r"^\s*-\s*\{?\s*id:\s*\"?([a-z0-9-]+)", re.MULTILINE)


def _kind_words() -> dict[str, str]:
    return {
        "lesson": _("Add a lesson"),
        "module": _("Add a module"),
        "conversation": _("Add a conversation"),
        "gentler": _("Add a gentler version"),
        "facilitator": _("Add facilitator notes"),
        "glossary": _("Add a glossary"),
        "check": _("Add the check"),
    }


@blueprint.route("/programmes/<programme>/drafts/<draft>/add", methods=["GET", "POST"])
@allow("write courses")
def add_part(programme: str, draft: str) -> Any:
    """Add a lesson, module, conversation, gentler version, facilitator notes, glossary or check."""
    found = this_draft(draft)
    kind, folder = request.values.get("kind", ""), request.values.get("folder", "")
    known: Kind = next((one for one in KINDS if one == kind), "lesson")
    form = PartForm(request.form)
    if request.method == "POST" and form.validate():
        path = _add(found, known, folder, form)
        if path is not None:
            values = {"programme": programme, "draft": draft, "path": path}
            return redirect(address("authoring.draft_file", **values, saved="added"), 303)
    bundle = bundle_of(found)
    page = render_template(
        "authoring/add_part.html",
        **frame_of(found),
        form=form,
        kind=known,
        folder=folder,
        module=_module_title(found, bundle, folder),
        heading=_kind_words()[known],
        asks_title=known in WITH_TITLE,
        lessons=_without_gentler(bundle, folder) if known == "gentler" else [],
    )
    return make_response(page, 422 if form.errors else 200)


def _module_title(found: Draft, bundle: Bundle, folder: str) -> str:
    module = outline_rules.module_of(bundle.files, folder)
    page = module.page if module else None
    return _title_of(found, records.list_files(found.id)[page]) if page else ""


def _without_gentler(bundle: Bundle, folder: str) -> list[tuple[str, str]]:
    module = outline_rules.module_of(bundle.files, folder)
    lessons = module.lessons.items() if module else ()
    have = set(module.gentle) if module else set()
    return [
        (id, front_value(read_bytes(bundle.files[path])[0], "title") or id) for id, path in lessons if id not in have
    ]


def _add(found: Draft, kind: Kind, folder: str, form: PartForm) -> str | None:
    """Add a part and return its path; None when the form says what to change."""
    seen, bundle, title = found.revision, bundle_of(found), form.title.data or ""
    id = form.part_id.data or id_from(title)
    if kind in WITH_TITLE and not title:
        form.refuse("title", _("Please enter a title."))
        return None
    if kind in WITH_TITLE and not id:
        form.refuse("part_id", _("We can’t make an id from this title. Please enter one, for example “a-quiet-word”."))
        return None
    path = outline_rules.new_path(kind, id, folder, list(bundle.files))
    field = "part_id" if kind in WITH_TITLE else "title"
    if path is None:
        form.refuse(
            field,
            _("Please choose where this belongs. Somebody may have removed or renamed that part in the meantime."),
        )
        return None
    if path in bundle.files or _is_taken(kind, id, folder, bundle):
        form.refuse(field, _taken_words(id or kind))
        return None
    objectives = _OBJECTIVE.findall(read_bytes(bundle.files.get("course.md", b""))[0])
    text = new_file(kind, id, title or _("Facilitator notes"), objectives[0] if objectives else "o1")
    saved = write(actions.change, found.id, signed_in().person_id, "added", path, contents_of({path: text}), seen=seen)
    if isinstance(saved, Refused):
        form.refuse(field, saved.message)
        return None
    return path


def _taken_words(id: str) -> str:
    return _("This id is taken. Choose another, such as “%(id)s-2”.", id=id)


def _is_taken(kind: Kind, id: str, folder: str, bundle: Bundle) -> bool:
    """Decide whether a part of this kind has this id already; a lesson's is taken in the whole course."""
    return kind in WITH_TITLE and any(other.kind == kind and other.id == id for other in map(place_of, bundle.files))


@blueprint.route("/programmes/<programme>/drafts/<draft>/parts/<path:path>", methods=["GET", "POST"])
@allow("write courses")
def draft_part(programme: str, draft: str, path: str) -> Any:
    """Rename, move or remove one part of the outline, after saying what it does to learners."""
    found = this_draft(draft)
    seen, files = found.revision, records.list_files(found.id)
    if path not in files or path == "course.md":
        abort(404)
    place, title = place_of(path), _title_of(found, files[path])
    form, go = (
        PartForm(request.form, title=title, part_id=place.id.rpartition(".")[0] or place.id),
        request.form.get("go"),
    )
    done: Saved | Refused | None = None
    if request.method == "POST" and go == "rename" and form.validate():
        done = _rename(found, path, form)
    elif request.method == "POST" and go in MOVES:
        paths = outline_rules.moved(path, MOVES[go], list(files))
        done = _move(found, path, paths, seen) if paths else None
    elif request.method == "POST" and go == "remove":
        gone = tuple(belongs_to(path, files))
        person_id = signed_in().person_id
        done = write(actions.change, found.id, person_id, "removed", path, Contents({}, {}), gone, seen=seen)
    if isinstance(done, Saved):
        said = {"rename": "renamed", "remove": "removed"}.get(str(go), "moved")
        return redirect(address("authoring.draft", programme=programme, draft=draft, saved=said), 303)
    if isinstance(done, Refused):
        form.refuse("title", done.message)
    page = render_template(
        "authoring/draft_part.html",
        **frame_of(found),
        form=form,
        path=path,
        title=title or path,
        place=place,
        asks_title=place.kind in WITH_TITLE,
        asks_id=place.kind in {*WITH_TITLE, "media"},
        can_move={way: bool(outline_rules.moved(path, by, list(files))) for way, by in MOVES.items()},
        gone=[other for other in belongs_to(path, files) if other != path],
        finished=_finished(found, path),
    )
    return make_response(page, 422 if form.errors else 200)


def _title_of(found: Draft, sha: str) -> str:
    content = records.find_text(found.id, sha)
    return front_value(read_bytes(content)[0], "title") if content else ""


def _finished(found: Draft, path: str) -> str:
    """Return how many people have finished the lessons of a part, in words.

    Nothing is told of a course that somebody else publishes, or a private one, or one that nobody has published.
    """
    course_id = found.course_id
    ours = may_publish(find_owner(course_id), found.programme_id, signed_in().operator)
    if not ours or find_newest_digest(course_id) is None or course_id in private_courses():
        return ""
    places = map(place_of, belongs_to(path, records.list_files(found.id)))
    lessons = [place.id for place in places if place.kind == "lesson"]
    return people_words(max(count_finished_lesson(course_id, lesson) for lesson in lessons)) if lessons else ""


def _rename(found: Draft, path: str, form: PartForm) -> Saved | Refused | None:
    """Give a part another title and id, in its name, its front matter, and where others link to it or show it."""
    seen, bundle, place = found.revision, bundle_of(found), place_of(path)
    new_id = form.part_id.data or place.id
    paths = {path: path}
    if place.kind in {*WITH_TITLE, "media"} and new_id != (place.id.rpartition(".")[0] or place.id):
        moved = outline_rules.renamed(path, new_id, list(bundle.files))
        if moved is None:
            form.refuse("part_id", _taken_words(new_id))
            return None
        paths = moved
    edited = _edited(bundle, path, paths, form.title.data or "", new_id)
    return write(actions.rename, found.id, signed_in().person_id, path, paths, contents_of(edited), seen)


def _edited(bundle: Bundle, path: str, paths: dict[str, str], title: str, new_id: str) -> dict[str, bytes]:
    """Return the texts that change with a new name, by their new path."""
    place, edited = place_of(path), relinked(_texts(bundle), paths)
    if place.kind in WITH_TITLE:
        text = read_bytes(edited.get(paths[path], bundle.files[path]))[0]
        changed = with_front_value(text, "title", title) if title else text
        if place.kind != "module" and front_value(text, "id"):
            changed = with_front_value(changed, "id", new_id)
        if changed != text:
            edited[paths[path]] = changed.encode()
    if place.kind == "conversation" and paths[path] != path and "course.md" in bundle.files:
        course = read_bytes(edited.get("course.md", bundle.files["course.md"]))[0]
        changed = with_new_contact(course, place.id, new_id)
        edited |= {"course.md": changed.encode()} if changed != course else {}
    if place.kind == "media" and paths[path] != path:
        old, new = path.encode(), paths[path].encode()
        edited = {
            paths.get(other, other): text.replace(old, new) for other, text in _texts(bundle).items() if old in text
        }
    return edited


def _texts(bundle: Bundle) -> dict[str, bytes]:
    return {path: bundle.files[path] for path in bundle.files if is_text(path)}


def _move(found: Draft, path: str, paths: dict[str, str], seen: int) -> Saved | Refused:
    edited = contents_of(relinked(_texts(bundle_of(found)), paths))
    return write(actions.rename, found.id, signed_in().person_id, path, paths, edited, seen, what="moved")


@blueprint.route("/programmes/<programme>/drafts/<draft>/discard", methods=["GET", "POST"])
@allow("write courses")
def discard_draft(programme: str, draft: str) -> Any:
    """Put a draft away, after saying what becomes of it."""
    found = this_draft(draft)
    if request.form.get("go") == "discard":
        write(actions.discard, found.id)
        return redirect(address("authoring.writing", programme=programme), 303)
    return render_template("authoring/discard_draft.html", **frame_of(found))
