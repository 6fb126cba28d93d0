"""What a new part of a course holds at first: front matter that checks, and a line to write over."""

from __future__ import annotations

from lms.authoring.drafts.outline_rules import Kind
from lms.authoring.drafts.text_rules import quoted

_LESSON = """---
id: {id}
title: {title}
objectives: [{objective}]
content_notes: none
---
Start with a moment that people know from their own work.

## What helps

Explain one idea here, in plain words.
"""
_GENTLER = """---
content_notes: none
---
Say the same here without what may be hard to read.
"""
_CONVERSATION = """---
kind: conversation
id: {id}
title: {title}
with: Alex
setting: Say in a sentence where and when they meet.
content_notes: none
objectives: [{objective}]
start: first
ends: {{a-good-end: good, an-open-end: open}}
minutes: 5
---

## first

> What Alex says first.

- **opening offer, steady** [“What you could say.”](#a-good-end)
  > Why this helps.
- **closed question, detour** [“What else you could say.”](#an-open-end)
  > What this does to Alex.

## a-good-end

**How it ends.** What was good for Alex.

## an-open-end

**How it ends.** What is still open.
"""
_CHECK = """---
kind: check
---

## Write a question here. {{#q01 objectives="{objective}"}}

- ( ) An answer that isn’t the best one.
  > Say what this choice does to the other person.
- (x) The answer that helps most.
  > Say why it helps.
- ( ) Another answer that isn’t the best one.
  > Say what this choice does to the other person.
"""
_GLOSSARY = """---
kind: glossary
---

| Term | Meaning |
| --- | --- |
| A term | What it means in this course |
"""
_TEXTS: dict[Kind, str] = {
    "lesson": _LESSON,
    "gentler": _GENTLER,
    "conversation": _CONVERSATION,
    "check": _CHECK,
    "glossary": _GLOSSARY,
    "module": "---\ntitle: {title}\n---\nOne sentence about what this module is for.\n",
    "facilitator": "---\ntitle: {title}\n---\nWhat whoever runs this module needs to know.\n",
}


def new_file(kind: Kind, id: str, title: str, objective: str) -> bytes:
    """Return the text of a new part of a course; `objective` is the id of one that course.md has."""
    text = _TEXTS[kind]
    if kind in {"gentler", "glossary"}:
        return text.encode()
    return text.format(id=id, title=quoted(title), objective=objective).encode()
