"""The Markdown of what can be inserted, made from what somebody chose and typed; ids come from `choices`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from posixpath import dirname, relpath
from typing import Literal

# Where it belongs: at the end of a section, in its list, after the paragraph, in the line, or in the front matter.
Where = Literal["section", "list", "block", "inline", "front"]
CALLOUTS = ("NOTE", "CAUTION", "TIP")
PARTS = {"one_answer": "({})", "several_answers": "[{}]"}


@dataclass(frozen=True)
class Snippet:
    """Some Markdown without blank lines round it, and where it belongs.

    With `ends`, that entry goes into the list of ends in the front matter as well.
    """

    text: str
    where: Where
    ends: str = ""


@dataclass(frozen=True)
class Choice:
    """An option, a step or a pair as somebody typed it; `other` is what belongs to the left side of a pair."""

    text: str
    why: str = ""
    right: bool = False
    other: str = ""


def question(id: str, stem: str, objectives: Sequence[str], answers: str) -> Snippet:
    """Return a question with its answer part, below a heading of the second level."""
    return Snippet(f'## {_line(stem)} {{#{id} objectives="{" ".join(objectives)}"}}\n\n{answers}', "section")


def critical_group(
    group: str, questions: Iterable[tuple[str, str, Sequence[Choice]]], objectives: Sequence[str]
) -> Snippet:
    """Return safety questions of one group, each with its id, text and options of which the first is right.

    The right option has another place in each.
    """
    found = []
    for at, (id, stem, choices) in enumerate(questions):
        right, *others = choices
        place = at % len(choices)
        shown = options("one_answer", (*others[:place], right, *others[place:]))
        braces = f'{{#{id} .critical group="{group}" objectives="{" ".join(objectives)}"}}'
        found.append(f"## {_line(stem)} {braces}\n\n{shown}")
    return Snippet("\n\n".join(found), "section")


def options(kind: str, choices: Iterable[Choice]) -> str:
    """Return the options of a question with one answer or several."""
    return "\n".join(_option(PARTS[kind], choice) for choice in choices)


def steps(choices: Iterable[Choice]) -> str:
    """Return steps in their right order."""
    return "\n".join(_step(number, choice) for number, choice in enumerate(choices, start=1))


def pairs(heads: Sequence[str], choices: Sequence[Choice]) -> str:
    """Return a table of pairs, with their reasons in a third column if there are any."""
    rows = [(choice.text, choice.other, choice.why) for choice in choices]
    width = 3 if any(choice.why for choice in choices) else 2
    table = [heads[:width], ["---"] * width, *(row[:width] for row in rows)]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in row) + " |" for row in table)


def short_answer(model: str, look_for: str, not_enough: str) -> str:
    """Return what learners compare their own words with; each line of the last two is a point of its own."""
    parts = [("Model answer", model.strip()), ("Look for", _points(look_for)), ("Not enough", _points(not_enough))]
    return "\n\n".join(f"### {head}\n\n{text}" for head, text in parts if text)


def option(choice: Choice, section: str) -> Snippet:
    """Return one more option, in the kind that the options of its section have: `( )`, `[ ]` or a step."""
    marks = re.findall(r"^\s*(?:[-*+]\s+([(\[])|(\d+)[.)]\s)", section, re.M)
    mark, step = marks[-1] if marks else ("(", "")
    if step:
        return Snippet(_step(int(step) + 1, choice), "list")
    return Snippet(_option(PARTS["several_answers" if mark == "[" else "one_answer"], choice), "list")


def callout(kind: str, words: str) -> Snippet:
    """Return a callout: `NOTE`, `CAUTION` or `TIP`."""
    return Snippet(f"> [!{kind}]\n{_quote(words)}", "block")


def spoken(words: str) -> Snippet:
    """Return something that a person says, in quotation marks."""
    said = words.strip()
    return Snippet(_quote(said if said[:1] in "“\"«‘'" else f"“{said}”"), "block")


def private_prompt(id: str, words: str) -> Snippet:
    """Return a question that learners answer for themselves; nothing of it is sent."""
    return Snippet(f"> **For you, privately** {{#{id}}}\n>\n{_quote(words)}", "block")


def citation(source: str) -> Snippet:
    """Return the mark of a source in `course.md`."""
    return Snippet(f"[^{source}]", "inline")


def link(path: str, of_file: str, words: str) -> Snippet:
    """Return a link to another page of the course, as seen from the file that has it."""
    return Snippet(f"[{_bracketed(words)}]({relpath(path, dirname(of_file) or '.')})", "inline")


def picture(path: str, of_file: str, description: str) -> Snippet:
    """Return a picture of the course with its description, as seen from the file that shows it."""
    return Snippet(f"![{_bracketed(description)}]({relpath(path, dirname(of_file) or '.')})", "block")


def recording(path: str, of_file: str, title: str) -> Snippet:
    """Return the line that becomes the player of a recording, as seen from the file that has it."""
    return Snippet(f"[{_bracketed(title)}]({relpath(path, dirname(of_file) or '.')})", "block")


def reply(kind: Sequence[str], words: str, goes_to: str, feedback: str) -> Snippet:
    """Return a reply of a conversation, which leads to one of its headings.

    `kind` is its label, how helpful it is, and what it sets and asks for.
    """
    said = words.strip()
    quoted = said if said[:1] in '“"«(' else f"“{said}”"
    bold = ", ".join(part for part in kind if part)
    return Snippet(f"- **{bold}** [{_bracketed(quoted)}](#{goes_to})\n{_why(feedback, '  ')}", "list")


def terms(verb: str, facts: Sequence[str]) -> str:
    """Return what a reply or an end does with facts, such as `sets a and b`; empty without any."""
    return f"{verb} {(' or ' if verb == 'unless' else ' and ').join(facts)}" if facts else ""


def turn(id: str, title: str, stage: str, words: str) -> Snippet:
    """Return a turn of a conversation: its heading, its title if it has one, and what the colleague does and says."""
    does = f"({_line(stage).strip('()')}) " if stage.strip() else ""
    parts = [f"## {id}", f"**{_line(title).rstrip('.')}.**" if title.strip() else "", _quote(does + words.strip())]
    return Snippet("\n\n".join(part for part in parts if part), "section")


def end(id: str, title: str, debrief: str, ending: str) -> Snippet:
    """Return an end of a conversation, which its front matter lists as good or open."""
    titled = f"**{_line(title).rstrip('.')}.** {debrief.strip()}"
    return Snippet(f"## {id}\n\n{titled}", "section", ends=f"{id}: {ending}")


def content_note(topics: Sequence[str], note: str, mention: bool) -> Snippet:
    """Return the key of the front matter that says what's hard in a file; without topics, that there's nothing."""
    if not topics:
        return Snippet("content_notes: none", "front")
    only = ", mention: yes" if mention else ""
    said = json.dumps(_line(note), ensure_ascii=False)
    return Snippet(f"content_notes: {{topics: [{', '.join(topics)}]{only}, note: {said}}}", "front")


def _option(marks: str, choice: Choice) -> str:
    return f"- {marks.format('x' if choice.right else ' ')} {_line(choice.text)}\n{_why(choice.why, '  ')}".rstrip()


def _step(number: int, choice: Choice) -> str:
    return f"{number}. {_line(choice.text)}\n{_why(choice.why, '   ')}".rstrip()


def _why(words: str, indent: str) -> str:
    return f"{indent}> {_line(words)}" if words.strip() else ""


def _line(words: str) -> str:
    """Return text on one line."""
    return " ".join(words.split())


def _cell(words: str) -> str:
    return _line(words).replace("|", "\\|")


def _bracketed(words: str) -> str:
    return re.sub(r"(?<!\\)([\[\]])", r"\\\1", _line(words))


def _quote(words: str) -> str:
    return "\n".join(f"> {line.strip()}".rstrip() for line in words.strip().splitlines())


def _points(words: str) -> str:
    lines = (line.strip().removeprefix("- ").strip() for line in words.splitlines())
    return "\n".join(f"- {line}" for line in lines if line)
