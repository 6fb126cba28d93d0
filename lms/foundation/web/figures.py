"""Figures of a site as it is now, in the form in which metrics tell them."""

from __future__ import annotations

from dataclasses import dataclass

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True)
class Figure:
    """One figure of the site as it is now: a value for each of the words that a label can be, or one without."""

    name: str
    about: str
    values: dict[str, float]
    label: str = ""


def gauge(name: str, about: str, value: float) -> Figure:
    """Return a figure that has one value."""
    return Figure(name, about, {"": value})
