"""The pages of a preview: those of learners, with nobody in particular on them, and what only their writer sees."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import g, render_template

from lms.accounts.personal_data import data_visibility
from lms.authoring.preview.links import lead_back
from lms.authoring.preview.looks import Look
from lms.content.model.course import Course, Lesson
from lms.content.model.report import Finding
from lms.foundation.text.i18n import direction
from lms.foundation.text.i18n import gettext as _
from lms.learning.courses.lesson_pages import make_lesson_page
from lms.learning.progress import pages
from lms.learning.progress.open_page_records import OpenPage
from lms.learning.progress.path_pages import path_of
from lms.learning.progress.placeholders import fill_placeholders, placeholder_values, prefix_ids
from lms.learning.progress.rules import Progress

OTHERS_MOST = 50
Edit = Callable[[str, int], str]


@dataclass(frozen=True)
class Preview:
    """A course as far as it can be put together, and where its preview is.

    `course` is None while course.md can't be read. `edit` gives the address of a line in the editor, None where there
    is nothing to edit. `back` is the address and the words of the way out, and `follows` the address that says when the
    files have changed.
    """

    course: Course | None
    base: str
    look: Look
    says: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    findings: Sequence[Finding] = ()
    paths: Sequence[str] = ()
    edit: Edit | None = None
    back: tuple[str, str] | None = None
    follows: str = ""


@dataclass(frozen=True)
class Page:
    """One page of a preview: its HTML before its links are led back, and what goes with its forms."""

    html: str
    carried: Mapping[str, str] = field(default_factory=dict)


def show(preview: Preview, what: str, id: str, make: Callable[[], Page | None], files: Sequence[str]) -> str | None:
    """Return a page of a preview with its bar; one whose files can't be put together yet says what's missing."""
    look = preview.look
    place = f"{preview.base}/{what}/{id}".rstrip("/") if what != "course" else preview.base
    bar = {
        "bare": look.bare,
        "says": preview.says,
        "switches": _switches(preview, place, what, id),
        "pages": list_pages(preview),
        "problems": [_problem(preview, finding) for finding in preview.findings if finding.path in files],
        "others": [_problem(preview, one) for one in _others(preview, files)] if preview.follows else [],
        "back": _way_back(preview, files),
        "follows": preview.follows,
        "beside": "",
    }
    g.preview = bar | {"look": look}
    if look.phone:
        framed = Look(dark=look.dark, quiet=look.quiet, rtl=look.rtl, bare=True).address(place)
        return render_template("authoring/parts/preview/phone.html", framed=framed)
    page = make()
    if page is None and preview.course and not files:
        return None
    if page is None:
        g.preview = g.preview | {"open": True}
        return render_template("authoring/parts/preview/missing.html", course_url=look.address(preview.base))
    if preview.course is None:
        return page.html
    return lead_back(page.html, preview.course, preview.base, look, page.carried)


def of_preview() -> dict[str, Any]:
    """Return what every page of a preview knows: no visitor, and the switches instead of somebody's own display."""
    if "preview" not in g:
        return {}
    look: Look = g.preview["look"]
    turned = {"ltr": "rtl", "rtl": "ltr"}
    return {
        "site_preview": g.preview,
        "visitor": None,
        "notices": (),
        "display": {"light": "dark" if look.dark else "light", "quiet": look.quiet},
        "display_saved": False,
        "dir": turned[direction()] if look.rtl else direction(),
    }


def _switches(preview: Preview, place: str, what: str, id: str) -> list[dict[str, Any]]:
    look = preview.look
    lesson = preview.course.lesson_by_id.get(id) if preview.course and what in ("lesson", "gentler") else None
    words = {"phone": _("Phone"), "dark": _("Dark"), "quiet": _("Quiet"), "rtl": _("Right to left")}
    found = [
        {"text": text, "url": look.flipped(name).address(place), "on": getattr(look, name)}
        for name, text in words.items()
    ]
    if lesson and lesson.gentle_html is not None:
        other = f"{preview.base}/{'lesson' if what == 'gentler' else 'gentler'}/{id}"
        found.append({"text": _("Gentler"), "url": look.address(other), "on": what == "gentler"})
    return found


def list_pages(preview: Preview) -> list[tuple[str, str]]:
    """Return the address and the name of every page of a preview, in the order of the course."""
    course, look = preview.course, preview.look
    if course is None:
        return []
    places = [("", _("Course page"))]
    places += [(f"/lesson/{lesson.id}", lesson.title) for lesson in course.lessons]
    places += [(f"/conversation/{one.id}", one.title) for one in course.conversations]
    places += [("/check", _("Knowledge check")), ("/glossary", _("Glossary")), ("/facilitator", _("Facilitator notes"))]
    return [(look.address(preview.base + place), words) for place, words in places]


def _others(preview: Preview, files: Sequence[str]) -> list[Finding]:
    """The problems of other files; the terminal has all of them."""
    return [finding for finding in preview.findings if finding.path not in files][:OTHERS_MOST]


def _problem(preview: Preview, finding: Finding) -> dict[str, Any]:
    return {
        "text": finding.message,
        "fix": finding.fix,
        "error": finding.severity == "error",
        "place": _("%(path)s, line %(line)s", path=finding.path, line=finding.line),
        "url": preview.edit(finding.path, finding.line) if preview.edit else None,
    }


def _way_back(preview: Preview, files: Sequence[str]) -> tuple[str, str] | None:
    first = next(iter(files), None)
    if preview.edit and first and not (preview.back and "course.md" in files):
        return preview.edit(first, 1), _("Back to the editor")
    return preview.back


def course_page(preview: Preview, course: Course) -> Page:
    """The course's own page, as somebody sees it who hasn't started it."""
    return Page(
        render_template(
            "learning/course.html",
            course=course,
            course_html=fill_placeholders(course.html, preview.facts),
            enrolled=False,
            signed_in=True,
            may_enrol=True,
            path=path_of(course, Progress(), False, None),
            asked=pages.requirement_rows(course, Progress()),
            sees={"columns": data_visibility.COLUMNS(), "rows": [row[:2] for row in data_visibility.visibility_rows()]},
            notes_text=course.content_note,
            reviews=[],
            review_missing=[],
            lead_text=placeholder_values(preview.facts)[0],
            facilitator=any(module.facilitator for module in course.modules),
        )
    )


def lesson_page(preview: Preview, course: Course, lesson: Lesson, gentle: bool) -> Page | None:
    """A lesson, or its gentler version, as somebody sees it who takes the course."""
    if gentle and lesson.gentle_html is None:
        return None
    reader = OpenPage(None, course.digest, "preview", None, dict(preview.facts), frozenset())
    return Page(make_lesson_page(reader, course, lesson, gentle, None, pages.review_passed(course)))


def glossary_page(preview: Preview, course: Course) -> Page:
    """The glossary."""
    terms = [
        (term.term, fill_placeholders(term.meaning, preview.facts)) for term in pages.sorted_terms(course.glossary)
    ]
    return Page(render_template("learning/glossary.html", course=course, terms=terms))


def facilitator_page(preview: Preview, course: Course) -> Page:
    """The notes for those who run the course."""
    modules = [
        (module, prefix_ids(fill_placeholders(module.facilitator, preview.facts), module.id))
        for module in course.modules
        if module.facilitator
    ]
    return Page(render_template("learning/facilitator.html", course=course, modules=modules))
