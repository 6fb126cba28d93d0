"""What `lms check` says of a draft as it is now, remembered for a few drafts in the process."""

from __future__ import annotations

from collections.abc import Callable

from lms.authoring.drafts import records
from lms.authoring.drafts.files import bundle_of, digest_of
from lms.authoring.drafts.records import Draft
from lms.content.model.bundle import Bundle
from lms.content.model.course import Reading
from lms.foundation.per_app import get_or_make

READINGS_MOST = 8


class Readings(dict[str, Reading]):
    """The last readings by the digest of their bundle, the oldest first."""

    def of(self, digest: str, make_bundle: Callable[[], Bundle]) -> Reading:
        """Return what the check says of a bundle, which is made only when it isn't known."""
        found = self.pop(digest, None) or _check(make_bundle())
        self[digest] = found
        while len(self) > READINGS_MOST:
            self.pop(next(iter(self)), None)
        return found


def _check(bundle: Bundle) -> Reading:
    # Imported here: it takes 0.8 s and 12 MB, which only people who write courses need.
    from lms.content.lint.check import check

    return check(bundle)


def reading_of(draft: Draft) -> Reading:
    """Return the problems of a draft, and its course when none of them is an error."""
    digest = digest_of(records.list_files(draft.id))
    return get_or_make(Readings).of(digest, lambda: bundle_of(draft))


def reading_with(draft: Draft, path: str, content: bytes) -> Reading:
    """Return what the check would say if a file had this text, which isn't saved."""
    bundle = Bundle({**bundle_of(draft).files, path: content})
    return get_or_make(Readings).of(bundle.digest, lambda: bundle)
