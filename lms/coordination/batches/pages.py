"""What pages say of bulk actions."""

from __future__ import annotations

from lms.coordination.batches.records import list_batches_with_size
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import ngettext


def batch_title(kind: str, count: int) -> str:
    """Return what was asked for many certificates, in words."""
    if kind == "file":
        return _("Download certificates: %(num)s selected", num=count)
    if kind == "documents":
        return _("Make missing PDFs: %(num)s selected", num=count)
    return _("Issue certificates: %(num)s selected", num=count)


def batches_of(programme_id: str, asked_by: str) -> list[tuple[str, str, bool]]:
    """Return (id, title, whether it has ended) of what a coordinator asked for and can still look at."""
    return [
        (batch.public_id, batch_title(batch.kind, count), batch.state != "running")
        for batch, count in list_batches_with_size(programme_id, asked_by)
    ]


def outcome_words(outcome: str, count: int) -> str:
    """Return what came of some of the certificates of a batch, in words."""
    return {
        "in": ngettext("%(num)s certificate is in the file.", "%(num)s certificates are in the file.", count),
        "made": ngettext("We made %(num)s PDF.", "We made %(num)s PDFs.", count),
        "kept": ngettext(
            "%(num)s already existed and hasn’t changed.", "%(num)s already existed and haven’t changed.", count
        ),
        "issued": ngettext(
            "We issued %(num)s. Its holder gets an email, unless they have no address here.",
            "We issued %(num)s. Their holders get an email, apart from those without an address here.",
            count,
        ),
        "waiting": ngettext(
            "%(num)s is still waiting for its course’s review, or for its name to be confirmed:",
            "%(num)s are still waiting for their course’s review, or for their names to be confirmed:",
            count,
        ),
        "none": ngettext("%(num)s person has no certificate yet:", "%(num)s people have no certificate yet:", count),
        "withdrawn": ngettext(
            "%(num)s was withdrawn, so we left it out:", "%(num)s were withdrawn, so we left them out:", count
        ),
        "nameless": ngettext("%(num)s has no name to print yet:", "%(num)s have no name to print yet:", count),
        "trouble": ngettext(
            "We couldn’t make %(num)s PDF. We’ll keep trying, and the people who run this site can see why:",
            "We couldn’t make %(num)s PDFs. We’ll keep trying, and the people who run this site can see why:",
            count,
        ),
    }[outcome]
