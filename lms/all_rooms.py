"""What is asked of all rooms at once: what they keep of people, their problems, figures, and support lines."""

from __future__ import annotations

from typing import Any

from lms.accounts import records as accounts
from lms.accounts.merges.records import list_merged_into
from lms.accounts.personal_data import actions as own_account
from lms.accounts.programmes import findings as account_findings
from lms.accounts.single_sign_on import findings as single_sign_on_findings
from lms.authoring.drafts import personal_data as own_drafts
from lms.authoring.pack import records as pack_records
from lms.authoring.publishing import personal_data as own_publications
from lms.authoring.reviews import personal_data as own_reviews
from lms.authoring.statistics.regrading import personal_data as own_regrades
from lms.certification.awards import document_records
from lms.certification.holders import personal_data as own_certificates
from lms.certification.keys import findings as key_findings
from lms.certification.pdf import findings as pdf_findings
from lms.certification.pdf.transcript import transcript_requests
from lms.coordination import personal_data as own_batches
from lms.coordination.assignments import personal_data as own_assignments
from lms.coordination.batches import findings as batch_findings
from lms.coordination.batches import records as batch_records
from lms.coordination.roster import records as roster_records
from lms.foundation import clock
from lms.foundation.audit import seals
from lms.foundation.backup import erasures
from lms.foundation.backup.erasures import Erasure as Erased
from lms.foundation.checkup.figures import work_figures
from lms.foundation.checkup.findings import Finding
from lms.foundation.config.settings import Settings
from lms.foundation.db import after_commit, write
from lms.foundation.personal_data import Erasure, Export, Part, Remains, StoredData
from lms.foundation.web.figures import Figure
from lms.foundation.web.security import settings as this_site
from lms.learning.personal_data import actions as own_learning
from lms.learning.progress.attempt_records import count_uncounted
from lms.library import findings as course_findings
from lms.wellbeing import actions as care
from lms.wellbeing import findings as care_findings
from lms.wellbeing import personal_data as own_care
from lms.wellbeing import support_cache as kept_care
from lms.wellbeing.lines import Lines, read_lines
from lms.wellbeing.pages import problem_words

# Whose rows are mine: each room tells what it keeps, hands it over, and takes it away. What outlives an account says so
# first, and the account itself goes last.
OWN = (
    own_account,
    own_learning,
    own_certificates,
    own_drafts,
    own_publications,
    own_regrades,
    own_reviews,
    own_batches,
    own_assignments,
    own_care,
)
EXPORTS: list[Export] = [room.export for room in OWN]
ERASURES: list[Erasure] = [
    own_care.erase,
    own_drafts.erase,
    own_publications.erase,
    own_regrades.erase,
    own_reviews.erase,
    own_batches.erase,
    own_assignments.erase,
    own_certificates.erase,
    own_learning.erase,
    own_account.erase,
]


def list_stored(person_id: str | None = None) -> list[StoredData]:
    """Return everything that is kept of people; with a person, as the page on one's own data tells it to them."""
    return [kind for room in OWN for kind in room.stored_data(person_id)]


def export_person(person_id: str) -> list[Part]:
    """Return all that is kept of somebody."""
    return [part for export in EXPORTS for part in export(person_id)]


def delete_person(person_id: str, seal_key: bytes | None) -> None:
    """Delete somebody's account and all that is theirs, but for what the page on one's own data names.

    An account that was merged into it is theirs as well, and goes first.
    """
    for merge in list_merged_into(person_id):
        delete_person(merge.other_id, seal_key)
    remains = Remains(seal_key)
    for erase in ERASURES:
        erase(person_id, remains)
    erasure = Erased(person_id, clock.today("UTC"), sealed=seal_key is not None)
    data = this_site().data
    after_commit(lambda: erasures.note(data, erasure))
    after_commit(erasures.empty_log)


def list_findings(settings: Settings) -> list[Finding]:
    """Return what the rooms have to say of the site to whoever runs it; those of the foundation come before."""
    return [
        *key_findings.look(settings),
        *pdf_findings.look(settings),
        *batch_findings.look(),
        *account_findings.look(),
        *single_sign_on_findings.look(settings),
        *course_findings.look(),
        *care_findings.look(settings),
    ]


def list_programme_findings(settings: Settings, slug: str) -> list[Finding]:
    """Return what the rooms have to say of one programme to whoever coordinates it; nothing of a name that is none."""
    programme = accounts.find_programme(slug)
    if programme is None:
        return []
    return [
        *account_findings.look_at(programme),
        *course_findings.look(programme.id),
        *care_findings.look(settings, [programme]),
    ]


def list_figures() -> list[Figure]:
    """Return how much work waits and for how long, as metrics show it; inside the app."""
    waiting = {
        "pdf": document_records.count_requests(),
        "transcript": transcript_requests.count_requests(),
        "pack": pack_records.count_requests(),
        "batch": batch_records.count_running(),
        "import": roster_records.count_running(),
        "check_figures": count_uncounted(),
        "audit_seal": seals.count_unsealed(),
    }
    return work_figures(waiting)


def check_lines(text: str) -> tuple[list[str], int]:
    """Return what is amiss with a file of support lines, in words, and how many lines it holds."""
    found = read_lines(text)
    return ([], len(found.all())) if isinstance(found, Lines) else ([problem_words(one) for one in found], 0)


def list_lines() -> list[dict[str, Any]]:
    """Return all support lines as they stand now."""
    now = kept_care.current(this_site().data)
    return [
        {
            "id": line.id,
            "label": line.label,
            "number": line.number,
            "checked": line.verified_on or "not yet",
            "state": _line_state(now, line.id),
        }
        for line in now.before.all()
    ]


def _line_state(now: kept_care.Current, line_id: str) -> str:
    """Return where a line was taken off: on the whole site, or by which programmes."""
    by = sorted(slug for slug, lines in now.withdrawn_by.items() if line_id in lines)
    return "taken off" if line_id in now.withdrawn else f"taken off by {', '.join(by)}" if by else ""


def remove_line(line_id: str) -> bool:
    """Take a support line off the pages of all programmes; False when there is none with this id."""
    data = this_site().data
    if kept_care.current(data).before.find(line_id) is None:
        return False
    write(care.withdraw_line, line_id, data)
    return True


def restore_line(line_id: str) -> bool:
    """Show a support line again that was taken off the whole site; False when there is none with this id."""
    data = this_site().data
    if kept_care.current(data).before.find(line_id) is None:
        return False
    write(care.restore_line, line_id, data)
    return True
