"""Offline reading: the service worker, the lists of pages that it stores, and the page without a network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Response, current_app, jsonify, render_template, url_for

from lms.accounts.access import public, visitor
from lms.content.model.course import Course
from lms.foundation.keys import seal, secret_key
from lms.foundation.web.security import form_token_text, settings, static
from lms.learning.blueprint import blueprint
from lms.learning.progress import pages
from lms.learning.progress.access import open_course

FONTS = ("fonts/atkinson-next.woff2", "fonts/literata.woff2")


@blueprint.get("/sw.js")
@public
def worker() -> Any:
    """Send the service worker; it is at the root because it controls only the addresses below its own."""
    script = Path(str(current_app.static_folder)) / "js" / "sw.js"
    reply = Response(script.read_text(encoding="utf-8"), mimetype="text/javascript")
    reply.headers["Cache-Control"] = "no-cache"
    return reply


@blueprint.get("/offline")
@public
def offline() -> Any:
    """Show the page that is displayed offline instead of one that isn't stored on this device."""
    return render_template("learning/offline.html", here="courses")


@blueprint.get("/device")
@public
def device() -> Any:
    """Return for whom pages may be stored on this device, with a fresh form token; nobody for strangers."""
    return jsonify(_about_device())


@blueprint.get("/courses/<course>/device")
@public
def course_on_device(course: str) -> Any:
    """Return the pages that make up a course stored on somebody's own device; none on a shared device."""
    _page, content = open_course(course)
    about = _about_device()
    return jsonify(about | {"title": content.title, "pages": _pages_of(content) if about["own"] else []})


def _about_device() -> dict[str, Any]:
    """Return an opaque mark for who is signed in, and the addresses of a stored page's parts."""
    somebody = visitor()
    if somebody is None:
        return {"signed_in": False, "own": False}
    own = somebody.own_device
    return {
        "signed_in": True,
        "own": own,
        "mark": seal(secret_key(settings().data), "device", somebody.person_id)[:32],
        "token": form_token_text(),
        "worker": url_for("learning.worker"),
        "shell": _shell() if own else [],
    }


def _shell() -> list[str]:
    """List what every stored page needs, and the pages that must always open."""
    looks = [static("css/site.css"), static("js/site.js"), static("js/offline.js"), static("icons/sidelight.svg")]
    fonts = [url_for("static", filename=name) for name in FONTS]
    rest = [url_for("learning.offline"), url_for("wellbeing.pause"), url_for("wellbeing.support")]
    return looks + fonts + rest


def _pages_of(content: Course) -> list[str]:
    """List a course's page, its lessons in both versions and its glossary: nothing with anybody else's data."""
    listed = [url_for("learning.course", course=content.id)]
    for lesson in content.lessons:
        listed.append(pages.lesson_path(content, lesson))
        if lesson.gentle_html is not None:
            listed.append(url_for("learning.gentler", course=content.id, lesson=lesson.id))
    if content.glossary:
        listed.append(url_for("learning.glossary", course=content.id))
    return listed
