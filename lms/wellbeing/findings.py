"""Checks of support lines: whether their file can be read, each country has some, and somebody checked them."""

from __future__ import annotations

from collections.abc import Sequence

from lms.accounts.programmes.lack_records import list_countries, list_countries_of, list_in_countries
from lms.accounts.records import Programme
from lms.foundation import clock
from lms.foundation.checkup.findings import SHOWN_MOST, Finding, some_of
from lms.foundation.config.settings import Settings
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import ngettext
from lms.wellbeing.lines import in_reach, is_old
from lms.wellbeing.support_cache import current


def look(settings: Settings, programmes: Sequence[Programme] | None = None) -> list[Finding]:
    """Return what there is to say of the support lines that people of some programmes see, or of all."""
    now, today = current(settings.data), clock.today(settings.timezone)
    # All others see the lines of their country and nothing else, so each country is looked at once.
    apart, countries = {*now.lines.programmes, *now.withdrawn_by}, []
    if programmes is None:
        shown, countries = list_countries_of(apart), list_countries(apart)
    else:
        shown = [(each.slug, str(each.facts.get("country", ""))) for each in programmes]
    own = {slug: in_reach(now.lines_of(slug), slug, country) for slug, country in shown}
    common = {country: in_reach(now.lines, None, country) for country in countries}
    old = {line.id for lines in (*own.values(), *common.values()) for line in lines if is_old(line, today)}
    without = [slug for slug, lines in own.items() if not lines]
    empty = [country for country, lines in common.items() if not lines]
    others, count = list_in_countries(empty, apart, SHOWN_MOST) if empty else ([], 0)
    reach = check_reach([*without, *others], len(without) + count)
    return [check_file(len(now.troubles)), reach, check_age(sorted(old))]


def check_file(problems: int) -> Finding:
    """Find a file of lines that can't be read."""
    if problems:
        return Finding(
            "lines.file",
            _("We couldn’t read the file lines.toml, so the last version that could be read is in use."),
            _("See which line to correct with: lms lines check LMS_DATA/lines.toml"),
        )
    return Finding("lines.file", _("The support lines can be read."))


def check_reach(without: Sequence[str], count: int | None = None) -> Finding:
    """Find programmes whose people see no line."""
    if without:
        return Finding(
            "lines.country",
            _(
                "People in these programmes see no support line for their country: %(names)s.",
                names=some_of(without, count),
            ),
            _("Set the country (lms programme set NAME country=GB), or add lines to LMS_DATA/lines.toml."),
        )
    return Finding("lines.country", _("Every programme has support lines."))


def check_age(old: Sequence[str]) -> Finding:
    """Find lines that nobody checked for 90 days."""
    if old:
        return Finding(
            "lines.age",
            ngettext(
                "%(num)s support line hasn’t been checked in the last 90 days: %(names)s.",
                "%(num)s support lines haven’t been checked in the last 90 days: %(names)s.",
                len(old),
                names=some_of(old),
            ),
            _("Ask coordinators to check each number, and to note that on their “Support lines” page."),
        )
    return Finding("lines.age", _("All support lines that people see have been checked in the last 90 days."))
