"""Logs without personal data: database errors lose the values they quote, addresses and one-time links are masked."""

from __future__ import annotations

import logging
import re
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext

from lms.foundation.logs.request_ids import request_id

# Each as it is and as it stands in an address of the web.
ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+(?:@|%40|\uff20)[\w%-]+(?:\.[\w%-]+)+", re.IGNORECASE)
ONE_TIME = re.compile(
    r"((?:/|%2F)(?:new-password|invitation|letters(?:/|%2F)off)(?:/|%2F))[^\s/?#&\"'<>]+", re.IGNORECASE
)
# What lets somebody past a delay, proves an address, or is a provider's answer at single sign-on.
PASS = re.compile(r"([?&](?:ticket|confirmed|code|state)=)[^\s&#\"'<>]+")
# SQLSTATE class 22, "data exception": the main message itself quotes the value.
QUOTES_A_VALUE = "22"


def mask(text: str) -> str:
    """Return a text in which no email address and no one-time link can be read."""
    return ADDRESS.sub("[address]", PASS.sub(r"\1[link]", ONE_TIME.sub(r"\1[link]", text)))


def _masked_record(*args: Any, **kwargs: Any) -> logging.LogRecord:
    record = logging.LogRecord(*args, **kwargs)
    record.msg, record.args = mask(record.getMessage()), None
    record.request = request_id()
    if record.exc_info:
        # A handler that finds this text does not make it from the exception itself.
        record.exc_text = mask(logging.Formatter().formatException(record.exc_info))
    return record


def install() -> None:
    """Mask every log record of this process, of our loggers and of every library's."""
    logging.setLogRecordFactory(_masked_record)


def hide_values(engine: Engine) -> None:
    """Let errors of this engine tell what went wrong and where, without a value of any row.

    SQLAlchemy leaves parameters out with `hide_parameters`; PostgreSQL quotes the row once more in its own message.
    """
    event.listen(engine, "handle_error", _without_values)


def _without_values(context: ExceptionContext) -> None:
    error: Any = context.original_exception
    if take_values_out(error) and context.sqlalchemy_exception is not None:
        context.sqlalchemy_exception.args = (f"({type(error).__module__}.{type(error).__name__}) {error}",)


def take_values_out(error: Any) -> bool:
    """Let an error of PostgreSQL's driver tell no value of any row; return False if it's another one's."""
    state, details = getattr(error, "sqlstate", None), getattr(error, "diag", None)
    if not state or details is None:
        return False
    said = [f"SQLSTATE {state}"]
    if details.message_primary and not state.startswith(QUOTES_A_VALUE):
        said.append(details.message_primary)
    for kind in ("table", "column", "constraint"):
        if name := getattr(details, f"{kind}_name"):
            said.append(f"{kind} {name}")
    error.args = (", ".join(said),)
    return True
