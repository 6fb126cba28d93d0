"""The page on which coordinators confirm many names at once."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from lms.accounts.access import allow, signed_in, this_programme
from lms.certification.awards.name_records import list_waiting_codes
from lms.certification.awards.naming.confirming import confirm_waiting, read_courses
from lms.coordination.blueprint import blueprint
from lms.coordination.names import pages
from lms.foundation.db import write
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import ngettext
from lms.foundation.web.fields import whole_number


@blueprint.get("/programmes/<programme>/names-to-confirm")
@allow("reissue a certificate")
def names_to_confirm(programme: str) -> Any:
    """Show the certificates that wait for their names, a page at a time."""
    return _page()


def _page(problem: str = "") -> Any:
    slug, after = this_programme().slug, request.values.get("after", "")[:40]
    rows, following = pages.list_page(this_programme().id, signed_in().person_id, after)
    page = render_template(
        "coordination/names_to_confirm.html",
        here="people",
        programme=this_programme(),
        rows=rows,
        after=after,
        ticked=request.args.get("tick") == "known",
        tick_url=url_for("coordination.names_to_confirm", programme=slug, tick="known", after=after or None),
        first_url=url_for("coordination.names_to_confirm", programme=slug) if after else None,
        next_url=url_for("coordination.names_to_confirm", programme=slug, after=following) if following else None,
        problem=problem,
        notices=_notices() if request.method == "GET" else [],
    )
    return make_response(page, 422 if problem else 200)


def _notices() -> list[str]:
    """Return messages about how many names were confirmed and how many had changed."""
    done, changed = (whole_number(request.args.get(key), 0) for key in ("done", "changed"))
    found = [
        done
        and ngettext(
            "You’ve confirmed %(num)s name. The certificate is on its way.",
            "You’ve confirmed %(num)s names. The certificates are on their way.",
            done,
        ),
        changed
        and ngettext(
            "%(num)s name changed after you opened the page, so we haven’t confirmed it. Please read it below.",
            "%(num)s names changed after you opened the page, so we haven’t confirmed them. Please read them below.",
            changed,
        ),
    ]
    return [words for words in found if words]


@blueprint.post("/programmes/<programme>/names-to-confirm")
@allow("reissue a certificate")
def confirm_names(programme: str) -> Any:
    """Confirm the names that were selected, each as it was shown."""
    seen = {code: request.form.get(f"seen-{code}", "") for code in request.form.getlist("pick")[: pages.PAGE]}
    if not seen:
        return _page(_("Select at least one name. Nothing has been confirmed."))
    read_courses(list_waiting_codes(this_programme().id, seen))
    done, changed = write(confirm_waiting, this_programme().id, seen, signed_in().person_id)
    # Whatever was confirmed by a colleague meanwhile, or taken away, isn't on the list any more.
    after = request.form.get("after", "")[:40] or None
    args: dict[str, Any] = {"done": done or None, "changed": changed or None, "after": after}
    return redirect(url_for("coordination.names_to_confirm", programme=programme, **args), 303)
