"""Makes the tagged PDFs of a workshop pack and puts them into one ZIP file."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from lms.authoring.pack.sheets import Place, sheets_of
from lms.certification.pdf.coverage import covers
from lms.certification.pdf.designs import FONTS, Design, design_in
from lms.certification.pdf.render import About, as_pdf, qr_image
from lms.content.model.course import Course
from lms.foundation.text.i18n import nearest_language, speaking

# Files in a ZIP carry a date; the same pack is the same file on any day.
_ANY_DAY = (1980, 1, 1, 0, 0, 0)


def make_pack(course: Course, place: Place, on: date, shipped: Path, added: Path | None = None) -> bytes:
    """Return a ZIP of PDFs in the course's language; raise UnprintableText for characters that none of our fonts has.

    `added` is the folder of fonts that the site added.
    """
    done = BytesIO()
    design = design_in(shipped / "papers" / "workshop", shipped / FONTS, "workshop", added)
    with speaking(nearest_language(course.language)), zipfile.ZipFile(done, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, values in sheets_of(course, place).items():
            entry = zipfile.ZipInfo(f"{course.id}-{course.version}/{name}.pdf", _ANY_DAY)
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, _make_paper(values, course, on, design))
    return done.getvalue()


def _make_paper(values: dict[str, Any], course: Course, on: date, design: Design) -> bytes:
    text = " ".join(texts_in(values))
    title = f"{values['title']}: {values['course']}"
    about = About(title, ", ".join(course.authors), values["language"], on, f"{course.digest} {values['sheet']}")
    address = values["code_address"]
    more = {"text_is_covered": covers(design, "text", text), "code": qr_image(address) if address else ""}
    return as_pdf(design, {**values, **more}, about, text, pages=None)


def texts_in(value: Any) -> Iterator[str]:
    """Return every text among values."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from texts_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts_in(inner)
