"""`./dev fill 10000 --into FOLDER`: a site with so many enrolments, for measuring and for trying things at a size."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.fill.filling import fill
from tests.fill.lives import PASSWORD


def main() -> int:
    """Fill a site and say how to look at it."""
    parser = argparse.ArgumentParser(prog="./dev fill", description="Fill a new site with people who take courses.")
    parser.add_argument("enrolments", type=int, help="how many, 100 at least")
    parser.add_argument("--into", required=True, type=Path, help="the data folder of the site, which must be new")
    parser.add_argument("--database", default="", help="a PostgreSQL address, in place of a file in that folder")
    asked = parser.parse_args()
    if asked.enrolments < 100:
        parser.error("a fill has 100 enrolments at least")
    if asked.into.exists() and any(asked.into.iterdir()):
        parser.error(
            f"{asked.into} isn’t empty. Nothing was changed. Name a folder that’s new, or delete this one first."
        )
    began = time.perf_counter()
    settings = {"LMS_DATA": str(asked.into), **({"LMS_DATABASE_URL": asked.database} if asked.database else {})}

    def say(words: str) -> None:
        print(f"{time.perf_counter() - began:6.0f} s  {words}", flush=True)

    filled = fill(asked.enrolments, settings, say)
    people = f"{filled.people:,} people and {filled.enrolments:,} enrolments in {filled.programmes:,} programmes"
    say(f"{people}: {sum(filled.rows.values()):,} rows")
    print(f"To look at it, run `LMS_DATA={asked.into} .venv/bin/lms serve`. Sign in as cora@example.org (coordinator),")
    print(f"ada@example.org (operator) or sam1@example.org (learner), with the password “{PASSWORD}”.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
