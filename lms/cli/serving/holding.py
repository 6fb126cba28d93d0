"""What serves a site keeps others from replacing or migrating it meanwhile."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import click

from lms.foundation.background.site_lock import lock


def hold_site(data: Path) -> int | None:
    """Share the lock on a site's data folder, which a new site doesn't have yet, and return its handle."""
    with suppress(OSError):
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        return lock(data, alone=False)
    except BlockingIOError:
        raise click.ClickException(
            f"The site in {data} is being upgraded or restored. Nothing was changed. Wait until that’s done, and start "
            "the site again."
        ) from None
