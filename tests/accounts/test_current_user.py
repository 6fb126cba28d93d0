"""Flask-Login's signals: people are signed in and out through it."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_login import user_logged_in, user_logged_out

from tests.conftest import Site


def test_signing_in_and_out_goes_through_flask_login(sqlite_site: Site) -> None:
    seen: list[tuple[str, str, str]] = []

    def note_in(_app: Any, user: Any) -> None:
        seen.append(("in", request.path, user.display_name))

    def note_out(_app: Any, user: Any) -> None:
        if user.is_authenticated:
            seen.append(("out", request.path, user.display_name))

    with user_logged_in.connected_to(note_in), user_logged_out.connected_to(note_out):
        sam = sqlite_site.visitor("sam")
        sam.get("/courses").form("/sign-out").submit()
    with sqlite_site.inside():
        name = sqlite_site.person("sam").display_name
    assert seen == [("in", "/sign-in", name), ("out", "/sign-out", name)]
