"""Folders that come with the code: templates, certificate designs, courses."""

from __future__ import annotations

from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2]


@cache
def shipped(name: str) -> Path:
    """Return a folder that comes with the code: beside it in a checkout, inside the package once installed."""
    beside = PACKAGE.parent / name
    return beside if beside.is_dir() else PACKAGE / "_shipped" / name
