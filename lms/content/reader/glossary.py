"""The glossary: one table of terms and meanings, read into values."""

from __future__ import annotations

from html import unescape

from lms.content.markdown.blocks import Block, text_of
from lms.content.model.course import Term
from lms.content.model.report import Report
from lms.content.model.safe import says_something
from lms.content.reader import frontmatter, shapes
from lms.content.reader.context import ParseContext, parse_file


def read(context: ParseContext, path: str) -> tuple[Term, ...]:
    """The terms in the order of the file; every row that cannot be read is reported and left out."""
    source, parsed = parse_file(context, path, "glossary")
    if source is None:
        parsed.report.add("NO_FRONT_MATTER")
    else:
        frontmatter.read(source, shapes.GlossaryShape, parsed.report, "the front matter of the glossary")
    tables = [block for block in parsed.prose if block.kind == "table"]
    for block in parsed.prose:
        if block.kind not in ("table", "html", "rule"):
            parsed.report.add("GLOSSARY_SHAPE", block.line, "This is outside the table, so nobody sees it.")
    if len(tables) != 1 or len(tables[0].children[0].children) != 2:
        line = tables[-1].line if tables else 1
        what = "more than one table" if len(tables) > 1 else "no table with two columns"
        parsed.report.add("GLOSSARY_SHAPE", line, f"The glossary has {what}.")
        return ()
    rows = tables[0].children[1:]
    if not rows:
        parsed.report.add("GLOSSARY_SHAPE", tables[0].line, "The glossary’s table has no rows.")
    return _terms(context, rows, parsed.report)


def _terms(context: ParseContext, rows: list[Block], report: Report) -> tuple[Term, ...]:
    terms: list[Term] = []
    taken: set[str] = set()
    for row in rows:
        name, meaning = (cell.text.strip() for cell in row.children)
        term = unescape(" ".join(text_of(row.children[0].inline).split()))
        if not says_something(context.renderer.inline(name)) or not says_something(context.renderer.inline(meaning)):
            report.add("EMPTY_CELL", row.line)
        elif term.casefold() in taken:
            report.add("DUPLICATE_TERM", row.line, f"“{term}” appears twice.")
        else:
            taken.add(term.casefold())
            terms.append(Term(term, context.renderer.inline(meaning)))
    return tuple(terms)
