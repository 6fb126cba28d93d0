"""Terms that we no longer use, and every text that people read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.house.catalogue import catalog

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Term:
    """A pattern of what we don't write, what we write instead, and the uses that are fine (regular expressions)."""

    pattern: str
    instead: str
    fine: tuple[str, ...] = ()
    docs_too: bool = True


# The left column of our table of terms, with the few uses that mean something else.
TERMS = (
    Term(
        r"\bletters?\b",
        "email, reminder, notification",
        (
            # Letters of an alphabet: codes, names in a script that we can't print, country codes.
            r"\b(?:letters? (?:and|or) (?:a )?(?:numbers?|digits?)|numbers? (?:and|or) letters)\b",
            r"\b(?:capital|small|large|lower-case|upper-case|Arabic|Latin|four|two) letters?\b",
            r"\bthe letters (?:[A-Z]\b|[A-Z],)",
            r"\bletters from different alphabets\b",
            r"\bat least one letter\b",
            r"\bletters, digits\b",
            r"\bletters without their accents\b",
            r"\bthe letters that a language\b",
            r"\bafter the letter that\b",
        ),
    ),
    Term(r"\ba word (?:about|when)\b", "email, reminder, notification"),
    Term(r"\blook into your\b", "check your email"),
    Term(r"\bsquares?\b", "QR code", (r"\bsquare brackets?\b",)),
    Term(r"\b(?:these|those|which|how many|in other|eight|more|fewer|\d[\d,]*) signs\b", "characters"),
    Term(
        r"\btalks?\b",
        "conversation",
        # The verb.
        (r"\btalks? (?:to|with|about|like|it over|things over|through)\b",),
    ),
    Term(
        r"\btries\b|\b(?:another|each|a|one|first|next|every) try\b|\bhow often (?:\w+ ){1,2}(?:tried|try)\b"
        r"|\b(?:earlier|best|former) times?\b",
        "attempt(s)",
        # The verb.
        (r"\b(?:and|site|server|browser|process|it|who|that) tries\b",),
    ),
    Term(r"\bbeg(?:in|ins|an|un|inning)\b", "start", (r"\b(?:in|from|at) the beginning\b",)),
    Term(r"\b(?:go|goes|going|went|gone) on\b", "continue", (r"\b(?:is|was|what) go(?:ing|es) on\b",)),
    Term(
        r"^keep (?!it where|a copy|your password|me signed in)|^kept\b|\b(?:is|are|was|were|nothing|be) (?:\w+ )?kept\b"
        r"|\bnothing (?:\w+ ){0,4}kept\b",
        "save, saved; “We keep …” and “We don’t store …” for how long we have something",
        docs_too=False,
    ),
    Term(
        r"\b(?:stands?|stood|standing)\b",
        "is valid, withdrawn, reinstate; is, says, shows",
        # Other verbs and nouns: to stand for something, to stand on one's feet.
        (r"\bstands? (?:for|out)\b", r"\bstand or walk\b", r"\bstand nearby\b", r"\bstanding up\b"),
    ),
    Term(r"\banew\b", "reissue; again"),
    Term(r"\bwhat (?:is|was) earned\b", "issue certificates (that are due)"),
    Term(r"\bhow certificates look\b", "certificate design"),
    Term(
        r"\bthe further (?:one|certificate)\b|\b(?:the|a) newer one\b",
        "name it: the ready to practise certificate, the new certificate",
    ),
    Term(
        r"\b(?:in|met|or) another way\b(?! (?:to|of)\b)|^another way:|\bwaive[ds]?\b|\bmeets? you\b",
        "recognised prior learning; exempted; learning preferences",
    ),
    Term(
        r"\bfit(?:s|ting)?\b",
        "right, matches",
        # Size: something fits on a page or in a column.
        (r"\bfits? (?:on|in|into|within|side by side|at \d+|\d+|a (?:screen|line|page))\b",),
    ),
    Term(r"\bnot this time\b", "not quite"),
    Term(r"\bmend(?:s|ed|ing)?\b", "fix; “There is a problem”"),
    Term(r"\bwords of (?:this|the|a) course\b", "glossary"),
    Term(r"\bremarks?\b|\bwhat was said of\b", "feedback, comments"),
    Term(r"\bnotes for those who run it\b", "facilitator notes"),
    Term(r"\bwhat happened with your account\b", "account activity"),
    Term(
        r"\bown data\b|\bhand(?:s|ed|ing)? over\b|\btak(?:e|es|en|ing) away\b",
        "your data; export; delete",
        # Handing over to a colleague.
        (r"\bwhen to stop, hand over\b", r"\bhand over to\b", r"\broles? (?:to take )?away\b"),
    ),
    Term(r"\blook(?:s|ed|ing)? after support lines\b", "manage support lines"),
    Term(r"\bpeople of (?:my|your|the) programme that\b", "certificates that expire soon"),
    Term(r"\brenew by\b", "renewal due"),
    Term(r"\bdays? of grace\b", "grace period"),
    Term(
        r"\bpapers?\b",
        "certificate, PDF",
        # The material; and the fixed start of what a QR code signs.
        (
            r"\bon paper\b",
            r"^sidelight paper [12]",
            r"\bpaper (?:size|copy|copies)\b",
            r"\b(?:A4|sheet of|piece of|printed) paper\b",
        ),
    ),
    Term(
        r"\bfindings?\b|\btroubles?\b|\bamiss\b",
        "problem, error, warning",
        (r"\btrouble (?:\w+ing|with)\b",),
    ),
    Term(r"\b(?:exist(?:s|ed)?|published|used|gone) already\b", "already exists"),
    Term(r"\brefreshers? (?:is |are |was |were )?due\b", "renewal due; refreshers can be skipped"),
    Term(r"\bday of passing\b", "the day somebody passes"),
    Term(r"\bnor by\b", "or by"),
    Term(r"\b(?:speeds|answers|figures) are (?:\w+ )?told\b", "given, shown"),
    Term(r"\bnot lost\b|\bit is told\b|\bone’s\b", "say who does what"),
    Term(r"\basked of (?:you|them)\b", "you’ve been asked to take"),
    Term(r"\bwhom (?:\w+ ){0,2}can talk to\b", "who … can talk to"),
    Term(r"\breset(?:s|ting)? (?:the|your|their|somebody['’]s) second step\b", "reset two-step sign-in"),
    Term(r"\bopen (?:the|an) account\b", "reopen (a closed account)"),
    Term(r"\bpresent (?:app|password|address|roles?)\b", "current"),
    Term(r"\bemails?\b.{0,30}\b(?:have|has)n['’]t left\b|\bwaits to leave\b", "been sent, gone out"),
    Term(r"\bof room\b|\bin the making\b|\bwritten down here\b", "free space; being made; only written to files"),
    Term(r"\bcertificates? (?:that )?waits?\b", "is waiting for", docs_too=False),
    Term(r"\b(?:one|a) safe fix\b", "fix automatically"),
    Term(r"\bcall(?:s|ed|ing)? (?:it |them )?off\b", "cancel"),
    Term(r"\bquestions in and out\b|\b(?:bring|take) questions\b", "import, export"),
    Term(r"\bstays? behind\b|\bcan['’]t come in\b", "left out; can’t be imported or used", docs_too=False),
    Term(r"\bkeeps? (?:it|them) from being\b", "say what has to be fixed first"),
    Term(r"\bat (?:its|their) time\b", "at the time that was set"),
    Term(r"\bwhom it concerns\b", "who it affects"),
    Term(r"\b(?:be|is|was) offered again\b", "reinstate"),
    Term(r"\bby the new marking\b|\bwaiting by name\b", "with the new marking; feedback has no names"),
    Term(r"(?-i:\bzip file|\bas zip\b)", "ZIP file", docs_too=False),
)


@dataclass(frozen=True)
class Hit:
    """A text in which a term came back."""

    place: str
    text: str
    found: str
    instead: str


def hits_in(text: str, place: str = "", *, docs: bool = False) -> list[Hit]:
    """Return the terms of a text that we don't use any more; placeholders and HTML tags say nothing."""
    plain = re.sub(r"%\(\w+\)[sd]|\{\{?.*?\}?\}|</?[a-z][^>]*>", " ", " ".join(text.split()))
    found = []
    for term in TERMS:
        left = plain
        for fine in term.fine:
            left = re.sub(fine, " ", left, flags=re.IGNORECASE)
        if term.docs_too or not docs:
            matches = re.finditer(term.pattern, left, re.IGNORECASE)
            found += [Hit(place, text, match.group().strip(), term.instead) for match in matches]
    return found


def all_hits() -> list[Hit]:
    """Return every hit in the interface, email, scripts, command output and documentation."""
    pages = [*_catalogue(), *_email(), *_scripts(), *_printed()]
    found = [hit for place, text in pages for hit in hits_in(text, place)]
    return found + [hit for place, text in _docs() for hit in hits_in(text, place, docs=True)]


def _catalogue() -> Iterator[tuple[str, str]]:
    for message in catalog():
        if message.id:
            forms = message.id if isinstance(message.id, tuple) else (message.id,)
            yield from ((message.locations[0][0], form) for form in forms)


def _email() -> Iterator[tuple[str, str]]:
    """Return what email says without gettext."""
    for path in sorted((ROOT / "templates" / "mail").rglob("*.*")):
        text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "\n", path.read_text("utf-8"), flags=re.DOTALL)
        yield from ((_name(path), line.strip()) for line in text.splitlines() if line.strip())


def _scripts() -> Iterator[tuple[str, str]]:
    """Return the strings of JavaScript that have a space in them."""
    for path in sorted((ROOT / "lms" / "static" / "js").glob("*.js")):
        text = re.sub(r"(?s)/\*.*?\*/", "", path.read_text("utf-8"))
        text = re.sub(r"(?m)^\s*//.*$", "", text)
        for quoted in re.findall(r"\"[^\"\n]*\"|'[^'\n]*'|`[^`]*`", text):
            if " " in quoted:
                yield _name(path), quoted[1:-1]


def _printed() -> Iterator[tuple[str, str]]:
    """Return the strings in code that have words in them: what commands, settings and the conformance suite print."""
    for folder in ("cli", "conformance", "foundation", "content"):
        for path in sorted((ROOT / "lms" / folder).rglob("*.py")):
            tree = ast.parse(path.read_text("utf-8"))
            silent = set(map(id, _unread(tree)))
            for node in ast.walk(tree):
                text = _string(node)
                program = "=>" in text or r"\b" in text
                if text.count(" ") > 1 and id(node) not in silent and not program:
                    yield _name(path), text


def _unread(tree: ast.Module) -> Iterator[ast.AST]:
    """Return the strings that nobody reads on a screen, docstrings of all but commands, and pieces of an f-string."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield from (child for child in ast.walk(node) if child is not node)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and ast.get_docstring(
            node
        ):
            command = any("command" in ast.unparse(made) for made in getattr(node, "decorator_list", ()))
            if not command:
                yield node.body[0].value  # type: ignore[attr-defined]


def _string(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return ""


def _docs() -> Iterator[tuple[str, str]]:
    """Return the sentences of the documentation, without code and without quotations."""
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        text = re.sub(r"(?ms)^```.*?^```|^ {4}.*?$|^>.*?$|<!--.*?-->", "", path.read_text("utf-8"))
        text = re.sub(r"`[^`]*`|“[^”]*”|\"[^\"\n]*\"|\]\([^)]*\)", " ", text)
        for block in re.split(r"\n\s*\n|\n(?=[-*|#]|\d+\. )", text):
            for sentence in re.split(r"(?<=[.!?;:|])\s+", " ".join(block.split())):
                yield _name(path), sentence


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
