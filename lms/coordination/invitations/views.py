"""Pages to invite people: paste a list, look at the preview, send, and see who hasn't joined yet."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from lms.accounts import limits
from lms.accounts.access import allow, this_programme, this_zone
from lms.accounts.invitations import actions as invitation_actions
from lms.accounts.invitations.actions import TooMany
from lms.accounts.invitations.records import count_not_joined, find_not_joined
from lms.accounts.notifications.reader_language import language_at
from lms.accounts.rules import (
    IMPORT_FILE_MOST,
    IMPORTED_AT_ONCE,
    INVITATION_DAYS,
    INVITED_AT_ONCE,
    INVITED_PER_HOUR,
)
from lms.coordination.blueprint import blueprint
from lms.coordination.invitations import pages
from lms.coordination.invitations.emails import all_outgoing, invitation_email
from lms.coordination.invitations.forms import InviteForm, NamesForm
from lms.coordination.invitations.pages import SEARCH_MOST, Preview
from lms.coordination.names.unprintable import letters_by_name
from lms.foundation import clock, ids
from lms.foundation.db import write
from lms.foundation.text.i18n import day, ngettext, number
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.fields import whole_number
from lms.foundation.web.security import settings


@blueprint.route("/programmes/<programme>/invitations/new", methods=["GET", "POST"])
@allow("invite people")
def invite_people(programme: str) -> Any:
    """Take a pasted list, show what will happen with it, and invite once that is confirmed."""
    form = InviteForm(request.form)
    if request.method == "GET" or settings().registration == "closed":
        return _invite_page(form)
    if not form.validate():
        return _invite_page(form, status=422)
    previewed = pages.read_moment(request.form.get("previewed", ""))
    preview = pages.preview_of(this_programme().id, form.people.data or "")
    if preview.total > INVITED_AT_ONCE:
        message = _(
            "There are %(seen)s people on this list, and you can invite up to %(most)s at once. Please split it.",
            seen=preview.total,
            most=INVITED_AT_ONCE,
        )
        form.refuse("people", message)
        return _invite_page(form, status=422)
    go = request.form.get("go")
    if go != "send" or previewed is None or not preview.to_send:
        return _invite_page(form, None if go == "edit" else preview)
    sent = _send(preview, previewed)
    if isinstance(sent, TooMany):
        form.refuse("people", _too_many(sent.wait))
        return _invite_page(form, preview, status=422)
    return redirect(url_for("coordination.invitations", programme=programme, sent=sent), 303)


def _invite_page(form: InviteForm, preview: Preview | None = None, status: int = 200) -> Any:
    page = render_template(
        "coordination/invite_people.html",
        here="people",
        programme=this_programme(),
        form=form,
        preview=preview,
        most=INVITED_AT_ONCE,
        days=INVITATION_DAYS,
        closed=settings().registration == "closed",
        file_most=IMPORT_FILE_MOST // (1024 * 1024),
        rows_most=number(IMPORTED_AT_ONCE),
        names_form=NamesForm(),
        lacking=letters_by_name(one.name for one in preview.to_send) if preview else {},
        # Whom this preview doesn't know of yet was invited after it: confirming it twice invites nobody twice.
        previewed=int(clock.now().timestamp()),
    )
    return make_response(page, status)


def _send(preview: Preview, previewed: datetime) -> int | TooMany:
    """Invite everybody on a preview; their emails are written before the database is asked to take them."""
    to_send = [(one.address, one.name, "learner") for one in preview.to_send]
    people = all_outgoing(this_programme(), settings(), to_send)
    done: int | TooMany = write(invitation_actions.invite_all, settings(), this_programme().id, people, previewed)
    return done


def _too_many(wait: timedelta) -> str:
    return _(
        "A programme can send up to %(most)s invitations an hour, and this would be more. Nothing was sent. Please "
        "try again in %(wait)s.",
        most=INVITED_PER_HOUR,
        wait=limits.wait_in_words(wait),
    )


@blueprint.get("/programmes/<programme>/invitations")
@allow("invite people")
def invitations(programme: str) -> Any:
    """List who was invited and hasn't joined yet, the newest first, a page at a time."""
    return _list_page(notices=_notices())


def _list_page(notices: list[str], problem: str = "") -> Any:
    slug, cursor = this_programme().slug, request.args.get("before", "")[:80]
    search = request.args.get("q", "")[:SEARCH_MOST].strip()
    rows, following = pages.list_page(this_programme().id, this_zone(), cursor, search)
    asked: dict[str, Any] = {"programme": slug, "q": search or None}
    page = render_template(
        "coordination/invitations.html",
        here="people",
        programme=this_programme(),
        rows=rows,
        search=search,
        total=count_not_joined(this_programme().id, search),
        list_url=url_for("coordination.invitations", programme=slug),
        notices=notices,
        problem=problem,
        first_url=url_for("coordination.invitations", **asked) if cursor else None,
        next_url=url_for("coordination.invitations", **asked, before=following) if following else None,
    )
    return make_response(page, 422 if problem else 200)


def _notices() -> list[str]:
    """Return what was done on the page before, in words."""
    if "sent" in request.args:
        count = whole_number(request.args["sent"], 0)
        if not count:
            return [_("These people were already invited, so we haven’t sent more emails.")]
        sent = ngettext("%(num)s invitation is on its way.", "%(num)s invitations are on their way.", count)
        return [f"{sent} {_late()}"]
    return {
        "resent": [_("A new invitation is on its way. The older link no longer works.") + f" {_late()}"],
        "cancelled": [_("The invitation was cancelled. Its link no longer works.")],
        "changed": [_("That invitation was already used, replaced or cancelled. Here’s the list as it is now.")],
    }.get(request.args.get("done", ""), [])


def _late() -> str:
    return _("Between 20:00 and 08:00, emails wait until the morning.")


def _done(what: str) -> Any:
    return redirect(url_for("coordination.invitations", programme=this_programme().slug, done=what), 303)


@blueprint.post("/programmes/<programme>/invitations/<invitation>/resend")
@allow("invite people")
def resend_invitation(programme: str, invitation: str) -> Any:
    """Email a new link; the older one ends."""
    known = find_not_joined(this_programme().id, invitation)
    if known is None:
        return _done("changed")
    if known.needs_slip:
        return redirect(url_for("coordination.slips", programme=programme), 303)
    token = ids.secret_token()
    language = language_at(known.email or "", this_programme())
    email = invitation_email(this_programme(), settings(), language, token, known.name, known.role)
    done = write(invitation_actions.renew, settings(), this_programme().id, invitation, token, email)
    return _list_page([], _too_many(done.wait)) if isinstance(done, TooMany) else _done("resent" if done else "changed")


@blueprint.post("/programmes/<programme>/invitations/<invitation>/link")
@allow("invite people")
def invitation_link(programme: str, invitation: str) -> Any:
    """Make a new link and show it once, for somebody who doesn't get our email; the older one ends.

    It doesn't prove the address, because whoever invites can read it.
    """
    known = find_not_joined(this_programme().id, invitation)
    if known is None:
        return _done("changed")
    if known.needs_slip:
        return redirect(url_for("coordination.slips", programme=programme), 303)
    row, token = pages.row_of(known, this_zone()), ids.secret_token()
    done = write(invitation_actions.renew, settings(), this_programme().id, invitation, token, None)
    if isinstance(done, TooMany):
        return _list_page([], _too_many(done.wait))
    if not done:
        return _done("changed")
    link = settings().base_url + url_for("accounts.accept_invitation", token=token)
    until = day(clock.day_of(clock.now() + timedelta(days=INVITATION_DAYS), this_zone()))
    page = render_template(
        "coordination/invitation_link.html",
        here="people",
        programme=this_programme(),
        row=row,
        link=link,
        until=until,
    )
    response = make_response(page)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.post("/programmes/<programme>/invitations/<invitation>/cancel")
@allow("invite people")
def cancel_invitation(programme: str, invitation: str) -> Any:
    """Take an invitation back, so that its link no longer works."""
    done = write(invitation_actions.cancel, this_programme().id, invitation)
    return _done("cancelled" if done else "changed")
