"""`lms certificates verify`: a code, a file or a square, with the register, or anywhere with a list of keys alone."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from lms.accounts.actions import set_programme
from lms.certification.awards.addresses import qr_address
from lms.certification.awards.records import find_award
from lms.certification.awards.texts.wording import qr_payload_of
from lms.certification.badges.baking import baked
from lms.certification.keys.opening import keys_of
from lms.certification.keys.qr_payload import sealed
from lms.foundation import clock
from tests.builders.badges import badge_of, revoke
from tests.builders.certificates import later, pdf, sealed_in_base32
from tests.builders.commands import Run, of
from tests.builders.learning import earn
from tests.conftest import ROOT, Site


def made(site: Site, folder: Path) -> tuple[str, dict[str, Path], str]:
    """Write everything that a site gave out for a certificate; return its code, the files, and its square's text."""
    code = earn(site, document=True)
    badge = badge_of(site, code)
    contents = {"pdf": pdf(site, code), "keys": site.stranger().get("/credentials/keys").response.data}
    contents |= {kind: baked(kind, badge, ROOT / "certificates") for kind in ("json", "svg", "png")}
    contents["changed"] = later(contents["pdf"])
    files = {kind: folder / f"file.{kind}" for kind in contents}
    for kind, content in contents.items():
        files[kind].write_bytes(content)
    with site.inside():
        award = find_award(code)
        assert award is not None
        words = sealed(qr_payload_of(award), keys_of(site.settings).badge_key)
        return code, files, f"{qr_address(site.settings, code)}#{words}"


def square_of_before(site: Site, code: str) -> str:
    """Return the QR code's text as certificates had it that were printed before 30 November 2026."""
    with site.inside():
        award = find_award(code)
        assert award is not None
        words = sealed_in_base32(qr_payload_of(award), keys_of(site.settings).badge_key)
        return f"{qr_address(site.settings, code)}#{words}"


@pytest.mark.parametrize("text", ["http://[x/V/7QK4M2XD9RTPC6HV#1", "A" * 300, "A/" * 3000, "", "\0", "/"], ids=ascii)
def test_a_text_that_is_neither_a_code_nor_a_file_is_told_in_one_line(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    told = of(sqlite_site, monkeypatch)("certificates", "verify", text)
    assert told.exit_code == 1 and told.output == "Error: There’s no certificate with this code.\n"


@pytest.mark.parametrize(
    "command", ["certificates verify certificate.pdf", "certificates list", "audit verify", "people list", "lines list"]
)
def test_a_command_about_a_site_makes_none_where_there_is_none(lms: Run, tmp_path: Path, command: str) -> None:
    told = lms(*command.split())
    assert told.exit_code == 1 and f"There’s no site in {tmp_path / 'data'} yet. Nothing was changed." in told.output
    assert list(tmp_path.iterdir()) == []


def test_every_shape_is_verified_with_the_register(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    code, files, square = made(sqlite_site, tmp_path)
    lms = of(sqlite_site, monkeypatch)
    for what in (*(files[kind] for kind in ("pdf", "json", "svg", "png")), square, code):
        told = lms("certificates", "verify", what, "--json")
        assert told.exit_code == 0, told.output
        assert json.loads(told.output)["state"] == "valid"
    changed = lms("certificates", "verify", files["changed"])
    assert changed.exit_code == 1 and "changed after it was signed" in changed.output
    assert lms("certificates", "verify", files["keys"]).exit_code == 1
    revoke(sqlite_site, code)
    told = lms("certificates", "verify", files["pdf"], "--json")
    assert told.exit_code == 1 and json.loads(told.output)["state"] == "revoked" and json.loads(told.output)["genuine"]


def test_with_keys_alone_it_verifies_anywhere_and_says_that_the_state_is_unknown(
    sqlite_site: Site, lms: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    code, files, square = made(sqlite_site, tmp_path)
    of_before = square_of_before(sqlite_site, code)
    monkeypatch.setenv("LMS_DATA", str(tmp_path / "nowhere"))
    for what in (*(files[kind] for kind in ("pdf", "json", "svg", "png")), square, of_before):
        told = lms("certificates", "verify", what, "--keys", files["keys"], "--json")
        assert told.exit_code == 0, told.output
        said = json.loads(told.output)
        assert said["state"] == "unknown offline" and said["says"]["name"] == "Sam Osei"
    other, other_of_before = (
        text.replace(code, code[:-1] + ("0" if code[-1] != "0" else "1")) for text in (square, of_before)
    )
    for what, reason in (
        (files["changed"], "changed after"),
        (square[:-8], "couldn’t read what the QR code says"),
        (of_before[:-8], "isn’t what this site signed"),
        (other, "isn’t what this site signed for this code"),
        (other_of_before, "different code"),
    ):
        told = lms("certificates", "verify", what, "--keys", files["keys"])
        assert told.exit_code == 1 and reason in told.output
    assert lms("certificates", "verify", code, "--keys", files["keys"]).exit_code == 1
    refused = lms("certificates", "verify", files["pdf"], "--keys", files["json"])
    assert refused.exit_code == 1 and "isn’t a list of keys" in refused.output
    assert not (tmp_path / "nowhere").exists()


def test_with_a_signed_status_list_it_says_whether_it_was_withdrawn(
    sqlite_site: Site, lms: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    code, files, square = made(sqlite_site, tmp_path)
    lists = [tmp_path / "before.json", tmp_path / "after.json", files["json"]]
    address = json.loads(files["json"].read_bytes())["credentialStatus"]["statusListCredential"]
    for path in lists[:2]:
        path.write_bytes(sqlite_site.stranger().get(address.removeprefix("http://127.0.0.1:8000")).response.data)
        revoke(sqlite_site, code)
    monkeypatch.setenv("LMS_DATA", str(tmp_path / "nowhere"))

    def ask(what: object, status: Path) -> tuple[int, str, str]:
        told = lms("certificates", "verify", what, "--keys", files["keys"], "--status", status, "--json")
        said = json.loads(told.output)
        return told.exit_code, said["state"], said["text"]

    for what in (files[kind] for kind in ("pdf", "json", "svg", "png")):
        assert ask(what, lists[0])[:2] == (0, "valid") and ask(what, lists[1])[:2] == (1, "revoked")
    assert ask(files["pdf"], lists[2])[0] == 1 and "We can’t read this as one" in ask(files["pdf"], lists[2])[2]
    assert ask(square, lists[0])[:2] == (1, "unknown offline") and "verify the PDF" in ask(square, lists[0])[2]
    absent = lms("certificates", "verify", tmp_path / "absent.pdf", "--keys", files["keys"])
    assert absent.exit_code == 1 and "There’s no file" in absent.output and "absent.pdf" in absent.output
    assert "--keys" in lms("certificates", "verify", files["pdf"], "--status", lists[0]).output
    clock.shift(timedelta(days=15))
    assert "has expired" in ask(files["pdf"], lists[0])[2]


def test_a_certificate_past_its_day_is_genuine_and_not_valid(
    sqlite_site: Site, lms: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _code, files, _square = made(sqlite_site, tmp_path)
    clock.shift(timedelta(days=800))
    told = lms("certificates", "verify", files["pdf"], "--keys", files["keys"])
    assert told.exit_code == 1 and "This has expired" in told.output


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles", "UTC"])
def test_the_last_day_ends_where_its_programme_is_also_with_keys_alone(
    sqlite_site: Site, lms: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, zone: str
) -> None:
    sqlite_site.do(set_programme, "harbour", None, {"timezone": zone})
    _code, files, square = made(sqlite_site, tmp_path)
    last = datetime.fromisoformat(json.loads(files["json"].read_bytes())["validUntil"])
    # A QR code names a day and no place, so it is over once no place on Earth has that day.
    everywhere = datetime.fromisoformat(f"{last.date()}T23:59:59-12:00")
    for what, end in ((files["pdf"], last), (files["json"], last), (square, everywhere)):
        for minutes, state, status in ((-5, "unknown offline", 0), (5, "expired", 1)):
            clock.shift(timedelta(0))
            clock.shift(end + timedelta(minutes=minutes) - clock.now())
            told = lms("certificates", "verify", what, "--keys", files["keys"], "--json")
            assert (json.loads(told.output)["state"], told.exit_code) == (state, status), (zone, what, minutes)
