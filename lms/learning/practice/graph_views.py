"""The graph of a practice conversation for trainers: its paths, and how often replies were chosen, in tens."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, url_for

from lms.accounts.access import allow
from lms.content.conversations import graph_layout
from lms.content.conversations.measures import share_range
from lms.content.conversations.roads import unfold
from lms.content.model.conversation import Conversation, End, Turn
from lms.foundation.text.i18n import gettext as _
from lms.learning.blueprint import blueprint
from lms.learning.practice import records as practice_records
from lms.learning.practice.memory_words import reply_words, sentences_of, variants_of
from lms.learning.practice.pages import fit_words
from lms.learning.practice.records import Coverage
from lms.learning.progress.access import facilitated_programmes, may_facilitate, open_course
from lms.learning.progress.open_page_records import OpenPage
from lms.learning.progress.placeholders import fill_placeholders


@blueprint.get("/courses/<course>/conversations/<conversation>/graph")
@allow("read facilitator notes")
def graph(course: str, conversation: str) -> Any:
    """Show a conversation as a drawing and as a list to facilitators; learners never get it."""
    page, content = open_course(course)
    shown = content.conversation_by_id.get(conversation)
    if shown is None or not may_facilitate(page.visitor, course):
        abort(404)
    coverage = practice_records.released_coverage(
        facilitated_programmes(page.visitor, course), shown.id, content.digest
    )
    unfolded = unfold(shown)
    survey = graph_layout.survey(unfolded)
    lowest, highest = share_range(shown)
    return render_template(
        "learning/graph.html",
        here="courses",
        course=content,
        conversation=shown,
        drawing=graph_layout.draw(shown),
        box_width=graph_layout.WIDTH,
        box_height=graph_layout.HEIGHT,
        turns=[_turn(page, shown, turn, coverage) for turn in shown.turns],
        ends=[(_anchor(shown, end), end.title, end.good, sentences_of(shown, end.needs)) for end in shown.ends],
        survey=survey,
        best=_written_out(page, unfolded, survey.best),
        worst=_written_out(page, unfolded, survey.worst),
        runs=coverage.runs,
        lowest=round(100 * lowest),
        highest=round(100 * highest),
        fits=fit_words(),
        course_url=url_for("learning.course", course=content.id),
    )


def _anchor(conversation: Conversation, place: Turn | End) -> str:
    return (
        f"end-{conversation.ends.index(place) + 1}"
        if isinstance(place, End)
        else f"turn-{conversation.turns.index(place) + 1}"
    )


def _name(conversation: Conversation, place: Turn | End) -> str:
    title = graph_layout.title_of(place)
    return title if isinstance(place, End) else f"{conversation.turns.index(place) + 1}. {title}"


def _turn(page: OpenPage, conversation: Conversation, turn: Turn, coverage: Coverage) -> dict[str, Any]:
    return {
        "anchor": _anchor(conversation, turn),
        "name": _name(conversation, turn),
        "stage": turn.stage,
        "says": fill_placeholders(turn.says, page.facts),
        "variants": variants_of(conversation, turn, page.facts),
        "replies": [
            {
                "text": fill_placeholders(reply.text, page.facts),
                "label": _(reply.label),
                "fit": reply.fit,
                "terms": reply_words(conversation, reply),
                "goes_to": _name(conversation, conversation.places[reply.goes_to]),
                "anchor": _anchor(conversation, conversation.places[reply.goes_to]),
                "met": coverage.counts.get((turn.id, index), 0),
            }
            for index, reply in enumerate(turn.replies)
        ],
    }


def _written_out(page: OpenPage, conversation: Conversation, path: tuple[int, ...]) -> dict[str, Any]:
    """Return what is said along a path, with its end."""
    steps = graph_layout.steps_of(conversation, path)
    end = conversation.places[steps[-1][1].goes_to] if steps else None
    return {
        "steps": [
            {
                "says": fill_placeholders(turn.says, page.facts),
                "text": fill_placeholders(reply.text, page.facts),
                "label": _(reply.label),
                "fit": reply.fit,
            }
            for turn, reply in steps
        ],
        "end": end.title if isinstance(end, End) else "",
    }
