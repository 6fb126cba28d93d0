"""Keys that end, are compromised or start later than the clock says: nothing is half signed or silently void."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509.oid import ExtendedKeyUsageOID

from lms.certification.awards import document_records
from lms.certification.awards.records import find_award, get_award
from lms.certification.badges.issue import stored_badge
from lms.certification.keys import findings
from lms.certification.keys.key_files import KeyRests, KeyTrouble
from lms.certification.keys.keyring import Ring, open_ring
from lms.certification.keys.opening import key_ids, keys_of
from lms.certification.keys.records import mark_compromised
from lms.certification.pdf import documents
from lms.certification.pdf.jobs import make_document
from lms.certification.pdf.render import render
from lms.certification.pdf.signing import sign
from lms.certification.verification.pdf_signature import check
from lms.foundation import clock
from lms.foundation.config.settings import BadSetting, read_settings
from lms.foundation.db import write
from tests.builders.badges import SUSPENSION, badge_of, bits, listed, revoke
from tests.builders.certificates import SAM, WARM, bring, pdf, report
from tests.builders.commands import of
from tests.builders.learning import earn
from tests.builders.rows import count_events
from tests.builders.timestamps import Issued, issue, write_pem
from tests.conftest import ROOT, Site, settings_for


def ring_of(site: Site) -> Ring:
    with site.inside():
        return keys_of(site.settings)


def signer_of(site: Site, code: str) -> str:
    """Return the name of the key that signed a certificate's badge."""
    return str(json.loads(badge_of(site, code))["proof"]["verificationMethod"]).rpartition("#")[2]


def test_a_stolen_key_is_marked_and_what_it_signed_since_is_reissued(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    site, code = sqlite_site, earn(sqlite_site, document=True)
    lms, today, stolen = of(site, monkeypatch), clock.today("UTC").isoformat(), key_ids(ring_of(site))
    content, kept = badge_of(site, code), pdf(site, code)
    mark = ("keys", "compromised", *(key[:16] for key in stolen), "--from", today)
    assert lms("keys", "compromised", "z6Mk", "--from", today).exit_code == 1, "too short a start"
    assert lms(*mark[:-1], "2099-01-01", "--yes").exit_code == 1, "a day in the future"
    looked = lms(*mark)
    assert looked.exit_code == 1 and f"not trusted from {today} on" in looked.output and "--yes" in looked.output
    assert key_ids(ring_of(site)) == stolen and count_events(site, "KeyCompromised") == 0
    done = lms(*mark, "--yes")
    assert done.exit_code == 0 and "1 current certificates were signed" in done.output, done.output
    assert set(key_ids(ring_of(site))).isdisjoint(stolen) and count_events(site, "KeyCompromised") == 2
    assert {row["compromised_from"] for row in json.loads(lms("keys", "list", "--json").output)} == {None, today}
    (scanned,) = site.stranger().get(f"/verify/{code}").find("[data-keys]")
    assert sorted(map(len, str(scanned.get("data-keys")).split())) == [8, 64], "a script can't check the stolen key's"
    assert "this site made and signed it" in bring(site, kept).main.lower(), "our records have the very same file"
    for name, brought in (("kept.pdf", kept), ("kept.json", content)):
        (tmp_path / name).write_bytes(brought)
    (tmp_path / "keys.json").write_bytes(site.stranger().get("/credentials/keys").response.data)
    for name in ("kept.pdf", "kept.json"):
        told = lms("certificates", "verify", tmp_path / name, "--keys", tmp_path / "keys.json")
        assert told.exit_code == 1 and ("doesn’t trust the signature" in told.output or "Only the" in told.output)
    assert "1 certificates would be reissued" in lms("keys", "reissue").output
    assert "Reissued: 1" in lms("keys", "reissue", "--yes").output
    assert "0 certificates would be reissued" in lms("keys", "reissue").output
    site.work()
    with site.inside():
        old = find_award(code)
        assert old is not None and old.replaced_by
        new = document_records.find_document(old.replaced_by)
        assert new is not None
        ring = keys_of(site.settings)
        assert check(new.content, [ring.certificate]).certificate == ring.certificate
    assert badge_of(site, code) == content and site.stranger().get(f"/verify/{code}").h1.startswith("This certificate")


def test_jobs_take_the_new_key_from_the_next_certificate_and_none_is_half_signed(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key is marked in the middle of a batch: after one PDF, and after the badge of another one."""
    site, lms = sqlite_site, of(sqlite_site, monkeypatch)
    codes = [earn(site, name) for name in ("sam", "lena")]
    with site.inside():
        ring = keys_of(site.settings)
        first, second = (find_award(code) for code in codes)
        assert first is not None and second is not None
        make_document(first.id, site.settings, ROOT / "certificates")
        stored_badge(second, ring, site.settings)
        ids = (first.id, second.id)
    old = key_ids(ring)
    today = clock.today("UTC").isoformat()
    assert lms("keys", "compromised", *old, "--from", today, "--yes").exit_code == 0
    site.work()
    with site.inside():
        assert document_records.document_is_stored(ids[1]) is None, "its badge is of the old key"
        trouble = document_records.list_troubled()[ids[1]].trouble
        assert trouble is not None and "lms keys reissue" in trouble
    assert "Reissued: 2" in lms("keys", "reissue", "--yes").output
    site.work()
    with site.inside():
        for each in ids:
            following = get_award(each).replaced_by
            made = document_records.find_document(following or "")
            assert made is not None and check(made.content, [keys_of(site.settings).certificate])
            assert signer_of(site, get_award(following or "").code) == key_ids(keys_of(site.settings))[1]


def test_a_certificate_that_was_being_made_when_its_key_was_marked_is_made_again(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mark comes between signing and keeping."""

    site, code = sqlite_site, earn(sqlite_site)
    old = ring_of(site)
    signs = documents.sign

    def sign_and_mark(*args: Any, **more: Any) -> bytes:
        write(mark_compromised, [key_ids(old)[0]], clock.today("UTC"))
        return signs(*args, **more)

    monkeypatch.setattr(documents, "sign", sign_and_mark)
    with site.inside():
        award = find_award(code)
        assert award is not None
        make_document(award.id, site.settings, ROOT / "certificates")
        assert document_records.document_is_stored(award.id) is None
        with pytest.raises(KeyRests, match="marked as compromised"):
            keys_of(site.settings)
        assert [each.check for each in findings.look(site.settings) if each.to_do] == ["keys.trust"]


def test_a_clock_before_the_start_of_a_key_is_named_and_nothing_is_signed(sqlite_site: Site) -> None:
    site, code = sqlite_site, earn(sqlite_site)
    ring_of(site)
    clock.shift(-timedelta(days=3))
    site.work()
    with site.inside():
        award = find_award(code)
        assert award is not None and document_records.document_is_stored(award.id) is None
        trouble = document_records.list_troubled()[award.id].trouble
        assert trouble is not None and "This machine’s clock says" in trouble
        told = [each for each in findings.look(site.settings) if each.to_do]
        assert [each.check for each in told] == ["keys.certificate"] and "clock" in told[0].text
    clock.shift(timedelta(0))
    site.work()
    assert pdf(site, code).startswith(b"%PDF")


def test_a_site_without_a_domain_keeps_its_earlier_lists_under_its_earlier_key(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Verifiers elsewhere want a list to be signed by whoever signed the badge."""
    site, lms, code = sqlite_site, of(sqlite_site, monkeypatch), earn(sqlite_site, document=True)
    before = listed(site, SUSPENSION)["issuer"]
    assert before.startswith("did:key:")
    assert lms("certificates", "new-keys", "--yes").exit_code == 0
    later = earn(site, "lena", document=True)
    revoke(site, code)
    assert listed(site, SUSPENSION)["issuer"] == before and len(bits(site, SUSPENSION)) == 1
    assert listed(site, SUSPENSION)["proof"]["verificationMethod"].startswith(before)
    badge = json.loads(badge_of(site, later))
    assert badge["issuer"]["id"] != before and "/status/2/" in badge["credentialStatus"]["statusListCredential"]
    second = json.loads(site.stranger().get("/credentials/status/2/suspension").response.data)
    assert second["issuer"] == badge["issuer"]["id"]


# --- An organisation's own certificate ------------------------------------------------------------------------


def own_ring(folder: Path, kind: str, **more: Any) -> tuple[Ring, Issued]:
    """Return the ring of an organisation with a certificate of an authority of its own, and that authority's root."""
    root = issue("Public root")
    between = issue("Public authority", root)
    key = generate_rsa_key(65537, 2048) if "rsa" in kind else generate_private_key(SECP256R1())
    own = issue("Harbour Hospitals", between, usage=ExtendedKeyUsageOID.EMAIL_PROTECTION, key=key, **more)
    env = {"LMS_SIGNING_KEY": str(folder / "own.pem"), "LMS_SIGNING_PASSPHRASE": "two words"}
    sealed = BestAvailableEncryption(b"two words")
    if "p12" in kind:
        env["LMS_SIGNING_KEY"] = str(folder / "own.p12")
        chain = [between.certificate, root.certificate]
        packed = serialize_key_and_certificates(b"own", key, own.certificate, chain, sealed)
        (folder / "own.p12").write_bytes(packed)
    else:
        env["LMS_SIGNING_CERT"] = write_pem(folder / "own.crt", own, between, root)
        if "plain" in kind:
            sealed = NoEncryption()  # type: ignore[assignment]
            del env["LMS_SIGNING_PASSPHRASE"]
        (folder / "own.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, sealed))
    return open_ring(settings_for(folder, **env), frozenset()), root


@pytest.mark.parametrize("kind", ["ec plain", "rsa pem", "ec p12", "rsa p12"])
def test_an_organisations_certificate_signs_with_its_chain(tmp_path: Path, kind: str) -> None:
    """Whoever trusts the root alone finds the way to it in the file."""
    ring, root = own_ring(tmp_path, kind)
    assert [each.subject.rfc4514_string() for each in ring.chain] == ["CN=Public authority"]
    signed = sign(render(SAM, WARM, b"{}"), ring)
    told = report(signed, root)
    assert told.intact and told.valid and told.trusted and told.coverage.name == "ENTIRE_FILE"
    assert check(signed, [ring.certificate]).certificate == ring.certificate


def test_a_certificate_that_ended_or_goes_with_another_key_is_told(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    ended, _root = own_ring(tmp_path / "old", "ec plain", days=(-9, -1))
    with pytest.raises(KeyRests, match="ended on"):
        sign(render(SAM, WARM, b"{}"), ended)
    end, now = ended.certificate.not_valid_after_utc, clock.now()
    checks = [findings.check_certificate(now, now, each) for each in (end, now + timedelta(30), now + timedelta(99))]
    assert [bool(each.to_do) for each in checks] == [True, True, False]
    own_ring(tmp_path, "ec p12")
    files = {"LMS_SIGNING_KEY": str(tmp_path / "old" / "own.pem"), "LMS_SIGNING_CERT": str(tmp_path / "other.crt")}
    write_pem(tmp_path / "other.crt", issue("Somebody else"))
    for env, why in (
        (files, "doesn’t belong to the key"),
        ({"LMS_SIGNING_KEY": str(tmp_path / "own.p12"), "LMS_SIGNING_PASSPHRASE": "other"}, "LMS_SIGNING_PASSPHRASE"),
        ({"LMS_SIGNING_KEY": str(tmp_path / "other.p12")}, "cannot be read"),
    ):
        with pytest.raises(KeyTrouble, match=why):
            open_ring(settings_for(tmp_path / "site", **env), frozenset())
    with pytest.raises(BadSetting, match="LMS_SIGNING_CERT"):
        read_settings({"LMS_SIGNING_KEY": "/own.p12", "LMS_SIGNING_CERT": "/own.crt"})
