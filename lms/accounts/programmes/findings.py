"""Checks of programmes: whether somebody runs the site, and each has a contact and a coordinator."""

from __future__ import annotations

from collections.abc import Sequence

from lms.accounts.programmes.lack_records import has_programme, list_without_contact, list_without_coordinator
from lms.accounts.records import Programme, has_coordinator, list_operators
from lms.accounts.rules import missing_contact
from lms.foundation.checkup.findings import SHOWN_MOST, Finding, some_of
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import ngettext


def look_at(programme: Programme) -> list[Finding]:
    """Return what there is to say of one programme."""
    without = [] if has_coordinator(programme.id) else [programme.slug]
    return [
        check_contacts(True, [programme.slug] if missing_contact(programme.facts) else []),
        check_coordinators(without),
    ]


def look() -> list[Finding]:
    """Return what there is to say of programmes and of who runs the site."""
    operators = sum(row.disabled_at is None for row in list_operators())
    return [
        check_operators(operators),
        check_contacts(has_programme(), *list_without_contact(SHOWN_MOST)),
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


def check_contacts(any_programme: bool, silent: Sequence[str], count: int | None = None) -> Finding:
    """Find programmes that don't say whom people can talk to."""
    if not any_programme:
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
