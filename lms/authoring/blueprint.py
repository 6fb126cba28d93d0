"""The blueprint of authoring's pages."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("authoring", __name__)
