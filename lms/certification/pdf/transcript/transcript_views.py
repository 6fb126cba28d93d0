"""What people see of their transcript, on screen and as a PDF."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

from flask import make_response, redirect, render_template, url_for

from lms.accounts.access import allow, signed_in
from lms.accounts.records import get_person
from lms.certification.blueprint import blueprint
from lms.certification.pdf.transcript import transcript_requests
from lms.certification.pdf.transcript.transcript_requests import find_request
from lms.certification.pdf.transcript.transcripts import Transcript, transcript_of
from lms.foundation import clock
from lms.foundation.db import write
from lms.foundation.text.i18n import language, moment, ngettext
from lms.foundation.web.security import settings


@blueprint.get("/transcript")
@allow("hold certificates")
def transcript() -> Any:
    """Show everything one has completed, and how far the PDF of it is."""
    return _page(_own_transcript())


def _own_transcript() -> Transcript:
    person = get_person(signed_in().person_id)
    return transcript_of(person.id, person.certificate_name or person.display_name, clock.today(settings().timezone))


def _page(own: Transcript, notices: tuple[str, ...] = ()) -> str:
    request = find_request(signed_in().person_id)
    until = request.available_until if request else None
    return render_template(
        "certification/transcript.html",
        here="certificates",
        transcript=own,
        notices=notices,
        pdf=transcript_requests.state_of(request),
        until=until and moment(until, settings().timezone),
    )


@blueprint.post("/transcript/pdf")
@allow("hold certificates")
def ask_for_transcript() -> Any:
    """Ask for the same as a signed PDF, which the job process makes; a few times an hour."""
    own = _own_transcript()
    wait = write(transcript_requests.ask, signed_in().person_id, language()) if own.lines else None
    if wait is None:
        return redirect(url_for("certification.transcript"), 303)
    response = make_response(_page(own, (_come_back(wait),)), 429)
    response.headers["Retry-After"] = str(math.ceil(wait.total_seconds()))
    return response


@blueprint.get("/transcript/pdf")
@allow("hold certificates")
def transcript_pdf() -> Any:
    """Give the PDF that was made last, or lead to the page that says how far it is."""
    request = find_request(signed_in().person_id)
    if request is None or request.content is None:
        return redirect(url_for("certification.transcript"), 303)
    response = make_response(request.content)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = 'attachment; filename="sidelight-transcript.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _come_back(wait: timedelta) -> str:
    return ngettext(
        "You’ve asked for this PDF %(times)s times in the last hour. You can ask again in %(num)s minute.",
        "You’ve asked for this PDF %(times)s times in the last hour. You can ask again in %(num)s minutes.",
        max(1, math.ceil(wait.total_seconds() / 60)),
        times=transcript_requests.TRANSCRIPTS_A_PERSON,
    )
