"""Wording that a course should not use: promises no training can keep, demeaning words, and idioms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from lms.content.markdown.blocks import Block, text_of
from lms.content.markdown.quotes import ALERT, is_speech
from lms.content.model.course import Course
from lms.content.model.report import Finding, Report
from lms.content.reader.context import ParseContext, ParsedFile
from lms.content.reader.reading import QUOTED, Passage, passage, sentences, split

_OURS = (
    r"(?:psychological first aid|PFA|peer support|(?:\w+ )?listening|(?:this |the |our |your |such |good )?"
    r"(?:training|course|lesson|module|certificate)|trauma-informed care|self-care|support from (?:a colleague|peers))"
)
_BETWEEN = (
    r"(?:,[^,.;:]{1,40},)?"
    r"(?:\s+(?!(?:who|which|they|s?he|we|I|if|when|what|how|where)\b)[\w’'-]+){0,6}?"
)
_DOES = (
    rf"\b{_OURS}{_BETWEEN}\s+(?<!\ba )(?<!\ban )(?<!\bthe )(?<!\bno )(?<!\bany )(?<!\bas )"
    r"(?:prevents?|cures?|treats?|heals?|guarantees?)\b"
    r"(?!\s+(?:\w+\s+){0,3}(?:as(?! well)|like|with (?:respect|dignity|kindness|care|courtesy|warmth))\b)"
)
_DONE = rf"\b(?:prevented|cured|treated|healed|guaranteed) (?:by|with|through) (?:[\w’'-]+ ){{0,3}}?{_OURS}\b"
_LEARNER = r"(?:you|(?:the |a |each |every )?(?:learner|participant|graduate|holder|(?:peer )?supporter)s?)"
_PAPER = r"(?:certified|licen[cs]ed|qualified|accredited)"
_BECOMES = (
    rf"\b(?:{_LEARNER}{_BETWEEN}\s+(?:are|is|be|am|gets?|counts? as|leaves?)|becom(?:e|es|ing))\s+"
    rf"(?:(?:now|fully|officially|then|a|an|as|the|\w+ly)\s+)*{_PAPER}\b"
)
_MAKES = (
    rf"\b{_OURS}{_BETWEEN}\s+(?:(?:qualif(?:y|ies)|licen[cs]es?|accredits?|certif(?:y|ies))\s+"
    rf"(?:you|them|people|{_LEARNER})\b|makes\s+\w+\s+(?:an? )?{_PAPER}\b"
    r"|(?:is|gives you|earns you|counts as|serves as)\s+(?:an?|your)\s+(?:[\w-]+ )?"
    r"(?:licen[cs]e|qualification|accreditation)\b)"
)
_PROMISE = re.compile("|".join((_DOES, _DONE, _BECOMES, _MAKES)), re.I)
# Few sentences hold any of these, so that few are looked at closely.
_HINT = re.compile(r"prevent|cure|treat|heal|guarantee|certif|licen|qualif|accredit", re.I)
# "training to treat wounds" names a training; "helps to treat" promises.
_NAMED = re.compile(
    r"(?<!helps)(?<!help)(?<!helped)(?<!designed)(?<!meant)(?<!made)(?<!shown)(?<!proven)(?<!known)(?<!able)"
    r"(?<!likely)(?<!sure)(?<!works)(?<!enough)(?<!there)(?<!used) to (?:prevent|cure|treat|heal|guarantee)$",
    re.I,
)
_NOT_A_DENIAL = re.compile(r"\b(?:not (?:only|just|merely)|no (?:doubt|question|wonder)|nothing but)\b", re.I)
_DENIAL = re.compile(
    r"\b(?:not|never|no|none|nothing|nobody|neither|nor|cannot|without|whether|if|unless|hardly|rarely|unlikely|myth"
    r"|untrue|claim(?:s|ed)?|hope[sd]?|sold as|instead of|rather than|far from|meant to|was to|were to)\b|n[’']t\b",
    re.I,
)
_CLAUSE = re.compile(r"[;:—–]|,? but ")
_IT = re.compile(r"^(?:It|This|They)\b")
_LOOK_BACK = re.compile(rf"\b{_OURS}\b", re.I)

_SUICIDE = re.compile(
    r"\b(?:commit(?:s|ted|ting)?\s+suicide|complet(?:e|es|ed|ing)\s+suicides?|(?:un)?successful\s+(?:attempt|suicide)s?"
    r"|failed\s+(?:suicide\s+)?attempts?|suicide\s+epidemic|epidemic\s+of\s+suicides?|cry\s+for\s+help|skyrocket\w*)\b",
    re.I,
)
_UNKIND = re.compile(
    r"\b(?:psychos?|crazy|addicts?|the\s+mentally\s+ill|victims?|suffer(?:s|ed|ing)?\s+from|non-compliant|manipulative"
    r"|attention-seeking|wheelchair-bound|normal\s+people|manpower|guys)\b",
    re.I,
)
_IDIOM = re.compile(
    r"\b(?:piece of cake|touch base|at the end of the day(?=,)|under the weather|(?:in|the) same boat|low-hanging fruit"
    r"|(?:hit|hits|hitting) the ground running|(?:bite|bites|biting) the bullet|beat(?:ing)? around the bush"
    r"|walk(?:ing)? on eggshells|elephant in the room|tip of the iceberg|ball ?park figure|slippery slope"
    r"|burn(?:s|ing)? the candle|(?:get|gets|getting) the ball rolling|on the back burner|a long shot|silver lining"
    r"|(?:think|thinking) outside the box|(?:break|breaks|breaking) the ice|(?:pull|pulls|pulling) your weight"
    r"|(?:cross|crosses|crossing) that bridge|(?:cut|cuts|cutting) corners|once in a blue moon|wear many hats)\b",
    re.I,
)
_STEMS = (
    "suicide", "attempt", "cry for", "skyrocket", "psycho", "crazy", "addict", "mentally ill", "victim", "suffer",
    "compliant", "manipulative", "attention", "wheelchair", "normal people", "manpower", "guys",
    "cake", "touch base", "of the day,", "weather", "boat", "fruit", "ground running", "bullet", "bush", "eggshells",
    "elephant", "iceberg", "ball", "slope", "candle", "burner", "long shot", "lining", "outside the box",
    "the ice", "weight", "that bridge", "corners", "blue moon", "many hats",
)  # fmt: skip
_WARDED_OFF = re.compile(
    r"(?:\bnot|\bnever|n[’']t|\bavoid|\binstead of|\brather than|\bleave out)\b[^.;:]{0,40}$", re.I
)
_TO_LEAVE = re.compile(r"^(?:not\b|instead of|rather than|avoid|do not|don[’']t|never|less helpful|you may hear)", re.I)
_ASSERTING = ("course", "module", "facilitator", "lesson", "gentle", "glossary")


def look_for_promises(context: ParseContext, course: Course) -> None:
    """Reports every sentence of prose, summary, audience and objectives that promises too much."""
    for page in context.proofread:
        context.findings += page.promises
    report = context.report("course.md")
    shown = (course.summary, course.audience, *(goal.text for goal in course.objectives))
    for text in shown:
        for promise in _promises(split(QUOTED.sub("“”", text))).values():
            line = next((number for number, line in enumerate(report.lines, 1) if promise in line), 1)
            report.add("UNTRUE_PROMISE", line, f"“{promise}” is more than a course can promise.")


def prose_promises(parsed: ParsedFile) -> tuple[Finding, ...]:
    """Every sentence of a page that promises too much."""
    if parsed.role not in _ASSERTING:
        return ()
    report = Report(parsed.report.path, parsed.report.lines)
    all_sentences = sentences(asserted(parsed.prose), quoted=False)
    for place, promise in _promises([sentence.text for sentence in all_sentences]).items():
        report.add("UNTRUE_PROMISE", all_sentences[place].line, f"“{promise}” is more than a course can promise.")
    return tuple(report.findings)


def _promises(all_sentences: Sequence[str]) -> dict[int, str]:
    """The words that promise too much, by the place of their sentence."""
    found = {
        place: promises_too_much(text, all_sentences[place - 1] if place else "")
        for place, text in enumerate(all_sentences)
    }
    return {place: promise for place, promise in found.items() if promise}


def promises_too_much(sentence: str, before: str = "") -> str | None:
    """The words that promise too much, or None; “it” stands for what the sentence before spoke of."""
    if not _HINT.search(sentence) or sentence.rstrip("”’\"') ").endswith("?"):
        return None
    spoken = _IT.sub("This training", sentence) if _LOOK_BACK.search(before) else sentence
    for found in _PROMISE.finditer(spoken):
        if _NAMED.search(found.group()):
            continue
        begin = max((mark.end() for mark in _CLAUSE.finditer(spoken, 0, found.start())), default=0)
        around = " ".join([spoken[begin : found.end()], *spoken[found.end() :].split()[:1]])
        if not _DENIAL.search(_NOT_A_DENIAL.sub("", around)):
            return found.group()
    return None


def look_for_wording(parsed: ParsedFile) -> None:
    """Notes words about suicide and people that can hurt, and figures of speech, unless quoted or warned of."""
    # Most pages hold few of these, and most of their texts none.
    texts = list(asserted(parsed.page.blocks, everything=True))
    page = "\n".join(one.text for one in texts).lower()
    stems = [stem for stem in _STEMS if stem in page]
    for one in texts if stems else ():
        lowered = one.text.lower()
        if not any(stem in lowered for stem in stems):
            continue
        text = QUOTED.sub(lambda found: "“" + " " * (len(found.group()) - 2) + "”", one.text)
        for code, pattern in (("SUICIDE_WORDING", _SUICIDE), ("UNKIND_WORDING", _UNKIND), ("IDIOM", _IDIOM)):
            for found in pattern.finditer(text):
                if not _WARDED_OFF.search(text[max(0, found.start() - 60) : found.start()]):
                    parsed.report.add(code, one.block.line, f"The text says “{found.group()}”.")


def asserted(blocks: Iterable[Block], *, everything: bool = False) -> Iterator[Passage]:
    """The passages that the text asserts itself: no speech, and nothing listed as what to avoid.

    With `everything`, headings count too.
    """
    for block in blocks:
        if block.kind == "quote":
            first = block.children[0].text if block.children else ""
            alert = ALERT.match(first)
            if not (is_speech(block) or (alert and alert.group(1).upper() in ("NOTE", "CAUTION"))):
                yield from asserted(block.children, everything=everything)
        elif block.kind == "table":
            yield from _cells(block)
        elif block.kind == "paragraph" or (everything and block.kind == "heading"):
            yield passage(block)
        else:
            yield from asserted(block.children, everything=everything)


def _cells(table: Block) -> Iterator[Passage]:
    heads = table.children[0].children if table.children else []
    left_out = {place for place, cell in enumerate(heads) if _TO_LEAVE.match(text_of(cell.inline).strip())}
    for row in table.children[1:]:
        for place, cell in enumerate(row.children):
            if place not in left_out:
                yield passage(cell)
