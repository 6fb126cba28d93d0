"""What people see of their transcript, on screen and as a PDF."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from lms.accounts.access import allow, signed_in
from lms.accounts.records import get_person
from lms.certification.rendering import transcript_in_child
from lms.certification.transcripts import transcript_of
from lms.certification.views import rooms
from lms.foundation import clock
from lms.foundation.gate import settings
from lms.foundation.words import gettext as _
from lms.foundation.words import language


@rooms.get("/transcript")
@allow("hold certificates")
def transcript() -> Any:
    """Show everything one has completed."""
    person = get_person(signed_in().person_id)
    told = transcript_of(person.id, person.certificate_name or person.display_name, clock.today(settings().timezone))
    late = _("The document could not be made just now. Nothing is lost; please ask for it again in a minute.")
    return render_template(
        "certification/transcript.html",
        here="certificates",
        told=told,
        notices=[late] if request.args.get("late") else [],
    )


@rooms.get("/transcript/pdf")
@allow("hold certificates")
def transcript_pdf() -> Any:
    """Give the same as a signed PDF, made now and not kept."""
    content = transcript_in_child(signed_in().public_id, language(), settings())
    if not content:
        return redirect(url_for("certification.transcript", late="yes"), 303)
    response = make_response(content)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = 'attachment; filename="sidelight-transcript.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
