"""What a conversation remembers, in words for trainers: what a reply sets, and what words and replies depend on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lms.content.model.conversation import Condition, Conversation, Reply, Turn
from lms.foundation.text.i18n import gettext as _
from lms.learning.progress.placeholders import fill_placeholders


def sentences_of(conversation: Conversation, facts: Iterable[str]) -> str:
    """Return facts as the sentences that their writer gave them."""
    words = dict(conversation.facts)
    return "; ".join(words.get(fact, fact) for fact in facts)


def condition_words(conversation: Conversation, when: Condition) -> list[str]:
    """Return what has to be so, and what mustn't be; empty where nothing matters."""
    needs, unless = (sentences_of(conversation, sorted(facts)) for facts in (when.needs, when.unless))
    words = [_("Only if: %(facts)s.", facts=needs)] if needs else []
    return words + ([_("Not if: %(facts)s.", facts=unless)] if unless else [])


def reply_words(conversation: Conversation, reply: Reply) -> list[str]:
    """Return when a reply is offered, and what is remembered of it."""
    remembered = sentences_of(conversation, reply.sets)
    words = condition_words(conversation, reply.when)
    return words + ([_("Remembered: %(facts)s.", facts=remembered)] if remembered else [])


def variants_of(conversation: Conversation, turn: Turn, facts: Any) -> list[dict[str, Any]]:
    """Return what the colleague says instead, each with its condition in words."""
    return [
        {
            "when": " ".join(condition_words(conversation, variant.when)),
            "stage": variant.stage,
            "says": fill_placeholders(variant.says, facts),
        }
        for variant in turn.variants
    ]
