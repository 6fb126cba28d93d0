"""How the badge, the PDF and the pages say whether a programme confirmed the name on a certificate."""

from __future__ import annotations

from datetime import date, datetime

from lms.certification.awards.records import Award
from lms.foundation import clock
from lms.foundation.text.i18n import day
from lms.foundation.text.i18n import gettext as _


def evidence(award: Award, zone: str) -> list[tuple[str, str]]:
    """Return the badge's evidence that the name was confirmed; none if nobody had confirmed it when it was issued."""
    confirmed = day_confirmed(award.name_attested, zone)
    return [(_("Name"), _("The programme confirmed the name on %(day)s.", day=day(confirmed)))] if confirmed else []


def clause(award: Award, zone: str) -> tuple[str, ...]:
    """Return the same as a sentence for the PDF."""
    return tuple(text for _kind, text in evidence(award, zone))


def day_confirmed(moment: datetime | None, zone: str) -> date | None:
    """Return the day on which a name was confirmed, in its programme's time zone."""
    return clock.day_of(moment, zone) if moment else None


def today_words(confirmed: date | None) -> str:
    """Return what the verification page says about the name today."""
    if confirmed:
        return _("By the programme, on %(day)s", day=day(confirmed))
    return _("Not by the programme. It’s the name the holder gave.")
