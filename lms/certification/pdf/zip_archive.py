"""Many certificates in one file: a ZIP on disk whose names are safe on every system, and whose bytes are those kept."""

from __future__ import annotations

import hashlib
import os
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterable
from pathlib import Path

from lms.certification.awards.document_records import find_document
from lms.certification.awards.records import get_award
from lms.foundation.db import db

NAME_BYTES = 120
PART = ".part"


def file_name(code: str, name: str) -> str:
    """Return the name of a certificate's file: its code, which is unique, and what of the name is safe in one."""
    plain = "".join(
        sign if unicodedata.category(sign)[0] in "LMN" or sign in " -'’" else " "
        for sign in unicodedata.normalize("NFC", name)
    )
    short = " ".join(plain.split()).encode()[:NAME_BYTES].decode(errors="ignore").strip()
    return f"{code} {short}.pdf" if short else f"{code}.pdf"


def put_together(award_ids: Iterable[str], target: Path) -> tuple[str, int]:
    """Write the kept documents of awards into a ZIP that takes its place whole; return its digest and their number."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent, suffix=PART)
    count = 0
    try:
        # Documents are compressed within; packing them again would only take time.
        with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as packed:
            for award_id in award_ids:
                document, award = find_document(award_id), get_award(award_id)
                if document is not None:
                    day = document.stored_at
                    entry = zipfile.ZipInfo(
                        file_name(award.code, award.name), (day.year, day.month, day.day, day.hour, day.minute, 0)
                    )
                    packed.writestr(entry, document.content)
                    db.session.expunge(document)
                    count += 1
        with open(temporary, "rb") as written:
            digest = hashlib.file_digest(written, "sha256").hexdigest()
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return digest, count
