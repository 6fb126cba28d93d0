"""Checks of programmes: whether somebody runs the site, and each has a contact and a coordinator."""

from __future__ import annotations

from collections.abc import Sequence

from lms.accounts.records import (
    Programme,
    count_programmes,
    has_coordinator,
    list_operators,
    list_without_coordinator,
    list_without_fact,
)
from lms.accounts.rules import SOMEBODY_TO_TALK_TO, missing_contact
from lms.foundation.checkup.findings import SHOWN_MOST, Finding, some_of
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import ngettext


def look_at(programme: Programme) -> list[Finding]:
    """Return what there is to say of one programme."""
    without = [] if has_coordinator(programme.id) else [programme.slug]
    return [
        check_contacts(1, [programme.slug] if missing_contact(programme.facts) else []),
        check_coordinators(without),
    ]


def look() -> list[Finding]:
    """Return what there is to say of programmes and of who runs the site."""
    operators = sum(row.disabled_at is None for row in list_operators())
    return [
        check_operators(operators),
        check_contacts(count_programmes(), *list_without_fact(SOMEBODY_TO_TALK_TO, SHOWN_MOST)),
        check_coordinators(*list_without_coordinator(SHOWN_MOST)),
    ]


def check_operators(count: int) -> Finding:
    """Find a site that nobody runs."""
    if not count:
        return Finding(
            "people.operator",
            _("Nobody can sign in as operator."),
            _("Run lms init and open the link that it prints, or: lms people add ADDRESS --role operator"),
        )
    words = ngettext("%(num)s operator can sign in.", "%(num)s operators can sign in.", count)
    return Finding("people.operator", words)


def check_contacts(programmes: int, silent: Sequence[str], count: int | None = None) -> Finding:
    """Find programmes that don't say whom people can talk to."""
    if not programmes:
        return Finding("programmes.contact", _("There’s no programme yet."), _("Make one with: lms programme set NAME"))
    if silent:
        return Finding(
            "programmes.contact",
            _(
                "These programmes don’t say who people can talk to, how and when: %(names)s.",
                names=some_of(silent, count),
            ),
            'lms programme set NAME lead="…" contact="…" reply_time="within two days"',
        )
    return Finding("programmes.contact", _("Every programme says who people can talk to."))


def check_coordinators(without: Sequence[str], count: int | None = None) -> Finding:
    """Find programmes without anybody who coordinates them."""
    if without:
        return Finding(
            "programmes.coordinator",
            _("These programmes have no coordinator who can sign in: %(names)s.", names=some_of(without, count)),
            "lms people add ADDRESS --role coordinator --programme NAME",
        )
    return Finding("programmes.coordinator", _("Every programme has a coordinator."))
