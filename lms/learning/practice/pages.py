"""What the pages of practice conversations show: script, replies and debrief."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from lms.content.conversations.measures import Measures, of_run, share_range
from lms.content.model.conversation import Conversation, End, Memory, Reply, Turn
from lms.content.model.course import Course
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import ngettext
from lms.learning.practice.rules import Played, another_way
from lms.learning.progress.placeholders import fill_placeholders

Facts = Mapping[str, Any]
_DIRECTION = re.compile(r"\(([^()<>]+)\)")


def fit_words() -> dict[str, str]:
    """Return the labels for how well a reply fits."""
    return {"steady": _("steady"), "mixed": _("mixed"), "detour": _("detour")}


def label_words() -> dict[str, tuple[str, str]]:
    """Return each kind of reply as a name, and what it does in a few words."""
    return {
        "opening offer": (_("Opening offer"), _("Says who you are, and gives a choice")),
        "open question": (_("Open question"), _("Invites them to say more")),
        "closed question": (_("Closed question"), _("Gets a fact, but can feel like being questioned")),
        "simple reflection": (_("Simple reflection"), _("Shows that you heard")),
        "complex reflection": (_("Complex reflection"), _("Offers a meaning")),
        "affirmation": (_("Affirmation"), _("Names something they did well")),
        "summary": (_("Summary"), _("Sums up what you heard, and asks if you got it right")),
        "silence": (_("Silence"), _("Leaves room for them")),
        "information with permission": (_("Information, with permission"), _("Asks first whether they’d like it")),
        "advice without permission": (_("Advice, without permission"), _("Tells them what to do before they’ve asked")),
        "reassurance": (_("Reassurance"), _("Comforts, sometimes too early")),
        "minimising": (_("Minimising"), _("Makes it sound smaller than it is for them")),
        "self-disclosure": (_("Self-disclosure"), _("Brings in your own experience")),
        "direct safety question": (_("Direct safety question"), _("Asks plainly about danger")),
        "linking": (_("Linking"), _("Says who else can help, and when")),
        "limits statement": (_("Limits statement"), _("Says what you can and can’t keep to yourself")),
    }


def medium_words(conversation: Conversation) -> str:
    """Return how the two speak, where they don't meet face to face."""
    return {"phone": _("On the phone"), "chat": _("In a chat")}.get(conversation.by, "")


def _said(html: str, conversation: Conversation, facts: Facts) -> Markup:
    return as_messages(fill_placeholders(html, facts), conversation)


def as_messages(words: Markup, conversation: Conversation) -> Markup:
    """Return what somebody says as it is, or in a chat each line as a message of its own."""
    if conversation.by != "chat":
        return words
    return Markup("").join(Markup('<span class="message">{}</span>').format(line) for line in words.split("<br>"))


def _spoken(html: str, conversation: Conversation, facts: Facts) -> Markup:
    """Return what a colleague says, with the directions in it set apart from the words."""
    words = str(_said(html, conversation, facts))
    return Markup(_DIRECTION.sub(r'<span class="stage">(\1)</span>', words))  # noqa: S704 - dressed


def kind_of_reply(reply: Reply) -> dict[str, str]:
    """Return how well a reply fits, and its kind in words."""
    fits = {"steady": _("steady"), "mixed": _("mixed"), "detour": _("a detour")}
    label = label_words().get(reply.label, (reply.label, ""))[0]
    return {"fit": reply.fit, "kind": _("%(label)s: %(fit)s", label=label, fit=fits.get(reply.fit, reply.fit))}


def replies_in_play(conversation: Conversation, played: Played, facts: Facts) -> list[dict[str, str]]:
    """Return the replies that can be chosen now, in an order that says nothing."""
    if isinstance(played.place, End):
        return []
    order = conversation.shown_order(played.place, played.memory, len(played.steps))
    return [{"token": str(index), "text": fill_placeholders(reply.text, facts)} for index, reply in order]


def script_of(conversation: Conversation, played: Played, facts: Facts) -> list[dict[str, Any]]:
    """Return what was said so far, turn by turn, each with what the reply did."""
    steps = zip(played.steps, played.memories, strict=False)
    return [
        {"number": number, **_step(conversation, turn, index, memory, facts)}
        for number, ((turn, index), memory) in enumerate(steps)
    ]


def _step(conversation: Conversation, turn: Turn, index: int, memory: Memory, facts: Facts) -> dict[str, Any]:
    reply = turn.replies[index]
    other = another_way(turn, index, memory)
    return {
        "title": turn.title,
        "stage": turn.stage,
        "they": _spoken(turn.says, conversation, facts),
        "you": _said(reply.text, conversation, facts),
        "feedback": fill_placeholders(reply.feedback, facts),
        "another": fill_placeholders(other.text, facts) if other else "",
        **kind_of_reply(reply),
    }


def present_turn(conversation: Conversation, turn: Turn, facts: Facts) -> dict[str, Any]:
    """Return what the colleague says now."""
    return {"title": turn.title, "stage": turn.stage, "text": _spoken(turn.says, conversation, facts)}


def counts_of(conversation: Conversation, played: Played) -> dict[str, Any]:
    """Return the counts of a run for its learner: kinds, two numbers, and words where there are enough of them."""
    measures = of_run(conversation, played.numbers)
    words = label_words()
    kinds = [(*words.get(label, (label, "")), times) for label, times in measures.kinds.items()]
    return {
        "kinds": kinds,
        "two": _(
            "%(reflections)s, %(questions)s.",
            reflections=ngettext("%(num)s reflection", "%(num)s reflections", measures.reflections),
            questions=ngettext("%(num)s question", "%(num)s questions", measures.questions),
        ),
        "share": _share(conversation, measures),
    }


def contact_of(course: Course, conversation: Conversation) -> dict[str, Any] | None:
    """Return which contact of its arc a conversation is, and the one that comes next; None outside an arc."""
    for arc in course.arcs:
        if conversation.id in arc.contacts:
            number = arc.contacts.index(conversation.id) + 1
            following = course.conversation_by_id.get(arc.contacts[number]) if number < len(arc.contacts) else None
            words = _(
                "Contact %(number)s of %(count)s: %(title)s", number=number, count=len(arc.contacts), title=arc.title
            )
            return {"words": words, "next": following}
    return None


def _share(conversation: Conversation, measures: Measures) -> dict[str, int] | None:
    share = measures.share
    if not measures.enough or share is None:
        return None
    low, high = share_range(conversation)
    percent = {"this": round(100 * share), "low": round(100 * low), "high": round(100 * high)}
    return {**percent, "yours": measures.yours, "theirs": measures.theirs}
