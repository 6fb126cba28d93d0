"""What people see of their transcript, on screen and as a PDF."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from lms.accounts.access import allow, signed_in
from lms.accounts.records import get_person
from lms.certification import actions
from lms.certification.rendering import transcript_in_child
from lms.certification.transcripts import transcript_of
from lms.certification.views import rooms
from lms.foundation import clock
from lms.foundation.db import write
from lms.foundation.gate import settings
from lms.foundation.words import gettext as _
from lms.foundation.words import language, ngettext


@rooms.get("/transcript")
@allow("hold certificates")
def transcript() -> Any:
    """Show everything one has completed."""
    late = _("The document could not be made just now. Nothing is lost; please ask for it again in a minute.")
    return _page([late] if request.args.get("late") else [])


def _page(notices: list[str]) -> str:
    person = get_person(signed_in().person_id)
    told = transcript_of(person.id, person.certificate_name or person.display_name, clock.today(settings().timezone))
    return render_template("certification/transcript.html", here="certificates", told=told, notices=notices)


@rooms.get("/transcript/pdf")
@allow("hold certificates")
def transcript_pdf() -> Any:
    """Give the same as a signed PDF, made now and not kept, a few times an hour."""
    wait = write(actions.count_list, f"transcript:{signed_in().person_id}", actions.TRANSCRIPTS_A_PERSON)
    if wait is not None:
        response = make_response(_page([_come_back(wait)]), 429)
        response.headers["Retry-After"] = str(math.ceil(wait.total_seconds()))
        return response
    content = transcript_in_child(signed_in().public_id, language(), settings())
    if not content:
        return redirect(url_for("certification.transcript", late="yes"), 303)
    response = make_response(content)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = 'attachment; filename="sidelight-transcript.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _come_back(wait: timedelta) -> str:
    return ngettext(
        "You’ve downloaded this PDF %(times)s times in the last hour. You can download it again in %(num)s minute.",
        "You’ve downloaded this PDF %(times)s times in the last hour. You can download it again in %(num)s minutes.",
        max(1, math.ceil(wait.total_seconds() / 60)),
        times=actions.TRANSCRIPTS_A_PERSON,
    )
