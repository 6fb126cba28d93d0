"""The blueprint of certification's pages."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("certification", __name__)
