"""The yardstick: a bare page under plain gunicorn."""

from __future__ import annotations

from flask import Flask

app = Flask(__name__, static_folder=None)


@app.get("/")
def hello() -> str:
    """Greet, and do nothing else."""
    return "Hello, world!"
