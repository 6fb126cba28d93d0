"""Commands that import questions from other learning systems, and export them."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import click

from lms.cli.exchange.courses import find_course
from lms.cli.output import json_option, say
from lms.content.model.bundle import from_folder
from lms.content.reader.reader import read
from lms.foundation.text.csv_files import as_sheet
from lms.interop.packing import pack
from lms.interop.questions.check_page import Plan, plan
from lms.interop.questions.csv_bank import rows_of
from lms.interop.questions.gift_writing import write_gift
from lms.interop.questions.importing import read_questions
from lms.interop.questions.qti_writing import write_qti

_ENDINGS = {"gift": ".gift.txt", "qti": ".qti.zip", "csv": ".csv"}


@click.group()
def questions() -> None:
    """Import questions from other learning systems, and export them.

    Example: lms questions import bank.gift.txt --into courses/my-course
    """


@questions.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--into",
    "target",
    required=True,
    type=click.Path(path_type=Path),
    help="The course's folder, or its check.md.",
)
@click.option("--objective", default="", help="The objective for questions that name none of the course's.")
@click.option("--dry-run", is_flag=True, help="Say what would be imported, and change nothing.")
@json_option
def import_questions(file: Path, target: Path, objective: str, dry_run: bool, as_json: bool) -> None:
    """Add the questions of a file (GIFT, QTI 1.2 or 2.1, Moodle XML or CSV) to a course's check.md.

    Questions whose id is already there stay as they are. Questions that can't be imported are listed with their line.

    Example: lms questions import moodle.xml --into courses/my-course --dry-run
    """
    page = target / "check.md" if target.is_dir() else target
    if page.suffix != ".md" or not page.parent.is_dir():
        raise click.ClickException(f"{target} is neither a course's folder nor its check.md. Nothing was changed.")
    known = _objectives(page.parent)
    if objective and known and objective not in known:
        raise click.ClickException(
            f"The course has no objective “{objective}”. Nothing was changed. Its objectives: {', '.join(known)}"
        )
    try:
        before = page.read_text("utf-8") if page.is_file() else ""
    except UnicodeDecodeError:
        raise click.ClickException(f"{page} isn’t UTF-8 text. Nothing was changed. Save it as UTF-8 first.") from None
    found = plan(read_questions(file.read_bytes(), file.name), before, known, objective)
    if found.new and not dry_run:
        _replace(page, found.text)
    if as_json:
        say(json.dumps(_as_json(found, dry_run), ensure_ascii=False, indent=2))
        return
    _say_plan(found, file.name, page, dry_run)


@questions.command("export")
@click.argument("course")
@click.option("--as", "form", type=click.Choice(sorted(_ENDINGS)), required=True, help="The format.")
@click.option("--out", type=click.Path(path_type=Path), default=None, help="Where to. The default is named after it.")
def export_questions(course: str, form: str, out: Path | None) -> None:
    """Write the check's questions, with their answer keys, for another learning system.

    COURSE is the id of a published course, or the folder of one.

    Example: lms questions export courses/psychological-first-aid --as qti
    """
    found = find_course(course)
    path = out or Path(f"{found.id}{_ENDINGS[form]}")
    left_out: list[str] = []
    if form == "gift":
        path.write_text(write_gift(found.questions), "utf-8")
    elif form == "qti":
        path.write_bytes(pack(write_qti(found.questions, found.title)))
    else:
        head, rows, left_out = rows_of(found.questions)
        path.write_text(as_sheet(head, rows), "utf-8", newline="")
    say(f"{len(found.questions) - len(left_out)} questions are in {path}, with their answer keys.")
    for id in left_out:
        say(f"{id} was left out: a row of CSV can’t hold this kind of question.")


def _replace(page: Path, text: str) -> None:
    """Write the page whole or not at all."""
    beside = page.with_name(f".{page.name}.new")
    beside.write_text(text, "utf-8")
    beside.replace(page)


def _objectives(folder: Path) -> Collection[str]:
    """Return the objectives that the course of a folder names, as far as it can be read."""
    if not (folder / "course.md").is_file():
        return ()
    context, _course = read(from_folder(folder), folder.name)
    return tuple(context.objectives)


def _as_json(found: Plan, dry_run: bool) -> dict[str, Any]:
    return {
        "added": 0 if dry_run else len(found.new),
        "questions": [
            {
                "id": one.id, "line": one.item.line, "kind": one.item.kind, "name": one.item.name,
                "already_there": one.there, "notes": list(one.item.notes),
            }
            for one in found.written
        ],
        "left_out": [{"line": one.line, "name": one.name, "why": one.why} for one in found.bank.left_out],
        "notes": list(found.bank.notes),
    }  # fmt: skip


def _say_plan(found: Plan, name: str, page: Path, dry_run: bool) -> None:
    for one in found.written:
        state = " (is there already, and stays as it is)" if one.there else ""
        say(f"{name}:{one.item.line}  {one.id}  {one.item.kind.replace('_', ' ')}{state}")
        for note in one.item.notes:
            say(f"    {note}")
    for left in found.bank.left_out:
        say(f"{name}:{left.line}  left out: {left.name or 'a question'}\n    {left.why}")
    for note in found.bank.notes:
        say(note)
    count = len(found.new)
    if dry_run:
        say(
            f"{count} questions would be added to {page}, and {len(found.bank.left_out)} left out. Nothing was changed."
        )
    elif count:
        say(f"{count} questions were added to {page}; {len(found.bank.left_out)} were left out. Run lms check next.")
    else:
        say(f"Nothing was added to {page}.")
