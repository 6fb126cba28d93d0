"""Reads one file in a process of its own that may do nothing else: little memory, little time, no file, no setting."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

SECONDS, MEMORY = 5, 768 * 1024 * 1024


def limit() -> None:
    """Give up what reading a file does not need."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Read keys, in the first line, and a file from the standard input, and print what the file is.

    The one argument is the folder of the pictures into which this site bakes badges.
    """
    limit()
    # Imported only now, so that the limits hold for these too.
    from lms.certification.verification import file_reader, file_report

    rows, _line, content = sys.stdin.buffer.read().partition(b"\n")
    known = file_reader.known_from(json.loads(rows))
    sys.stdout.write(file_report.as_text(file_reader.read(content, known, Path(sys.argv[1]))))


if __name__ == "__main__":
    main()
