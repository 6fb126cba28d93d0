"""What became of bringing in a course from its repository, in words for those who write it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from lms.accounts.records import Programme
from lms.authoring.repositories import records
from lms.authoring.repositories.records import CourseSource
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import moment


@dataclass(frozen=True)
class SourceRow:
    """A course with its repository: `problems` are the places of errors in it, `draft` is one that is still open."""

    course: str
    address: str
    branch: str
    folder: str
    waits: bool
    words: str
    problems: tuple[str, ...]
    draft: str | None


def source_rows(programme: Programme, zone: str) -> list[SourceRow]:
    """Return a programme's repositories, with one query for their drafts."""
    sources = records.list_sources(programme.id)
    still_open = records.list_open(programme.id, [source.draft for source in sources if source.draft])
    return [_row(source, still_open, zone) for source in sources]


def _row(source: CourseSource, still_open: Collection[str], zone: str) -> SourceRow:
    return SourceRow(
        source.course_id,
        source.address,
        source.branch,
        source.folder,
        source.state == "waiting",
        _words(source, moment(source.ended_at, zone) if source.ended_at else ""),
        tuple((source.detail or "").splitlines()),
        source.draft if source.draft in still_open else None,
    )


def _words(source: CourseSource, when: str) -> str:
    if source.state == "waiting":
        return _("We’re reading the repository. It takes a minute or two, and you can leave this page.")
    if source.state == "draft" and source.draft:
        return _("Brought in as a draft on %(moment)s.", moment=when)
    if source.state == "nothing":
        return _("Nothing new: on %(moment)s it was the same as the published version.", moment=when)
    if source.state == "stopped":
        return f"{_stopped_words(source.reason or '')} {_('Nothing was changed (%(moment)s).', moment=when)}"
    return _("Not brought in yet.")


def _stopped_words(reason: str) -> str:
    set_up = _("An operator can set up the repository for this course differently.")
    words = {
        "errors": _(
            "The course has errors, so no draft was started. Correct them in the repository, then bring it in."
        ),
        "other": _("The folder holds another course.") + f" {set_up}",
        "course": _("There’s no course.md in that folder.") + f" {set_up}",
        "branch": _("The repository has no such branch.") + f" {set_up}",
        "folder": _("That branch has no such folder.") + f" {set_up}",
        "large": _("The repository is larger than we can read. It’s best to give the course a repository of its own."),
        "slow": _("The repository took too long to answer. You can try again later."),
        "unreached": _("We couldn’t read the repository. You can try again later, or ask an operator to look at it."),
        "interrupted": _("The site was restarted in the middle. Please bring it in again."),
        "drafts": _("There are too many open drafts. Discard one that you no longer need first."),
    }
    return words.get(reason, _("We couldn’t bring in the course. An operator can find out why."))
