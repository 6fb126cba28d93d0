"""Signed documents: nothing may change after, the keys are the site's own, and a lost key is told, never replaced."""

import asyncio
import hashlib
import json
import os
import shutil
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from threading import Barrier

import pytest
from asn1crypto import cms, keys, x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.signers import SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore
from pypdf import PdfReader

from lms.certification.badges.open_badge import as_bytes
from lms.certification.keys.cms import signed_data
from lms.certification.keys.key_files import KeyTrouble
from lms.certification.keys.keyring import Ring, open_ring, put_aside
from lms.certification.pdf.render import render
from lms.certification.pdf.signing import sign
from lms.certification.verification.pdf_signature import check
from lms.foundation.keys import secret_key
from tests.builders.badges import sams_badge
from tests.builders.certificates import SAM, SEALED, WARM, report
from tests.conftest import settings_for

BADGE = json.dumps({"name": "Active listening"}).encode()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="module")
def ring(folder: Path) -> Ring:
    return open_ring(settings_for(folder), frozenset())


@pytest.fixture(scope="module")
def signed(ring: Ring) -> bytes:
    return sign(render(SAM, WARM, BADGE), ring)


def test_the_signature_covers_all_and_allows_no_change(signed: bytes, ring: Ring) -> None:
    told = report(signed, ring)
    assert told.intact and told.valid and told.trusted and told.docmdp_ok
    assert told.coverage.name == "ENTIRE_FILE" and told.modification_level.name == "NONE"
    (signature,) = PdfFileReader(BytesIO(signed)).embedded_signatures
    assert signature.docmdp_level.name == "NO_CHANGES"
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert signature.md_algorithm == "sha256"


def test_the_signature_is_what_pyhanko_would_have_made(ring: Ring) -> None:
    digest = hashlib.sha256(b"a document").digest()
    secret = ring.document_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    signer = SimpleSigner(
        signing_cert=x509.Certificate.load(ring.certificate.public_bytes(Encoding.DER)),
        signing_key=keys.PrivateKeyInfo.load(secret),
        cert_registry=SimpleCertificateStore(),
    )
    theirs = asyncio.run(signer.async_sign(digest, "sha256", use_pades=True))
    told, asked = cms.ContentInfo.load(signed_data(digest, ring)), cms.ContentInfo.load(theirs.dump())
    for each in (told, asked):
        (signed,) = each["content"]["signer_infos"]
        signed["signature"] = b""
    assert told.dump(force=True) == asked.dump(force=True)


def test_a_changed_byte_is_seen(signed: bytes, ring: Ring) -> None:
    at = signed.index(b"stream") + 20
    assert not report(signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :], ring).intact


def test_the_older_way_of_signing_can_be_chosen(ring: Ring) -> None:
    (signature,) = PdfFileReader(BytesIO(sign(render(SAM, WARM), ring, "pkcs7"))).embedded_signatures
    assert signature.sig_object["/SubFilter"] == "/adbe.pkcs7.detached"


@pytest.mark.parametrize("subfilter", ["pades", "pkcs7"])
def test_an_issuer_with_a_long_name_has_room_to_sign(tmp_path: Path, subfilter: str) -> None:
    long = open_ring(settings_for(tmp_path, LMS_BASE_URL=f"https://{'a' * 40}.{'b' * 40}.example.org"), frozenset())
    for _time in range(5):
        assert read_signed(sign(render(SAM, WARM), long, subfilter), long)


def read_signed(pdf: bytes, ring: Ring) -> bool:
    check(pdf, [ring.certificate])
    return True


def test_what_was_rendered_stays_as_it_was(signed: bytes) -> None:
    assert signed.startswith(render(SAM, WARM, BADGE))
    assert render(SAM, WARM, BADGE) == render(SAM, WARM, BADGE)


def test_the_badge_travels_inside(signed: bytes) -> None:
    reader = PdfReader(BytesIO(signed))
    assert reader.attachments == {"credential.json": [BADGE]}
    assert {part.get_object()["/AFRelationship"] for part in reader.trailer["/Root"]["/AF"]} == {"/Data"}


def test_a_latin_name_takes_thirty_kilobytes_at_most(ring: Ring) -> None:
    """With its badge and the paper's own words in the square, in the design that is usual."""
    badge = as_bytes(sams_badge())
    assert len(sign(render(replace(SAM, sealed=SEALED), WARM, badge), ring)) <= 30 * 1024


def test_who_hears_the_document_hears_of_its_signature(signed: bytes) -> None:
    root = PdfReader(BytesIO(signed)).trailer["/Root"]
    (field,) = root["/AcroForm"]["/Fields"]
    assert field["/TU"] == "Signature of the site that issued this"
    owners = root["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    owner = owners[owners.index(field["/StructParent"]) + 1].get_object()
    assert owner["/S"] == "/Form" and owner["/K"][0]["/Obj"] == field.get_object()
    (document,) = root["/StructTreeRoot"]["/K"]
    assert document["/K"][-1].get_object() == owner and owner["/P"] == document.get_object()
    assert field in field["/P"]["/Annots"]


@pytest.mark.skipif(not shutil.which("pdfsig"), reason="pdfsig is not on this machine")
def test_another_program_finds_the_signature_valid(signed: bytes, tmp_path: Path) -> None:
    (tmp_path / "sam.pdf").write_bytes(signed)
    told = subprocess.run(["pdfsig", tmp_path / "sam.pdf"], capture_output=True, text=True).stdout
    assert "Signature is Valid" in told and "Total document signed" in told


@pytest.mark.skipif(not shutil.which("qpdf"), reason="qpdf is not on this machine")
def test_another_program_finds_the_file_sound(signed: bytes, tmp_path: Path) -> None:
    (tmp_path / "sam.pdf").write_bytes(signed)
    told = subprocess.run(["qpdf", "--check", tmp_path / "sam.pdf"], capture_output=True, text=True)
    assert told.returncode == 0, told.stderr


def test_keys_are_made_once_and_only_their_owner_reads_them(folder: Path, ring: Ring) -> None:
    for name in ("document-signing.pem", "badge-signing.pem"):
        assert stat.S_IMODE((folder / "keys" / name).stat().st_mode) == 0o600
    again = open_ring(settings_for(folder), frozenset({"document", "badge"}))
    assert again.certificate_id == ring.certificate_id and again.badge_public == ring.badge_public


@pytest.mark.parametrize("name", ["document-signing.pem", "document-signing.crt", "badge-signing.pem"])
def test_a_missing_key_that_signed_before_is_told_and_not_replaced(tmp_path: Path, name: str) -> None:
    open_ring(settings_for(tmp_path), frozenset())
    (tmp_path / "keys" / name).unlink()
    with pytest.raises(KeyTrouble, match=name):
        open_ring(settings_for(tmp_path), frozenset({"document", "badge"}))
    assert not (tmp_path / "keys" / name).exists()


def test_a_file_that_is_no_key_is_told(tmp_path: Path) -> None:
    open_ring(settings_for(tmp_path), frozenset())
    (tmp_path / "keys" / "badge-signing.pem").write_text("not a key")
    with pytest.raises(KeyTrouble, match="not a private key"):
        open_ring(settings_for(tmp_path), frozenset())


def test_an_organisations_own_key_signs(tmp_path: Path, ring: Ring, folder: Path) -> None:
    theirs = {"LMS_SIGNING_KEY": "document-signing.pem", "LMS_SIGNING_CERT": "document-signing.crt"}
    settings = settings_for(tmp_path, **{name: str(folder / "keys" / file) for name, file in theirs.items()})
    assert open_ring(settings, frozenset()).certificate_id == ring.certificate_id
    assert not (tmp_path / "keys" / "document-signing.pem").exists()


def test_a_key_of_another_curve_is_told(tmp_path: Path, folder: Path, ring: Ring) -> None:
    other = generate_private_key(SECP384R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "own.pem").write_bytes(other)
    certificate = str(folder / "keys" / "document-signing.crt")
    settings = settings_for(tmp_path, LMS_SIGNING_KEY=str(tmp_path / "own.pem"), LMS_SIGNING_CERT=certificate)
    with pytest.raises(KeyTrouble, match="P-256"):
        open_ring(settings, frozenset())


def test_keys_that_are_put_aside_are_kept(tmp_path: Path) -> None:
    before = open_ring(settings_for(tmp_path), frozenset())
    assert len(put_aside(settings_for(tmp_path))) == 3
    assert open_ring(settings_for(tmp_path), frozenset()).badge_public != before.badge_public
    assert len(os.listdir(tmp_path / "keys")) == 6


def test_processes_that_start_at_the_same_moment_make_one_pair_of_keys(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "data")
    gate = Barrier(8)

    def start(_number: int) -> tuple[str, bytes, bytes]:
        gate.wait()
        ring = open_ring(settings, set())
        return ring.certificate_id, ring.badge_public, secret_key.__wrapped__(settings.data)

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(start, range(8)))) == 1
