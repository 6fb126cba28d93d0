"""The draft in the address of a page, and what every page about it shows."""

from __future__ import annotations

from typing import Any

from flask import abort

from lms.accounts.access import signed_in, this_programme
from lms.authoring.drafts import records
from lms.authoring.drafts.actions import ONE_CHANGE
from lms.authoring.drafts.records import Draft
from lms.foundation import clock


def this_draft(public_id: str, also_discarded: bool = False) -> Draft:
    """Return the draft in the address, which belongs to the programme in the address; else answer 404."""
    found = records.find_draft(this_programme().id, public_id, also_discarded)
    if found is None:
        abort(404)
    return found


def frame_of(draft: Draft) -> dict[str, Any]:
    """Return what every page about a draft shows: its name, and who else has changed it within ten minutes."""
    since = clock.now() - ONE_CHANGE
    return {
        "here": "writing",
        "programme": this_programme(),
        "draft": {"id": draft.public_id, "title": draft.title, "state": draft.state},
        "others": records.list_others_since(draft.id, signed_in().person_id, since),
    }
