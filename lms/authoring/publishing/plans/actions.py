"""Plans to publish a draft: ask for approval, decide about it, set a time, and cancel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lms.accounts.records import get_programme
from lms.authoring.drafts.records import Draft
from lms.authoring.publishing.actions import Decided, Prepared, draft_changed, publish_draft
from lms.authoring.publishing.events import (
    ChangesAsked,
    PublicationApproved,
    PublicationAsked,
    PublicationCalledOff,
    PublicationScheduled,
    PublicationStopped,
)
from lms.authoring.publishing.records import Publication, State, find_publication
from lms.authoring.publishing.rules import Stop, approves_its_own, needs_approval
from lms.foundation import clock
from lms.foundation.db import db
from lms.foundation.events import announce
from lms.foundation.refused import Refused
from lms.foundation.text.i18n import gettext as _


@dataclass(frozen=True)
class Plan:
    """What is wanted for a draft as it was looked at: a version and, if it's not to be at once, a time."""

    prepared: Prepared
    person_id: str
    publish_at: datetime | None = None
    correction: str = ""


def ask(plan: Plan) -> Refused | None:
    """Ask a second person to approve a draft, for at once or for a time."""
    return _keep(plan, "asked")


def schedule(plan: Plan) -> Refused | None:
    """Let a draft be published at a time."""
    draft = db.session.get_one(Draft, plan.prepared.draft_id)
    if needs_approval(get_programme(draft.programme_id).facts):
        return Refused(_("In this programme, a second person has to approve first. Nothing was changed."))
    return _keep(plan, "scheduled")


def _keep(plan: Plan, state: State) -> Refused | None:
    prepared, now = plan.prepared, clock.now()
    draft = db.session.get_one(Draft, prepared.draft_id)
    if draft.state != "open" or draft.revision != prepared.revision:
        return draft_changed()
    if (plan.publish_at or now) < now:
        return Refused(_("That time has passed. Nothing was changed. Choose a later one."))
    row = Publication(
        draft_id=draft.id,
        programme_id=draft.programme_id,
        course_id=prepared.course.id,
        version=prepared.course.version,
        revision=prepared.revision,
        state=state,
        asked_by=plan.person_id,
        asked_at=now,
        decided_by=None,
        decided_at=None,
        publish_at=plan.publish_at,
        note=plan.correction or None,
    )
    _tell(PublicationAsked if state == "asked" else PublicationScheduled, db.session.merge(row))
    return None


def approve(prepared: Prepared, decided: Decided) -> Refused | None:
    """Approve a draft that somebody else asked to publish; it's published at once, or waits for its time."""
    plan = find_publication(prepared.draft_id)
    if plan is None or plan.state != "asked" or plan.revision != prepared.revision:
        return draft_changed()
    if approves_its_own(plan.asked_by, decided.person_id):
        return Refused(_("Somebody else has to approve your request. Nothing was changed."))
    if plan.publish_at and plan.publish_at > clock.now():
        plan.state, plan.decided_by, plan.decided_at = "scheduled", decided.person_id, clock.now()
    else:
        approved = Decided(decided.person_id, decided.is_operator, plan.asked_by, is_approved=True)
        refused = publish_draft(prepared, approved, offer=True)
        if refused is not None:
            return refused
    _tell(PublicationApproved, plan)
    return None


def ask_for_changes(draft_id: str, person_id: str, note: str) -> Refused | None:
    """Say what has to change before a draft is published."""
    plan = find_publication(draft_id)
    if plan is None or plan.state != "asked":
        return draft_changed()
    plan.state, plan.decided_by, plan.decided_at, plan.note = "changes", person_id, clock.now(), note
    _tell(ChangesAsked, plan)
    return None


def call_off(draft_id: str) -> None:
    """Take back a request or a time: somebody cancelled it, or discarded the draft."""
    plan = find_publication(draft_id)
    if plan is not None and plan.state != "published":
        _tell(PublicationCalledOff, plan)
        db.session.delete(plan)


def stop(draft_id: str, why: Stop) -> None:
    """Note that a draft couldn't be published at its time, and why."""
    plan = find_publication(draft_id)
    if plan is not None and plan.state == "scheduled":
        plan.state, plan.note = "stopped", why
        _tell(PublicationStopped, plan)


def _tell(event: type, plan: Publication) -> None:
    announce(event(plan.programme_id, plan.draft_id, plan.course_id, plan.version))
