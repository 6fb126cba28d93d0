"""The page of a lesson, from values that are the same for all readers with the same progress."""

from __future__ import annotations

from flask import render_template, url_for

from lms.content.model.course import Course, Lesson
from lms.learning.progress import pages
from lms.learning.progress.open_page_records import OpenPage
from lms.learning.progress.placeholders import announce_topics, fill_placeholders, practice_of, split_off_sources


def make_lesson_page(
    page: OpenPage, content: Course, shown: Lesson, gentle: bool, finished: str | None, due: str
) -> str:
    """Render the page of a lesson, or of its gentler version."""
    place = content.lessons.index(shown)
    before = content.lessons[place - 1] if place else None
    after = content.lessons[place + 1] if place + 1 < len(content.lessons) else None
    plain_url = pages.lesson_path(content, shown)
    gentle_url = url_for("learning.gentler", course=content.id, lesson=shown.id)
    html = shown.gentle_html if gentle and shown.gentle_html else shown.html
    body, notes = split_off_sources(fill_placeholders(html, page.facts))
    return render_template(
        "learning/lesson.html",
        here="courses",
        course=content,
        lesson=shown,
        module=next(module for module in content.modules if shown in module.lessons),
        body=body,
        notes=notes,
        practice=practice_of(shown, page.facts),
        gentle=gentle,
        topics=announce_topics(shown.content_note.announced) if gentle else "",
        other_url=plain_url if gentle else gentle_url if shown.gentle_html else None,
        number=place + 1,
        count=len(content.lessons),
        done_marks=[item.id in page.lessons_done for item in content.lessons],
        done=shown.id in page.lessons_done,
        enrolled=page.enrolment_id is not None,
        signed_in=page.visitor is not None,
        previous=(before.title, pages.lesson_path(content, before)) if before else None,
        finished=finished,
        review_passed=due,
        corrected=pages.correction_of(content, shown, page.lessons_done),
        known=shown.id in page.lessons_known,
        may_be_known=content.criteria.lessons_required,
        next=(after.title, pages.lesson_path(content, after)) if after else None,
        course_url=url_for("learning.course", course=content.id),
    )
