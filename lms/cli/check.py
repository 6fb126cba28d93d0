"""The command that checks courses; it knows nothing of a site, so that it also runs where there is none."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeAlias

import click

from lms.cli.course_fixes import fix_folder, say_fixes
from lms.cli.lazy import rare_collections
from lms.cli.output import json_option, say
from lms.content.lint.across import shared_sentences
from lms.content.lint.check import check_with_measures, render_findings
from lms.content.lint.codes.explain import as_text, find_explanation, near_codes
from lms.content.lint.measures import Measures
from lms.content.lint.sarif import as_sarif
from lms.content.model.bundle import from_folder
from lms.content.model.report import Finding

# What a check found in each course, and the course's figures.
Found: TypeAlias = dict[Path, tuple[Sequence[Finding], Measures | None]]


def course_folders(paths: tuple[Path, ...]) -> list[Path]:
    """Return the courses at paths, in the order of the folder's order.txt."""
    folders: list[Path] = []
    for path in (given.resolve() for given in paths):
        if (path / "course.md").is_file():
            folders.append(path)
        elif path.is_dir():
            folders += sorted(child.parent for child in path.glob("*/course.md"))
        else:
            raise click.ClickException(f"{path} is neither a course (a folder with course.md) nor a folder of courses.")
    if not folders:
        raise click.ClickException("There’s no course.md there. A course is a folder with a file course.md.")
    return sorted(folders, key=_course_order)


def _course_order(folder: Path) -> tuple[int, str]:
    listed = folder.parent / "order.txt"
    names = listed.read_text("utf-8").split() if listed.is_file() else []
    return (names.index(folder.name) if folder.name in names else len(names), folder.name)


def _meant_everywhere(folder: Path) -> list[str]:
    """Return the sentences that are meant to be the same in each course of a folder, such as those about safety."""
    listed = folder / "shared-sentences.txt"
    return listed.read_text("utf-8").splitlines() if listed.is_file() else []


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--strict", is_flag=True, help="Count warnings as errors.")
@click.option(
    "--fix", is_flag=True, help="First fix what's safe to fix automatically, such as pasted quotes, and say what."
)
@click.option("--dry-run", is_flag=True, help="With --fix: show what would change, and change nothing.")
@click.option(
    "--sarif", type=click.Path(dir_okay=False, allow_dash=True), help="Also write SARIF 2.1.0 there; - prints it alone."
)
@click.option("--explain", metavar="CODE", help="Say what a code means, with an example, and check nothing.")
@json_option
def check(
    paths: tuple[Path, ...],
    strict: bool,
    fix: bool,
    dry_run: bool,
    sarif: str | None,
    explain: str | None,
    as_json: bool,
) -> None:
    """Check courses, and list each problem with its place and how to fix it.

    Example: lms check courses/psychological-first-aid
    """
    if explain is not None:
        say(_explained(explain))
        return
    if not paths:
        raise click.UsageError("Name a course, or a folder of courses: lms check courses")
    if as_json and sarif == "-":
        raise click.UsageError("Only one of the two can be printed. Name a file for SARIF: --sarif check.sarif --json")
    folders = course_folders(paths)
    if fix:
        for folder in folders:
            say_fixes(fix_folder(folder, dry_run), folder.name, to_errors=as_json or sarif == "-")
    if not (fix and dry_run):
        sys.exit(1 if _tell(_check_all(folders), strict, sarif, as_json) else 0)


def _tell(found: Found, strict: bool, sarif: str | None, as_json: bool) -> bool:
    """Print or write what was found, and return whether any of it counts as an error."""
    reports = {folder: _as_json(folder.name, findings, measures) for folder, (findings, measures) in found.items()}
    if sarif is not None:
        log = as_sarif({_from_here(folder): findings for folder, (findings, _measures) in found.items()})
        try:
            with click.open_file(sarif, "w", "utf-8") as file:
                file.write(json.dumps(log, ensure_ascii=False, indent=2) + "\n")
        except OSError as error:
            raise click.ClickException(f"We can’t write {sarif}: {error.strerror}.") from None
    if as_json:
        say(json.dumps(list(reports.values()), ensure_ascii=False, indent=2))
    elif sarif != "-":
        for folder, (findings, measures) in found.items():
            _say_check(reports[folder], findings, measures)
    return any(one["errors"] or (strict and one["warnings"]) for one in reports.values())


def _check_all(folders: Sequence[Path]) -> Found:
    """Return the findings of each course, with those of sentences that courses share, and its figures."""
    with rare_collections():
        checked = {folder: check_with_measures(from_folder(folder), folder.name) for folder in folders}
    meant = {line for parent in {folder.parent for folder in checked} for line in _meant_everywhere(parent)}
    shared = shared_sentences(
        {_from_here(folder): one.measures for folder, one in checked.items() if one.measures}, meant=meant
    )
    return {
        folder: ((*one.reading.findings, *shared.get(_from_here(folder), ())), one.measures)
        for folder, one in checked.items()
    }


def _from_here(folder: Path) -> str:
    """Return a folder as it's written from the current one, which code hosts take for the root of the repository."""
    return Path(os.path.relpath(folder)).as_posix()


def _explained(code: str) -> str:
    """Return what there is to say about a code; end with near names where there is none of that name."""
    explanation = find_explanation(code)
    if explanation is not None:
        return as_text(explanation)
    near = near_codes(code)
    other = f" Did you mean {', '.join(near)}?" if near else " docs/check-codes.md lists them all."
    raise click.ClickException(f"There’s no code named “{code}”.{other}")


def _as_json(name: str, findings: Sequence[Finding], measures: Measures | None) -> dict[str, Any]:
    """Return what the check says of one course, as JSON has it."""
    errors = sum(finding.severity == "error" for finding in findings)
    report: dict[str, Any] = {"course": name, "errors": errors, "warnings": len(findings) - errors}
    if measures:
        figures = asdict(measures)
        del figures["sentences"]
        report |= figures | {
            "words": measures.words,
            "gentle": measures.gentle,
            "highest_grade": measures.highest_grade,
        }
    return report | {"findings": [_finding_as_json(finding) for finding in findings]}


def _finding_as_json(finding: Finding) -> dict[str, Any]:
    """Return a finding as programs have read it from the start: what to do about it is under `mend`."""
    return {"mend" if name == "fix" else name: value for name, value in asdict(finding).items()}


def _say_check(report: dict[str, Any], findings: Sequence[Finding], measures: Measures | None) -> None:
    if findings:
        say(render_findings(findings))
    figures = f" ({measures.in_a_line()})" if measures else ""
    say(f"{report['course']}: {report['errors']} errors, {report['warnings']} warnings{figures}")
