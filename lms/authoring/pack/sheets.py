"""What the five PDFs of a workshop pack say, from a course: plain values, and HTML that's safe."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

from markupsafe import Markup

from lms.certification.readiness.pages import RATING_WORDS
from lms.content.model.conversation import LABELS, Conversation
from lms.content.model.course import Course, Lesson, Module
from lms.foundation.text.i18n import direction, duration, language
from lms.foundation.text.i18n import gettext as _
from lms.learning.practice.pages import label_words
from lms.learning.progress.placeholders import fill_placeholders

Values = dict[str, Any]
SIGN_IN_ROWS = 18
_KEYS = re.compile(r'<section class="keys">(.*?)</section>', re.DOTALL)
_HEAD = re.compile(r"<h2[^>]*>.*?</h2>", re.DOTALL)
_NOTES = re.compile(r'<section class="notes">.*', re.DOTALL)
_CITED = re.compile(r'<sup class="ref".*?</sup>', re.DOTALL)
_PICTURE = re.compile(r"<img\b[^>]*?>")
_ALT = re.compile(r'\balt="([^"]*)"')
_ID = re.compile(r' (?:id|class)="[^"]*"')
_LINK = re.compile(r"</?a\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Place:
    """Where a workshop is given: a programme of a site, or nothing when the pack is made from files alone.

    `course_url` and `people_url` are whole addresses for QR codes; without a site both are empty.
    """

    programme: str = ""
    facts: Mapping[str, Any] | None = None
    course_url: str = ""
    people_url: str = ""


def sheets_of(course: Course, place: Place) -> dict[str, Values]:
    """Return the values of each paper by the name of its file; papers on conversations need a conversation."""
    made = {
        "facilitator-guide": _guide(course, place),
        "handouts": _handouts(course, place),
        "sign-in-sheet": _sign_in(course, place),
    }
    if course.conversations:
        made["role-cards"] = _cards(course, place)
        made["observer-sheets"] = _observer_sheets(course, place)
    return {name: {**_around(course, place), **values} for name, values in sorted(made.items())}


def _around(course: Course, place: Place) -> Values:
    """Return what every paper says at its head and foot."""
    version = _("Draft of version %(version)s") if course.draft else _("Version %(version)s")
    return {
        "course": course.title,
        "version": version % {"version": course.version},
        "programme": place.programme,
        "licence": _("Course text: %(licence)s", licence=course.licence) if course.licence else "",
        "language": language(),
        "direction": direction(),
        "code": "",
        "code_address": "",
        "code_words": "",
    }


def _guide(course: Course, place: Place) -> Values:
    facts = place.facts or {}
    return {
        "sheet": "guide",
        "title": _("Facilitator guide"),
        "lead": course.summary,
        "words": {
            "can_do": _("What people can do afterwards"),
            "plan": _("Plan"),
            "before": _("Before you start"),
            "part": _("Part"),
            "length": _("Length"),
            "notes": _("Content notes"),
            "no_notes": _("Nothing in this course needs a content note."),
        },
        "objectives": [objective.text for objective in course.objectives],
        "plan": _plan(course),
        "before": [
            _("Read the content notes below, and tell people at the start what will come up."),
            _("Say that nobody has to speak about themselves, and that anybody can step out and come back."),
            _("Role-play in pairs of people who chose each other. Anybody can stop a role-play by saying “Stop here”."),
            _(
                "Have your local support lines ready, and say who people can talk to: %(lead)s.",
                lead=_lead(facts),
            ),
            _("People take the check online, on their own. Nothing that’s said in the room counts towards it."),
        ],
        "notes": _content_notes(course),
        "modules": [
            {
                "title": _("Module %(number)s: %(title)s", number=module.number, title=module.title),
                "lessons": [lesson.title for lesson in module.lessons],
                "html": _on_paper(module.facilitator, facts) or Markup("<p>%s</p>") % _("No facilitator notes yet."),
            }
            for module in course.modules
        ],
    }


def _lead(facts: Mapping[str, Any]) -> str:
    return str(facts.get("lead") or _("your programme’s lead"))


def _plan(course: Course) -> list[tuple[str, str]]:
    """Return the parts of the course with their lengths: its modules, its conversations, and all together."""
    rows = [(module.title, duration(sum(lesson.minutes for lesson in module.lessons))) for module in course.modules]
    rows += [
        (_("Conversation: %(title)s", title=conversation.title), duration(conversation.minutes))
        for conversation in course.conversations
    ]
    return [*rows, (_("Reading and practice, all together"), duration(course.minutes - 2 * course.criteria.draw))]


def _content_notes(course: Course) -> list[tuple[str, str]]:
    """Return where something hard comes up, and what."""
    noted: list[Lesson | Conversation] = [*course.lessons, *course.conversations]
    return [(one.title, one.content_note.note) for one in noted if one.content_note.note]


def _handouts(course: Course, place: Place) -> Values:
    facts = place.facts or {}
    return {
        "sheet": "handouts",
        "title": _("Handouts"),
        "lead": _("To take with you, module by module."),
        "words": {"glossary": _("Words"), "sources": _("Sources")},
        "modules": [found for module in course.modules if (found := _handout(module, facts))["points"]],
        "glossary": [(term.term, _on_paper(term.meaning, facts)) for term in course.glossary],
        "sources": [source.citation for source in course.sources],
    }


def _handout(module: Module, facts: Mapping[str, Any]) -> Values:
    """Return what the lessons of a module give people to take with them."""
    points = [
        {"title": lesson.title, "html": _on_paper(_HEAD.sub("", kept), facts)}
        for lesson in module.lessons
        for kept in _KEYS.findall(lesson.html)
    ]
    return {"title": module.title, "points": points}


def _cards(course: Course, place: Place) -> Values:
    facts = place.facts or {}
    return {
        "sheet": "cards",
        "title": _("Role cards"),
        "lead": _("Two people play, one observes. Print on one side and cut along the lines."),
        "words": {
            "stop": _("Anybody can say “Stop here” at any time. Then everybody steps out of their role."),
            "note": _("Content note"),
            "open_with": _("You start by saying"),
            "may_say": _("Later you may say, in any order"),
            "listen_for": _("What to listen for"),
        },
        "conversations": [_card(course, conversation, facts) for conversation in course.conversations],
    }


def _card(course: Course, conversation: Conversation, facts: Mapping[str, Any]) -> Values:
    """Return the three cards of a conversation: the colleague, the peer supporter and the observer."""
    turns = {turn.id: turn for turn in conversation.turns}
    opening = turns.get(conversation.start) or next(iter(conversation.turns))
    aims = {objective.id: objective.text for objective in course.objectives}
    return {
        "title": conversation.title,
        "setting": _plain(conversation.setting, facts),
        "note": conversation.content_note.note,
        "colleague": _("You are %(name)s", name=conversation.partner),
        "opening": _plain(opening.says, facts),
        "lines": [
            _plain(words, facts)
            for turn in conversation.turns
            for words in (turn.says, *(variant.says for variant in turn.variants))
            if words is not opening.says
        ],
        "supporter": _("You are the peer supporter"),
        "supporter_words": _(
            "You meet %(name)s. You have no lines: listen, and answer in your own words.",
            name=conversation.partner,
        ),
        "aims": [aims[key] for key in conversation.objectives if key in aims],
        "observer": _("You observe"),
        "observer_words": _(
            "Sit a little apart, where you don’t distract them. Note what the peer supporter says, in their own "
            "words. Afterwards, ask the supporter how it was, then %(name)s. Say what you saw after that.",
            name=conversation.partner,
        ),
        "listen_for": _listen_for(conversation),
    }


def _listen_for(conversation: Conversation) -> list[tuple[str, str]]:
    """Return the kinds of reply that this conversation knows, in words, in the order of the closed list."""
    used = {reply.label for turn in conversation.turns for reply in turn.replies}
    words = label_words()
    return [words[label] for label in LABELS if label in used]


def _observer_sheets(course: Course, place: Place) -> Values:
    return {
        "sheet": "observers",
        "title": _("Observer sheets"),
        "lead": _(
            "One sheet for each practice. Write down what was said, so that people can learn from it. It isn’t "
            "for judging them."
        ),
        "words": {
            "who": _("Peer supporter"),
            "observer": _("Observer"),
            "date": _("Date"),
            "heard": _("Heard"),
            "kind": _("What the supporter did"),
            "times": _("How often"),
            "their_words": _("What helped, in their words"),
            "next": _("One thing to try next time, agreed with the supporter"),
            "rating": _("How did it go?"),
            "agreed": _("The supporter agreed to being observed, and has seen this sheet."),
            "after": _(
                "Only the rating is recorded. Give this sheet to the supporter afterwards, or shred it. Never write "
                "down anything that somebody told you about their own life."
            ),
        },
        "conversations": [
            {"title": conversation.title, "kinds": _listen_for(conversation)} for conversation in course.conversations
        ],
        "ratings": [(str(name), str(words)) for name, words in RATING_WORDS.values()],
        "code_address": place.people_url,
        "code_words": _("A coordinator records the practice here: choose the person, then “Observed practice”."),
    }


def _sign_in(course: Course, place: Place) -> Values:
    return {
        "sheet": "sign-in",
        "title": _("Sign-in sheet"),
        "lead": _("This list shows who was here. It says nothing about how anybody did."),
        "words": {
            "date": _("Date"),
            "room": _("Place"),
            "facilitator": _("Facilitator"),
            "name": _("Name"),
            "unit": _("Unit"),
            "signature": _("Signature"),
            "kept": _("Please give this list to the coordinator, who stores it as the programme’s rules say."),
        },
        "rows": list(range(1, SIGN_IN_ROWS + 1)),
        "code_address": place.course_url,
        "code_words": _("The course online, with its lessons and its check."),
    }


def _on_paper(html: str, facts: Mapping[str, Any]) -> str:
    """Return a body for paper: pictures as their descriptions, and without ids, classes, links and citations."""
    html = _CITED.sub("", _NOTES.sub("", str(fill_placeholders(html, facts))))
    html = _PICTURE.sub(lambda found: _described(found[0]), html)
    return _ID.sub("", _LINK.sub("", html)).strip()


def _described(picture: str) -> str:
    alt = _ALT.search(picture)
    return f"[{alt[1]}]" if alt and alt[1] else ""


def _plain(html: str, facts: Mapping[str, Any]) -> str:
    """Return the words of a phrase of the course."""
    return unescape(_TAG.sub("", _on_paper(html, facts)))
