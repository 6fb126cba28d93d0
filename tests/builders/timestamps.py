"""A timestamp authority of the tests' own: its certificates, and an RFC 3161 server on this machine."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from asn1crypto import cms, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from lms.certification.keys.keyring import Ring
from lms.certification.pdf.signing import sign
from lms.certification.timestamps.long_term import Materials, extend
from lms.foundation import clock

Lie = Callable[[dict[str, Any]], None]


@dataclass
class Issued:
    """A key and its certificate."""

    key: EllipticCurvePrivateKey
    certificate: x509.Certificate


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def issue(
    name: str,
    by: Issued | None = None,
    *,
    usage: Any = None,
    crl: str = "",
    ocsp: str = "",
    key: Any = None,
    days: tuple[int, int] = (-2, 3650),
) -> Issued:
    """Issue a certificate; without an issuer it's a root."""
    key = key or generate_private_key(SECP256R1())
    now = clock.now()
    builder = (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(by.certificate.subject if by else _named(name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
        .add_extension(x509.BasicConstraints(ca=usage is None, path_length=None), critical=True)
        .add_extension(_key_usage(ca=usage is None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if usage:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
    if crl:
        points = [x509.DistributionPoint([x509.UniformResourceIdentifier(crl)], None, None, None)]
        builder = builder.add_extension(x509.CRLDistributionPoints(points), critical=False)
    if ocsp:
        asked = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(ocsp))
        builder = builder.add_extension(x509.AuthorityInformationAccess([asked]), critical=False)
    return Issued(key, builder.sign(by.key if by else key, SHA256()))


def _key_usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=not ca,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )


@dataclass
class Authority:
    """A timestamp server: what it knows, what it was asked, and how it lies."""

    root: Issued
    signer: Issued
    url: str = ""
    asked: int = 0
    # Changes what is about to be signed or answered; `hangs` keeps a connection open without a byte.
    lie: Lie | None = None
    hangs: bool = False
    http_status: int = 200
    at: datetime | None = None
    crl: bytes = b""
    ends: threading.Event = field(default_factory=threading.Event)

    def answer(self, body: bytes) -> bytes:
        """Return the answer to a request."""
        request = tsp.TimeStampReq.load(body)
        said: dict[str, Any] = {
            "status": "granted",
            "imprint": request["message_imprint"].native["hashed_message"],
            "nonce": request["nonce"].native,
            "at": self.at or clock.now(),
            "signer": self.signer,
            "unsigned": False,
        }
        if self.lie:
            self.lie(said)
        status = tsp.PKIStatusInfo({"status": said["status"]})
        if not said["status"].startswith("granted"):
            # A refusal has no token, which asn1crypto's own structure can't write.
            return b"\x30" + bytes([len(status.dump())]) + bytes(status.dump())
        return bytes(tsp.TimeStampResp({"status": status, "time_stamp_token": self._token(said)}).dump())

    def stamp(self, content: bytes) -> bytes:
        """Return a token for some bytes without being asked over the network, as any public server gives one."""
        imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": hashlib.sha256(content).digest()}
        request = tsp.TimeStampReq({"version": "v1", "message_imprint": imprint, "nonce": secrets.randbits(60)})
        return bytes(tsp.TimeStampResp.load(self.answer(request.dump()))["time_stamp_token"].dump())

    def _token(self, said: dict[str, Any]) -> cms.ContentInfo:
        info = tsp.TSTInfo(
            {
                "version": "v1",
                "policy": "1.3.6.1.4.1.4146.2.2",
                "message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": said["imprint"]},
                "serial_number": secrets.randbits(60),
                "gen_time": said["at"],
                "nonce": said["nonce"],
            }
        ).dump()
        signer: Issued = said["signer"]
        own = asn1.Certificate.load(signer.certificate.public_bytes(Encoding.DER))
        certificate_hash = hashlib.sha256(own.dump()).digest()
        attributes = cms.CMSAttributes(
            [
                {"type": "content_type", "values": ["tst_info"]},
                {"type": "message_digest", "values": [hashlib.sha256(info).digest()]},
                {
                    "type": "signing_certificate_v2",
                    "values": [{"certs": [{"cert_hash": certificate_hash}]}],
                },
            ]
        )
        signature = b"" if said["unsigned"] else signer.key.sign(attributes.dump(), ECDSA(SHA256()))
        signed = {
            "version": "v3",
            "digest_algorithms": [{"algorithm": "sha256"}],
            "encap_content_info": {"content_type": "tst_info", "content": cms.ParsableOctetString(info)},
            "certificates": [own, asn1.Certificate.load(self.root.certificate.public_bytes(Encoding.DER))],
            "signer_infos": [
                {
                    "version": "v1",
                    "sid": cms.SignerIdentifier(
                        {"issuer_and_serial_number": {"issuer": own.issuer, "serial_number": own.serial_number}}
                    ),
                    "digest_algorithm": {"algorithm": "sha256"},
                    "signed_attrs": attributes,
                    "signature_algorithm": {"algorithm": "sha256_ecdsa"},
                    "signature": signature,
                }
            ],
        }
        return cms.ContentInfo({"content_type": "signed_data", "content": signed})


class _Handler(BaseHTTPRequestHandler):
    server: Any

    def do_POST(self) -> None:
        authority: Authority = self.server.authority
        authority.asked += 1
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if authority.hangs:
            authority.ends.wait(20)
            return
        self._give(authority.answer(body), "application/timestamp-reply", authority.http_status)

    def do_GET(self) -> None:
        self._give(self.server.authority.crl, "application/pkix-crl", 200)

    def _give(self, content: bytes, kind: str, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_about: Any) -> None:
        return


@contextmanager
def authority_at_work() -> Iterator[Authority]:
    """Run a timestamp authority on this machine, with a list of what it revoked."""
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    address = f"http://127.0.0.1:{server.server_port}"
    root = issue("Time root")
    signer = issue("Time", root, usage=ExtendedKeyUsageOID.TIME_STAMPING, crl=f"{address}/root.crl")
    made = Authority(root, signer, f"{address}/tsr")
    made.crl = empty_list(root)
    server.authority = made
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.ends.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


def empty_list(by: Issued) -> bytes:
    """Return a signed list of revoked certificates with nothing in it."""
    now = clock.now()
    builder = x509.CertificateRevocationListBuilder().issuer_name(by.certificate.subject)
    builder = builder.last_update(now - timedelta(days=1)).next_update(now + timedelta(days=30))
    return builder.sign(by.key, SHA256()).public_bytes(Encoding.DER)


def write_pem(path: Path, *issued: Issued) -> str:
    """Write certificates into a file, and return its path."""
    path.write_bytes(b"".join(each.certificate.public_bytes(Encoding.PEM) for each in issued))
    return str(path)


@cache
def quiet_authority() -> Authority:
    """Return an authority that is asked without a network."""
    root = issue("Time root")
    made = Authority(root, issue("Time", root, usage=ExtendedKeyUsageOID.TIME_STAMPING))
    made.crl = empty_list(root)
    return made


def stamped(pdf: bytes, ring: Ring) -> bytes:
    """Return a signed PDF with a timestamp of its signature."""
    return sign(pdf, ring, stamp=quiet_authority().stamp)


def long_term(pdf: bytes, ring: Ring) -> bytes:
    """Return a signed PDF with all that verifies it later."""
    by = quiet_authority()
    chain = [each.public_bytes(Encoding.DER) for each in (ring.certificate, by.signer.certificate, by.root.certificate)]
    return extend(stamped(pdf, ring), Materials(tuple(chain), (), (by.crl,)), by.stamp)
