"""What `lms check` says of a draft as it is now, remembered for a few drafts in the process."""

from __future__ import annotations

from lms.authoring.drafts.files import bundle_of
from lms.authoring.drafts.records import Draft
from lms.content.model.bundle import Bundle
from lms.content.model.course import Reading
from lms.foundation.per_app import get_or_make

READINGS_MOST = 8


class Readings(dict[str, Reading]):
    """The last readings by the digest of their bundle, the oldest first."""

    def of(self, bundle: Bundle) -> Reading:
        """Return what the check says of a bundle."""
        found = self.pop(bundle.digest, None) or _check(bundle)
        self[bundle.digest] = found
        while len(self) > READINGS_MOST:
            self.pop(next(iter(self)), None)
        return found


def _check(bundle: Bundle) -> Reading:
    # Imported here: it takes 0.8 s and 12 MB, which only people who write courses need.
    from lms.content.lint.check import check

    return check(bundle)


def reading_of(draft: Draft) -> Reading:
    """Return the problems of a draft, and its course when none of them is an error."""
    return get_or_make(Readings).of(bundle_of(draft))
