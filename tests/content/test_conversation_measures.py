"""The counts of a run are the counts that a hand would make, and the range holds every path."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.content.conversations import measures
from lms.content.conversations.measures import Measures, every_path, of_run, share_range, words_in
from lms.content.model.content_note import ContentNote
from lms.content.model.conversation import FITS, LABELS, Conversation, End, Reply, Turn
from tests.builders.content import COURSES, shipped
from tests.content.small_course import course


def conversation_of(turns: list[tuple[int, list[tuple[str, int, int]]]]) -> Conversation:
    """A conversation of (words said, replies of (label, words, where to)); beyond the last turn stands the end."""
    names = [f"t{number}" for number in range(len(turns))] + ["end"]
    return Conversation(
        id="talk", title="Talk", partner="Dana", setting="", content_note=ContentNote(), objectives=(), start="t0",
        turns=tuple(
            Turn(names[number], "", "(turns round) " + "word " * said, tuple(
                Reply(label, FITS[0], "“" + "<em>word</em> " * words + "” (waits a while)", names[goes_to], "")
                for label, words, goes_to in replies
            ))
            for number, (said, replies) in enumerate(turns)
        ),
        ends=(End("end", "End", "<p>Many words of an end that nobody says.</p>", True),),
    )  # fmt: skip


@st.composite
def conversations(draw: st.DrawFn) -> Conversation:
    count = draw(st.integers(1, 5))
    reply = st.tuples(st.sampled_from(LABELS), st.integers(0, 30), st.integers(0, count))
    return conversation_of(draw(st.lists(st.tuples(st.integers(0, 40), st.lists(reply, min_size=1, max_size=3)),
                              min_size=count, max_size=count)))  # fmt: skip


@pytest.mark.parametrize("folder", sorted(COURSES.glob("*/practice")), ids=lambda folder: folder.parent.name)
def test_our_conversations_leave_people_a_range_of_listening(folder):
    found = shipped(folder.parent.name).course
    assert found is not None
    for conversation in found.conversations:
        lowest, highest = share_range(conversation)
        assert 0.1 < lowest < highest - 0.1 < 0.9, conversation.id


def test_words_are_those_that_are_said():
    assert words_in("(runs the tap) I’m <em>fine</em>. &amp; — Really<br>fine (turns round)") == 4
    assert words_in("(wait)") == 0


def test_a_run_in_the_small_course_is_counted_by_hand():
    conversation = course().conversation_by_id["at-the-sink"]
    assert of_run(conversation, (0, 0)) == Measures(
        2, {"closed question": 1, "silence": 1}, reflections=0, questions=1, yours=2, theirs=3
    )
    assert of_run(conversation, (1,)).theirs == 2
    assert of_run(conversation, ()).share is None


def test_a_path_that_leads_nowhere_is_left_off():
    conversation = course().conversation_by_id["at-the-sink"]
    assert of_run(conversation, (0, 9, 1)) == of_run(conversation, (0,))
    assert of_run(conversation, (1, 0, 0)) == of_run(conversation, (1,))
    assert of_run(conversation, (-1,)).turns == 0


def test_too_little_is_not_enough_to_show():
    four = conversation_of([(20, [("linking", 5, number + 1)]) for number in range(4)])
    assert of_run(four, (0, 0, 0, 0)).enough
    assert not of_run(four, (0, 0, 0)).enough
    assert not of_run(conversation_of([(5, [("linking", 5, number + 1)]) for number in range(4)]), (0, 0, 0, 0)).enough


@settings(max_examples=60, deadline=None)
@given(conversations(), st.lists(st.integers(0, 2), max_size=8))
def test_the_counts_of_a_run_equal_a_count_by_hand(conversation, path):
    place, labels, yours, theirs = conversation.turns[0], [], 0, 0
    for index in path:
        if not isinstance(place, Turn) or index >= len(place.replies):
            break
        reply = place.replies[index]
        labels.append(reply.label)
        theirs += place.says.count("word")
        yours += 0 if reply.label == "silence" else reply.text.count("word")
        place = conversation.places[reply.goes_to]
    found = of_run(conversation, tuple(path))
    assert (found.turns, found.yours, found.theirs) == (len(labels), yours, theirs)
    assert found.kinds == {label: labels.count(label) for label in labels}
    assert found.reflections == labels.count("simple reflection") + labels.count("complex reflection")
    assert found.questions == sum(
        label in {"open question", "closed question", "direct safety question"} for label in labels
    )


@settings(max_examples=60, deadline=None)
@given(conversations())
def test_the_range_holds_every_path_and_its_edges_are_paths(conversation):
    shares = [share for path in every_path(conversation) if (share := of_run(conversation, path).share) is not None]
    lowest, highest = share_range(conversation)
    if shares:
        assert (lowest, highest) == (min(shares), max(shares))
    for path in every_path(conversation):
        place, seen = conversation.start, []
        for index in path:
            seen.append(place)
            place = conversation.places[place].replies[index].goes_to
        assert place == "end"
        assert len(set(seen)) == len(seen)


@settings(max_examples=60, deadline=None)
@given(conversations())
def test_of_a_very_large_conversation_the_bounds_hold_every_path(conversation):
    lowest, highest = share_range(conversation)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(measures, "MOST_PATHS", 0)
        low, high = share_range.__wrapped__(conversation)
    assert low <= lowest + 1e-9
    assert high >= highest - 1e-9


def test_a_huge_conversation_is_measured_in_a_moment():
    replies = [("linking", 1, 0), ("linking", 30, 0), ("silence", 0, 0)]
    ladder = conversation_of(
        [(10, [(label, words, number + 1) for label, words, _ in replies]) for number in range(40)]
    )
    lowest, highest = share_range(ladder)
    assert lowest == pytest.approx(0.25, abs=0.001)
    assert highest == pytest.approx(1, abs=0.001)
