"""What proves that a restored site is whole: rows, keys, its newest certificate, and that its pages open."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.x509 import load_pem_x509_certificate
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from lms.app import at_work, create_app
from lms.certification.awards.document_records import find_newest_document
from lms.certification.keys.key_files import KeyTrouble
from lms.certification.keys.opening import keys_of
from lms.certification.keys.records import list_keys
from lms.certification.verification import pdf_signature
from lms.certification.verification.pdf_signature import DocumentRefused
from lms.cli.backups.calm import tell
from lms.foundation.backup.archive import DATA, TABLES, BadBackup, Manifest
from lms.foundation.backup.data_folder import KEYS
from lms.foundation.config.settings import Settings
from lms.foundation.db import db
from lms.foundation.hosts.key_fingerprints import fingerprints_of
from lms.foundation.migrations import list_revisions
from lms.foundation.web.health import database_answers, has_room

NULL = rb"\N"


@contextmanager
def opened(settings: Settings) -> Iterator[Flask]:
    """Stand inside the app of a site, and give its connections back at the end."""
    app = create_app(settings)
    with at_work(app):
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def check_version(manifest: Manifest, settings: Settings) -> None:
    """Raise BadBackup for a backup of another kind of database, or of a newer schema than this version knows."""
    if (manifest.database == "sqlite") != settings.sqlite:
        raise BadBackup(
            f"This is a backup of a {manifest.database} database, and LMS_DATABASE_URL names another kind. Nothing was "
            "changed. Set LMS_DATABASE_URL to a database of the same kind."
        )
    if manifest.revision not in list_revisions():
        raise BadBackup(
            f"This backup is of a newer version of Sidelight ({manifest.version}, schema {manifest.revision}) than the "
            "one that is installed. Nothing was changed. Install that version or a later one, and restore with it."
        )


def check_keys(manifest: Manifest, settings: Settings) -> None:
    """Raise BadBackup where a key isn't the one that the manifest names, and say loudly which ones are missing."""
    found, missing = fingerprints_of(settings), []
    for name, fingerprint in manifest.keys.items():
        if name not in found:
            missing.append(name)
        elif found[name] != fingerprint:
            raise BadBackup(
                f"The key {name} isn’t the one that the site had when the backup was made. Nothing was changed. Put "
                "the right one in its place, and restore again."
            )
    damaged = [name for name in missing if f"{DATA}/{KEYS}/{name}" in manifest.members]
    if damaged:
        raise BadBackup(f"The backup’s keys can’t be read: {', '.join(damaged)}. Please use another backup.")
    if missing:
        tell(
            f"KEYS ARE MISSING: {', '.join(missing)}. The backup doesn’t hold them. Copy them into LMS_DATA/keys "
            "before you start the site; otherwise it signs everybody out, and can’t sign certificates."
        )


def check_newest_certificate() -> str:
    """Verify the PDF that was stored last, inside the app, and return a line about it."""
    document = find_newest_document()
    if document is None:
        return "There’s no certificate yet to verify."
    return _verify(document.content, document.sha256, [(key.kind, key.public) for key in list_keys()])


def _verify(content: bytes, sha256: str, keys: list[tuple[str, str]]) -> str:
    """Verify a PDF with the site's keys, given as (kind, public): certificates, and those of timestamp servers."""
    try:
        documents, times = (
            [load_pem_x509_certificate(public.encode()) for each, public in keys if each == kind]
            for kind in ("document", "time")
        )
        pdf_signature.check(content, documents, times)
        problem = "" if hashlib.sha256(content).hexdigest() == sha256 else "changed"
    except (DocumentRefused, ValueError) as refused:
        problem = str(refused)
    if problem:
        raise BadBackup(f"The newest certificate in the backup doesn’t verify ({problem}). Please use another backup.")
    return "The newest certificate verifies."


def check_exported_certificate(folder: Path, manifest: Manifest) -> str:
    """Verify the PDF that was stored last in the exported tables of PostgreSQL, without a server."""
    newest: dict[str, str] = {}
    for row in _rows(folder, manifest, "document"):
        if row["stored_at"] > newest.get("stored_at", ""):
            newest = row
    if not newest:
        return "There’s no certificate yet to verify."
    keys = [(row["kind"], row["public"]) for row in _rows(folder, manifest, "signing_key")]
    return _verify(bytes.fromhex(newest["content"].removeprefix("\\x")), newest["sha256"], keys)


def _rows(folder: Path, manifest: Manifest, table: str) -> Iterator[dict[str, str]]:
    """Return the rows of an exported table as text, as COPY escapes them."""
    path = folder / TABLES / f"{table}.copy"
    if not path.exists():
        return
    with path.open("rb") as file:
        for line in file:
            cells = line.rstrip(b"\n").split(b"\t")
            texts = ["" if cell == NULL else codecs.escape_decode(cell)[0].decode() for cell in cells]
            yield dict(zip(manifest.columns[table], texts, strict=True))


def check_site(app: Flask, settings: Settings) -> str:
    """Return what keeps a site that was upgraded from working, in words, or nothing; ask it inside the app."""
    try:
        keys_of(settings)
    except KeyTrouble as trouble:
        return str(trouble)
    if not database_answers() or not has_room(settings.data):
        return "The database doesn’t answer, or there’s no room on the disk."
    try:
        status = app.test_client().get("/courses", base_url=settings.base_url).status_code
    except SQLAlchemyError as error:
        return f"The list of courses can’t be shown: {type(error).__name__}."
    return "" if status == 200 else f"The list of courses answers {status}."
