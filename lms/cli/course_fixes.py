"""What `lms check --fix` writes to a course's folder, and says of it."""

from __future__ import annotations

import difflib
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

import click

from lms.content.lint.mend import Fix, mend
from lms.content.model.bundle import from_folder


@dataclass(frozen=True)
class Fixed:
    """What was fixed in one folder; `diff` is empty unless nothing was written."""

    fixes: tuple[Fix, ...]
    renamed: tuple[tuple[str, str], ...]
    diff: str = ""


def fix_folder(folder: Path, dry_run: bool) -> Fixed:
    """Fix a course in its folder, each file whole or not at all; with `dry_run`, only say how."""
    renamed = () if dry_run else _rename_to_nfc(folder)
    bundle = from_folder(folder)
    mended = mend(bundle, folder.name)
    changed = {path: data for path, data in mended.bundle.files.items() if data != bundle.files[path]}
    if dry_run:
        return Fixed(mended.fixes, (), "".join(_diff(path, bundle.files[path], changed[path]) for path in changed))
    for path, data in changed.items():
        try:
            _write(folder / path, data)
        except OSError as error:
            raise click.ClickException(
                f"We can’t write {folder / path}: {error.strerror}. Files before it are fixed, this one is as it was."
            ) from None
    return Fixed(mended.fixes, renamed)


def _rename_to_nfc(folder: Path) -> tuple[tuple[str, str], ...]:
    """Give files whose names are written in parts, as some Macs do, the usual spelling of the same letters."""
    renamed = []
    for path in sorted(folder.rglob("*"), reverse=True):
        usual = path.with_name(normalize("NFC", path.name))
        if usual.name != path.name and not usual.exists():
            path.rename(usual)
            renamed.append((path.relative_to(folder).as_posix(), usual.name))
    return tuple(renamed)


def _write(path: Path, data: bytes) -> None:
    """Put a file in place in one step, so that a stop in the middle leaves the old one."""
    beside = path.with_name(f".{path.name}.fixing")
    beside.write_bytes(data)
    beside.chmod(path.stat().st_mode)
    os.replace(beside, path)


def _diff(path: str, before: bytes, after: bytes) -> str:
    old, new = (data.decode("utf-8", "replace").splitlines(keepends=True) for data in (before, after))
    return "".join(difflib.unified_diff(old, new, path, path, n=1))


def say_fixes(fixed: Fixed, name: str, to_errors: bool) -> None:
    """Say what was fixed, file by file; beside JSON for programs it goes to the other stream."""
    if fixed.diff:
        click.echo(fixed.diff, nl=False, err=to_errors)
        return
    for old, new in fixed.renamed:
        click.echo(f"{name}/{old}: renamed to {new}", err=to_errors)
    for path in dict.fromkeys(fix.path for fix in fixed.fixes):
        counts = Counter(fix.what for fix in fixed.fixes if fix.path == path)
        told = ", ".join(what if count == 1 else f"{what} ({count} times)" for what, count in counts.items())
        click.echo(f"{name}/{path}: fixed {told}", err=to_errors)
    if not (fixed.fixes or fixed.renamed):
        click.echo(f"{name}: nothing to fix by itself", err=to_errors)
