"""What people see of certificates: their own, and anybody's by its code."""

from __future__ import annotations

from typing import Any

from flask import abort, make_response, redirect, render_template, request, url_for

from lms.accounts.access import allow, signed_in
from lms.accounts.records import get_person, get_programme
from lms.certification.awards import actions, addresses, document_records, name_records, records
from lms.certification.awards.access import own_award
from lms.certification.awards.records import Award
from lms.certification.awards.reissue import can_be_reissued
from lms.certification.awards.rules import State
from lms.certification.awards.texts import name_wording, wording
from lms.certification.badges import records as badge_records
from lms.certification.blueprint import blueprint
from lms.certification.pdf.jobs import render_in_child
from lms.certification.pdf.preview import preview
from lms.certification.renewal import pages as renewal_pages
from lms.foundation.db import write
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.security import settings


@blueprint.get("/certificates")
@allow("hold certificates")
def certificates() -> Any:
    """Show one's own certificates."""
    awards = records.list_awards_of_person(signed_in().person_id)
    return render_template(
        "certification/certificates.html", here="certificates", cycles=renewal_pages.cycles_of(awards, settings())
    )


@blueprint.get("/certificates/<code>")
@allow("hold certificates")
def certificate(code: str) -> Any:
    """Show one's own certificate, its PDF once it is there, and what others see."""
    award = own_award(code)
    state = actions.state_of(award, settings())
    size = document_records.document_is_stored(award.id)
    request_for_pdf = document_records.find_render_request(award.id)
    programme = get_programme(award.programme_id)
    another = get_person(award.person_id).certificate_name
    after = award.replaced_by or award.renewed_by or award.raised_to
    newer = records.get_award(after) if after else None
    return render_template(
        "certification/certificate.html",
        here="certificates",
        award=_own_values(award, state),
        ready=size is not None,
        show_picture=size is not None and state in {"valid", "expired"},
        letters=request_for_pdf.missing_letters if request_for_pdf else (),
        delayed=request_for_pdf is not None and request_for_pdf.trouble is not None,
        overdue=request_for_pdf is not None and request_for_pdf.is_overdue,
        has_badge=badge_records.has_badge(award.id),
        size_kb=-(-(size or 0) // 1024),
        attests=wording.fields(award),
        does_not_attest=award.attestation.does_not_attest,
        verify_url=addresses.verify_address(settings(), award.code),
        show_name=award.name_shown,
        badge_open=bool(award.badge_open),
        badge_url=addresses.badge_address(settings(), award.code),
        programme_name=programme.name,
        contact=programme.facts.get("contact") or programme.facts.get("lead"),
        another_name=another if another and another != award.name and can_be_reissued(award) else None,
        name_asked=name_records.find_name_request(award.id) is not None,
        news=renewal_pages.news_words(award, settings()),
        course_id=award.course_id,
        renewed=award.renewed_by is not None,
        raised=award.raised_to is not None,
        level=wording.level_words(award.attestation),
        newer_url=newer and url_for("certification.certificate", code=newer.code),
        notices=[_("Saved.")] if request.args.get("saved") else [],
    )


def _own_values(award: Award, state: State) -> dict[str, Any]:
    mark, state_text, sentence = renewal_pages.words_of(award, settings())
    return {
        "code": award.code,
        "title": award.title,
        "version": award.version,
        "awarded_on": award.passed_on,
        "valid_until": award.valid_until,
        "name": award.name,
        "name_confirmed_on": name_wording.day_confirmed(
            award.name_confirmed_at, actions.zone_in(award.programme_id, settings())
        ),
        "state": state,
        "mark": mark,
        "state_text": state_text,
        "sentence": sentence,
        "waiting": award.waiting,
        "waits_for_name": award.name_waits_since is not None,
    }


@blueprint.get("/certificates/<code>/pdf")
@allow("hold certificates")
def document(code: str) -> Any:
    """Return the stored PDF, byte for byte, or redirect to the page that says when it will be ready."""
    award = own_award(code)
    found = document_records.find_document(award.id)
    if found is None:
        return redirect(url_for("certification.certificate", code=award.code), 303)
    response = make_response(found.content)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="sidelight-{award.code}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["ETag"] = f'"{found.sha256}"'
    return response


@blueprint.post("/certificates/<code>/pdf")
@allow("hold certificates")
def prepare_document(code: str) -> Any:
    """Make the PDF at once, for a site whose job process isn't running."""
    award = own_award(code)
    if award.name and not award.waiting and document_records.document_is_stored(award.id) is None:
        render_in_child(award.code, settings())
    return redirect(url_for("certification.certificate", code=award.code), 303)


@blueprint.get("/certificates/<code>/picture")
@allow("hold certificates")
def picture(code: str) -> Any:
    """Return the first page of the stored PDF as an image, for the certificate's page."""
    award = own_award(code)
    found = document_records.find_document(award.id)
    if found is None:
        abort(404)
    response = make_response(preview(found.content))
    response.headers["Content-Type"] = "image/webp"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.post("/certificates/<code>/show-name")
@allow("hold certificates")
def show_name(code: str) -> Any:
    """Switch the name on the certificate's page on or off."""
    award = own_award(code)
    write(actions.show_name, award.id, request.form.get("show") == "yes")
    return redirect(url_for("certification.certificate", code=award.code, saved="yes"), 303)
