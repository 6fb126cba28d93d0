"""Fixes what's safe to fix automatically: pasted quotes and bullets, hidden spaces, values, encodings and line ends.

No fix touches words that people read. Each is tried on the course and taken only if it leaves fewer problems of its
code in the file, and no new ones anywhere.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lms.content.lint.pasted import CONTROL, HIDDEN
from lms.content.lint.recheck import Rechecker
from lms.content.model.bundle import Bundle, StoredFile
from lms.content.model.conversation import FITS, LABELS
from lms.content.model.report import Finding

# What a text is cleared of without a finding: these change nothing that is read.
BYTES = ("UTF-8", "line ends", "spaces at line ends")
Findings = tuple[Finding, ...]
Held = dict[str, bytes | StoredFile]
_ROUNDS = 8
_NO_WIDTH = re.compile("[\u00ad\u180e\u200b-\u200f\u2060-\u2064\ufeff]")
_LINE_BREAK = re.compile(r"[\x0b\x0c\x85\u2028\u2029]")
_CURLY = re.compile(
    r"(?P<before>(?:[:,\[{-][ \t]+|[\[{]))(?:[“”„‟](?P<double>[^“”„‟]*)[“”]|[‘‚](?P<single>[^‘‚]*)[’‘])"
    r"(?=[ \t]*(?:$|[,\]}]))"
)
_CURLY_BRACES = re.compile(r"\{[^{}]*\}[ \t]*$")
_STRAIGHT = str.maketrans("“”„‟‘’", '""""\'\'')
_BULLET = re.compile(r"^(?P<before>[ \t>]*)\S[ \t\u00a0]*")
_DASHES = re.compile(r"[-–—]*[–—][-–—]*")
_KEY_AND_VALUE = re.compile(r"(?P<key>[ \t]*(?:- )?\w+:[ \t]+)(?P<value>[^\s\"'\[\]{}|>&*!%#].*?)[ \t]*")
_EMPTY_MARK = re.compile(r"^(?P<before>[ \t>]*[-+*][ \t]+)(?P<mark>\(\)|\[\])")
_LABEL = re.compile(r"\*\*(?P<kind>[^*]+)\*\*")
_YES = {"yes": "yes", "y": "yes", "on": "yes", "true": "yes", "no": "no", "n": "no", "off": "no", "false": "no"}


@dataclass(frozen=True)
class Fix:
    """One thing that was fixed; `what` is a code, or one of `BYTES` for a whole file, whose line is 0."""

    path: str
    line: int
    what: str


@dataclass(frozen=True)
class Mended:
    """The course after its fixes, which is the same bundle where there were none."""

    bundle: Bundle
    fixes: tuple[Fix, ...]


def mend(bundle: Bundle, name: str = "", only: str = "") -> Mended:
    """Fix everything that has one safe fix, in one file if `only` names it.

    A course that has been through it comes back as it is.
    """
    files, fixes = _plain_texts(bundle, only)
    checker = Rechecker()

    def findings_of(tried: Held) -> Findings:
        return checker.check(Bundle(tried, bundle.refused), name).findings

    found = findings_of(files)
    for _round in range(_ROUNDS):
        tried, made = _try_all(files, found, only)
        after = findings_of(tried) if made else found
        if made and not _better(found, after, made):
            tried, made, after = _try_each(files, found, findings_of, only)
        if not made:
            break
        files, found, fixes = tried, after, [*fixes, *made]
    return Mended(Bundle(files, bundle.refused) if fixes else bundle, tuple(fixes))


def propose(path: str, text: str, found: Iterable[Finding]) -> tuple[str, list[Fix]]:
    """The text of a file with every fix that its findings suggest, at most one on a line; none of them is tried yet."""
    lines, made = text.split("\n"), dict[int, Fix]()
    for finding in found:
        place = finding.line - 1
        if finding.path != path or finding.code not in _MENDERS or finding.line in made or place >= len(lines):
            continue
        new = _MENDERS[finding.code](lines[place], finding)
        if new is not None and new != lines[place]:
            lines[place], made[finding.line] = new, Fix(path, finding.line, finding.code)
    return "\n".join(lines), list(made.values())


def _try_all(files: Held, found: Findings, only: str) -> tuple[Held, list[Fix]]:
    """Every fix at once."""
    tried, made = dict(files), list[Fix]()
    for path in dict.fromkeys(finding.path for finding in found if finding.code in _MENDERS):
        data = files.get(path, b"")
        if isinstance(data, StoredFile) or (only and path != only):
            continue
        text, fixes = propose(path, data.decode("utf-8"), found)
        tried[path] = text.encode() if fixes else data
        made += fixes
    return (tried if made else files), made


def _try_each(
    files: Held, found: Findings, findings_of: Callable[[Held], Findings], only: str
) -> tuple[Held, list[Fix], Findings]:
    """The first fix that is better by itself, where all at once were not."""
    for finding in found:
        tried, made = _try_all(files, (finding,), only)
        if made:
            after = findings_of(tried)
            if _better(found, after, made):
                return tried, made, after
    return files, [], found


def _better(before: Findings, after: Findings, made: list[Fix]) -> bool:
    """Whether every fix left fewer of its problems, and none of them a new one that wasn't hidden behind it."""
    had, has = (Counter((finding.path, finding.code) for finding in found) for found in (before, after))
    fewer = all(has[fix.path, fix.what] < had[fix.path, fix.what] for fix in made)
    # A file that couldn't be read hides problems of its own and others'; what it held comes to light with it.
    hidden = any(code in ("NOT_READ", "YAML_BROKEN") for _path, code in had - has)
    return fewer and (hidden or not has - had)


def _plain_texts(bundle: Bundle, only: str) -> tuple[Held, list[Fix]]:
    """The files with every text in UTF-8, with plain line ends, and no spaces at line ends that say nothing."""
    files, fixes = dict(bundle.files.held()), []
    for path, data in bundle.files.held():
        if not path.endswith(".md") or isinstance(data, StoredFile) or (only and path != only):
            continue
        text = _decoded(data)
        if text is None:
            continue
        steps = [text, text.replace("\r\n", "\n").replace("\r", "\n")]
        steps.append(_without_spaces(steps[1]))
        changed = (steps[0].encode() != data, steps[1] != steps[0], steps[2] != steps[1])
        fixes += [Fix(path, 0, what) for what, done in zip(BYTES, changed, strict=True) if done]
        files[path] = steps[2].encode()
    return files, fixes


def _decoded(data: bytes) -> str | None:
    """The text of a file in UTF-8, or in UTF-16 that says so; None for all else, whose letters would be a guess."""
    sixteen = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return data.decode("utf-16" if sixteen else "utf-8-sig")
    except UnicodeDecodeError:
        return None


def _without_spaces(text: str) -> str:
    """The text without spaces at the ends of front matter's and of empty lines; two after words break a line."""
    lines = text.split("\n")
    ends = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip(" \t") == "---"), 0)
    front = ends if lines[0].rstrip(" \t") == "---" else -1
    return "\n".join(
        line.rstrip(" \t") if number <= front or not line.strip(" \t") else line for number, line in enumerate(lines)
    )


def _curly(line: str, finding: Finding) -> str:
    if line[finding.column - 1 :].rstrip().endswith("}") and "=" in line and _CURLY_BRACES.search(line):
        return _CURLY_BRACES.sub(lambda braces: braces.group().translate(_STRAIGHT), line)
    return _CURLY.sub(_in_straight_quotes, line)


def _in_straight_quotes(found: re.Match[str]) -> str:
    words = found["double"] if found["double"] is not None else found["single"]
    mark = '"' if '"' not in words and "\\" not in words else "'" if "'" not in words else ""
    return f"{found['before']}{mark}{words}{mark}" if mark else found.group()


def _hidden(line: str, finding: Finding) -> str | None:
    place = finding.column - 1
    sign = line[place : place + 1]
    if _LINE_BREAK.fullmatch(sign):
        return f"{line[:place].rstrip()}\n{line[place + 1 :].lstrip()}"
    if re.fullmatch(f"[{CONTROL}]", sign):
        return line[:place] + line[place + 1 :]
    if not re.fullmatch(f"[{HIDDEN}]", sign):
        return None
    return line[:place] + ("" if _NO_WIDTH.fullmatch(sign) else " ") + line[place + 1 :]


def _bullet(line: str, finding: Finding) -> str | None:
    if _DASHES.search(line) and not re.search(r"\w", line):
        return _DASHES.sub("---", line)
    # A sign of its own stands for a bullet; one that only looks like one of two lines may be speech.
    return _BULLET.sub(r"\g<before>- ", line, count=1) if "doesn’t start a list" in finding.message else None


def _quoted(line: str, finding: Finding) -> str | None:
    value = finding.fix.removeprefix('Write "').removesuffix('" with quotes.')
    place = line.find(value, line.find(":", finding.column - 1) + 1 if ":" in line[finding.column - 1 :] else 0)
    if place < 0 or '"' in value or "\\" in value:
        return None
    return f'{line[:place]}"{value}"{line[place + len(value) :]}'


def _whole_value(line: str, _finding: Finding) -> str | None:
    found = _KEY_AND_VALUE.fullmatch(line)
    if found is None or "\\" in found["value"]:
        return None
    mark = '"' if '"' not in found["value"] else "'" if "'" not in found["value"] else ""
    return f"{found['key']}{mark}{found['value']}{mark}" if mark else None


def _yes_or_no(line: str, finding: Finding) -> str | None:
    key, said, _ = finding.message.partition(": write yes or no.")
    found = re.search(rf"\b{re.escape(key.split('.')[-1])}:[ \t]+(?P<value>[\"']?(?P<word>\w+)[\"']?)", line)
    if found is None or not said:
        return None
    word = _YES.get(found["word"].casefold())
    return f"{line[: found.start('value')]}{word}{line[found.end('value') :]}" if word else None


def _broken(line: str, finding: Finding) -> str | None:
    return _whole_value(line, finding) if ": " in line.partition(": ")[2] else None


def _label(line: str, _finding: Finding) -> str | None:
    def spelled(found: re.Match[str]) -> str:
        label, fit, *terms = (" ".join(part.split()) for part in (found["kind"] + ",").split(","))
        kind = label.casefold(), fit.casefold()
        known = kind[0] in LABELS and kind[1] in FITS
        return f"**{', '.join((*kind, *filter(None, terms)))}**" if known else found.group()

    return _LABEL.sub(spelled, line, count=1)


def _mark(line: str, _finding: Finding) -> str:
    return _EMPTY_MARK.sub(lambda found: f"{found['before']}{found['mark'][0]} {found['mark'][1]}", line)


def _fixed(line: str, _finding: Finding) -> str:
    return re.sub(r"[ \t]+\.fixed\b(?=[^{}]*\}[ \t]*$)", "", line)


_MENDERS: dict[str, Callable[[str, Finding], str | None]] = {
    "CURLY_QUOTES": _curly,
    "HIDDEN_SPACE": _hidden,
    "PASTED_BULLET": _bullet,
    "PUT_IN_QUOTES": _quoted,
    "TEXT_CUT_SHORT": _whole_value,
    "YAML_BROKEN": _broken,
    "BAD_VALUE": _yes_or_no,
    "UNKNOWN_LABEL": _label,
    "UNKNOWN_FIT": _label,
    "BAD_MARK": _mark,
    "FIXED_ORDER": _fixed,
}
MENDABLE = frozenset(_MENDERS)
