"""A conversation is walked along every road before anyone has it."""

from lms.content.bundle import Bundle
from lms.content.check import check
from tests.content.small_course import FILES, TALK, bundle, codes, course, spoiled

PATH = "practice/at-the-sink.md"


def test_turns_replies_and_ends_are_read():
    talk = course().conversation_by_id["at-the-sink"]
    assert [turn.id for turn in talk.turns] == ["sink", "shrug"]
    assert (talk.turns[0].stage, talk.turns[0].says) == ("runs the tap", "I’m fine.")
    reply = talk.turns[0].replies[1]
    assert (reply.label, reply.fit, reply.goes_to) == ("opening offer", "steady", "home")
    assert [(end.title, end.good) for end in talk.ends] == [("She rings home", True), ("She goes", False)]


def test_an_unknown_label_and_fit_are_told_with_their_neighbours():
    reading = spoiled(PATH, "opening offer, steady", "opening ofer, stedy")
    assert {"UNKNOWN_LABEL", "UNKNOWN_FIT"} <= codes(reading)
    assert any("“opening offer”" in finding.message for finding in reading.findings)


def test_a_turn_that_nothing_leads_to_is_told():
    assert "UNREACHABLE" in codes(spoiled(PATH, "(#shrug)", "(#home)"))


def test_a_turn_without_replies_is_a_dead_end():
    assert "DEAD_END" in codes(check(bundle(**{PATH: TALK + "\n## alone\n\n> Nothing more.\n"})))


def test_a_turn_with_no_way_to_a_good_end_is_told():
    found = spoiled(PATH, "[(wait)](#home)", "[(wait)](#away)")
    assert [finding.message for finding in found.findings if finding.code == "NO_WAY_TO_GOOD_END"] == [
        "From “shrug” no road leads to a good end."
    ]


def test_a_conversation_without_a_good_end_is_told():
    assert "NO_GOOD_END" in codes(spoiled(PATH, "home: good", "home: open"))


def test_a_link_to_no_heading_is_told_at_its_line():
    found = next(finding for finding in spoiled(PATH, "(#shrug)", "(#shrugs)").findings if finding.code == "BAD_LINK")
    assert "(#shrugs)" in found.excerpt
    assert "“shrug”" in found.message


def test_an_end_that_is_not_written_is_told():
    assert "END_NOT_WRITTEN" in codes(spoiled(PATH, "away: open", "away: open, gone: open"))


def test_a_reply_that_cannot_be_read_is_told():
    assert "BAD_REPLY" in codes(spoiled(PATH, "**opening offer, steady** [", "**opening offer, steady** "))


def test_a_helpful_reply_that_is_always_first_or_longest_is_told():
    turn = (
        "\n## {id}\n\n> So.\n\n- **linking, steady** [“{words}”](#{to})\n  > It names someone who helps.\n"
        "- **reassurance, detour** [“Fine.”](#home)\n  > It promises what nobody knows.\n"
    )
    text = TALK.split("---\n", 2)[1].replace("start: sink", "start: a").replace("away: open", "away: open")
    turns = "".join(
        turn.format(id=id, to=to, words="one two three") for id, to in (("a", "b"), ("b", "c"), ("c", "away"))
    )
    ends = "\n## home\n\n**Home.** Good words here.\n\n## away\n\n**Away.** Other words here.\n"
    reading = check(
        Bundle({path: data.encode() for path, data in {**FILES, PATH: f"---\n{text}---\n{turns}{ends}"}.items()})
    )
    assert {"HELPFUL_FIRST", "HELPFUL_LONGEST"} <= codes(reading)
    assert reading.ok
