"""Pages to see, export and delete your data."""

from __future__ import annotations

import math
from threading import BoundedSemaphore
from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from lms.accounts import records
from lms.accounts.access import allow, leave_browser, public, signed_in
from lms.accounts.blueprint import blueprint
from lms.accounts.forms import DeleteForm
from lms.accounts.personal_data import actions as personal_data_actions
from lms.accounts.programmes.coordinators import alone_words
from lms.accounts.second_factor.step_up import is_proven, step_up
from lms.foundation import clock
from lms.foundation.db import write
from lms.foundation.hooks import hooks
from lms.foundation.keys import secret_key
from lms.foundation.personal_data import Sheet, pack
from lms.foundation.text.i18n import moment, ngettext
from lms.foundation.turns import one_of
from lms.foundation.web.security import settings

# A worker makes one person's file at a time, so that its other threads are there for pages.
PLACES = BoundedSemaphore(1)


@blueprint.get("/account/data")
@allow("keep an account")
def own_data() -> Any:
    """Say what is stored about oneself, why and until when."""
    return render_template("accounts/own_data.html", stored=hooks().list_stored(signed_in().person_id))


@blueprint.get("/account/data/download")
@allow("keep an account")
def own_data_file() -> Any:
    """Give everything that is stored about oneself, as one file, a few times an hour."""
    with one_of(PLACES):
        wait = write(personal_data_actions.count_download, signed_in().person_id)
        if wait is not None:
            return _come_back(math.ceil(wait.total_seconds() / 60))
        return _file_of(signed_in().person_id)


def _file_of(person_id: str) -> Any:
    parts = hooks().export_person(person_id)
    index = render_template(
        "accounts/own_data_file.html",
        made=moment(clock.now(), settings().timezone),
        site=settings().base_url,
        stored=hooks().list_stored(signed_in().person_id),
        sheets=[part for part in parts if isinstance(part, Sheet)],
        files=[part for part in parts if not isinstance(part, Sheet)],
    )
    response = make_response(pack(index, parts))
    response.headers["Content-Type"] = "application/zip"
    response.headers["Content-Disposition"] = 'attachment; filename="sidelight-own-data.zip"'
    return response


def _come_back(minutes: int) -> Any:
    words = ngettext(
        "You’ve downloaded your data %(times)s times in the last hour. Nothing has changed or been lost. "
        "You can download it again in %(num)s minute.",
        "You’ve downloaded your data %(times)s times in the last hour. Nothing has changed or been lost. "
        "You can download it again in %(num)s minutes.",
        minutes,
        times=personal_data_actions.DOWNLOADS,
    )
    stored = hooks().list_stored(signed_in().person_id)
    response = make_response(render_template("accounts/own_data.html", stored=stored, notices=[words]), 429)
    response.headers["Retry-After"] = str(60 * minutes)
    return response


@blueprint.route("/account/delete", methods=["GET", "POST"])
@allow("keep an account")
@step_up
def delete_account() -> Any:
    """Delete one's own account, after saying plainly what goes and what stays."""
    me = records.get_person(signed_in().person_id)
    form = DeleteForm(request.form)
    alone = records.is_last_operator(me.id)
    if request.method == "POST" and form.validate() and not alone:
        key = secret_key(settings().data) if form.seal.data else None
        write(hooks().delete_person, me.id, key)
        return leave_browser(make_response(redirect(url_for("accounts.deleted"), 303)))
    page = render_template(
        "accounts/delete_account.html",
        form=form,
        alone=alone,
        coordinators=alone_words(me.id),
        proven=is_proven(),
        certificates=hooks().list_certificates(me.id),
    )
    return make_response(page, 422 if request.method == "POST" else 200)


@blueprint.get("/account-deleted")
@public
def deleted() -> Any:
    """Say that an account is gone, and what can still be done without one."""
    return render_template("accounts/deleted.html")
