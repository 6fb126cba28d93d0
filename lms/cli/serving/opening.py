"""What `lms serve` does in a child before it starts anything: open the app, migrate, and open the signing keys."""

from __future__ import annotations

import click

from lms.app import at_work
from lms.certification.keys.keyring import KeyTrouble
from lms.certification.keys.opening import keys_of
from lms.cli.output import say
from lms.cli.shared import open_app
from lms.foundation.web.security import settings


def open_with_keys() -> None:
    """Open the app and its signing keys; one that cannot be used ends the start with a clear line."""
    try:
        app = open_app()
        with at_work(app):
            keys_of(settings())
    except KeyTrouble as trouble:
        say(f"The site can’t start: {trouble}")
        raise SystemExit(1) from None
    except click.ClickException as error:
        error.show()
        raise SystemExit(1) from None
