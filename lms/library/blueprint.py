"""The blueprint of the library's pages."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("library", __name__)
