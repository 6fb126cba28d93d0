"""Fallback for a site's own design with an error: the last version that worked, and the error with its line."""

from __future__ import annotations

import logging
import shutil
from dataclasses import replace
from pathlib import Path

from lms.certification.pdf.content import CertificateContent
from lms.certification.pdf.designs import Design, DesignError
from lms.certification.pdf.render import render

log = logging.getLogger("lms.certification")
TROUBLE = "trouble.txt"


def render_well(content: CertificateContent, design: Design, badge: bytes, data: Path) -> bytes:
    """Return the certificate in its design, or in the design as it last worked when there is a slip in it now."""
    if not design.folder.is_relative_to(data):
        return render(content, design, badge)
    kept = data / "designs-that-worked" / design.folder.name
    try:
        pdf = render(content, design, badge)
    except DesignError as slip:
        log.warning("the design %s has a slip: %s", design.folder.name, slip)
        if not kept.is_dir():
            raise
        (kept.parent / f"{design.folder.name}-{TROUBLE}").write_text(f"{slip}\n", "utf-8")
        return render(content, replace(design, folder=kept.resolve()), badge)
    _keep_as_it_is(design, kept)
    return pdf


def find_slip(design: str, data: Path) -> str | None:
    """Return what a design's last slip was, while the design as it last worked stands in for it."""
    path = data / "designs-that-worked" / f"{design}-{TROUBLE}"
    return path.read_text("utf-8").strip() if path.is_file() else None


def _keep_as_it_is(design: Design, kept: Path) -> None:
    """Copy a design that worked, when it is another than the one that is kept."""
    (kept.parent / f"{design.folder.name}-{TROUBLE}").unlink(missing_ok=True)
    if _files(design.folder) == _files(kept):
        return
    fresh = kept.with_name(f".{kept.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(design.folder, fresh)
    shutil.rmtree(kept, ignore_errors=True)
    fresh.rename(kept)


def _files(folder: Path) -> list[tuple[str, int, int]]:
    """Return what a copy of a folder has the same as the folder."""
    return sorted(
        (str(path.relative_to(folder)), path.stat().st_mtime_ns, path.stat().st_size)
        for path in folder.rglob("*")
        if path.is_file()
    )
