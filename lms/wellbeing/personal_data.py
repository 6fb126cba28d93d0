"""Personal data of wellbeing: the export and deletion of display settings."""

from __future__ import annotations

from lms.foundation.personal_data import Part, Remains, Sheet, StoredData
from lms.foundation.text.i18n import gettext as _
from lms.wellbeing import records


def stored_data(_person_id: str | None = None) -> tuple[StoredData, ...]:
    """Return what is kept of somebody here."""
    return (
        StoredData(
            _("Your display settings, if you saved them while signed in"),
            _("So that pages look the same on all your devices."),
            _("Until you change them or delete your account."),
            ("looks.person_id", "looks.choices"),
        ),
    )


def export(person_id: str) -> list[Part]:
    """Return the display choices of an account."""
    choices = records.find_display(person_id)
    rows = ((choices,),) if choices else ()
    return [Sheet("display", _("Your display settings"), {"choices": _("Settings")}, rows)]


def erase(person_id: str, remains: Remains) -> None:
    """Forget the display choices of an account."""
    records.delete_display(person_id)
