"""What happens next: the one table of reactions, the work of the job process, and its sweeps."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import render_template, url_for

from lms.accounts import records as accounts
from lms.accounts.events import NamesChanged
from lms.certification import actions as certification
from lms.certification import rendering
from lms.certification.events import CertificateIssued, DocumentStored
from lms.certification.records import get_award
from lms.foundation import clock, mail, throttle
from lms.foundation.db import write
from lms.foundation.events import Reactions
from lms.foundation.jobs import Sweep, Work
from lms.foundation.settings import Settings
from lms.foundation.words import gettext as _
from lms.learning.events import CoursePassed, LessonFinished, PracticeCompleted
from lms.library.events import ReviewRecorded


def reactions(settings: Settings) -> Reactions:
    """Return what follows from each event, inside the same write."""

    def issue_if_earned(event: Any) -> None:
        certification.issue_if_earned(event.enrolment_id, settings)

    return {
        LessonFinished: [issue_if_earned],
        PracticeCompleted: [issue_if_earned],
        CoursePassed: [issue_if_earned],
        ReviewRecorded: [lambda event: certification.release_reviewed(event.course_id, settings)],
        NamesChanged: [lambda event: certification.name_nameless_awards(event.person_id)],
        CertificateIssued: [lambda event: certification.request_document(event.award_id)],
        DocumentStored: [lambda event: _tell_holder(event.award_id, settings)],
    }


def _tell_holder(award_id: str, settings: Settings) -> None:
    award = get_award(award_id)
    holder = accounts.get_person(award.person_id)
    address = settings.base_url + url_for("certification.certificate", code=award.code)
    body = render_template(
        "mail/certificate_ready.txt", name=holder.display_name, title=award.title, address=address, code=award.code
    )
    mail.queue_mail(settings, holder.email, _("Your certificate is ready: %(title)s", title=award.title), body)


def work(settings: Settings, designs: Path) -> dict[str, Work]:
    """Return what the job process can be asked to do, each by the key of its row."""
    return {
        "certification.render": lambda award_id: rendering.make_document(award_id, settings, designs),
        "mail.send": lambda mail_id: mail.send(settings, mail_id),
    }


def sweeps(settings: Settings, designs: Path) -> list[Sweep]:
    """Return what the job process looks after each minute."""
    return [
        lambda: rendering.sweep(settings, designs),
        lambda: mail.sweep(settings),
        lambda: write(throttle.sweep),
        lambda: write(accounts.sweep_sign_ins, clock.now() - timedelta(days=2)),
    ]
