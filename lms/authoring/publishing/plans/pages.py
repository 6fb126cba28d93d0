"""What is to become of a draft, as the publish page says it."""

from __future__ import annotations

from dataclasses import dataclass

from lms.accounts.records import get_person
from lms.authoring.drafts.records import Draft
from lms.authoring.publishing.records import Publication, find_publication, list_asked
from lms.authoring.publishing.rules import approves_its_own
from lms.foundation import clock
from lms.foundation.text.i18n import day, moment
from lms.foundation.text.i18n import gettext as _


@dataclass(frozen=True)
class ShownPlan:
    """A plan in words, and what whoever is looking can do about it."""

    state: str
    version: str
    text: str
    note: str = ""
    may_decide: bool = False
    may_call_off: bool = False
    correction: str = ""


def shown_plan(draft: Draft, person_id: str, zone: str) -> ShownPlan | None:
    """Return the plan for a draft; a request about other text than the draft has now is none any more."""
    plan = find_publication(draft.id)
    if plan is None or plan.state == "published":
        return None
    who = name_of(plan.asked_by)
    at = moment(plan.publish_at, zone) if plan.publish_at else ""
    if plan.state == "stopped":
        text = _("It wasn’t published at the time that was set, %(at)s.", at=at)
        return ShownPlan("stopped", plan.version, text, stop_words(plan.note))
    if plan.state == "changes":
        text = _("%(name)s asked for changes before this is published.", name=name_of(plan.decided_by))
        return ShownPlan("changes", plan.version, text, plan.note or "", may_call_off=True)
    if plan.revision != draft.revision:
        text = _(
            "The draft has changed since this was planned, so it won’t be published. Cancel the plan, and "
            "publish or ask again."
        )
        return ShownPlan("outdated", plan.version, text, may_call_off=True)
    if plan.state == "scheduled":
        text = _("Version %(version)s will be published at this time: %(at)s.", version=plan.version, at=at)
        return ShownPlan("scheduled", plan.version, text, may_call_off=True)
    text = _("%(name)s asked to publish this as version %(version)s.", name=who, version=plan.version)
    if at:
        text = _(
            "%(name)s asked to publish this as version %(version)s at this time: %(at)s.",
            name=who,
            version=plan.version,
            at=at,
        )
    own = approves_its_own(plan.asked_by, person_id)
    return ShownPlan("asked", plan.version, text, may_decide=not own, may_call_off=own, correction=plan.note or "")


def name_of(person_id: str | None) -> str:
    """Return who asked or decided; somebody whose account is deleted has no name any more."""
    person = get_person(person_id) if person_id else None
    return person.display_name if person else _("Somebody who has left")


def stop_words(why: str | None) -> str:
    """Return why a draft wasn't published at its time."""
    return {
        "changed": _("The draft was changed after the time was set. Look at it again, and set a new time."),
        "problems": _("The draft has problems that have to be fixed first. They’re listed on its page."),
        "blocked": _("It can’t be published in this programme at the moment. The page of the draft says why."),
        "approval": _("A second person approves in this programme now before anything is published. Ask for approval."),
        "withdrawn": _("The course was withdrawn. To publish a version of it, reinstate it first and set a new time."),
        "version": _(
            "Another version was published in the meantime. Look at the difference again, and set a new time."
        ),
    }.get(why or "", _("The person who set the time no longer publishes courses in this programme."))


@dataclass(frozen=True)
class WaitingRow:
    """A draft that waits for approval: who asked for it, or what whoever asked can do."""

    id: str
    title: str
    words: str
    is_own: bool


def waiting_rows(programme_id: str, person_id: str, zone: str) -> list[WaitingRow]:
    """Return the drafts of a programme that wait for a second person's approval."""
    return [
        _waiting_row(draft, plan, name or _("Somebody who has left"), person_id, zone)
        for draft, plan, name in list_asked(programme_id)
    ]


def _waiting_row(draft: Draft, plan: Publication, name: str, person_id: str, zone: str) -> WaitingRow:
    asked = day(clock.day_of(plan.asked_at, zone))
    is_own = approves_its_own(plan.asked_by, person_id)
    if is_own:
        words = _("You asked on %(day)s to publish it as version %(version)s.", day=asked, version=plan.version)
    else:
        words = _(
            "%(name)s asked on %(day)s to publish it as version %(version)s.",
            name=name,
            day=asked,
            version=plan.version,
        )
    return WaitingRow(draft.public_id, draft.title, words, is_own)
