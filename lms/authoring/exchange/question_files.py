"""Questions of a draft or a published course as files for other systems, and the objectives that new ones can name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from lms.content.model.question import Question
from lms.foundation.late import late
from lms.foundation.text.csv_files import as_sheet
from lms.interop.packing import pack
from lms.interop.questions.csv_bank import rows_of
from lms.interop.questions.gift_writing import write_gift
from lms.interop.questions.qti_writing import write_qti

if TYPE_CHECKING:
    import yaml
else:
    yaml = late("yaml")  # 0.9 MB, which a process needs once a draft is read

KINDS: dict[str, tuple[str, str]] = {
    "gift": (".gift.txt", "text/plain; charset=utf-8"),
    "qti": (".qti.zip", "application/zip"),
    "csv": (".csv", "text/csv; charset=utf-8"),
}


def write_questions(questions: Iterable[Question], form: str, title: str) -> bytes:
    """Return questions as a file of one of the formats."""
    questions = tuple(questions)
    if form == "gift":
        return write_gift(questions).encode()
    if form == "qti":
        return pack(write_qti(questions, title))
    head, rows, _left_out = rows_of(questions)
    return as_sheet(head, rows).encode()


def objectives_in(text: str) -> list[tuple[str, str]]:
    """Return the objectives that course.md names, by id; none while its front matter can't be read."""
    parts = text.split("---", 2)
    try:
        front: Any = yaml.safe_load(parts[1]) if len(parts) == 3 else None
    except yaml.YAMLError:
        return []
    found = front.get("objectives") if isinstance(front, dict) else None
    entries = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    return [(str(one["id"]), str(one.get("text", ""))) for one in entries if one.get("id")]
