"""The web server's own log lines, in the same form as the site's."""

from __future__ import annotations

from typing import Any

from gunicorn.glogging import Logger

from lms.foundation.config.settings import read_log_format
from lms.foundation.logs.setup import form_of


class ServerLog(Logger):
    """Writes what gunicorn says of its workers as the site writes its own lines."""

    def setup(self, cfg: Any) -> None:
        """Take gunicorn's settings, and give its handlers our form."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(form_of(read_log_format()))
