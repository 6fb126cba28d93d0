"""Pages on which a coordinator merges two accounts of one person, and undoes it within 30 days."""

from __future__ import annotations

from typing import Any

from flask import abort, make_response, redirect, render_template, request, url_for

from lms.accounts.access import allow, signed_in, this_programme, this_zone
from lms.accounts.merges.records import AccountMerge, find_merge_into
from lms.accounts.records import Person, find_person
from lms.accounts.rules import Visitor
from lms.accounts.second_factor.step_up import confirm_first, is_proven
from lms.coordination.blueprint import blueprint
from lms.coordination.members import member_of_programme
from lms.coordination.merging import actions, pages, records
from lms.coordination.merging.preview_pages import preview
from lms.coordination.merging.rules import Decider
from lms.foundation.db import write
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.security import settings

FOUND_MOST, SEARCH_MOST = 20, 100


def _decider() -> Decider:
    me: Visitor = signed_in()
    coordinates = frozenset(key for key, roles in me.roles.items() if "coordinator" in roles)
    return Decider(me.person_id, me.operator, coordinates)


def _coordinates() -> bool:
    return "coordinator" in signed_in().roles.get(this_programme().id, ())


def _account(person: Person) -> dict[str, Any]:
    return pages.found_rows([person])[0]


@blueprint.get("/programmes/<programme>/people/<person>/second-account")
@allow("merge accounts")
def second_account(programme: str, person: str) -> Any:
    """Find the second account of somebody: those of the same name first, or whoever matches a search."""
    member = member_of_programme(person)
    search = request.args.get("q", "").strip()[:SEARCH_MOST]
    found = records.list_candidates(this_programme().id, member.id, search, FOUND_MOST + 1)
    return render_template(
        "coordination/second_account.html",
        here="people",
        programme=this_programme(),
        person=_account(member),
        search=search,
        found=pages.found_rows(found[:FOUND_MOST]),
        more=len(found) > FOUND_MOST,
        coordinates=_coordinates(),
    )


@blueprint.route("/programmes/<programme>/people/<person>/merge/<other>", methods=["GET", "POST"])
@allow("merge accounts")
def merge_accounts(programme: str, person: str, other: str) -> Any:
    """Show what merging does, and merge on a post; whoever comes late finds the merge that was made."""
    kept = member_of_programme(person)
    if _find_merge(kept, other):
        return redirect(url_for("coordination.undo_merge", programme=programme, person=person, other=other), 303)
    closing, by = member_of_programme(other), _decider()
    why_not = actions.why_not_merge(kept.id, closing.id, by)
    asks = None if why_not else confirm_first()
    if asks is not None:
        return asks
    if request.method == "POST" and not why_not:
        done = write(actions.merge, this_programme().id, kept.id, closing.id, by)
        if isinstance(done, AccountMerge):
            return redirect(_done_url(programme, person, other, "merged"), 303)
        why_not = done
    plan = None if why_not else records.plan_merge(kept.id, closing.id)
    page = render_template(
        "coordination/merge_accounts.html",
        here="people",
        programme=this_programme(),
        person=_account(kept),
        other=_account(closing),
        why_not=pages.reason_words(why_not, kept, closing) if why_not else "",
        is_unconfirmed=why_not in {"not confirmed", "runs the site"},
        lines=preview(this_programme(), kept, closing, plan, settings()) if plan else [],
        proven=is_proven(),
        coordinates=_coordinates(),
    )
    return make_response(page, 422 if request.method == "POST" else 200)


@blueprint.route("/programmes/<programme>/people/<person>/merge/<other>/undo", methods=["GET", "POST"])
@allow("merge accounts")
def undo_merge(programme: str, person: str, other: str) -> Any:
    """Say which accounts were merged and what undoing does; undo on a post."""
    kept, closed = member_of_programme(person), find_person(other)
    merge = find_merge_into(kept.id, closed.id) if closed else None
    if merge is None or closed is None or merge.programme_id != this_programme().id:
        abort(404)
    why_not = actions.why_not_undo(merge, _decider())
    asks = None if why_not else confirm_first()
    if asks is not None:
        return asks
    if request.method == "POST" and not why_not:
        done = write(actions.undo, merge.id, _decider())
        if isinstance(done, AccountMerge):
            return redirect(_done_url(programme, person, other, "apart"), 303)
        why_not = done
    saved = request.args.get("saved") == "merged"
    page = render_template(
        "coordination/undo_merge.html",
        here="people",
        programme=this_programme(),
        person=_account(kept),
        other=_account(closed),
        who=pages.who_merged(this_programme(), merge.merged_by),
        days=pages.days_of(merge, this_zone()),
        undone=why_not == "undone",
        why_not=pages.reason_words(why_not, kept, closed) if why_not else "",
        proven=is_proven(),
        coordinates=_coordinates(),
        notices=[_("The accounts are merged. We’ve emailed both addresses.")] if saved and not why_not else [],
    )
    return make_response(page, 422 if request.method == "POST" else 200)


def _find_merge(kept: Person, other: str) -> AccountMerge | None:
    """Return the merge of an account into this one, if it stands."""
    closed = find_person(other)
    merge = find_merge_into(kept.id, closed.id) if closed else None
    return merge if merge and merge.undone_at is None and merge.programme_id == this_programme().id else None


def _done_url(programme: str, person: str, other: str, saved: str) -> str:
    """Return where to go: to the person, or for somebody who only runs the site, to the page of the merge."""
    if _coordinates():
        return url_for("coordination.person", programme=programme, person=person, saved=saved)
    return url_for("coordination.undo_merge", programme=programme, person=person, other=other, saved=saved)
