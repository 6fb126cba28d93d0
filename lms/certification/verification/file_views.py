"""What people see when they verify a file: a certificate's PDF, or a badge in any of its shapes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import make_response, render_template, request, url_for

from lms.accounts.access import public
from lms.certification.awards import actions
from lms.certification.awards.rules import State
from lms.certification.awards.texts import state_wording
from lms.certification.blueprint import blueprint
from lms.certification.verification import file_check
from lms.certification.verification.actions import FILES_A_NETWORK, count_list
from lms.certification.verification.bulk_views import come_back
from lms.certification.verification.file_check import FileResult
from lms.certification.verification.file_report import said_in
from lms.certification.verification.refusals import in_words
from lms.foundation.config.shipped import shipped
from lms.foundation.db import write
from lms.foundation.text.i18n import day, moment
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.security import network_today, settings

FILE_MOST = 5 * 1024 * 1024


@blueprint.url_value_preprocessor
def take_larger_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Take more than other pages do, before anything of the post is read, so that a large file is told in words."""
    if endpoint == "certification.verify_file":
        request.max_content_length = FILE_MOST


@blueprint.route("/verify/file", methods=["GET", "POST"])
@public
def verify_file() -> Any:
    """Verify a PDF or a badge; nothing of it is kept."""
    if request.method == "GET":
        return _page()
    content = _sent()
    if not content.strip():
        return make_response(_page(problem=_("Choose a file, or paste the text of a badge.")), 422)
    wait = write(count_list, f"file:{network_today()}", FILES_A_NETWORK)
    if wait is not None:
        return make_response(_page(problem=come_back(wait)), 429)
    found = file_check.check_file(content, settings(), shipped("certificates"))
    return make_response(_page(found=found), 200 if found.genuine else 422)


def _sent() -> bytes:
    upload = request.files.get("file")
    sent = upload.read() if upload else b""
    if upload:
        upload.close()
    return sent or request.form.get("badge", "").encode()


def _page(problem: str | None = None, found: FileResult | None = None) -> str:
    values = _result_values(found) if found else {}
    return render_template("certification/verify_file.html", here="verify", problem=problem, found=found, **values)


def _result_values(found: FileResult) -> dict[str, Any]:
    award = found.award
    state: State = actions.state_of(award, settings()) if award else "unknown"
    heading, lead = state_wording.verdict(state, award)
    if not found.genuine:
        heading, lead = _("Please don’t rely on this file"), in_words(found.problem)
    return {
        "heading": heading,
        "lead": lead,
        "state": state if found.genuine else "unknown",
        "register": state_wording.state_words(state, award.valid_until) if award else None,
        "rows": _rows(found),
        "register_url": url_for("certification.verify", code=award.code) if award else None,
    }


def _rows(found: FileResult) -> list[tuple[str, str, str]]:
    """Return (what, the file's words, the register's words) for all that either says."""
    labels = {
        "name": _("Name"),
        "course": _("Course"),
        "version": _("Version"),
        "awarded_on": _("Completed"),
        "valid_until": _("Valid until"),
    }
    file = said_in(found.badge) if found.badge else {}
    register = file_check.said_by(found.award) if found.award else {}
    if found.badge and found.award:
        same = {True: _("The same name"), False: _("A different name"), None: _("We no longer have a name")}
        register["name"] = same[file_check.same_name(found.badge, found.award)]
    rows = [(name, _shown(name, file), _shown(name, register)) for name in labels]
    found_rows = [(labels[name], ours, theirs) for name, ours, theirs in rows if ours or theirs]
    if found.stamped_at:
        stamped = moment(datetime.fromisoformat(found.stamped_at), settings().timezone)
        found_rows.append((_("Timestamp"), stamped, ""))
    return found_rows


def _shown(name: str, values: dict[str, str]) -> str:
    value = values.get(name, "")
    return day(date.fromisoformat(value)) if value and name in {"awarded_on", "valid_until"} else value
