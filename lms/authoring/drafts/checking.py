"""What `lms check` says of a draft as it is now, remembered for a few drafts in the process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from lms.authoring.drafts import records
from lms.authoring.drafts.files import bundle_of, digest_of
from lms.authoring.drafts.records import Draft
from lms.content.model.bundle import Bundle
from lms.content.model.codes import CODES
from lms.content.model.course import Reading
from lms.foundation.late import late
from lms.foundation.per_app import get_or_make

if TYPE_CHECKING:
    from lms.content.lint import recheck
else:
    recheck = late("lms.content.lint.recheck")  # 0.8 s and 12 MB, which only people who write courses need

READINGS_MOST, DRAFTS_MOST = 8, 4


class Recheckers(dict[str, "recheck.Rechecker"]):
    """What was read of the drafts that were checked last, by draft, the oldest first; so one change costs one file."""

    def of(self, draft_id: str) -> recheck.Rechecker:
        """Return the one of a draft."""
        found = self.pop(draft_id, None) or recheck.Rechecker()
        self[draft_id] = found
        while len(self) > DRAFTS_MOST:
            self.pop(next(iter(self)), None)
        return found


class Readings(dict[str, Reading]):
    """The last readings by the digest of their bundle, the oldest first."""

    def of(self, bundle: Bundle, draft_id: str = "") -> Reading:
        """Return what the check says of a bundle; with its draft, only what has changed there is read again."""
        return self.by_digest(bundle.digest, lambda: bundle, draft_id)

    def by_digest(self, digest: str, make_bundle: Callable[[], Bundle], draft_id: str = "") -> Reading:
        """Return what the check says of a bundle by its digest; it's made only when that isn't known."""
        found = self.pop(digest, None) or as_published(get_or_make(Recheckers).of(draft_id).check(make_bundle()))
        self[digest] = found
        while len(self) > READINGS_MOST:
            self.pop(next(iter(self)), None)
        return found


def as_published(reading: Reading) -> Reading:
    """Return a reading in which nothing is forgiven because the course is a draft: so it would be when published."""
    strict = (replace(finding, severity=CODES[finding.code][0]) for finding in reading.findings)
    return replace(reading, findings=tuple(strict))


def reading_of(draft: Draft) -> Reading:
    """Return the problems of a draft, and its course when none of them is an error."""
    digest = digest_of(records.list_files(draft.id))
    return get_or_make(Readings).by_digest(digest, lambda: bundle_of(draft), draft.id)


def reading_with(draft: Draft, path: str, content: bytes) -> Reading:
    """Return what the check would say if a file had this text, which isn't saved."""
    bundle = Bundle({**dict(bundle_of(draft).files.held()), path: content})
    return get_or_make(Readings).of(bundle, draft.id)
