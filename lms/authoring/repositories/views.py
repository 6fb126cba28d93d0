"""Pages on which a repository is set up for a course, and its course is brought in as a draft."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from lms.accounts.access import allow, signed_in, this_programme, this_zone
from lms.authoring.blueprint import blueprint
from lms.authoring.repositories import actions, pages
from lms.authoring.repositories.forms import SourceForm
from lms.authoring.repositories.records import find_source
from lms.foundation.db import write
from lms.foundation.refused import Refused
from lms.foundation.text.i18n import gettext as _


@blueprint.get("/programmes/<programme>/writing/repositories")
@allow("write courses")
def repositories(programme: str) -> Any:
    """Show the repositories of a programme's courses, and what became of bringing each course in."""
    words = {"set": _("Saved."), "removed": _("Removed. Drafts and published versions stay as they are.")}
    said = words.get(request.args.get("saved", ""))
    return render_template(
        "authoring/repositories.html",
        here="writing",
        programme=this_programme(),
        rows=pages.source_rows(this_programme(), this_zone()),
        may_set_up=signed_in().operator,
        notices=[said] if said else [],
    )


@blueprint.post("/programmes/<programme>/writing/repositories")
@allow("write courses")
def bring_in_course(programme: str) -> Any:
    """Ask the job process to bring in a course from its repository."""
    write(actions.ask, this_programme().id, request.form.get("course", ""))
    return redirect(url_for("authoring.repositories", programme=programme), 303)


@blueprint.route("/programmes/<programme>/writing/repository", methods=["GET", "POST"])
@allow("run the site")
def course_repository(programme: str) -> Any:
    """Set up the repository of a course, or remove it."""
    this, course = this_programme(), request.values.get("course", "")
    if request.method == "POST" and request.form.get("go") == "remove":
        write(actions.remove_source, this.id, course)
        return redirect(url_for("authoring.repositories", programme=programme, saved="removed"), 303)
    source = find_source(this.id, course)
    form = SourceForm(request.form, obj=source, course=course, **({} if source else {"branch": "main"}))
    if request.method == "POST":
        form.validate()
        origin = None if form.errors else form.read_origin()
        if origin is not None:
            done = write(actions.set_source, this.id, course, origin)
            if not isinstance(done, Refused):
                return redirect(url_for("authoring.repositories", programme=programme, saved="set"), 303)
            form.refuse("course", done.message)
    page = render_template(
        "authoring/course_repository.html", here="writing", programme=this, form=form, is_set_up=source is not None
    )
    return make_response(page, 422 if form.errors else 200)
