"""First steps: what `lms doctor` still finds missing, in words for a browser and with the page on which to do it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for

from lms.accounts.programmes.findings import check_contacts
from lms.accounts.records import Programme
from lms.accounts.rules import missing_contact
from lms.foundation.checkup import mail, site, work
from lms.foundation.config.settings import Settings
from lms.foundation.hooks import SiteFinding, hooks
from lms.foundation.text.i18n import gettext as _
from lms.library.findings import check_offered


@dataclass(frozen=True)
class Step:
    """Something that is still missing; without an address, `link` says what to do outside the browser."""

    text: str
    link: str
    url: str = ""


def steps_beside_people(programme: Programme, offered: int) -> list[Step]:
    """Return what is missing in a programme for its list of people, which asks the database nothing more.

    What to do about support lines has a place of its own there. `offered` is how many courses the programme offers.
    """
    silent = [programme.slug] if missing_contact(programme.facts) else []
    missing = _missing([check_contacts(True, silent), check_offered(offered)])
    if not programme.facts.get("country"):
        missing["lines.country"] = ""
    return _steps_of(programme, missing, coordinates=True)


def programme_steps(programme: Programme, *, coordinates: bool) -> list[Step]:
    """Return what is missing in a programme; `coordinates` says whether a coordinator of it asks.

    Whoever runs the site changes settings and names coordinators, but checks no support line.
    """
    return _steps_of(programme, _missing(hooks().list_findings(programme.slug)), coordinates=coordinates)


def _missing(findings: Sequence[SiteFinding]) -> dict[str, str]:
    """Return what each check that found something says."""
    return {finding.check: finding.text for finding in findings if finding.to_do}


def _steps_of(programme: Programme, missing: Mapping[str, str], *, coordinates: bool) -> list[Step]:
    slug = programme.slug
    steps = {
        "programmes.contact": Step(
            _("People can’t see yet who they can talk to, how and when."),
            _("Fill in contacts"),
            url_for("coordination.settings_section", programme=slug, section="contacts"),
        ),
        "courses.offered": Step(
            _("No course is offered yet."),
            _("Offer a course"),
            url_for("coordination.courses_offered", programme=slug),
        ),
        "lines.country": Step(
            _("Your people see no support line for their country."),
            _("Choose the country"),
            url_for("coordination.settings_section", programme=slug, section="name"),
        ),
    }
    if coordinates and "lines.age" in missing:
        steps["lines.age"] = Step(
            missing["lines.age"],
            _("Check support lines"),
            url_for("wellbeing.programme_lines", programme=slug),
        )
    if not coordinates:
        steps["programmes.coordinator"] = Step(
            _("Nobody coordinates this programme yet."),
            _("Add a coordinator"),
            url_for("coordination.name_coordinator", programme=slug),
        )
    return [step for check, step in steps.items() if check in missing]


def site_findings(settings: Settings) -> Sequence[SiteFinding]:
    """Return what needs attention on the site, as far as a web worker can see it."""
    found = [
        *site.look(settings, os.environ),
        mail.check_tried(settings),
        *work.look(settings),
        *work.look_inside(settings),
        *hooks().list_findings(None),
    ]
    return [finding for finding in found if finding.to_do]


def site_steps(settings: Settings) -> list[Step]:
    """Return what is missing on the site, each with the page that helps, or with what to do on the server."""
    programmes = (_("See the programmes"), url_for("coordination.site_programmes"))
    courses = (_("Record reviews"), url_for("coordination.site_courses"))
    queue = (_("See the queue"), url_for("coordination.site_queue"))
    pages = {
        "programmes.contact": programmes,
        "programmes.coordinator": programmes,
        "lines.country": programmes,
        "courses.reviews": courses,
        "mail.tried": (_("Send a test email"), url_for("coordination.site_mail")),
        "queue.email": queue,
        "queue.pdf": queue,
        "queue.batches": queue,
    }
    return [Step(finding.text, *pages.get(finding.check, (finding.to_do, ""))) for finding in site_findings(settings)]
