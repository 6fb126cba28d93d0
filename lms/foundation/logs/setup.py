"""Log lines, as text or as JSON: the time in UTC, the level, the source, and the request that a line belongs to."""

from __future__ import annotations

import json
import logging
import time
from typing import Any

TIME = "%Y-%m-%dT%H:%M:%SZ"
access_log = logging.getLogger("lms.access")


class TextForm(logging.Formatter):
    """Writes a record as one line that starts with its time; a traceback follows."""

    converter = staticmethod(time.gmtime)

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s%(about_request)s", TIME)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, with the id of its request at its end."""
        request = getattr(record, "request", "")
        record.about_request = f" [request {request}]" if request else ""
        return super().format(record)


class JsonForm(logging.Formatter):
    """Writes a record as one line of JSON, its traceback in a field of its own."""

    converter = staticmethod(time.gmtime)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line. What a record has in `fields` gets a field each, and is never personal."""
        entry: dict[str, Any] = {
            "at": self.formatTime(record, TIME),
            "level": record.levelname.lower(),
            "source": record.name,
            "message": record.getMessage(),
        }
        if request := getattr(record, "request", ""):
            entry["request"] = request
        entry.update(getattr(record, "fields", {}))
        if record.exc_text:
            entry["error"] = record.exc_text
        return json.dumps(entry, ensure_ascii=False)


def form_of(log_format: str) -> logging.Formatter:
    """Return how lines are written in the format that LMS_LOG_FORMAT names."""
    return JsonForm() if log_format == "json" else TextForm()


def start_logs(log_format: str = "text") -> None:
    """Give every line that no other program's set-up takes its form; warnings and worse go to the terminal."""
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(form_of(log_format))


def start_access_log(log_format: str) -> None:
    """Write a line for each request to the terminal."""
    handler = logging.StreamHandler()
    handler.setFormatter(form_of(log_format))
    access_log.handlers, access_log.propagate = [handler], False
    access_log.setLevel(logging.INFO)
