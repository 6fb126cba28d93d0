"""What changes in a programme with its settings: facts that courses rest on, certificates that waited, offers."""

from __future__ import annotations

from collections.abc import Mapping

from lms.accounts.actions import FormError
from lms.accounts.programmes.actions import SettingsChanged, change_settings
from lms.accounts.records import Programme, find_programme, get_programme
from lms.accounts.rules import SOMEBODY_TO_TALK_TO, missing_contact
from lms.certification.awards.actions import release
from lms.certification.awards.records import list_waiting_in
from lms.foundation.config.settings import Settings
from lms.foundation.text.i18n import gettext as _
from lms.library import actions as library
from lms.library.course_cache import get_course
from lms.library.records import list_offerings_of
from lms.library.rules import OfferingState


def change_programme(
    settings: Settings, slug: str, seen: Mapping[str, str] | None, wanted: Mapping[str, str]
) -> Programme | SettingsChanged | FormError:
    """Set settings that were checked; certificates that needn't wait for a review any more are issued.

    `seen` is None in a terminal, where nobody looked before.
    """
    before = find_programme(slug)
    emptied = [key for key in SOMEBODY_TO_TALK_TO if wanted.get(key) == "" and before and before.facts.get(key)]
    if before and emptied and list_offerings_of(before.id):
        return FormError(
            emptied[0], _("Your programme offers courses, so its people need this to find somebody to talk to.")
        )
    done = change_settings(slug, seen, wanted)
    if isinstance(done, Programme) and "hold_unreviewed" in wanted:
        for award in list_waiting_in(done.id):
            release(award, settings)
    return done


def read_waiting_courses(programme_id: str) -> None:
    """Read the courses whose certificates wait, before the write that may issue them."""
    for award in list_waiting_in(programme_id):
        get_course(award.digest)


def offer_course(programme_id: str, course_id: str, seen: OfferingState, wanted: OfferingState) -> bool | FormError:
    """Offer a course, open it or stop offering it; False, with nothing changed, when it isn't as it was seen."""
    if wanted != "none" and missing_contact(get_programme(programme_id).facts):
        return FormError(
            "offer",
            _(
                "People need somebody to talk to before they start a course. Please fill in who, how to reach them and "
                "how soon they reply under “Contacts” first."
            ),
        )
    return library.change_offering(programme_id, course_id, seen, wanted)
