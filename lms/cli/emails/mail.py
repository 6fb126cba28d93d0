"""`lms mail`: looking at emails before they are sent, and noting those that came back."""

from __future__ import annotations

import sys

import click

from lms.cli.output import say
from lms.cli.shared import inside, inside_or_new
from lms.coordination.site.email_samples import preview_email
from lms.foundation.db import write
from lms.foundation.mail.bounces import MOST_BYTES, Bounce, read_bounces
from lms.foundation.mail.outbox import list_emails
from lms.foundation.mail.templates import list_templates
from lms.foundation.mail.trouble import RETURNED, note_trouble
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.security import settings


@click.group()
def mail() -> None:
    """Preview emails, and note those that came back.

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

    Coordinators then see it on the person's page or beside the invitation, until an email gets through.

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


@mail.command("preview")
@click.argument("kind", required=False)
@click.option("--html", "as_html", is_flag=True, help="Print the HTML part instead of the plain text.")
@inside_or_new
def mail_preview(kind: str | None, as_html: bool) -> None:
    """Print one kind of email with sample values, as people get it; without KIND list all kinds.

    Nothing is sent.

    Example: lms mail preview certificate_ready --html > preview.html
    """
    kinds = list_templates()
    if kind is None:
        say("\n".join(kinds))
        return
    if kind not in kinds:
        raise click.ClickException(f"There’s no email of this kind. The kinds are: {', '.join(kinds)}")
    email = preview_email(kind, settings().base_url)
    say(email.html if as_html else f"{_('Subject')}: {email.subject}\n\n{email.text}")
