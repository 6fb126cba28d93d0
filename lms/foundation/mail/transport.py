"""Mail transport: hands messages to a folder, the console or a mail server whose certificate is verified."""

from __future__ import annotations

import re
import smtplib
import ssl
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from email.message import EmailMessage
from email.policy import EmailPolicy
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from lms.foundation import clock
from lms.foundation.config.setting_checks import in_ascii, is_address
from lms.foundation.config.settings import Settings
from lms.foundation.mail.trouble import kind_of_status
from lms.foundation.storage.files import write_whole

# Seconds for one answer of a mail server. RFC 5321 would wait minutes, for mail servers among themselves.
ANSWER_SECONDS = 10.0
# What RFC 5322 lets a line have. Bodies are ours, so a longer line only means that a link may not be cut.
LINE_MOST = 990
# RFC 2034: a reply may begin with an enhanced status code.
STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")
ADDRESSES = {"from", "to", "message-id", "list-unsubscribe", "list-unsubscribe-post"}
Deliver = Callable[[EmailMessage], None]


class ServerTrouble(Exception):
    """The mail server cannot be used now: whatever else is waiting would meet the same."""


class MessageRefused(Exception):
    """This one message cannot be sent; others may. `trouble` is set where its recipient can't be reached for good."""

    def __init__(self, words: str, trouble: str | None = None) -> None:
        super().__init__(words)
        self.trouble = trouble


class PlainAddresses(EmailPolicy):
    """Write headers that hold addresses on one line, in plain ASCII, as programs read them."""

    def fold(self, name: str, value: Any) -> str:
        """Return a header; addresses are neither folded nor encoded."""
        plain = name.lower() in ADDRESSES and str(value).isascii()
        return f"{name}: {value}{self.linesep}" if plain else super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Return a header in bytes; addresses are neither folded nor encoded."""
        plain = name.lower() in ADDRESSES and str(value).isascii()
        return f"{name}: {value}{self.linesep}".encode() if plain else super().fold_binary(name, value)


POLICY = PlainAddresses(cte_type="8bit")
BODY_POLICY = PlainAddresses(cte_type="8bit", max_line_length=LINE_MOST)


def write_body(message: EmailMessage, body: str, html: str = "", *, eight_bit: bool = True) -> None:
    """Set a message's text and its HTML twin so that no line is cut; `eight_bit` says what the mail server takes."""
    ours = message.policy
    message.policy = BODY_POLICY if eight_bit else BODY_POLICY.clone(cte_type="7bit")
    try:
        message.clear_content()
        message.set_content(body, cte=_encoding(body, eight_bit))
        if html:
            message.add_alternative(html, subtype="html", cte=_encoding(html, eight_bit))
    finally:
        message.policy = ours


def _encoding(body: str, eight_bit: bool) -> str | None:
    return None if eight_bit or body.isascii() else "quoted-printable"


def _part(message: EmailMessage, subtype: str) -> str:
    found = message.get_body((subtype,))
    return str(found.get_content()) if found else ""


@contextmanager
def open_transport(settings: Settings) -> Iterator[Deliver]:
    """Give what delivers messages; a mail server is called with the first one, and hung up on at the end.

    Delivering raises ServerTrouble or MessageRefused, whose words hold no address and no password.
    """
    scheme = urlsplit(settings.mail_url).scheme
    if scheme == "console":
        yield _to_console
    elif scheme == "file":
        yield lambda message: _to_folder(settings, message)
    else:
        with ExitStack() as stack:
            open_server: list[smtplib.SMTP] = []

            def deliver(message: EmailMessage) -> None:
                if not open_server:
                    open_server.append(_call(settings))
                    stack.callback(_hang_up, open_server[0])
                _to_server(open_server[0], message)

            yield deliver


def greet(settings: Settings) -> None:
    """Call the mail server, sign in and hang up; raise ServerTrouble. Where emails are only written, do nothing."""
    if urlsplit(settings.mail_url).scheme not in {"console", "file"}:
        _hang_up(_call(settings))


def _to_console(message: EmailMessage) -> None:
    # A console shows the text alone.
    write_body(message, _part(message, "plain"))
    # Not `as_string`, which would encode the text in a way that nobody can read or copy a link from.
    text = message.as_bytes().decode("utf-8", "replace")
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
    sys.stdout.flush()


def mail_folder(settings: Settings) -> Path | None:
    """Return the folder into which emails are written as files; None where they are sent."""
    url = urlsplit(settings.mail_url)
    if url.scheme != "file":
        return None
    return Path(unquote(url.path)) if url.path else settings.data / "mail"


def file_of(settings: Settings, message_id: str) -> Path:
    """Return the file of one email."""
    name = message_id.strip("<>").split("@")[0]
    return (mail_folder(settings) or settings.data / "mail") / f"{name}.eml"


def _to_folder(settings: Settings, message: EmailMessage) -> None:
    path = file_of(settings, message["Message-ID"])
    try:
        # Files are deleted by their age, so it is told by the same clock that counts it.
        write_whole(path, message.as_bytes(), clock.now().timestamp())
    except OSError as error:
        raise ServerTrouble(f"{path.parent}: {error.strerror}") from None


def _call(settings: Settings) -> smtplib.SMTP:
    """Return a conversation with the mail server, secure and signed in to as the settings ask."""
    url = urlsplit(settings.mail_url)
    # Python itself would turn "straße" into "strasse", which is another host.
    host = in_ascii(url.hostname or "")
    trust = ssl.create_default_context(cafile=settings.mail_ca or None)
    try:
        if url.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, url.port or 465, timeout=ANSWER_SECONDS, context=trust)
        else:
            server = smtplib.SMTP(host, url.port or 25, timeout=ANSWER_SECONDS)
    except (OSError, smtplib.SMTPException) as error:
        raise ServerTrouble(words_of(error)) from None
    try:
        _introduce(server, settings, trust)
    except (OSError, smtplib.SMTPException) as error:
        server.close()
        raise ServerTrouble(words_of(error)) from None
    except ServerTrouble:
        server.close()
        raise
    return server


def _introduce(server: smtplib.SMTP, settings: Settings, trust: ssl.SSLContext) -> None:
    url = urlsplit(settings.mail_url)
    server.ehlo_or_helo_if_needed()
    if url.scheme == "smtp":
        if server.has_extn("starttls"):
            server.starttls(context=trust)
            server.ehlo()
        elif not settings.mail_allow_plain and (url.username or not is_this_machine(url.hostname or "")):
            raise ServerTrouble(
                "the mail server does not offer TLS (STARTTLS), so nothing was sent. LMS_MAIL_ALLOW_PLAIN=yes would "
                "send without it: emails and the password can then be read on the way"
            )
    if url.username:
        server.login(unquote(url.username), unquote(url.password or ""))


def is_this_machine(host: str) -> bool:
    """Return whether a host says that it is this machine, so that nothing crosses a network."""
    if host == "localhost":
        return True
    return is_address(host) and ip_address(host).is_loopback


def _to_server(server: smtplib.SMTP, message: EmailMessage) -> None:
    options = ["BODY=8BITMIME"] if server.has_extn("8bitmime") else []
    if not options:
        write_body(message, _part(message, "plain"), _part(message, "html"), eight_bit=False)
    try:
        server.send_message(message, mail_options=options)
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, smtplib.SMTPNotSupportedError, ValueError) as error:
        if getattr(error, "smtp_code", 0) == 421:
            raise ServerTrouble(words_of(error)) from None
        raise MessageRefused(words_of(error), _trouble_of(error)) from None
    except (OSError, smtplib.SMTPException) as error:
        raise ServerTrouble(words_of(error)) from None


def _trouble_of(error: Exception) -> str | None:
    """Return what kind of trouble there is with the recipient for good, if that is why an email was refused."""
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return None
    for code, said in error.recipients.values():
        status = STATUS.match(said.decode("ascii", "replace") if isinstance(said, bytes) else str(said))
        return kind_of_status(code, status[0] if status else "")
    return None


def _hang_up(server: smtplib.SMTP) -> None:
    try:
        if server.sock is not None:
            server.sock.settimeout(1.0)
        server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()


def words_of(error: Exception) -> str:
    """Return what went amiss, for a log: the kind and the server's number, never its words, which name people."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = sorted({code for code, _said in error.recipients.values()})
        return f"the mail server does not take the recipient ({', '.join(map(str, codes))})"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"the mail server answered {error.smtp_code} ({type(error).__name__})"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the mail server's certificate cannot be trusted: {error.verify_message}"
    if isinstance(error, TimeoutError):
        return f"the mail server did not answer within {ANSWER_SECONDS:g} seconds"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__
