"""The page that publishes a draft: what it does to whom first, a second look, and then one write."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from lms.accounts.access import allow, signed_in, this_programme, this_zone
from lms.authoring.blueprint import blueprint
from lms.authoring.drafts.pages import problem
from lms.authoring.drafts.records import Draft
from lms.authoring.drafts.this_draft import this_draft
from lms.authoring.publishing.actions import Decided, Prepared, draft_changed, prepare, publish_draft
from lms.authoring.publishing.plans import actions as plan_actions
from lms.authoring.publishing.plans.pages import shown_plan
from lms.authoring.publishing.publish_pages import PublishPage, publish_page
from lms.authoring.publishing.records import find_publication
from lms.authoring.publishing.rules import moment_in, needs_approval
from lms.foundation.db import write
from lms.foundation.refused import Refused
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.fields import whole_number

NOTE_MOST, CORRECTION_MOST = 2000, 240


@blueprint.route("/programmes/<programme>/drafts/<draft>/publish", methods=["GET", "POST"])
@allow("publish courses")
def publish(programme: str, draft: str) -> Any:
    """Show what publishing a draft as each version does, ask once more, and publish it, now or at a time."""
    found = this_draft(draft)
    if found.state == "published":
        return redirect(url_for("authoring.published", programme=programme, draft=draft), 303)
    refused = _act(found) if request.method == "POST" else None
    if request.method == "POST" and refused is None:
        return redirect(url_for("authoring.publish", programme=programme, draft=draft), 303)
    page = publish_page(found, signed_in().operator, this_zone())
    wanted = request.values.get("version")
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
        problems=[problem(one, found, programme) for one in page.problems],
        plan=shown_plan(found, signed_in().person_id, this_zone()),
        asks=needs_approval(this_programme().facts),
        entered={name: request.form.get(name, "") for name in ("day", "time", "note", "correction")},
        zone=this_zone(),
    )
    return make_response(shown, 422 if refused else 200)


def _act(draft: Draft) -> Refused | None:
    """Do what was asked for on the publish page: publish, ask, approve, ask for changes, set a time or call off."""
    who, go = signed_in(), request.form.get("go")
    if go == "call_off":
        write(plan_actions.call_off, draft.id)
        return None
    if go == "changes":
        note = (request.form.get("note") or "").strip()[:NOTE_MOST]
        if not note:
            return Refused(_("Please say what has to change. Nothing was changed."))
        return write(plan_actions.ask_for_changes, draft.id, who.person_id, note)
    prepared = _prepared(draft)
    if prepared is None:
        return draft_changed()
    if go == "approve":
        return write(plan_actions.approve, prepared, Decided(who.person_id, who.operator))
    if go in {"ask", "schedule"}:
        return _plan(prepared, go)
    return write(publish_draft, prepared, Decided(who.person_id, who.operator), bool(request.form.get("offer")))


def _plan(prepared: Prepared, go: str) -> Refused | None:
    """Keep a request or a time; a time is needed only for what isn't asked for."""
    day, at = request.form.get("day", ""), request.form.get("time", "")
    publish_at = moment_in(day, at, this_zone())
    if publish_at is None and (day or at or go == "schedule"):
        return Refused(_("Enter a day and a time, such as 2027-03-14 and 09:00. Nothing was changed."))
    correction = prepared.course.corrected
    plan = plan_actions.Plan(prepared, signed_in().person_id, publish_at, correction.note if correction else "")
    return write(plan_actions.ask if go == "ask" else plan_actions.schedule, plan)


def _safety_note(page: PublishPage, version: str) -> str:
    """Return the line of a correction for safety, which only a correction has."""
    choice = next(choice for choice in page.choices if choice.version == version)
    note = " ".join((request.form.get("correction") or "").split())[:CORRECTION_MOST]
    return note if choice.step == "patch" else ""


def _prepared(draft: Draft) -> Prepared | None:
    """Return a draft under one of the versions that it can become, if it's as it was on the page."""
    version, seen = request.form.get("version", ""), whole_number(request.form.get("revision"), -1)
    page = publish_page(draft, signed_in().operator, this_zone())
    if page.blocks or version not in {choice.version for choice in page.choices}:
        return None
    prepared = prepare(draft, version, _safety_note(page, version))
    return prepared if prepared and prepared.revision == seen else None


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
