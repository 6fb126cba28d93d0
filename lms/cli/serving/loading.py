"""What gunicorn calls to load a site, before anything else of it is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from lms.cli.lazy import rare_collections
from lms.cli.serving.listening import listen
from lms.cli.serving.supervising import TOLD

if TYPE_CHECKING:
    from flask import Flask


def load() -> Flask:
    """Return the app to serve. Garbage collection is off meanwhile: it would find none and take a ninth of the time."""
    with rare_collections():
        # Imported here, because importing is most of what there is to do.
        from lms.cli.serving.served_app import create_served_app

        return create_served_app()


def on_starting(server: Any) -> None:
    """Open the port once the site is loaded; gunicorn itself would show a traceback if somebody else took it meanwhile.

    gunicorn knows this hook by its name.
    """
    try:
        for handle in server.cfg.address:
            listen(handle)
    except click.ClickException as error:
        error.show()
        raise SystemExit(TOLD) from None
