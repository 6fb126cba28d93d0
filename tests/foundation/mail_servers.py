"""Real mail servers for tests: plain, with STARTTLS or with TLS from the start, honest, strange or silent."""

from __future__ import annotations

import base64
import socketserver
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Papers:
    """A certificate authority's file, and a context that presents a certificate of it."""

    ca_file: Path
    context: ssl.SSLContext


def make_papers(folder: Path, *, host: str = "127.0.0.1", days: int = 2) -> Papers:
    """Return an authority of its own with a certificate for one host; negative days make it expired."""
    folder.mkdir(parents=True, exist_ok=True)
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name, now = _name(f"Authority in {folder.name}"), datetime.now(UTC)
    began = now - timedelta(days=10)
    ca = (
        _builder(ca_name, ca_name, ca_key.public_key(), began, now + timedelta(days=10))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    try:
        named: x509.GeneralName = x509.IPAddress(ip_address(host))
    except ValueError:
        named = x509.DNSName(host)
    leaf = (
        _builder(_name(host), ca_name, key.public_key(), began, now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([named]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    ca_file, chain = folder / "ca.pem", folder / "server.pem"
    ca_file.write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    chain.write_bytes(private + leaf.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return Papers(ca_file, context)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, since: datetime, until: datetime
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    return builder.serial_number(x509.random_serial_number()).not_valid_before(since).not_valid_after(until)


@dataclass
class Manner:
    """How a mail server behaves."""

    starttls: bool = False
    smtps: bool = False
    # Say in the first EHLO that people may sign in, before TLS.
    auth_in_clear: bool = False
    eight_bit: bool = True
    # Accept the connection, and never say a word.
    silent: bool = False
    # Say that it takes nothing now, and hang up.
    away: bool = False
    # Say each greeting, and never answer the letter itself.
    silent_at_data: bool = False
    # Refuse letters to this address for good.
    unknown: str = ""
    refusal: str = "550 {address} is not known here"


@dataclass
class Heard:
    """All that a mail server was told."""

    letters: list[bytes] = field(default_factory=list)
    passwords: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    connections: int = 0


class MailServer(socketserver.ThreadingTCPServer):
    """A mail server that takes what comes and keeps it."""

    allow_reuse_address = daemon_threads = True
    block_on_close = False

    def __init__(self, manner: Manner, papers: Papers | None) -> None:
        self.manner, self.papers, self.heard = manner, papers, Heard()
        super().__init__(("127.0.0.1", 0), Conversation)

    @property
    def letters(self) -> list[bytes]:
        """Return the letters as they came."""
        return self.heard.letters

    def url(self, scheme: str = "smtp", user: str = "", host: str = "127.0.0.1") -> str:
        """Return the address as LMS_MAIL_URL takes it."""
        return f"{scheme}://{user and user + '@'}{host}:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet about a caller that hung up, as one that trusts nobody does."""


class Conversation(socketserver.StreamRequestHandler):
    """Speaks enough SMTP for a careful client."""

    server: MailServer

    def handle(self) -> None:
        self.server.heard.connections += 1
        manner = self.server.manner
        if manner.silent:
            time.sleep(120)
            return
        if manner.away:
            self._say("421 come back later")
            return
        self.secure = False
        if manner.smtps:
            self._secure()
        self._say("220 mail.example.org ESMTP")
        while line := self.rfile.readline().strip():
            self.server.heard.words.append(line.decode("utf-8", "replace"))
            if not self._answer(line):
                return

    def _secure(self) -> None:
        assert self.server.papers is not None
        context = self.server.papers.context
        self.connection = tls = context.wrap_socket(self.connection, server_side=True, do_handshake_on_connect=False)
        tls.do_handshake()
        self.rfile, self.wfile = tls.makefile("rb"), tls.makefile("wb", 0)
        self.secure = True

    def finish(self) -> None:
        """Close what TLS was put around as well."""
        super().finish()
        self.connection.close()

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")

    def _extensions(self) -> list[str]:
        manner, found = self.server.manner, ["mail.example.org"]
        found += ["STARTTLS"] * (manner.starttls and not self.secure)
        found += ["AUTH PLAIN LOGIN"] * (self.secure or manner.auth_in_clear)
        return found + ["8BITMIME"] * manner.eight_bit

    def _answer(self, line: bytes) -> bool:
        word = line.split(b" ")[0].upper()
        if word == b"EHLO":
            found = self._extensions()
            for each in found[:-1]:
                self._say(f"250-{each}")
            self._say(f"250 {found[-1]}")
        elif word == b"STARTTLS" and self.server.manner.starttls:
            self._say("220 go ahead")
            self._secure()
        elif word == b"AUTH":
            self.server.heard.passwords.append(base64.b64decode(line.split(b" ")[2]).decode())
            self._say("235 welcome")
        elif word == b"RCPT" and self.server.manner.unknown and self.server.manner.unknown.encode() in line:
            self._say(self.server.manner.refusal.format(address=self.server.manner.unknown))
        elif word == b"DATA":
            self._say("354 go on")
            letter = b"".join(iter(self.rfile.readline, b".\r\n"))
            if self.server.manner.silent_at_data:
                time.sleep(120)
                return False
            self.server.heard.letters.append(letter)
            self._say("250 taken")
        elif word == b"QUIT":
            self._say("221 bye")
            return False
        else:
            self._say("250 fine")
        return True


@contextmanager
def mail_server(papers: Papers | None = None, **manner: object) -> Iterator[MailServer]:
    """Run a mail server on this machine for as long as it is needed."""
    with MailServer(Manner(**manner), papers) as server:  # type: ignore[arg-type]
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()
