"""A course of three lessons with one question of every kind, written into a folder as a trainer does."""

from __future__ import annotations

from pathlib import Path

from tests.content import small_course


def three_lessons(folder: Path, draw: int, course: str = "three-lessons") -> str:
    """Write the course; return its title."""
    title = f"A small course of {course}"
    head = small_course.COURSE.replace("practice_required: 1", "practice_required: 0")
    head = head.replace("id: small-course", f"id: {course}").replace("title: A small course", f"title: {title}")
    files = {"course.md": head.replace("draw: 3", f"draw: {draw}"), "check.md": small_course.CHECK}
    files["1-begin/module.md"] = small_course.FILES["1-begin/module.md"]
    lesson = small_course.LESSON.replace("Ring {{emergency}} in doubt.\n", "Ask.\n\n")
    lesson = lesson.replace("{topics: [death], note: A death is mentioned. It is not described.}", "none")
    for place in "123":
        text = lesson.replace("id: hello\ntitle: Hello", f"id: hello-{place}\ntitle: Hello {place}")
        text = text.replace("sml-p01", f"sml-p{place}").replace("sml-l1", f"sml-l{place}")
        files[f"1-begin/{place}-hello-{place}.md"] = text
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return title
