"""A small course built in code: whole and quiet as it stands, and easy to spoil in one place."""

import zlib

from lms.content.lint.check import check
from lms.content.model.bundle import Bundle
from lms.content.model.course import Course, Reading
from lms.content.model.question import Question
from tests.builders.content import course_of

# A picture of nine by nine pixels, as far as its structure goes.
PNG = b"\x89PNG\r\n\x1a\n" + b"".join(
    len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")
    for name, body in ((b"IHDR", bytes([0, 0, 0, 9, 0, 0, 0, 9, 8, 2, 0, 0, 0])), (b"IDAT", b"."), (b"IEND", b""))
)
COURSE = """---
id: small-course
code: SML
title: A small course
version: "1.0.0"
language: en
summary: A course for tests.
audience: Colleagues.
objectives:
  - {id: sml-o1, text: Say hello}
  - {id: sml-o2, text: Say goodbye}
content_notes: none
pass: {score: 80, practice_required: 1}
draw: 3
certificate: {does_not_attest: Anything else., valid_months: 24, design: warm}
sources:
  - {id: WANG24, citation: "Wang, A study. 2024.", url: "https://example.org/wang"}
licence: CC BY 4.0
authors: [Sidelight course writers]
---
Welcome to the small course.
"""

LESSON = """---
id: hello
title: Hello
objectives: [sml-o1]
content_notes: {topics: [death], note: A death is mentioned. It is not described.}
sources: [WANG24]
self_care: yes
---
Dana looks up. A study of 2024 says that it helps.[^WANG24]

## How to begin

Ring {{emergency}} in doubt.
- one
- two
  - deeper

> “Hello, I’m Noor.”

> [!NOTE]
> Many people think it needs a plan.

> [!CAUTION]
> Don’t press anyone.

> [!TIP]
> - Say hello.
> - Wait.

> **For you, privately** {#sml-p01}
>
> What do you do with silence?

### What first? {#sml-l1 objectives="sml-o1"}

- ( ) Push.
  > Pushing takes the choice away.

- (x) Wait.

  > Waiting leaves the choice with them.
"""

GENTLE = """---
content_notes: none
---
Dana looks up, and all is well.
"""

CHECK = """---
kind: check
---

## What first? {#sml-q01 objectives="sml-o1"}

- ( ) Push a little.
  > Pushing takes the choice away.
- (x) Wait.
  > Waiting leaves the choice with them.
- ( ) Leave the room.
  > Leaving tells them nothing.

## Which two? {#sml-q02 objectives="sml-o1 sml-o2"}

- [x] Name
  > A name is a beginning.
- [x] Role
  > A role says what to expect.
- [ ] Rank
  > A rank stands between people.

## Put in order {#sml-q03 objectives="sml-o1"}

1. Look
   > First one has to see.
2. Listen
  > Then one can hear.
3. Link

## Match them {#sml-q04 objectives="sml-o2"}

| What | Where | Why |
| --- | --- | --- |
| A name | Beginning | One says it first. |
| A role | Beginning | One says it next. |
| A thank you | End | One says it last. |
| | Never | Nothing belongs here. |

## Write your words {#sml-q05 objectives="sml-o2"}

### Model answer

“Hi, I’m Noor.”

### Look for

- A name

### Not enough

- “You look bad.”

## Danger: what first? {#sml-q06 .critical group="danger" objectives="sml-o2"}

- (x) True
  > It is always the first thing.
- ( ) False
  > It would come too late.
"""

CONVERSATION = """---
kind: conversation
title: At the sink
with: Dana
setting: A corridor.
content_notes: none
objectives: [sml-o1]
start: sink
ends: {home: good, away: open}
---

## sink

> (runs the tap) I’m fine.

- **closed question, detour** [“What happened?”](#shrug)
  > It begins an inquiry too soon.
- **opening offer, steady** [“Would you like company?”](#home)
  > It gives a real choice.

## shrug

> Maybe.

- **silence, steady** [(wait)](#home)
  > It leaves room for words.
- **advice without permission, detour** [“Go home.”](#away)
  > It decides for her again.

## home

**She rings home.** Nobody needed the story.

## away

**She goes.** She may come back.
"""

# A conversation that remembers what was said.
BUS = """---
kind: conversation
title: At the bus stop
with: Dana
setting: A call from the bus stop, after the late shift.
by: phone
first_contact: yes
content_notes: none
objectives: [sml-o1]
facts: {asked-home: You asked how she gets home}
start: stop
ends: {home: good needs asked-home, away: open}
---

## stop

> (a bus goes past) I’m only waiting.

- **reassurance, detour** [“It’ll be fine.”](#away)
  > It promises what nobody knows.
- **limits statement, steady** [“I’m Noor, a peer supporter. This stays with me, unless someone’s in danger.”](#waiting)
  > She knows what you can keep.

## waiting

> The last one has gone, I think.

- **open question, steady, sets asked-home** [“How will you get home?”](#plan)
  > It asks about tonight, plainly.
- **simple reflection, mixed** [“It’s gone.”](#plan)
  > It shows that you heard her.

## plan

> I might walk.

**If asked-home:**

> My sister could come for me.

- **open question, steady, unless asked-home, sets asked-home** [“How far is it?”](#plan)
  > It comes back to tonight.
- **summary, steady, needs asked-home** [“So your sister comes for you.”](#home)
  > It says what the two of you agreed.
- **reassurance, detour** [“You’ll manage, you always do, don’t you?”](#away)
  > It leaves her with the question.

## home

**She’s on her way.** You asked, and she isn’t alone tonight.

**If asked-home:** You heard about her sister because you asked.

## away

**She hangs up.** You can ring her tomorrow.

**Unless asked-home:** You didn’t ask how she gets home.
"""

FILES = {
    "course.md": COURSE,
    "1-begin/module.md": "---\ntitle: Begin\n---\nA first step.\n",
    "1-begin/1-hello.md": LESSON,
    "1-begin/1-hello.gentle.md": GENTLE,
    "check.md": CHECK,
    "practice/at-the-sink.md": CONVERSATION,
}


def bundle(**changed: str | bytes | None) -> Bundle:
    """The small course, with files put in, changed or (None) taken out."""
    files: dict[str, str | bytes | None] = {**FILES, **changed}
    return Bundle(
        {path: text.encode() if isinstance(text, str) else text for path, text in files.items() if text is not None}
    )


def spoiled(path: str, old: str, new: str) -> Reading:
    """What the check says once one place is changed."""
    assert old in FILES[path]
    return check(bundle(**{path: FILES[path].replace(old, new)}), "small-course")


def codes(reading: Reading) -> set[str]:
    """The codes of all findings."""
    return {finding.code for finding in reading.findings}


def course() -> Course:
    """The small course as it is read."""
    return course_of(bundle(), "small-course")


def question(id: str) -> Question:
    """One question of its bank."""
    return course().question_by_id[id]
