"""Proves what a conversation promises on every road: that it leads on, answers what was asked, and ends well."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lms.content.conversations.memory import MOST_FACTS
from lms.content.conversations.roads import Roads, State, asked_for, explore
from lms.content.conversations.walkers import check_guesses
from lms.content.model.conversation import LIMITS_STATEMENT, MEDIA, Conversation, End, Memory, Turn
from lms.content.model.report import Report

LAST_OF_ROAD = 8
_SEEN = re.compile(
    r"\b(?:looks?|nods?|shrugs?|smiles?|frowns?|folds|leans?|glances?|stares?|points?|stands?|sits|"
    r"turns? (?:away|round|around|to))\b",
    re.IGNORECASE,
)


@dataclass
class Lines:
    """The lines where the parts of a conversation are written: places by id, replies and variants by their number."""

    places: dict[str, int] = field(default_factory=dict)
    replies: dict[tuple[str, int], int] = field(default_factory=dict)
    variants: dict[tuple[str, int], int] = field(default_factory=dict)


def check_roads(conversation: Conversation, lines: Lines, report: Report) -> None:
    """Report whatever is amiss on one of the roads, each thing once, with a road that shows it."""
    _check_facts(conversation, report)
    _check_seen(conversation, lines, report)
    if not any(end.good for end in conversation.ends):
        report.add("NO_GOOD_END", 1)
    if conversation.start not in conversation.places or len(conversation.facts) > MOST_FACTS:
        return
    roads = explore(conversation)
    if not roads.whole:
        report.add("TOO_MUCH_TO_REMEMBER", 1)
        return
    _check_reached(conversation, roads, lines, report)
    _check_heard(conversation, roads, lines, report)
    _check_leads_on(conversation, roads, lines, report)
    _check_answers(conversation, roads, lines, report)
    _check_ends(conversation, roads, lines, report)
    check_guesses(conversation, roads, report)


def _check_facts(conversation: Conversation, report: Report) -> None:
    if len(conversation.facts) > MOST_FACTS:
        report.add("TOO_MUCH_TO_REMEMBER", 1, f"The conversation has {len(conversation.facts)} facts.")
        return
    kept = _kept(conversation)
    asked = asked_for(conversation)
    for fact, _words in conversation.facts:
        line = next((number for number, text in enumerate(report.lines, 1) if fact in text), 1)
        if fact in asked and fact not in kept:
            report.add("FACT_NEVER_SET", line, f"No reply sets “{fact}”.")
        elif fact not in asked:
            report.add("FACT_NEVER_USED", line, f"Nothing depends on “{fact}”.")


def _kept(conversation: Conversation) -> set[str]:
    """The facts that some reply sets."""
    return {fact for turn in conversation.turns for reply in turn.replies for fact in reply.sets}


def _check_seen(conversation: Conversation, lines: Lines, report: Report) -> None:
    """Report what nobody can see on the phone or in a chat; silent replies are stage directions too."""
    if conversation.by == MEDIA[0]:
        return
    for turn in conversation.turns:
        stages = [(lines.places[turn.id], turn.stage)]
        stages += [(lines.variants[turn.id, n], variant.stage) for n, variant in enumerate(turn.variants)]
        stages += [
            (lines.replies[turn.id, n], reply.text)
            for n, reply in enumerate(turn.replies)
            if reply.text.startswith("(")
        ]
        for line, stage in stages:
            found = _SEEN.search(stage)
            if found:
                report.add("SEEN_NOT_HEARD", line, f"“{found.group()}” can’t be noticed by {conversation.by}.")


def _check_reached(conversation: Conversation, roads: Roads, lines: Lines, report: Report) -> None:
    reached = {state.place for state in roads.moves}
    for id in conversation.places:
        if id not in reached:
            report.add("UNREACHABLE", lines.places[id], f"No reply leads to “{id}”.")


def _check_heard(conversation: Conversation, roads: Roads, lines: Lines, report: Report) -> None:
    """Report replies and variants whose condition holds on no road."""
    for turn in conversation.turns:
        memories = roads.memories.get(turn.id)
        if not memories or not (turn.variants or any(reply.when.needs | reply.when.unless for reply in turn.replies)):
            continue
        offered = {index for memory in memories for index, _reply in turn.offered(memory)}
        heard = {turn.variant(memory) for memory in memories}
        for index, reply in enumerate(turn.replies):
            if index not in offered:
                why = _condition(reply.when.needs, reply.when.unless)
                message = f"This reply at “{turn.id}” is never offered: {why}."
                report.add("NEVER_HEARD", lines.replies[turn.id, index], message)
        for index, variant in enumerate(turn.variants):
            if variant not in heard:
                message = f"These words at “{turn.id}” are never heard, as no path leads to them."
                report.add("NEVER_HEARD", lines.variants[turn.id, index], message)
        if None not in heard:
            report.add("NEVER_HEARD", lines.places[turn.id], f"The first quote of “{turn.id}” is never heard.")


def _condition(needs: Memory, unless: Memory) -> str:
    parts = [f"“{fact}” is never known there" for fact in sorted(needs)]
    parts += [f"“{fact}” is always known there" for fact in sorted(unless)]
    return " or ".join(parts) or "nothing leads there"


def _check_leads_on(conversation: Conversation, roads: Roads, lines: Lines, report: Report) -> None:
    """Report turns where nothing can be said, and those from which no good end can be reached, for some memory."""
    good = {state for state in roads.moves if isinstance(end := conversation.places[state.place], End) and end.good}
    hopeful = roads.leading_to(good)
    stuck: set[str] = set()
    hopeless: dict[str, State] = {}
    for state in roads.moves:
        turn = conversation.places[state.place]
        if isinstance(turn, End) or not turn.replies:
            continue
        if not turn.offered(state.memory) and turn.id not in stuck:
            stuck.add(turn.id)
            message = f"No reply is offered at “{turn.id}” {_after(conversation, state)}."
            report.add("DEAD_END", lines.places[turn.id], message)
        elif state not in hopeful and roads.moves[state]:
            hopeless.setdefault(turn.id, state)
    for id, state in hopeless.items() if good else ():
        always = not any(other.place == id for other in hopeful)
        after = "" if always else f" {_after(conversation, state)}"
        report.add("NO_WAY_TO_GOOD_END", lines.places[id], f"From “{id}”{after}, no reply leads to a good end.")


def _check_answers(conversation: Conversation, roads: Roads, lines: Lines, report: Report) -> None:
    kept = _kept(conversation)
    told: set[str] = set()
    for state in roads.moves:
        turn = conversation.places[state.place]
        if not isinstance(turn, Turn) or turn.id in told or turn.variant(state.memory) is not None:
            continue
        missing = [fact for fact in turn.answers if fact in kept - state.memory]
        if missing:
            told.add(turn.id)
            message = f"“{turn.id}” answers {_listed(missing)}, but on this path nobody asked: {_road(roads, state)}."
            report.add("ANSWER_NOT_ASKED", lines.places[turn.id], message)


def _check_ends(conversation: Conversation, roads: Roads, lines: Lines, report: Report) -> None:
    kept = _kept(conversation)
    told: set[tuple[str, str]] = set()
    for state in roads.moves:
        end = conversation.places[state.place]
        if not isinstance(end, End) or not end.good:
            continue
        missing = [fact for fact in end.needs if fact in kept - state.memory]
        if missing and (end.id, "needs") not in told:
            told.add((end.id, "needs"))
            message = f"“{end.id}” needs {_listed(missing)}, but can be reached without: {_road(roads, state)}."
            report.add("GOOD_END_TOO_SOON", lines.places[end.id], message)
        unlimited = conversation.first_contact and LIMITS_STATEMENT not in state.memory
        if unlimited and (end.id, "limits") not in told:
            told.add((end.id, "limits"))
            message = f"“{end.id}” can be reached before anyone has stated the limits: {_road(roads, state)}."
            report.add("NO_LIMITS_STATEMENT", lines.places[end.id], message)


def _after(conversation: Conversation, state: State) -> str:
    known = sorted(state.memory - {LIMITS_STATEMENT})
    unknown = sorted(asked_for(conversation) - state.memory)
    parts = ([f"after {_listed(known)}"] if known else []) + ([f"without {_listed(unknown)}"] if unknown else [])
    return " and ".join(parts) or "on some roads"


def _listed(facts: list[str]) -> str:
    return " and ".join(f"“{fact}”" for fact in facts)


def _road(roads: Roads, state: State) -> str:
    road = roads.road_to(state)
    return ("… → " if len(road) > LAST_OF_ROAD else "") + " → ".join(road[-LAST_OF_ROAD:])
