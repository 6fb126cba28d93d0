"""A published course with its files, as the site of this environment has it."""

from __future__ import annotations

import click

from lms.cli.shared import inside
from lms.content.model.bundle import Bundle
from lms.content.model.course import Course
from lms.foundation.per_app import provided
from lms.foundation.storage.files import FileStore
from lms.library import course_cache, records
from lms.library.media import stored_medium


@inside
def find_published(course_id: str) -> tuple[Course, Bundle]:
    """Return the newest version of a course; end with a line that names those there are."""
    digest = records.list_newest_digests().get(course_id)
    if digest is None:
        known = ", ".join(sorted(records.list_newest_digests())) or "none yet"
        raise click.ClickException(
            f"{course_id} is neither a folder nor a published course. The published courses: {known}"
        )
    course = course_cache.get_course(digest)
    stored = records.find_bundle(digest)
    assert stored is not None
    files = provided(FileStore)
    media = {path: stored_medium(files, sha) for path, sha in stored.manifest.items() if path.startswith("media/")}
    return course, Bundle(media)
