"""Values of which each app has one, found by their type: settings, hooks, services and caches."""

from __future__ import annotations

from typing import Any, TypeVar, cast

from flask import Flask, current_app

T = TypeVar("T")
KEY = "lms"


def _values(app: Flask) -> dict[type, Any]:
    found: dict[type, Any] = app.extensions.setdefault(KEY, {})
    return found


def provide(app: Flask, value: object) -> None:
    """Give an app its value of a type, in place of any it had."""
    _values(app)[type(value)] = value


def provided(kind: type[T], app: Flask | None = None) -> T:
    """Return the value of a type that `create_app` gave to this app, by default the running one."""
    return cast(T, _values(app or current_app)[kind])


def get_or_make(kind: type[T]) -> T:
    """Return the running app's value of a type, made without arguments when it is first asked for."""
    values = _values(current_app)
    return cast(T, values[kind] if kind in values else values.setdefault(kind, kind()))
