"""The files that a draft starts from: a front page, a small course to write over, or a published version."""

from __future__ import annotations

from dataclasses import dataclass

from lms.authoring.drafts.text_rules import quoted, read_bytes, with_front_value
from lms.content.model.bundle import Bundle

_DOES_NOT_ATTEST = (
    "This is a record of training. It is not a licence or a professional qualification, and it does not permit "
    "counselling, therapy, diagnosis or assessment."
)
_FRONT = """---
id: {id}
title: {title}
version: "0.1.0"
language: {language}
summary: {summary}
audience: {audience}
status: draft
objectives:
  - id: o1
    text: "Write here what somebody can do after this course"
content_notes: none
pass: {{score: 80, practice_required: {practice}, lessons_required: yes}}
draw: {draw}
certificate:
  does_not_attest: "{does_not_attest}"
  valid_months: 24
  design: plain
licence: "CC BY 4.0"
authors: [{author}]
---
{welcome}
"""
_WELCOME = "Say in two or three sentences what this course is about, and what people will be able to do after it.\n"
_MODULE = "---\ntitle: First steps\n---\nOne sentence about what this module is for.\n"
_LESSON = """---
id: a-first-lesson
title: A first lesson
objectives: [o1]
content_notes: none
---
Start with a moment that people know from their own work. Two or three sentences are enough.

## What helps

Explain one idea here, in plain words. A short list can help:

- the first thing to do
- the second thing to do

> “What somebody could say, in their own words.”

> [!TIP]
> - One thing to try on the next shift.
> - One thing that can wait.

> **For you, privately** {#p01}
>
> Where have you met this yourself? Nobody else sees what you write here.
"""
_CHECK = """---
kind: check
---

## A colleague stays behind after the meeting and says nothing. What do you do first? {#q01 objectives="o1"}

- ( ) Ask what happened, so that you understand it all.
  > That asks for the story before they have chosen to tell it.
- (x) Say that you have time, and let them choose.
  > The choice stays with them, and they know that you are there.
- ( ) Leave quietly, because they said nothing.
  > They may take it as a sign that there is no room for them.

## Which two of these leave the choice with your colleague? {#q02 objectives="o1"}

- [x] “Would you like to sit down for a moment?”
  > An offer that can be turned down is a real choice.
- [x] “I’m here until four, if you’d like to talk.”
  > They know when, and they decide whether.
- [ ] “You have to talk about it, or it gets worse.”
  > Nobody has to, and it puts them under pressure.

## Put a first conversation in order. {#q03 objectives="o1"}

1. Say who you are
   > People need to know first who is speaking with them.
2. Ask if this is a good moment
   > Then they can choose the time and the place.
3. Listen
   > Once they have chosen to talk, there is room for it.
"""
_CONVERSATION = """---
kind: conversation
id: a-first-conversation
title: A first conversation
with: Alex
setting: A staff room, after a long day.
content_notes: none
objectives: [o1]
start: the-door
ends: {the-tea: good, the-coat: open}
minutes: 5
---

## the-door

> (stops at the door) I’m fine. It was just a long one.

- **opening offer, steady** [“I have a quarter of an hour. Would you like some tea?”](#the-tea)
  > A real offer, with an end to it.
- **closed question, detour** [“Did something happen?”](#the-shrug)
  > It asks for the story before there is room for it.

## the-shrug

> (shrugs) Not really.

- **silence, steady** [(stay, and wait a moment)](#the-tea)
  > It leaves room, and asks for nothing.
- **advice without permission, detour** [“You should take tomorrow off.”](#the-coat)
  > It decides for Alex.

## the-tea

**Alex sits down.** What you said left the choice with Alex, and Alex took it.

## the-coat

**Alex takes the coat and goes.** The door is still open. You can offer again on another day.
"""


@dataclass(frozen=True)
class NewCourse:
    """What a new course is called and for whom it is; `author` is who writes it."""

    id: str
    title: str
    summary: str
    audience: str
    author: str
    language: str = "en"


def _front(course: NewCourse, *, practice: int, draw: int) -> str:
    return _FRONT.format(
        id=course.id,
        title=quoted(course.title),
        summary=quoted(course.summary),
        audience=quoted(course.audience),
        author=quoted(course.author),
        language=course.language,
        practice=practice,
        draw=draw,
        does_not_attest=_DOES_NOT_ATTEST,
        welcome=_WELCOME,
    )


def blank_course(course: NewCourse) -> Bundle:
    """Return the front page of a course and nothing else."""
    return Bundle({"course.md": _front(course, practice=0, draw=5).encode()})


def starter_course(course: NewCourse) -> Bundle:
    """Return a small whole course: a module with a lesson, a check and a conversation, all to be written over."""
    files = {
        "course.md": _front(course, practice=1, draw=3),
        "1-first-steps/module.md": _MODULE,
        "1-first-steps/1-a-first-lesson.md": _LESSON,
        "check.md": _CHECK,
        "practice/a-first-conversation.md": _CONVERSATION,
    }
    return Bundle({path: text.encode() for path, text in files.items()})


def under_another_id(bundle: Bundle, course_id: str, title: str) -> Bundle:
    """Return the same course as a new one: its own id and title, and a first version."""
    text = read_bytes(bundle.files["course.md"])[0]
    for key, value in (("id", course_id), ("title", title), ("version", "1.0.0")):
        text = with_front_value(text, key, value)
    return Bundle({**dict(bundle.files.held()), "course.md": text.encode()}, bundle.refused)
