"""The blueprint of wellbeing's pages."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("wellbeing", __name__)
