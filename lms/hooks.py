"""Hooks: where upper rooms answer what lower ones ask of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any

from flask import url_for

from lms import all_rooms
from lms.certification.awards import actions as certification
from lms.certification.awards import document_records
from lms.certification.awards import records as awards
from lms.certification.awards.naming.titles import titles_in, without_titles
from lms.certification.awards.texts.text import plain
from lms.certification.awards.texts.wording import operator_notices
from lms.certification.badges import records as badge_records
from lms.certification.pdf import designs as pdf_designs
from lms.certification.pdf.designs import missing_glyphs
from lms.certification.readiness import actions as readiness_actions
from lms.certification.readiness.pages import readiness_values
from lms.certification.renewal import pages as renewal_pages
from lms.coordination.assignments import pages as assignment_pages
from lms.foundation.checkup.findings import Finding
from lms.foundation.config.settings import Settings
from lms.foundation.hooks import CertificateNews, CourseCertificate, Hooks
from lms.foundation.text.names import as_shown
from lms.wellbeing import views as wellbeing


def build_hooks(settings: Settings, designs: Path, page_frame: Callable[[], tuple[Hashable, str]]) -> Hooks:
    """Return the hooks of an app; `page_frame` is the app's own answer."""

    def list_certificates(person_id: str) -> list[dict[str, Any]]:
        return [renewal_pages.row_of(award, settings) for award in awards.list_standing_of_person(person_id)]

    def find_certificate_news(enrolment_id: str) -> CertificateNews | None:
        award = awards.find_award_of_enrolment(enrolment_id)
        return renewal_pages.news_words(award, settings) if award else None

    def missing_letters(name: str) -> tuple[str, ...]:
        if name.isascii():
            return ()
        missing = missing_glyphs(plain(name), pdf_designs.design_named("warm", settings, designs))
        return tuple(map(as_shown, missing))

    def list_findings(slug: str | None) -> list[Finding]:
        return all_rooms.list_programme_findings(settings, slug) if slug else all_rooms.list_findings(settings)

    return Hooks(
        page_frame=page_frame,
        copy_display_settings=wellbeing.copy_display_settings,
        list_stored=all_rooms.list_stored,
        export_person=all_rooms.export_person,
        delete_person=all_rooms.delete_person,
        list_certificates=list_certificates,
        find_certificate=_find_certificate,
        find_certificate_news=find_certificate_news,
        find_readiness=_find_readiness,
        list_asked=lambda person_id, course_id: assignment_pages.list_asked(person_id, course_id, settings),
        waits_for_review=lambda programme_id, digest: certification.is_held(programme_id, digest, settings),
        missing_letters=missing_letters,
        split_titles=lambda name: (titles_in(name), without_titles(name)),
        operator_notices=_operator_notices,
        coordinator_notices=wellbeing.coordinator_notices,
        support_lines=wellbeing.lines_to_take_along,
        list_findings=list_findings,
    )


def _find_certificate(enrolment_id: str) -> CourseCertificate:
    award = awards.find_current_copy(enrolment_id)
    if award is None:
        return CourseCertificate()
    url = None if award.waiting else url_for("certification.certificate", code=award.code)
    return CourseCertificate(url, bool(award.waiting), award.code, award.name, award.name_waits_since is not None)


def _find_readiness(enrolment_id: str) -> dict[str, Any] | None:
    readiness = readiness_actions.find_readiness(enrolment_id)
    return readiness_values(readiness) if readiness else None


def _operator_notices() -> list[str]:
    return operator_notices(len(document_records.list_troubled()), badge_records.lists_expired())
