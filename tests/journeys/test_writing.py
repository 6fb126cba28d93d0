"""Tara's road through the writing pages in a browser: from an empty page to a course that Sam passes, and repairs."""

from __future__ import annotations

from pathlib import Path

import pytest

from lms.accounts.records import find_programme
from lms.foundation.db import write
from lms.library.actions import set_owner
from tests.builders.learning import PFA
from tests.journeys import walks
from tests.journeys.conftest import Opens
from tests.journeys.hands import Mouse
from tests.journeys.people import add
from tests.journeys.served import Served

pytestmark = pytest.mark.browser
TITLE, SUMMARY = "Kind handovers", "How to hand over a hard shift to somebody kindly."
OBJECTIVE = "Hand over a hard shift in three sentences"
LESSON = """---
id: a-first-lesson
title: Three sentences
objectives: [o1]
content_notes: none
---
The shift ends at seven, and Noor still has her coat on her arm.

## What helps

- Say what was hard.
- Say what is open.

> “It was a long one. Bed four needs you first.”

> [!TIP]
> - Write the first sentence down before the bell.
"""


class Author(Mouse):
    """Tara in front of the writing pages, with or without JavaScript."""

    def start(self, served: Served, way: str = "A small example to write over") -> None:
        """Sign in and start a draft."""
        walks.sign_in(self, served, "tara")
        self.press("Writing")
        self.press("Start a draft")
        self.type("Title of the course", TITLE)
        self.type("Who is it for?", "Colleagues on night shifts")
        self.type("What is it about?", SUMMARY)
        self.choose(self.page.get_by_label(way))
        self.press("Start")

    @property
    def text(self) -> str:
        """The file in the editor."""
        return self.page.locator("#f-text").input_value()

    def write(self, text: str) -> None:
        """Write a text over the one in the editor, and see it saved."""
        editor = self.page.locator(".cm-content")
        if self.page.evaluate("document.scripts.length") and editor.count():
            editor.fill(text)
            self.page.locator("[data-says]").get_by_text("Draft saved").wait_for()
        else:
            self.page.locator("#f-text").fill(text)
            self.press("Save")

    def open_file(self, name: str) -> None:
        """Open a file from the outline, once the editor is there."""
        self.press(name)
        self.page.locator(".cm-content").wait_for()

    def publish(self) -> None:
        """Publish the draft for the members of the programme."""
        self.press(TITLE)
        assert "No problems" in self.page.locator("main").inner_text()
        self.press("Publish")
        self.press("Continue")
        self.press("Publish")
        assert walks.h1(self) == f"Published: {TITLE}"


def add_question(tara: Author) -> None:
    """Insert a question with one answer by its form."""
    tara.open_file("Check")
    tara.page.get_by_role("button", name="Question with one answer").click()
    asked = tara.page.locator("dialog[data-insert]")
    asked.get_by_label("Question", exact=True).fill("Noor has five minutes. What does she say first?")
    asked.get_by_label(OBJECTIVE).check()
    options = ("Everything that happened", "It takes the five minutes."), ("What can't wait", "It keeps people safe.")
    for number, (words, reason) in enumerate(options):
        asked.get_by_label("What it says", exact=True).nth(number).fill(words)
        asked.get_by_label("Reason", exact=True).nth(number).fill(reason)
    asked.get_by_label("This option is right").nth(1).check()
    asked.get_by_role("button", name="Insert").click()
    tara.page.locator("[data-says]").get_by_text("Draft saved").wait_for()


def pass_course(hands: Mouse, served: Served, name: str) -> None:
    """Take the new course as a member, to a passed check."""
    walks.sign_in(hands, served, name)
    hands.press("Courses")
    walks.read_lessons(hands, TITLE)
    assert walks.have_conversations(hands) == 1
    hands.press_this(hands.page.locator("main .btn.fill"))
    hands.press("Start the check")
    walks.answer_one_by_one(hands, served, name, course="kind-handovers")
    hands.press("Send my answers")
    assert walks.h1(hands) == "You passed the check"


def test_tara_writes_a_course_from_an_empty_page_and_a_member_passes_it(own_served: Served, opens: Opens) -> None:
    add(own_served, "imre", "Imre Vas")
    tara, imre = Author(opens(viewport={"width": 1280, "height": 900}).new_page()), Mouse(opens().new_page())
    tara.start(own_served)
    tara.open_file("About the course")
    tara.write(tara.text.replace("Write here what somebody can do after this course", OBJECTIVE))
    tara.open_file("A first lesson")
    tara.write(LESSON)
    tara.press(TITLE)
    tara.press("Add a lesson\n(Module 1: First steps)")
    tara.type("Title", "After a hard shift")
    tara.press("Add")
    tara.page.locator(".cm-content").wait_for()
    tara.write(tara.text.replace("content_notes: none", "content_notes: none\nself_care: yes"))
    add_question(tara)
    tara.press(TITLE)
    tara.press("Preview")
    assert tara.page.get_by_text("Nothing here is saved or counted.").count()
    tara.page.go_back()
    tara.open_file("Check")
    tara.publish()
    pass_course(imre, own_served, "imre")


def own_course(served: Served, course: str) -> None:
    """Let Tara's programme publish new versions of a course."""
    with served.site.inside():
        harbour = find_programme("harbour")
        assert harbour
        write(set_owner, course, harbour.id)


def test_a_correction_for_safety_reaches_somebody_in_the_middle_of_the_course(own_served: Served, opens: Opens) -> None:
    own_course(own_served, PFA)
    add(own_served, "ilse", "Ilse Kern")
    lesson = f"{own_served.url}/courses/{PFA}/lessons/what-pfa-is"
    ilse, tara = (
        Mouse(opens().new_page()),
        Author(opens(java_script_enabled=False, viewport={"width": 390, "height": 844}).new_page()),
    )
    walks.sign_in(ilse, own_served, "ilse")
    ilse.press("Courses")
    ilse.press("Psychological first aid for colleagues")
    ilse.press("Start this course")
    ilse.press("Mark as done and continue")

    walks.sign_in(tara, own_served, "tara")
    tara.page.goto(f"{own_served.url}/programmes/harbour/drafts/new")
    tara.pick(tara.page.get_by_label("Course", exact=True), PFA)
    tara.press("Start from this course")
    tara.press("What psychological first aid is")
    tara.write(tara.text.replace("\n## ", "\nStay until somebody else is there.\n\n## ", 1))
    tara.press("Psychological first aid for colleagues")
    tara.press("Publish")
    tara.press("Continue")
    tara.page.get_by_text("It corrects something that could do harm").click()
    tara.type("What changed, in one line", "Nobody is left alone.")
    tara.press("Publish")

    ilse.page.goto(lesson)
    assert ilse.page.get_by_text("Stay until somebody else is there.").count() == 1
    assert "Nobody is left alone." in ilse.page.locator("main").inner_text()


MOODLE = """<?xml version="1.0" encoding="UTF-8"?>
<quiz>
<question type="multichoice"><name><text>tea</text></name>
<questiontext format="html">
<text><![CDATA[<p>Noor says that she is fine. What do you offer?</p>]]></text></questiontext>
<single>true</single>
<answer fraction="100"><text>A place to sit down</text>
<feedback><text>It asks nothing of her.</text></feedback></answer>
<answer fraction="0"><text>A talk about it</text><feedback><text>She has not asked for one.</text></feedback></answer>
</question>
<question type="essay"><name><text>essay</text></name>
<questiontext><text>Describe a shift.</text></questiontext></question>
</quiz>
"""


def test_tara_brings_a_bank_from_moodle_into_her_check(served: Served, opens: Opens, tmp_path: Path) -> None:
    (tmp_path / "bank.xml").write_text(MOODLE, "utf-8")
    tara = Author(opens(viewport={"width": 1280, "height": 900}).new_page())
    tara.start(served)
    tara.press("Import and export questions")
    tara.page.get_by_label("File with questions").set_input_files(tmp_path / "bank.xml")
    tara.press("Show what would be imported")
    said = tara.page.locator("main").inner_text()
    assert "1 question would be added. 1 would be left out." in said and "Line 11" in said
    tara.press("Add to the check")
    tara.page.goto(f"{tara.page.url.partition('/questions')[0].partition('/files')[0]}/files/check.md")
    tara.page.locator(".cm-content").wait_for()
    assert "- (x) A place to sit down" in tara.text and "Describe a shift." not in tara.text


def test_tara_repairs_a_conversation_with_its_drawing(served: Served, opens: Opens) -> None:
    tara = Author(opens(viewport={"width": 1280, "height": 900}).new_page())
    tara.start(served)
    draft = tara.page.url
    tara.open_file("A first conversation")
    whole = tara.text
    tara.write(whole.replace("(#the-tea)", "(#the-bench)", 1))
    tara.page.locator("[data-problems] li").filter(has_text="the-bench").wait_for()
    tara.press(TITLE)
    tara.press("Preview")
    tara.press("A first conversation")
    drawing = tara.page.get_by_role("img", name="All paths of “A first conversation”")
    assert "The bench" in drawing.text_content()
    assert tara.page.get_by_text("Nobody has written this part yet.").count()
    tara.page.goto(draft)
    tara.open_file("A first conversation")
    tara.write(whole)
    tara.page.locator("[data-problems] li").filter(has_text="the-bench").wait_for(state="detached")
    tara.press(TITLE)
    tara.press("Preview")
    tara.press("A first conversation")
    drawn = tara.page.get_by_role("img", name="All paths of “A first conversation”").text_content()
    assert "The bench" not in drawn
