"""`./dev drill`: plays the drills at full length, each again with a fault planted that it has to catch.

A drill that counts something as lost, torn or doubled, or that overlooks its fault, ends the command with status 1.
docs/drills.md says what each proves, and has the last results.
"""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
import time
import traceback
from dataclasses import replace
from pathlib import Path

import psutil

from tests.drills.registry import DRILLS
from tests.drills.report import Drill, Outcome, Row, Scale, Skip, as_table
from tests.postgres import quick_place


def play(drill: Drill, database: str, fault: str, scale: Scale) -> Outcome:
    """Play one drill in a folder of its own; a drill that breaks itself has found nothing."""
    place = quick_place() or Path(tempfile.gettempdir())
    with tempfile.TemporaryDirectory(prefix="drill-", dir=place, ignore_cleanup_errors=True) as folder:
        try:
            return drill.play(Path(folder), database, fault, scale)
        except Skip as lacking:
            return Outcome(skipped=str(lacking))
        except Exception as error:
            traceback.print_exc()
            return Outcome(broke=f"{type(error).__name__}: {str(error)[:200]}")


def play_row(drill: Drill, database: str, asked: argparse.Namespace) -> Row:
    """Play one drill and its fault, as far as they're asked for."""
    outcome = planted = None
    name = f"{drill.name}, {database}"
    if not asked.with_fault:
        began = time.monotonic()
        print(f"{name} …", file=sys.stderr, flush=True)
        scale = drill.brief if asked.brief else drill.full
        outcome = play(drill, database, "", replace(scale, quiet=not asked.brief))
        told = outcome.says() or outcome.skipped or outcome.broke or "holds"
        print(f"{name}: {told}, {time.monotonic() - began:.0f} s", file=sys.stderr)
    if not asked.without_fault:
        print(f"{name}, with a fault planted ({drill.fault}) …", file=sys.stderr, flush=True)
        planted = play(drill, database, drill.fault, replace(drill.brief, quiet=True))
    return Row(drill, database, outcome, planted)


def main() -> int:
    """Play what is asked for, print the table, and return 1 where something didn't hold."""
    parser = argparse.ArgumentParser(prog="./dev drill", description="Play drills against a served site.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="the drills to play; all of them, if none is named")
    parser.add_argument("--list", action="store_true", help="list the drills and what each holds the site to")
    parser.add_argument("--database", choices=("sqlite", "postgres"), help="play on this database alone")
    parser.add_argument("--brief", action="store_true", help="play at the length of the tests")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--with-fault", action="store_true", help="play only with the fault planted")
    only.add_argument("--without-fault", action="store_true", help="plant no fault")
    asked = parser.parse_args()
    known = {drill.name: drill for drill in DRILLS}
    if asked.list:
        print("\n".join(f"{drill.name:<20}{drill.promise}" for drill in DRILLS))
        return 0
    if odd := [name for name in asked.names if name not in known]:
        parser.error(f"there is no drill {odd[0]}; ./dev drill --list names them")
    rows = [
        play_row(known[name], database, asked)
        for name in asked.names or known
        for database in known[name].databases
        if asked.database in {None, database}
    ]
    processors, memory = psutil.cpu_count(), psutil.virtual_memory().total // 1024**3
    print(f"{time.strftime('%-d %B %Y')}, {platform.system()}, {processors} CPUs, {memory} GB, ", end="")
    print(f"Python {platform.python_version()}\n\n{as_table(rows)}")
    return 0 if all(row.holds for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
