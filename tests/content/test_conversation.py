"""A conversation is walked along every road before anyone has it."""

from lms.content.lint.check import check
from lms.content.model.bundle import Bundle
from lms.content.model.course import Reading
from tests.content.small_course import CONVERSATION, FILES, bundle, codes, course, spoiled

PATH = "practice/at-the-sink.md"


def test_turns_replies_and_ends_are_read():
    conversation = course().conversation_by_id["at-the-sink"]
    assert [turn.id for turn in conversation.turns] == ["sink", "shrug"]
    assert (conversation.turns[0].stage, conversation.turns[0].says) == ("runs the tap", "I’m fine.")
    reply = conversation.turns[0].replies[1]
    assert (reply.label, reply.fit, reply.goes_to) == ("opening offer", "steady", "home")
    assert [(end.title, end.good) for end in conversation.ends] == [("She rings home", True), ("She goes", False)]


def test_an_unknown_label_and_fit_are_told_with_their_neighbours():
    reading = spoiled(PATH, "opening offer, steady", "opening ofer, stedy")
    assert {"UNKNOWN_LABEL", "UNKNOWN_FIT"} <= codes(reading)
    assert any("“opening offer”" in finding.message for finding in reading.findings)


def test_a_turn_that_nothing_leads_to_is_told():
    assert "UNREACHABLE" in codes(spoiled(PATH, "(#shrug)", "(#home)"))


def test_a_turn_without_replies_is_a_dead_end():
    assert "DEAD_END" in codes(check(bundle(**{PATH: CONVERSATION + "\n## alone\n\n> Nothing more.\n"})))


def test_a_turn_with_no_way_to_a_good_end_is_told():
    found = spoiled(PATH, "[(wait)](#home)", "[(wait)](#away)")
    assert [finding.message for finding in found.findings if finding.code == "NO_WAY_TO_GOOD_END"] == [
        "From “shrug”, no reply leads to a good end."
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
    text = CONVERSATION.split("---\n", 2)[1].replace("start: sink", "start: a").replace("away: open", "away: open")
    turns = "".join(
        turn.format(id=id, to=to, words="one two three") for id, to in (("a", "b"), ("b", "c"), ("c", "away"))
    )
    ends = "\n## home\n\n**Home.** Good words here.\n\n## away\n\n**Away.** Other words here.\n"
    reading = check(
        Bundle({path: data.encode() for path, data in {**FILES, PATH: f"---\n{text}---\n{turns}{ends}"}.items()})
    )
    assert {"HELPFUL_FIRST", "HELPFUL_LONGEST"} <= codes(reading)
    assert reading.ok


def with_arcs(line: str) -> Reading:
    """The small course with two more conversations, and arcs as one line of course.md."""
    more = {f"practice/{name}.md": CONVERSATION.replace("at-the-sink", name) for name in ("the-second", "the-third")}
    more["practice/the-third.md"] = more["practice/the-third.md"].replace("silence, steady", "linking, steady")
    front = FILES["course.md"].replace("licence: CC BY 4.0", f"arcs: [{line}]\nlicence: CC BY 4.0")
    return check(bundle(**{"course.md": front, **more}), "small-course")


def test_an_arc_is_read_and_its_contacts_stand_together_in_their_order():
    read = with_arcs("{id: dana, title: Dana, contacts: [the-second, at-the-sink, the-third]}")
    assert read.course is not None
    assert [(arc.title, arc.contacts) for arc in read.course.arcs] == [
        ("Dana", ("the-second", "at-the-sink", "the-third"))
    ]
    assert [conversation.id for conversation in read.course.conversations] == ["the-second", "at-the-sink", "the-third"]
    assert codes(read) == {"THIN_GROUP"}


def test_an_arc_that_cannot_be_is_told_with_its_mend():
    for line, code in (
        ("{id: dana, title: Dana, contacts: [at-the-sink]}", "ARC_LENGTH"),
        ("{id: dana, title: Dana, contacts: [at-the-sink, the-second, the-third, the-fourth]}", "ARC_LENGTH"),
        ("{id: dana, title: Dana, contacts: [at-the-sink, the-secnd]}", "ARC_CONTACT"),
        ("{id: dana, title: Dana, contacts: [at-the-sink, at-the-sink]}", "ARC_CONTACT"),
        ("{id: dana, title: Dana, contacts: [at-the-sink, the-third, the-second]}", "ARC_NO_HANDOVER"),
    ):
        told = [finding for finding in with_arcs(line).findings if finding.code == code]
        assert told and all(finding.fix and finding.severity == "error" for finding in told), line
    assert "ARC_NO_HANDOVER" not in codes(with_arcs("{id: dana, title: Dana, contacts: [at-the-sink, the-second]}"))
