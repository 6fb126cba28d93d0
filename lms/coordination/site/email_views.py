"""Pages about emails for those who run the site: every kind that it sends, with a preview, and a test email."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import abort, make_response, redirect, render_template, request, url_for

from lms.accounts.access import allow, signed_in
from lms.accounts.notifications.reader_language import language_of
from lms.accounts.records import get_person
from lms.coordination.blueprint import blueprint
from lms.coordination.site import actions, pages
from lms.coordination.site.email_kinds import email_topics, find_kind
from lms.coordination.site.email_samples import preview_email
from lms.foundation.db import write
from lms.foundation.mail.outbox import list_emails
from lms.foundation.mail.templates import writing_in
from lms.foundation.mail.transport import mail_folder
from lms.foundation.text.i18n import list_languages
from lms.foundation.web.security import POLICY, settings

# An email carries its styles in itself, as mail programs need it, and in its frame nothing else runs or is loaded.
FRAMED = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'self'; sandbox"


@blueprint.route("/operator/email", methods=["GET", "POST"])
@allow("run the site")
def site_mail() -> Any:
    """Send oneself a test email the way every email goes, and see what became of it."""
    me, site = get_person(signed_in().person_id), settings()
    if request.method == "POST":
        with writing_in(language_of(me)) as render_email:
            email = render_email("test_email", name=me.display_name, site=urlsplit(site.base_url).netloc)
        write(actions.send_test_email, site, me, email)
        return redirect(url_for("coordination.site_mail"), 303)
    last = next((row for row in list_emails(me.email) if row.about == actions.mark_of_test(me)), None)
    return render_template(
        "coordination/site_mail.html",
        here="site",
        email=me.email,
        result=pages.test_words(last, site.timezone, written_only=mail_folder(site) is not None),
        ended=last is not None and last.sent_at is not None,
    )


@blueprint.get("/operator/emails")
@allow("run the site")
def site_emails() -> Any:
    """List every kind of email, when it's sent and who can turn it off."""
    base = settings().base_url
    topics = [
        (topic.title, [(kind, preview_email(kind.name, base).subject) for kind in topic.kinds])
        for topic in email_topics()
    ]
    return render_template("coordination/site_emails.html", here="site", topics=topics)


@blueprint.get("/operator/emails/<kind>")
@allow("run the site")
def site_email(kind: str) -> Any:
    """Show one kind of email with invented values, as HTML in a frame and as plain text."""
    found, chosen = find_kind(kind), _language()
    if found is None:
        abort(404)
    page = render_template(
        "coordination/site_email.html",
        here="site",
        kind=found,
        email=preview_email(found.name, settings().base_url, chosen),
        languages=list_languages(),
        chosen=chosen,
    )
    response = make_response(page)
    response.headers["Content-Security-Policy"] = f"{POLICY}; frame-src 'self'"
    return response


@blueprint.get("/operator/emails/<kind>/html")
@allow("run the site")
def site_email_html(kind: str) -> Any:
    """Return the HTML part of an email for its frame, in which links do nothing."""
    found = find_kind(kind)
    if found is None:
        abort(404)
    html = preview_email(found.name, settings().base_url, _language()).html
    # A link would open a new window, which the sandbox forbids, so it doesn't replace the email by an error.
    response = make_response(html.replace("<head>", '<head>\n  <base target="_blank">', 1))
    response.headers["Content-Security-Policy"] = FRAMED
    return response


def _language() -> str:
    """Return the language in which to show an email: one that we have, else English."""
    asked = request.args.get("language", "")
    return asked if asked in list_languages() else "en"
