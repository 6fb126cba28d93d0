"""The blueprint of coordination's pages."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("coordination", __name__)
