"""Conversations that are not finished yet, made so that each reply leads somewhere."""

from __future__ import annotations

from dataclasses import replace

from lms.content.model.conversation import Conversation, End


def playable(conversation: Conversation, start: str, unwritten: str) -> Conversation:
    """Return a conversation that begins at a turn; a place that a reply names and nobody wrote is an end.

    `unwritten` is what stands there, as HTML. A start that isn't written gives way to the first turn.
    """
    named = [reply.goes_to for turn in conversation.turns for reply in turn.replies]
    missing = dict.fromkeys(id for id in named if id not in conversation.places)
    silent = [turn for turn in conversation.turns if not turn.replies]
    ends = (
        *conversation.ends,
        *(End(id, id.replace("-", " ").capitalize(), unwritten, False) for id in missing),
        *(End(turn.id, turn.title or turn.id, f"<p>{turn.says}</p>{unwritten}", False) for turn in silent),
    )
    whole = replace(
        conversation, turns=tuple(turn for turn in conversation.turns if turn.replies), ends=ends, start=start
    )
    if start in whole.places:
        return whole
    others = [conversation.start, *whole.places, "start"]
    found = next((id for id in others if id in whole.places), None)
    if found is None:
        return replace(whole, start="start", ends=(End("start", conversation.title, unwritten, False),))
    return replace(whole, start=found)
