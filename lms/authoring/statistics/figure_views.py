"""Question figures for trainers: how often what was chosen, in tens, and what is worth a second look."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from lms.accounts.access import allow, this_programme
from lms.authoring.blueprint import blueprint
from lms.authoring.statistics import figure_pages as pages
from lms.authoring.statistics.access import course_here, courses_here
from lms.authoring.statistics.count_records import count_people, list_released
from lms.authoring.statistics.draft_records import find_open_text


@blueprint.get("/programmes/<programme>/writing/figures")
@allow("write courses")
def figures(programme: str) -> Any:
    """List the courses of a programme, each with how many people its figures are about."""
    people = count_people(this_programme().id)
    return render_template(
        "authoring/figures.html",
        here="writing",
        programme=this_programme(),
        courses=[(course, people.get(course.id, 0)) for course in courses_here()],
    )


@blueprint.get("/programmes/<programme>/writing/figures/<course>")
@allow("write courses")
def course_figures(programme: str, course: str) -> Any:
    """Show how often what was chosen in each question of a course, and what is worth a second look."""
    content, after = course_here(course), request.args.get("after", "")[:80]
    all_figures = pages.figures_of(content, list_released(this_programme().id, course), this_programme().facts)
    shown, following = pages.page_of(all_figures, after)
    list_url = url_for("authoring.course_figures", programme=programme, course=course)
    found = find_open_text(this_programme().id, course, "check.md")

    def edit_url(question: str) -> str:
        if found is None:
            return url_for("authoring.new_draft", programme=programme)
        page = url_for("authoring.draft_file", programme=programme, draft=found[0], path="check.md")
        line = pages.line_of(found[1], question)
        return f"{page}#line-{line}" if line else page

    return render_template(
        "authoring/course_figures.html",
        here="writing",
        programme=this_programme(),
        course=content,
        figures=[(figure, edit_url(figure.id)) for figure in shown],
        draft=found is not None,
        worth_a_look=[
            (figure, pages.page_url(all_figures, figure, list_url)) for figure in all_figures if figure.all_flags
        ],
        first_url=list_url if after else None,
        next_url=url_for("authoring.course_figures", programme=programme, course=course, after=following)
        if following
        else None,
    )
