"""Looking up a person's own certificate by its code."""

from __future__ import annotations

from flask import abort

from lms.accounts.access import signed_in
from lms.certification.awards import records
from lms.certification.awards.codes import normalise_code
from lms.certification.awards.records import Award


def own_award(code: str) -> Award:
    """Return one's own award under a code, or answer that there is no such page."""
    award = records.find_award(normalise_code(code) or "")
    if award is None or award.person_id != signed_in().person_id:
        abort(404)
    return award
