"""Checks of one host of a site: its keys against the site's, its disk, and the files that all hosts share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from lms.foundation.checkup.findings import Finding, some_of
from lms.foundation.config.settings import Settings
from lms.foundation.hosts.joining import list_missing_here
from lms.foundation.hosts.key_marks import list_marks, list_other_keys
from lms.foundation.hosts.network_disks import find_network_disk
from lms.foundation.per_app import provided
from lms.foundation.storage.elsewhere import FilesAway, Sharing
from lms.foundation.text.i18n import gettext as _


def look(settings: Settings, fingerprints: Mapping[str, str]) -> list[Finding]:
    """Return what there is to say of this host, inside the app."""
    findings = [check_tables(list_missing_here())]
    if settings.sqlite:
        file = Path(settings.database_url.removeprefix("sqlite:///")).resolve()
        return [*findings, check_disk(find_network_disk(file))]
    findings.append(check_keys(list_other_keys(fingerprints, list_marks())))
    sharing = provided(Sharing)
    return [*findings, check_files(_files_problem(sharing))] if sharing.elsewhere else findings


def _files_problem(sharing: Sharing) -> str:
    try:
        if sharing.elsewhere is not None:
            sharing.elsewhere.stored_at("files/looked-for-by-lms-doctor")
    except FilesAway as error:
        return str(error)
    return ""


def check_tables(missing: Sequence[str]) -> Finding:
    """Find a database that says it's up to date, and isn't."""
    if missing:
        return Finding(
            "database.tables",
            _("These parts of the database are missing: %(names)s.", names=some_of(missing)),
            _("Stop the site, and restore the last backup: lms restore FILE --replace"),
        )
    return Finding("database.tables", _("The database has all its tables."))


def check_disk(kind: str | None) -> Finding:
    """Find an SQLite database on a network disk."""
    if kind:
        return Finding(
            "disk.network",
            _("The database is on a network disk (%(kind)s), where SQLite can lose what people save.", kind=kind),
            _("Move LMS_DATA to a disk of this machine, or use PostgreSQL."),
        )
    return Finding("disk.network", _("The database isn’t on a network disk."))


def check_keys(other: Sequence[str]) -> Finding:
    """Find keys that other hosts of the site don't have."""
    if other:
        return Finding(
            "keys.shared",
            _("These keys on this server aren’t those of the site: %(names)s.", names=some_of(other)),
            _("Copy LMS_DATA/keys from a server that serves the site, and restart this one."),
        )
    return Finding("keys.shared", _("The keys on this server are those of the site."))


def check_files(problem: str) -> Finding:
    """Find shared files that can't be reached."""
    if problem:
        return Finding(
            "files.shared",
            _("The files that the servers share can’t be reached: %(why)s.", why=problem.rstrip(".")),
            _("Check LMS_FILES_URL, and whether the storage works. Meanwhile pages work, but pictures may be missing."),
        )
    return Finding("files.shared", _("The files that the servers share can be reached."))
