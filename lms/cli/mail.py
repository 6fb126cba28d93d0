"""`lms mail`: emails that came back, so that coordinators see whom they don't reach."""

from __future__ import annotations

import sys

import click

from lms.cli.output import say
from lms.cli.shared import inside
from lms.foundation.db import write
from lms.foundation.mail.bounces import MOST_BYTES, Bounce, read_bounces
from lms.foundation.mail.outbox import list_emails
from lms.foundation.mail.trouble import RETURNED, note_trouble


@click.group()
def mail() -> None:
    """Note emails that came back.

    Example: lms mail bounced bea@example.org
    """


@mail.command("bounce")
@inside
def mail_bounce() -> None:
    """Read one email that a mail server sent back, from standard input, and note whom it didn't reach.

    It has to be a delivery status notification (RFC 3464), whole as it came. Let your mail server pipe what comes to
    the sender's address into this command. Only addresses that the site has lately sent email to are noted, and the
    message itself isn't stored. Any other email is left alone.

    Example: lms mail bounce < message.eml
    """
    content = sys.stdin.buffer.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise click.ClickException("This message is larger than 10 MB, so it wasn’t read. Nothing was changed.")
    found = read_bounces(content)
    if found is None:
        say("This isn’t a delivery status notification, so nothing was changed.")
        return
    count = sum(_note(bounce) for bounce in found)
    say(f"Addresses noted: {count}.")


@mail.command("bounced")
@click.argument("address")
@inside
def mail_bounced(address: str) -> None:
    """Note by hand that an email to an address came back.

    The address's person, or invitation, then shows it to coordinators until an email gets through.

    Example: lms mail bounced bea@example.org
    """
    if not _note(Bounce(address.strip().lower(), RETURNED)):
        raise click.ClickException("The site hasn’t lately sent an email to this address. Nothing was changed.")
    say("Noted. Coordinators see it with the person or the invitation until an email gets through.")


def _note(bounce: Bounce) -> bool:
    """Keep the trouble with an address if the site has lately written to it; return whether so."""
    known = bool(list_emails(bounce.address))
    if known:
        write(note_trouble, bounce.address, bounce.kind)
    return known
