"""The page on which operators read the audit trail."""

from __future__ import annotations

from typing import Any

from flask import make_response, render_template, request, url_for

from lms.accounts.access import allow
from lms.accounts.blueprint import blueprint
from lms.accounts.trail import pages
from lms.foundation.audit.report import find_last_verified
from lms.foundation.statements.replica import read_at_replica
from lms.foundation.text.i18n import moment
from lms.foundation.web.security import settings


def _address(values: dict[str, Any]) -> str:
    return url_for("accounts.audit_trail", **values)


@blueprint.get("/operator/audit")
@allow("read the audit trail")
@read_at_replica
def audit_trail() -> Any:
    """Show who did what, the newest first, narrowed by event, person, programme and days."""
    zone = settings().timezone
    asked = pages.read_asked(request.args, zone)
    before = pages.read_moment(request.args.get("before", ""))
    entries, following = pages.entries_of(asked.filter, before, zone) if asked.filter else ([], "")
    verified = find_last_verified(settings().data)
    events, programmes = pages.choices()
    page = render_template(
        "accounts/audit_trail.html",
        here="site",
        asked=asked,
        entries=entries,
        events=events,
        programmes=programmes,
        zone=zone,
        verified=verified,
        verified_at=moment(verified.at, zone) if verified else "",
        first_url=_address(asked.address()) if before is not None else None,
        next_url=_address({**asked.address(), "before": following}) if following else None,
    )
    return make_response(page, 422 if asked.problems else 200)
