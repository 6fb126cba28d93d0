"""The page that publishes a draft: what it does to whom first, a second look, and then one write."""

from __future__ import annotations

from typing import Any

from flask import abort, make_response, redirect, render_template, request, url_for

from lms.accounts.access import allow, signed_in, this_programme, this_zone
from lms.authoring.blueprint import blueprint
from lms.authoring.drafts.records import Draft, find_draft
from lms.authoring.publishing.actions import prepare, publish_draft
from lms.authoring.publishing.publish_pages import publish_page
from lms.authoring.publishing.records import find_publication
from lms.foundation.db import write
from lms.foundation.refused import Refused
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.fields import whole_number


def this_draft(public_id: str) -> Draft:
    """Return the draft in the address of this page, or answer 404."""
    draft = find_draft(this_programme().id, public_id)
    if draft is None:
        abort(404)
    return draft


@blueprint.route("/programmes/<programme>/drafts/<draft>/publish", methods=["GET", "POST"])
@allow("publish courses")
def publish(programme: str, draft: str) -> Any:
    """Show what publishing a draft as each version does, ask once more, and publish it."""
    found = this_draft(draft)
    if found.state == "published":
        return redirect(url_for("authoring.published", programme=programme, draft=draft), 303)
    refused: Refused | None = None
    if request.method == "POST":
        seen = whole_number(request.form.get("revision"), -1)
        refused = _publish(found, request.form.get("version", ""), seen, bool(request.form.get("offer")))
        if refused is None:
            return redirect(url_for("authoring.published", programme=programme, draft=draft), 303)
    page = publish_page(found, signed_in().operator, this_zone())
    wanted = request.args.get("version") if request.method == "GET" else None
    chosen = next((one for one in page.choices if one.version == wanted and not page.blocks), None)
    shown = render_template(
        "authoring/publish.html",
        here="writing",
        programme=this_programme(),
        draft=found,
        page=page,
        choices=[(one.version, one.title, " ".join(one.lines)) for one in page.choices],
        chosen=chosen,
        refused=refused,
    )
    return make_response(shown, 422 if refused else 200)


def _publish(draft: Draft, version: str, revision: int, offer: bool) -> Refused | None:
    """Publish a draft under one of the versions that it can become, as it was at a revision."""
    page = publish_page(draft, signed_in().operator, this_zone())
    prepared = prepare(draft, version) if version in {choice.version for choice in page.choices} else None
    if prepared is None or page.blocks or prepared.revision != revision:
        return Refused(
            _("The draft was changed while you looked at this page. Nothing was published. Please look at it again.")
        )
    who = signed_in()
    return write(publish_draft, prepared, who.person_id, who.operator, offer)


@blueprint.get("/programmes/<programme>/drafts/<draft>/published")
@allow("write courses")
def published(programme: str, draft: str) -> Any:
    """Say as which version a draft was published, and where the course is."""
    found = this_draft(draft)
    publication = find_publication(found.id)
    if found.state != "published" or publication is None:
        return redirect(url_for("authoring.publish", programme=programme, draft=draft), 303)
    return render_template(
        "authoring/published.html",
        here="writing",
        programme=this_programme(),
        draft=found,
        publication=publication,
    )
