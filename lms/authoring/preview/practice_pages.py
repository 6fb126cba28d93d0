"""A conversation in a preview: played from any turn, with its whole script beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import g, render_template
from markupsafe import Markup, escape

from lms.authoring.preview.conversations import playable
from lms.authoring.preview.pages import Page, Preview
from lms.content.conversations import graph_layout
from lms.content.conversations.graph_layout import title_of
from lms.content.conversations.roads import Roads, explore
from lms.content.model.conversation import Conversation, Turn
from lms.content.model.course import Course
from lms.foundation.text.i18n import gettext as _
from lms.learning.practice import pages as practice_pages
from lms.learning.practice.memory_words import reply_words, sentences_of, variants_of
from lms.learning.practice.rules import moved, play
from lms.learning.progress.placeholders import fill_placeholders

MOST_MEMORIES = 12
_PLAYING = ("path", "reply", "back", "from", "restart", "tell", "own", "begin")


def conversation_page(preview: Preview, course: Course, shown: Conversation, asked: Mapping[str, str]) -> Page:
    """One page of a conversation; the path is in the address, and stored nowhere."""
    start = asked.get("start", "") if asked.get("start") in shown.places else ""
    unwritten = f"<p>{escape(_('Nobody has written this part yet.'))}</p>"
    known = frozenset(asked.get("known", "").split()) & frozenset(dict(shown.facts))
    conversation = replace(playable(shown, start or shown.start, unwritten), known=known)
    played = play(conversation, moved(asked.get("path", ""), asked))
    facts = preview.facts
    about: dict[str, Any] = {
        "course": course,
        "conversation": conversation,
        "run": None,
        "path": played.path,
        "tells": (asked.get("tell") or asked.get("tells")) == "yes",
        "own_first": (asked.get("own") or asked.get("own_first")) == "yes",
        "conversation_url": f"/courses/{course.id}/conversations/{conversation.id}",
        "enrolled": False,
        "signed_in": True,
        "medium": practice_pages.medium_words(conversation),
        "contact": practice_pages.contact_of(course, conversation),
        "needs_good": conversation.must_reach == "good",
        "script": practice_pages.script_of(conversation, played, facts),
    }
    g.preview["beside"] = _drawing(playable(shown, shown.start, unwritten)) + _script(
        preview, shown, explore(playable(shown, shown.start, unwritten)), start
    )
    carried = {name: words for name, words in (("start", start), ("known", " ".join(sorted(known)))) if words}
    if played.end:
        end_html = fill_placeholders(played.end.html, facts)
        counts = practice_pages.counts_of(conversation, played)
        return Page(
            render_template("learning/debrief.html", **about, end=played.end, end_html=end_html, counts=counts), carried
        )
    turn = played.place
    return Page(
        render_template(
            "learning/conversation.html",
            **about,
            started=bool(start) or any(name in asked for name in _PLAYING),
            now=practice_pages.present_turn(conversation, turn, facts) if isinstance(turn, Turn) else None,
            replies=practice_pages.replies_in_play(conversation, played, facts),
        ),
        carried,
    )


def _drawing(conversation: Conversation) -> Markup:
    """All paths as a drawing, with what nobody has written yet as an ending."""
    drawn = render_template(
        "learning/parts/graph_drawing.html",
        conversation=conversation,
        page_title=_("All paths of “%(title)s”", title=conversation.title),
        drawing=graph_layout.draw(conversation),
        box_width=graph_layout.WIDTH,
        box_height=graph_layout.HEIGHT,
        fits=practice_pages.fit_words(),
    )
    return Markup(drawn)  # noqa: S704 - made by our own template


def _memories(preview: Preview, conversation: Conversation, roads: Roads, turn: Turn) -> list[tuple[str, str]]:
    """What can have been said before a turn, the shortest roads first, each with the address that plays after it."""
    facts = frozenset(dict(conversation.facts))
    known = [memory & facts for memory in roads.memories.get(turn.id, ())]
    place = f"{preview.base}/conversation/{conversation.id}"
    return [
        (
            preview.look.address(place, start=turn.id, known=" ".join(sorted(memory))),
            sentences_of(conversation, sorted(memory)),
        )
        for memory in list(dict.fromkeys(filter(None, known)))[:MOST_MEMORIES]
    ]


def _script(preview: Preview, conversation: Conversation, roads: Roads, start: str) -> Markup:
    """The whole script, each turn with links that play from there, after what can have been said."""
    names = {id: title_of(place) for id, place in conversation.places.items()}
    turns = [
        {
            "name": names[turn.id],
            "stage": turn.stage,
            "says": fill_placeholders(turn.says, preview.facts),
            "variants": variants_of(conversation, turn, preview.facts),
            "after": _memories(preview, conversation, roads, turn),
            "here": turn.id == start,
            "url": preview.look.address(f"{preview.base}/conversation/{conversation.id}", start=turn.id),
            "replies": [
                {
                    "text": fill_placeholders(reply.text, preview.facts),
                    **practice_pages.kind_of_reply(reply),
                    "feedback": fill_placeholders(reply.feedback, preview.facts),
                    "terms": reply_words(conversation, reply),
                    "leads_to": names.get(reply.goes_to, reply.goes_to),
                    "written": reply.goes_to in conversation.places,
                }
                for reply in turn.replies
            ],
        }
        for turn in conversation.turns
    ]
    return Markup(render_template("authoring/parts/preview/script.html", conversation=conversation, turns=turns))  # noqa: S704
