"""A whole course as the pages and files of a SCORM package, in the words of one programme and one day."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from flask import current_app, render_template
from markupsafe import Markup

from lms.content.conversations.roads import unfold
from lms.content.model.bundle import Bundle, Files, StoredFile
from lms.content.model.conversation import NOTHING, Conversation, Turn
from lms.content.model.course import Course, Lesson
from lms.foundation.hooks import hooks
from lms.foundation.text.i18n import day, direction, language, nearest_language, speaking
from lms.foundation.text.i18n import gettext as _
from lms.interop.scorm.course_data import describe
from lms.interop.scorm.manifest import write_manifest
from lms.learning.practice.pages import as_messages, label_words, medium_words
from lms.learning.progress.placeholders import fill_with, placeholder_values, practice_of, prefix_ids, split_off_sources
from lms.learning.progress.rules import practice_needed

Facts = Mapping[str, Any]
_LAUNCH = "index.html"
_STATIC = (
    "css/site.css", "css/practice.css", "scorm/player.css", "scorm/player.js", "icons/sidelight.svg",
    "fonts/atkinson-next.woff2", "fonts/atkinson-mono.woff2", "fonts/literata.woff2",
    "fonts/OFL-atkinson-hyperlegible-next.txt", "fonts/OFL-atkinson-hyperlegible-mono.txt", "fonts/OFL-literata.txt",
)  # fmt: skip
# The largest font goes along only where something is in its script.
_ARABIC = re.compile("[\u0600-\u06ff]")
_ARABIC_FONT = ("fonts/vazirmatn.woff2", "fonts/OFL-vazirmatn.txt")
_MEDIA = re.compile(r'"/media/[0-9a-f]+/([^"]*)"')
_PAGE = re.compile(r'"/courses/[^"/#]+(?:/(lessons|glossary|conversations)(?:/([^"/#]+)(?:/gentler)?)?)?(?:#[^"]*)?"')


def make_package(course: Course, bundle: Bundle, programme: Facts, on: date) -> Files:
    """Return the files of the package by path, the course's media unread.

    `programme` holds its facts with its slug and name, and `on` is the day that the support lines are named with.
    """
    with speaking(nearest_language(course.language)):
        data = describe(
            course,
            practice_needed(course),
            lambda html: _own(fill_with(html, placeholder_values(programme))),
            programme.get("country"),
        )
        page = _render(course, programme, on)
        words = {**data, "words": _player_words()}
    files: dict[str, bytes | StoredFile] = {
        _LAUNCH: page.encode(),
        "course.js": f"window.sidelightCourse = {json.dumps(words, ensure_ascii=False)};\n".encode(),
        **{path: medium for path, medium in bundle.files.held() if path.startswith("media/")},
    }
    static = Path(str(current_app.static_folder))
    fonts = _ARABIC_FONT if _ARABIC.search(page) else ()
    files |= {path: (static / path).read_bytes() for path in (*_STATIC, *fonts)}
    manifest = write_manifest(course.id, course.version, course.title, _LAUNCH, files)
    return Files({"imsmanifest.xml": manifest.encode(), **files})


def _render(course: Course, programme: Facts, on: date) -> str:
    return render_template(
        "authoring/parts/scorm/index.html",
        course=course,
        lang=language(),
        dir=direction(),
        lessons=[_lesson(lesson, programme) for lesson in course.lessons],
        conversations=[_conversation(one, programme) for one in course.conversations],
        terms=[(term.term, _own(fill_with(term.meaning, placeholder_values(programme)))) for term in course.glossary],
        introduction=_own(fill_with(course.html, placeholder_values(programme))),
        support=hooks().support_lines(programme),
        exported_on=day(on),
        practice_needed=practice_needed(course),
        has_check=any(question.drawable for question in course.questions),
    )


def _lesson(lesson: Lesson, programme: Facts) -> dict[str, Any]:
    """A lesson in both versions, with ids of its own on the one page that all lessons share."""
    return {
        "lesson": lesson,
        "versions": [
            {"html": _text(html, f"{lesson.id}-{name}", programme), "gentle": name == "g", "note": note}
            for name, html, note in (
                ("f", lesson.html, lesson.content_note),
                ("g", lesson.gentle_html, lesson.gentle_note if lesson.gentle_note.topics else lesson.content_note),
            )
            if html
        ],
        "practice": practice_of(lesson, programme),
    }


def _text(html: str, prefix: str, programme: Facts) -> dict[str, Markup]:
    filled = prefix_ids(_own(fill_with(html, placeholder_values(programme)), ours=False), prefix)
    # A private prompt names its question by id, and that has the prefix as well.
    named = str(filled).replace('aria-labelledby="', f'aria-labelledby="{prefix}-')
    body, notes = split_off_sources(Markup(_to_pages(named)))  # noqa: S704 - safe HTML with other ids
    return {"body": body, "notes": notes}


def _conversation(written: Conversation, programme: Facts) -> dict[str, Any]:
    """A package has no memory: each turn is there once for everything that may have been said before."""
    conversation = unfold(written)
    facts = placeholder_values(programme)
    return {
        "conversation": conversation,
        "medium": medium_words(conversation),
        "turns": [
            {
                "turn": turn,
                "says": as_messages(_own(fill_with(turn.says, facts)), conversation),
                "stage": _own(fill_with(turn.stage, facts)),
                "replies": _replies(conversation, turn, facts),
            }
            for turn in conversation.turns
        ],
        "ends": [{"end": end, "html": _own(fill_with(end.html, facts))} for end in conversation.ends],
    }


def _replies(conversation: Conversation, turn: Turn, facts: tuple[str, str, str]) -> list[dict[str, Any]]:
    """The replies in an order that says nothing, the same in every package."""
    fits = {"steady": _("steady"), "mixed": _("mixed"), "detour": _("a detour")}
    labels = label_words()
    return [
        {
            "goes_to": reply.goes_to,
            "fit": reply.fit,
            "kind": _("%(label)s: %(fit)s", label=labels[reply.label][0], fit=fits[reply.fit]),
            "text": _own(fill_with(reply.text, facts)),
            "feedback": _own(fill_with(reply.feedback, facts)),
        }
        for _index, reply in conversation.shown_order(turn, NOTHING, 0)
    ]


def _own(html: str, ours: bool = True) -> Markup:
    """Addresses of the site as places of the package."""
    # As plain text: substitution in markup would escape what stays of it.
    html = _MEDIA.sub(r'"media/\1"', str(html))
    return Markup(_to_pages(html) if ours else html)  # noqa: S704 - the same safe HTML with other addresses


def _to_pages(html: str) -> str:
    def place(found: re.Match[str]) -> str:
        kind, id = found.groups()
        if kind == "conversations":
            return f'"#p-c-{id}"'
        gentler = "-gentler" if found.group().split("#")[0].rstrip('"').endswith("/gentler") else ""
        return '"#p-glossary"' if kind == "glossary" else f'"#p-{id}{gentler}"' if id else '"#p-start"'

    return _PAGE.sub(place, html)


def _player_words() -> dict[str, str]:
    """What the player says itself."""
    return {
        "right": _("Right"),
        "not_quite": _("Not quite"),
        "you_chose": _("You chose:"),
        "right_answer": _("The right answer:"),
        "unanswered": _("You didn’t answer this one."),
        "question": _("Question %(number)s of %(count)s"),
        "choose_place": _("Choose a place"),
        "order_hint": _("Choose a place for each step, starting with 1."),
        "several_hint": _("Answers to choose: %(num)s."),
        "safety_hint": _("This is a safety question. For the certificate, you need all safety questions right."),
        "next": _("Continue"),
        "back": _("Go back one question"),
        "send": _("Send my answers"),
        "passed": _("You’ve passed the check."),
        "not_yet": _("Not quite yet. You can try again whenever you like."),
        "score": _("%(right)s of %(asked)s answers were right. To pass, you need %(needed)s."),
        "safety_open": _("One or more safety questions weren’t right yet. You need all of them."),
        "again": _("Try again with other questions"),
        "start": _("Start the check"),
        "resume": _("Continue the check"),
        "done": _("done"),
        "recorded": _("Your learning system records your progress."),
        "not_recorded": _("No learning system opened this page, so nothing is recorded. You can use all of it."),
        "not_taken": _("Your learning system didn’t save your place. It’s safe while this page stays open."),
        "all_done": _("You’ve done everything that this course asks for."),
    }
