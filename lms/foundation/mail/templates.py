"""Emails from templates: one template in templates/mail gives subject, plain text and HTML, from the same words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from flask import Flask, current_app
from jinja2 import Environment, FileSystemLoader

from lms.foundation.config.settings import Settings
from lms.foundation.per_app import provided
from lms.foundation.storage.compiled import CompiledFiles, CompiledTemplates, compiled_templates
from lms.foundation.text.i18n import (
    add_to_templates,
    direction,
    language,
    load_languages,
    nearest_language,
    speaking,
)

# What the others are made of.
SHARED = {"layout", "parts"}


class Email(NamedTuple):
    """What one email says; an email without HTML is sent as plain text."""

    subject: str
    text: str
    html: str = ""


@lru_cache(maxsize=4)
def _environment(folder: str, compiled: CompiledFiles, html: bool) -> Environment:
    """Return the templates for one of the two parts: only HTML escapes what is put in.

    They are all compiled at once, because emails are written inside a write, where no file is read.
    """
    made = Environment(
        loader=FileSystemLoader(folder),
        autoescape=html,  # noqa: S701 - plain text is not HTML, so nothing in it is escaped
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=CompiledTemplates(compiled, "mail-html" if html else "mail-text"),
    )
    add_to_templates(made)
    made.globals["html"] = html
    for name in made.list_templates(filter_func=lambda name: name.startswith("mail/")):
        made.get_template(name)
    return made


def _environment_of(app: Flask, html: bool) -> Environment:
    folder = str(Path(app.root_path) / str(app.template_folder))
    return _environment(folder, compiled_templates(provided(Settings, app).data), html)


def prepare(app: Flask) -> None:
    """Compile the templates of all emails, and read their translations."""
    load_languages()
    for html in (False, True):
        _environment_of(app, html)


def list_templates() -> list[str]:
    """Return the names of all emails."""
    names = _environment_of(current_app, True).list_templates(filter_func=lambda name: name.startswith("mail/"))
    return sorted({Path(name).stem for name in names} - SHARED)


class RenderEmail(Protocol):
    """Writes the email of mail/<template>.html.

    With `preferences_url` it says how to change which emails come, and with `off_url` how to turn its kind off.
    """

    def __call__(self, template: str, /, **values: Any) -> Email:
        """Return the email with these values put in."""


@contextmanager
def writing_in(wanted: str) -> Iterator[RenderEmail]:
    """Say everything in the language of an email's reader meanwhile, and give what writes the email.

    There's no other way to write one, so that none is in the language of whoever caused it. Dates and sentences that
    are put in belong inside as well.
    """
    with speaking(nearest_language(wanted)):
        yield _render_email


def _render_email(template: str, /, **values: Any) -> Email:
    values |= {"lang": language().replace("_", "-"), "dir": direction()}
    plain, rich = (_environment_of(current_app, html).get_template(f"mail/{template}.html") for html in (False, True))
    subject = " ".join("".join(plain.blocks["subject"](plain.new_context(values))).split())
    text = re.sub(r"\n{3,}", "\n\n", plain.render(values)).strip() + "\n"
    return Email(subject, text, rich.render(values, subject=subject).strip() + "\n")
