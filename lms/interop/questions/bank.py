"""What was read from a file of another system: questions in our kinds, and what was left out, with the reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from lms.content.model.wording import Sentence, say

MAX_QUESTIONS, MAX_ANSWERS = 1000, 200
# What a text costs to read grows with its length and, more so, with the characters that can be marks. These weights are
# half a microsecond each, so that one question takes a tenth of a second at most, and a file less than two seconds.
_EACH_TEXT, _EACH_MARK = 100, 25
MAX_EFFORT, MAX_EFFORT_OF_FILE = 200_000, 3_000_000
_MARK = re.compile(r"[<*_`\[\]&~\\\n]")
_TOO_LONG = say("It’s longer than a question can be here. Shorten it, or make several questions of it.")


@dataclass(frozen=True)
class Choice:
    """An option or a step: Markdown, with the feedback of the other system as its reason."""

    text: str
    reason: tuple[str, ...] = ()
    right: bool = False


@dataclass(frozen=True)
class Pair:
    """Two cells that belong together; an empty left one adds a right-hand side that belongs to none."""

    left: str
    right: str
    reason: str = ""


@dataclass(frozen=True)
class Labels:
    """What our own exports say of a question beside its text."""

    objectives: tuple[str, ...] = ()
    group: str = ""
    critical: bool = False
    fixed: bool = False
    jurisdiction: str = ""


@dataclass(frozen=True)
class Item:
    """One question; texts are Markdown, `stem` is its paragraphs, and `notes` say what could not be carried."""

    kind: str
    line: int
    stem: tuple[str, ...]
    name: str = ""
    id: str = ""
    choices: tuple[Choice, ...] = ()
    pairs: tuple[Pair, ...] = ()
    model: tuple[str, ...] = ()
    look_for: tuple[str, ...] = ()
    not_enough: tuple[str, ...] = ()
    labels: Labels = Labels()
    notes: tuple[Sentence, ...] = ()
    effort: int = field(default=0, compare=False)


@dataclass(frozen=True)
class LeftOut:
    """A question that cannot come in: the line where it begins, its name there, and why."""

    line: int
    name: str
    why: Sentence
    effort: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Bank:
    """Everything that a file holds; `notes` concern the file as a whole."""

    items: tuple[Item, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[Sentence, ...] = ()

    @property
    def effort(self) -> int:
        """What all of it cost to read."""
        return sum(one.effort for one in self.items) + sum(one.effort for one in self.left_out)


@dataclass
class Source:
    """A question on its way in: where it begins, what it is called, and what has been noticed so far."""

    line: int
    name: str = ""
    id: str = ""
    stem: tuple[str, ...] = ()
    labels: Labels = Labels()
    notes: list[Sentence] = field(default_factory=list)
    effort: int = 0

    def take(self, text: str) -> bool:
        """Count what a text costs to read; return False once the question is longer than one can be."""
        if self.effort <= MAX_EFFORT:
            self.effort += _EACH_TEXT + len(text)
        if self.effort <= MAX_EFFORT:
            self.effort += _EACH_MARK * len(_MARK.findall(text))
        return self.effort <= MAX_EFFORT

    def note(self, words: Sentence) -> None:
        """Notice something once."""
        if words not in self.notes:
            self.notes.append(words)

    def leave_out(self, why: Sentence) -> LeftOut:
        """The question as one that stays outside."""
        why = _TOO_LONG if self.effort > MAX_EFFORT else why
        return LeftOut(self.line, self.name or shortened(self.stem), why, self.effort)

    def leave_out_as_too_long(self) -> LeftOut:
        """The question as one that stays outside, unread."""
        self.effort = MAX_EFFORT + 1
        return self.leave_out(_TOO_LONG)


@dataclass(frozen=True)
class Weighed:
    """An option with the share of the mark that the other system gives for it, from -1 to 1."""

    text: str
    reason: tuple[str, ...] = ()
    weight: float = 0.0


def no_such_kind(source: Source, kind: str) -> LeftOut:
    """A question whose kind we don't have."""
    return source.leave_out(say("Sidelight has no question of this kind (%(kind)s).", kind=kind))


def finish(source: Source, kind: str, **parts: Sequence[object]) -> Item | LeftOut:
    """The item made of a source and the parts of its kind; without a text, it cannot be asked."""
    if source.effort > MAX_EFFORT:
        return source.leave_out_as_too_long()
    if not any(source.stem):
        return source.leave_out(say("The question has no text."))
    seen = {"line": source.line, "stem": source.stem, "name": source.name, "id": source.id, "labels": source.labels}
    if any(len(found) > MAX_ANSWERS for found in parts.values()):
        return source.leave_out(say("It has more answers than a question can have here."))
    return Item(kind, notes=tuple(source.notes), effort=source.effort, **seen, **parts)  # type: ignore[arg-type]


def as_choices(source: Source, options: Sequence[Weighed], single: bool) -> Item | LeftOut:
    """One answer or several, from weighed options."""
    options = [option for option in options if option.text]
    if len(options) < 2:
        return source.leave_out(say("There are fewer than two options to choose from."))
    rights = _rights(source, options, single)
    if not rights:
        return source.leave_out(say("No option is marked as right."))
    if single and len(rights) > 1:
        return source.leave_out(say("Several options count in full, but only one may be chosen."))
    if not all(option.reason for option in options):
        missing = sum(not option.reason for option in options)
        source.note(say("Options without a reason: %(count)s. Write them before you publish.", count=missing))
    choices = tuple(Choice(option.text, option.reason, place in rights) for place, option in enumerate(options))
    return finish(source, "one_answer" if single else "several_answers", choices=choices)


def _rights(source: Source, options: Sequence[Weighed], single: bool) -> set[int]:
    best = max(option.weight for option in options)
    if best <= 0:
        return set()
    if single:
        if any(0 < option.weight < best for option in options) or best < 1:
            source.note(say("Part marks were left out: only the option with the highest mark counts as right."))
        return {place for place, option in enumerate(options) if option.weight == best}
    rights = {place for place, option in enumerate(options) if option.weight > 0}
    if max(options[place].weight - min(options[right].weight for right in rights) for place in rights) > 0.01:
        source.note(say("Different marks per answer were left out: a question counts only when all of it is right."))
    return rights


def as_match(source: Source, pairs: Iterable[Pair]) -> Item | LeftOut:
    """Match, from pairs."""
    found = tuple(pair for pair in pairs if pair.right)
    if sum(bool(pair.left) for pair in found) < 2:
        return source.leave_out(say("There are fewer than two pairs to match."))
    return finish(source, "match", pairs=found)


def as_order(source: Source, steps: Sequence[Choice]) -> Item | LeftOut:
    """Put in order, from steps in their right order."""
    found = tuple(step for step in steps if step.text)
    if len(found) < 2:
        return source.leave_out(say("There are fewer than two steps to put in order."))
    return finish(source, "order", choices=found)


def as_typed(source: Source, answers: Sequence[str]) -> Item | LeftOut:
    """A short answer, from the typed answers that another system accepts."""
    found = tuple(dict.fromkeys(answer for answer in answers if answer))
    if not found:
        return source.leave_out(say("No accepted answer is named."))
    source.note(say("People compare a short answer with the model themselves, so a check never draws this question."))
    return finish(source, "short_answer", model=found[:1], look_for=found)


def shortened(texts: Sequence[str], length: int = 60) -> str:
    """The beginning of a text, as a name for lists."""
    words = " ".join(" ".join(texts).split())
    return words if len(words) <= length else words[: length - 1].rstrip() + "…"


def labels_as_words(labels: Labels) -> list[str]:
    """Labels as words without spaces, such as objective=pfa-o1; other systems keep them as tags or classes."""
    words = [f"objective={quote(id, safe='')}" for id in labels.objectives]
    words += [f"group={quote(labels.group, safe='')}"] if labels.group else []
    words += [f"jurisdiction={labels.jurisdiction}"] if labels.jurisdiction else []
    return [*words, *["critical"] * labels.critical, *["fixed"] * labels.fixed]


def labels_of(words: Iterable[str]) -> Labels:
    """Labels from such words; others are passed over."""
    found: dict[str, list[str]] = {}
    for word in words:
        name, _, value = word.strip().partition("=")
        found.setdefault(name, []).append(unquote(value))
    return Labels(
        tuple(filter(None, found.get("objective", []))), (found.get("group") or [""])[0],
        "critical" in found, "fixed" in found, (found.get("jurisdiction") or [""])[0],
    )  # fmt: skip


def make_bank(found: Iterable[Item | LeftOut | None], notes: Sequence[Sentence] = ()) -> Bank:
    """A bank, sorted into what comes in and what stays outside; what comes after the first thousand isn't read.

    Nor is what comes once reading has cost so much that whoever waits for it would wait for seconds.
    """
    every: list[Item | LeftOut] = []
    effort = 0
    for one in found:
        if one is None:
            continue
        if len(every) == MAX_QUESTIONS or effort > MAX_EFFORT_OF_FILE:
            notes = (*notes, only_the_first(len(every)))
            break
        every.append(one)
        effort += one.effort
    return Bank(
        tuple(one for one in every if isinstance(one, Item)),
        tuple(one for one in every if isinstance(one, LeftOut)),
        tuple(notes),
    )


def only_the_first(most: int) -> Sentence:
    """What is said of a file with more questions than are read at once."""
    return say("Only the first %(most)s questions were read. Export the others by themselves.", most=most)


def known(table: Mapping[str, str], word: str) -> str:
    """The words for a kind of another system, or its own name."""
    return table.get(word, word.replace("_", " "))
