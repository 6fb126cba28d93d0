"""Commands for a site that several hosts serve: which keys are its own, and files that all of them share."""

from __future__ import annotations

import click

from lms.certification.keys.opening import keys_of
from lms.cli.output import say
from lms.cli.shared import inside, inside_to_replace
from lms.foundation.db import write
from lms.foundation.hosts.key_fingerprints import fingerprints_of
from lms.foundation.hosts.key_marks import SHARED_KEYS, note_marks
from lms.foundation.keys import audit_key
from lms.foundation.per_app import provided
from lms.foundation.storage.elsewhere import FilesAway, Sharing
from lms.foundation.storage.files import share_all
from lms.foundation.web.security import settings
from lms.library.actions import keep_texts
from lms.library.course_cache import get_texts
from lms.library.records import list_current_digests


@click.group()
def hosts() -> None:
    """Serve one site from several servers: choose which keys are the site’s, and share files.

    Example: lms hosts share-files
    """


@hosts.command("adopt-keys")
@click.option("--yes", is_flag=True, help="Do it. Without this, nothing is changed.")
@inside_to_replace(*SHARED_KEYS)
def adopt_keys(yes: bool) -> None:
    """Make the keys on this server the site’s, for example if the site’s own keys are lost for good.

    If this changes the secret, everybody has to sign in again, and links in earlier emails stop working.
    Servers with other keys don’t start, and running ones don’t seal the audit trail, until you’ve copied LMS_DATA/keys
    to them and restarted them.

    Example: lms hosts adopt-keys --yes
    """
    if not yes:
        raise click.ClickException(
            "Servers with other keys won’t start after this. Add --yes if that’s what you want. Nothing was changed."
        )
    audit_key(settings().data)
    keys_of(settings(), fresh=True)
    write(note_marks, fingerprints_of(settings()), instead=True)
    say(
        "The keys on this server are now the site’s. Copy LMS_DATA/keys to the other servers, restart them, and "
        "back it up."
    )


@hosts.command("share-files")
@inside
def share_files() -> None:
    """Copy the pictures, recordings and logos in LMS_DATA/files to where LMS_FILES_URL says. Nothing is deleted.

    Run it once, after you’ve set LMS_FILES_URL. Running it again copies only what isn’t there yet, or isn’t whole.

    Example: lms hosts share-files
    """
    elsewhere = provided(Sharing).elsewhere
    if elsewhere is None:
        raise click.ClickException("LMS_FILES_URL isn’t set, so there’s nowhere to copy files to. Nothing was changed.")
    try:
        copied = share_all(settings().data / "files", elsewhere)
        for digest in list_current_digests():
            # Published by an earlier version, a course has the words beside its recordings among the files alone.
            write(keep_texts, get_texts(digest))
    except FilesAway as error:
        raise click.ClickException(
            f"The files can’t be reached: {error}. What was copied so far stays there. Please run this command again."
        ) from None
    say(f"Copied {copied.stored} files. {copied.there} were already there.")
    if copied.damaged:
        raise click.ClickException(
            f"These files are damaged on this server, so they weren’t copied: {', '.join(map(str, copied.damaged))}. "
            "Publish their course or upload them again, or look for them in a backup."
        )
