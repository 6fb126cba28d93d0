"""The job that makes workshop packs when somebody asks for one."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from flask import url_for

from lms.accounts.records import get_programme
from lms.authoring.pack import records
from lms.authoring.pack.records import PackRequest
from lms.authoring.pack.sheets import Place
from lms.certification.pdf.designs import UnprintableText, added_fonts
from lms.foundation import clock
from lms.foundation.config.settings import Settings
from lms.foundation.db import write
from lms.foundation.late import late
from lms.library.course_cache import get_course

if TYPE_CHECKING:
    from lms.authoring.pack import papers
else:
    papers = late("lms.authoring.pack.papers")  # 0.75 s and 41 MB (WeasyPrint), which web workers do without

log = logging.getLogger("lms.authoring.pack")


def make_requested_pack(key: str, settings: Settings, shipped: Path) -> None:
    """Make the pack that somebody asked for; after trouble the sweep tries again."""
    request = records.get_request(key)
    if request is None or request.made_at:
        return
    try:
        course, place = get_course(request.digest), _place_of(request, settings)
        content = papers.make_pack(course, place, clock.today(settings.timezone), shipped, added_fonts(settings))
    except UnprintableText as lacking:
        write(records.note_letters, key, " ".join(lacking.characters))
    except Exception:
        log.exception("a workshop pack could not be made yet")
        write(records.note_trouble, key)
    else:
        write(records.store, key, content)


def _place_of(request: PackRequest, settings: Settings) -> Place:
    programme = get_programme(request.programme_id)
    return Place(
        programme.name,
        programme.facts,
        settings.base_url + url_for("learning.course", course=request.course_id),
        settings.base_url + url_for("coordination.people", programme=programme.slug),
    )


def sweep(settings: Settings, shipped: Path) -> None:
    """Delete packs whose day is over, and make those that are asked for and not made."""
    records.delete_old()
    for key in records.list_unmade():
        make_requested_pack(key, settings, shipped)
