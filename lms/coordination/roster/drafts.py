"""From the bytes of a file to a draft: read, looked at and stored a few hundred rows at a time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from lms.accounts.rules import IMPORTED_AT_ONCE
from lms.coordination.roster import actions, records, rules
from lms.coordination.roster.reading import Reader, find_heading
from lms.coordination.roster.records import RosterImport
from lms.foundation.db import write
from lms.foundation.refused import Refused
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import number
from lms.foundation.text.tables import HEAD_ROWS, read_table
from lms.foundation.text.xlsx_files import NotRead, Row

CHUNK = 500
# A file has a row of headings as well, and maybe a title.
ROWS_MOST = IMPORTED_AT_ONCE + HEAD_ROWS


def make_draft(programme_id: str, asked_by: str | None, content: bytes) -> RosterImport | Refused:
    """Read a file of people and store it as a draft; only rows of the draft are written, and nobody is invited."""
    rows = read_table(content, rules.known_columns)
    try:
        # Counted before anything is written, so that a file of a million rows is refused at once.
        if sum(1 for _row in islice(read_table(content, rules.known_columns), ROWS_MOST + 1)) > ROWS_MOST:
            return _too_many()
        heading = find_heading(rows)
    except NotRead as reason:
        return Refused(str(reason))
    if isinstance(heading, Refused):
        return heading
    draft = write(actions.begin_draft, programme_id, asked_by, heading.left_out)
    import_id: str = draft.id
    problem = _store(import_id, Reader(heading), rows)
    if problem:
        write(records.forget, [import_id])
        return problem
    finished: RosterImport = write(actions.finish_draft, import_id)
    return finished


def _store(import_id: str, reader: Reader, rows: Iterator[Row]) -> Refused | None:
    """Store the rows of a file; return why it can't be taken."""
    seen = 0
    try:
        while chunk := list(islice(rows, CHUNK)):
            seen += len(chunk)
            if seen > IMPORTED_AT_ONCE:
                return _too_many()
            write(actions.add_rows, import_id, reader.read(chunk))
    except NotRead as reason:
        return Refused(str(reason))
    if not seen:
        return Refused(_("There’s nobody in this file yet: it only has the names of the columns."))
    return None


def _too_many() -> Refused:
    return Refused(_("There are more than %(most)s rows in this file. Please split it.", most=number(IMPORTED_AT_ONCE)))
