"""Independent verifiers from npm accept our badges and our lists of withdrawals, and refuse what is not ours."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lms.certification.badges import open_badge, status_list
from lms.certification.badges.open_badge import BadgeRefused
from lms.certification.badges.records import mark_all_stale
from lms.certification.keys.did import MULTIKEY, did_document, multikey
from lms.certification.keys.keyring import put_aside
from lms.certification.keys.opening import keys_of
from lms.foundation.db import write
from tests.builders.badges import (
    ISSUER,
    KEY,
    LISTS,
    NOON,
    OTHER,
    PUBLIC,
    SAMS,
    SITE,
    at_first,
    badge_of,
    revoke,
    sams_badge,
    verified,
)
from tests.builders.learning import earn
from tests.conftest import ROOT, Site

PACKAGES = (
    "@digitalbazaar/vc@7.3.0",
    "@digitalbazaar/data-integrity@2.5.0",
    "@digitalbazaar/eddsa-rdfc-2022-cryptosuite@1.3.0",
    "@digitalbazaar/vc-bitstring-status-list@2.0.1",
)
NPM = shutil.which("node") and shutil.which("npm")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not NPM, reason="no npm verifier was asked; this machine lacks node or npm"),
]
LONG_NAME = "https://www.w3.org/2018/credentials#validUntil"
DATE_TIME = "http://www.w3.org/2001/XMLSchema#dateTime"
HIDDEN = "an expiry hidden under its absolute IRI"


@pytest.fixture(scope="module")
def verifiers() -> Path:
    """A folder with the verifiers, filled once and kept beside the virtual environment."""
    folder = ROOT / ".venv" / "npm-verifiers"
    wanted = json.dumps({"private": True, "type": "module", "description": " ".join(PACKAGES)})
    if not (folder / "package.json").is_file() or (folder / "done").read_text("utf-8") != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        (folder / "package.json").write_text(wanted, "utf-8")
        command = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--no-save", *PACKAGES]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            shutil.rmtree(folder)
            pytest.skip(f"no npm verifier was asked; they could not be installed: {done.stderr[-200:]}")
        (folder / "done").write_text(wanted, "utf-8")
    return folder


def ask(
    verifiers: Path,
    credentials: dict[str, Any],
    revoked: list[int],
    suspended: list[int],
    days: int = 14,
    compromised_from: date | None = None,
) -> dict[str, dict[str, Any]]:
    """Give the verifiers credentials, our keys, contexts and lists, which end in some days; return what they say."""
    did = did_document(SITE, {multikey(PUBLIC): compromised_from})
    (method,) = did["verificationMethod"]
    now = datetime.now(UTC).replace(microsecond=0)
    valid = (now + timedelta(days=days - 14), now + timedelta(days=days))
    lists = {}
    by_purpose: dict[status_list.Purpose, list[int]] = {"revocation": revoked, "suspension": suspended}
    for purpose, indexes in by_purpose.items():
        address = status_list.list_address(f"{LISTS}1", purpose)
        document = status_list.status_credential(address, ISSUER, purpose, indexes, valid)
        lists[address] = open_badge.sign(document, KEY, ISSUER.key, valid[0])
    documents = {**lists, ISSUER.id: did}
    documents[ISSUER.key] = {"@context": MULTIKEY, **method}
    return run(verifiers, credentials, documents)


def run(verifiers: Path, credentials: dict[str, Any], documents: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Give the verifiers credentials and everything that they would fetch; return what they say."""
    contexts = {address: open_badge._context(address) for address in (open_badge.CREDENTIALS, open_badge.OPEN_BADGES)}
    script = shutil.copy(Path(__file__).with_name("verifiers.mjs"), verifiers)
    sent = json.dumps({"credentials": credentials, "documents": {**contexts, **documents}})
    bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(["node", script], input=sent, env=bare, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return told


def tampered() -> dict[str, dict[str, Any]]:
    """Return badges that are not what was signed, and one whose end a reader may not see."""
    signed = sams_badge()
    named, hidden = deepcopy(signed), deepcopy(signed)
    named["credentialSubject"]["identifier"][0]["identityHash"] = "Eve"
    hidden[LONG_NAME] = {"@type": DATE_TIME, "@value": hidden.pop("validUntil")}
    foreign = open_badge.sign(open_badge.build(SAMS, ISSUER), OTHER, ISSUER.key, NOON)
    return {"another name": named, "another key": foreign, HIDDEN: hidden}


def test_a_badge_of_ours_is_accepted_and_a_tampered_one_is_not(verifiers: Path) -> None:
    told = ask(verifiers, {"sams": sams_badge(), "at first": at_first(), **tampered()}, revoked=[7], suspended=[8])
    for name in ("sams", "at first"):
        assert told[name]["verified"] is True, told[name]
        assert told[name]["listed"] == [False]
    assert [told[name]["verified"] for name in ("another name", "another key")] == [False, False]


def test_a_withdrawn_badge_is_found_in_our_list(verifiers: Path) -> None:
    both, index = {"sams": sams_badge(), "at first": at_first()}, SAMS.status_index
    for revoked, suspended, found, at_first_found in (
        ([index], [], [False], [True]),
        ([], [index], [True], [False]),
        ([index], [index], [True], [True]),
    ):
        told = ask(verifiers, both, revoked, suspended)
        assert (told["sams"]["listed"], told["at first"]["listed"]) == (found, at_first_found), told


def test_an_expired_list_is_not_relied_on(verifiers: Path) -> None:
    assert ask(verifiers, {"sams": sams_badge()}, [], [], days=1)["sams"]["status"] is True
    expired = ask(verifiers, {"sams": sams_badge()}, [], [], days=-1)["sams"]
    assert expired["status"] is not True and expired["verified"] is False, expired


def test_a_badge_of_a_compromised_key_is_not_relied_on_elsewhere(verifiers: Path) -> None:
    """Nobody there has our records, so nothing shows what was signed before the key was stolen."""
    told = ask(verifiers, {"sams": sams_badge()}, [], [], compromised_from=date(2026, 11, 20))["sams"]
    assert told["verified"] is False, told


def test_a_site_known_by_its_key_alone_goes_on_after_a_new_key(verifiers: Path, sqlite_site: Site) -> None:
    """Its earlier badges and lists stay with the earlier key, its later ones are of the new one."""
    site, codes = sqlite_site, [earn(sqlite_site, document=True)]
    with site.inside():
        put_aside(site.settings)
        keys_of(site.settings, fresh=True)
        write(mark_all_stale)
    codes.append(earn(site, "lena", document=True))
    revoke(site, codes[0])
    badges = {code: json.loads(badge_of(site, code)) for code in codes}
    documents = {}
    for badge in badges.values():
        address, issuer = badge["credentialStatus"]["statusListCredential"], badge["issuer"]["id"]
        path = address.removeprefix(site.settings.base_url)
        documents[address] = json.loads(site.stranger().get(path).response.data)
        name = f"{issuer}#{issuer.removeprefix('did:key:')}"
        method = {"id": name, "type": "Multikey", "controller": issuer, "publicKeyMultibase": name.partition("#")[2]}
        documents[name] = {"@context": MULTIKEY, **method}
        documents[issuer] = {"@context": ["https://www.w3.org/ns/did/v1", MULTIKEY], "id": issuer} | {
            "verificationMethod": [method],
            "assertionMethod": [name],
        }
    assert len({badge["issuer"]["id"] for badge in badges.values()}) == 2
    told = run(verifiers, badges, documents)
    assert [(told[code]["verified"], told[code]["listed"]) for code in codes] == [(True, [True]), (True, [False])], told


def test_ours_is_the_stricter_reader(verifiers: Path) -> None:
    """What was signed is the same, so the reference accepts, and does not see the end; ours refuses the badge."""
    assert ask(verifiers, tampered(), [], [])[HIDDEN]["verified"] is True
    with pytest.raises(BadgeRefused, match="badge-words"):
        verified(tampered()[HIDDEN])
