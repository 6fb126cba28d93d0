"""Pages that show two versions of a course, or a draft and a version, side by side."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, request

from lms.accounts.access import allow, signed_in, this_programme
from lms.authoring.blueprint import blueprint
from lms.authoring.drafts.this_draft import this_draft
from lms.authoring.publishing import records
from lms.authoring.publishing.actions import known_version, read_as
from lms.authoring.publishing.comparison_pages import compared
from lms.authoring.publishing.rules import FIRST
from lms.content.model.course import Course
from lms.library.course_cache import get_course
from lms.library.records import find_version, list_newest_digests, list_versions


@blueprint.get("/programmes/<programme>/drafts/<draft>/compare")
@allow("write courses")
def compare(programme: str, draft: str) -> Any:
    """Show how a draft differs from a published version of its course: the one people read now, or another."""
    found = this_draft(draft)
    course = read_as(found, FIRST).course
    course_id = course.id if course else found.course_id
    version = request.args.get("with")
    readable = course_id in _readable()
    if version and not readable:
        abort(404)
    known = (_version_of(course_id, version) if version else known_version(found, course_id)) if readable else None
    return render_template(
        "authoring/compare.html",
        here="writing",
        programme=this_programme(),
        draft=found,
        course=course,
        known=known,
        versions=[(row.version, row.version) for row in list_versions(course_id)] if readable else [],
        comparison=compared(known, course) if known and course else None,
    )


@blueprint.get("/programmes/<programme>/writing/courses/<course>/compare")
@allow("write courses")
def compare_versions(programme: str, course: str) -> Any:
    """Show how two published versions of a course differ; without any named, the newest and the one before it."""
    newest = readable_course(course)
    versions = [row.version for row in list_versions(course)]
    to = request.args.get("to") or versions[0]
    at = versions.index(to) if to in versions else 0
    known = _version_of(course, request.args.get("from") or versions[min(at + 1, len(versions) - 1)])
    later = _version_of(course, to)
    return render_template(
        "authoring/compare_versions.html",
        here="writing",
        programme=this_programme(),
        course=newest,
        known=known,
        later=later,
        versions=[(version, version) for version in versions],
        comparison=compared(known, later),
    )


def readable_course(course_id: str) -> Course:
    """Return the newest version of a course that this programme's trainers may read, or answer 404."""
    digests = _readable()
    if course_id not in digests:
        abort(404)
    return get_course(digests[course_id])


def _readable() -> dict[str, str]:
    """Return the newest digest of each course that may be read here."""
    return list_newest_digests() if signed_in().operator else records.list_readable(this_programme().id)


def _version_of(course_id: str, version: str) -> Course:
    found = find_version(course_id, version)
    if found is None:
        abort(404)
    return get_course(found.digest)
