"""The page of what the site does by itself: work that waits or couldn't be done."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from lms.accounts.access import allow
from lms.certification.awards.document_records import count_requests
from lms.coordination.batches.records import count_running
from lms.coordination.blueprint import blueprint
from lms.coordination.site import actions, pages
from lms.foundation.background.heartbeat import is_alive
from lms.foundation.db import write
from lms.foundation.mail.waiting import find_due
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import ngettext
from lms.foundation.web.security import settings


@blueprint.route("/operator/queue", methods=["GET", "POST"])
@allow("run the site")
def site_queue() -> Any:
    """Show what waits, and try again what couldn't be done."""
    retry = {"pdf": actions.retry_pdfs, "email": actions.retry_emails}.get(request.form.get("again", ""))
    if retry is not None:
        return redirect(url_for("coordination.site_queue", again=write(retry)), 303)
    (pdfs, _since), (batches, _asked), (due, _due_since, given_up) = count_requests(), count_running(), find_due()
    page = render_template(
        "coordination/site_queue.html",
        here="site",
        alive=is_alive(settings().data),
        waiting=[
            (_("PDFs of certificates"), pdfs),
            (_("ZIP files and certificates for many people"), batches),
            (_("Emails"), due),
        ],
        troubled=pages.pdf_rows(settings().timezone),
        given_up=given_up,
        notices=_tried_again(request.args.get("again", "")) if request.method == "GET" else [],
    )
    return make_response(page, 200)


def _tried_again(count: str) -> list[str]:
    if not (count.isascii() and count.isdigit() and len(count) < 6):
        return []
    return [ngettext("We’re trying %(num)s again.", "We’re trying %(num)s of them again.", int(count))]
