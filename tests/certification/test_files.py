"""Files that Vera brings: what the site made is told from what it did not, and the register speaks beside the file."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from lms import all_rooms
from lms.certification.badges.baking import baked
from lms.certification.verification import file_check
from lms.certification.verification.actions import FILES_A_NETWORK
from lms.foundation.db import db
from lms.foundation.web.throttle import Misses
from tests.builders.badges import badge_of, revoke
from tests.builders.certificates import bomb, bring, later, nested, pdf
from tests.builders.learning import earn
from tests.conftest import ROOT, Site


def test_sams_pdf_is_genuine_and_the_register_speaks_beside_it(site: Site) -> None:
    code = earn(site, document=True)
    page = bring(site, pdf(site, code))
    assert page.h1 == "This certificate is valid"
    assert "This site made and signed it" in page.main and "The same name" in page.main
    assert "Sam Osei" in page.main and "Psychological first aid" in page.main
    assert page.follow("See everything our records say about it").path == f"/verify/{code}"


def test_a_badge_is_genuine_in_each_of_its_shapes_and_pasted(sqlite_site: Site) -> None:
    code = earn(sqlite_site, document=True)
    badge = badge_of(sqlite_site, code)
    for kind in ("json", "svg", "png"):
        page = bring(sqlite_site, baked(kind, badge, ROOT / "certificates"))
        assert page.h1 == "This certificate is valid" and "Sam Osei" in page.main
    form = sqlite_site.stranger().get("/verify").follow("Verify a file").form("/verify/file")
    assert form.submit(badge=json.dumps(json.loads(badge), indent=1)).h1 == "This certificate is valid"


def test_a_genuine_file_of_a_withdrawn_certificate_says_that_it_was_withdrawn(sqlite_site: Site) -> None:
    code = earn(sqlite_site, document=True)
    content = pdf(sqlite_site, code)
    revoke(sqlite_site, code)
    page = bring(sqlite_site, content)
    assert page.h1 == "This certificate was withdrawn by the programme" and "The file is genuine" in page.main


def test_a_changed_file_is_told_in_words_and_the_register_stands(sqlite_site: Site) -> None:
    code = earn(sqlite_site, document=True)
    page = bring(sqlite_site, later(pdf(sqlite_site, code)), expect=422)
    assert page.h1 == "Please don’t rely on this file"
    assert "changed after it was signed" in page.main and "Valid until" in page.main
    assert page.links()["See everything our records say about it"] == f"/verify/{code}"


def test_what_is_made_to_break_a_reader_is_answered_calmly(sqlite_site: Site) -> None:
    earn(sqlite_site, document=True)
    for content in (bomb(), nested(), b"[" * 100_000, b"\x1f\x8b" + bytes(1000), bytes(4_000_000)):
        assert bring(sqlite_site, content, expect=422).h1 == "Please don’t rely on this file"
    assert bring(sqlite_site, bytes(10_000_000), expect=413).h1 == "That was too large"
    assert "Choose a file" in bring(sqlite_site, b" ", expect=422).main


def test_a_file_whose_holder_deleted_their_account_is_still_known(sqlite_site: Site) -> None:
    code = earn(sqlite_site, document=True)
    content, badge = pdf(sqlite_site, code), badge_of(sqlite_site, code)
    with sqlite_site.inside():
        sam = sqlite_site.person("sam").id
    sqlite_site.do(all_rooms.delete_person, sam, None)
    for kept in (content, badge):
        page = bring(sqlite_site, kept)
        assert page.h1 == "This certificate is valid" and "We no longer have a name" in page.main


def test_nothing_of_a_file_is_kept_and_files_come_to_their_share_of_an_hour(sqlite_site: Site) -> None:
    earn(sqlite_site, document=True)
    bring(sqlite_site, b"hello", expect=422)
    before = {path for path in sqlite_site.settings.data.rglob("*") if path.is_file()}
    sqlite_site.do(lambda: db.session.query(Misses).delete())
    for _file in range(2):
        bring(sqlite_site, b"hello", expect=422)
    with sqlite_site.inside():
        (row,) = [row for row in db.session.query(Misses) if row.key.startswith("file:")]
        assert row.count == 2
    sqlite_site.do(lambda: db.session.query(Misses).update({"count": FILES_A_NETWORK}))
    assert "send it again in" in bring(sqlite_site, b"hello", expect=429).main
    after = {path for path in sqlite_site.settings.data.rglob("*") if path.is_file()}
    assert after - before == set()


def test_a_file_that_takes_too_long_to_read_is_put_away_unread(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = earn(sqlite_site, document=True)
    content = pdf(sqlite_site, code)
    monkeypatch.setattr(file_check, "SECONDS_MOST", 0.01)
    page = bring(sqlite_site, content, expect=422)
    assert "took too long to read" in page.main and "Sam Osei" not in page.main


def test_the_reader_may_write_no_file_and_take_little_memory(tmp_path: Path) -> None:
    """What the limits promise, tried in a process that has set them as the reader does."""
    program = (
        "import sys, lms.certification.verification.sandbox as reader\n"
        "reader.limit()\n"
        "def fill(): bytearray(reader.MEMORY)\n"
        "def write(): open(sys.argv[1], 'wb', 0).write(b'x')\n"
        "for attempt in (fill, write):\n"
        "    try: attempt()\n"
        "    except (MemoryError, OSError): print('refused')\n"
    )
    done = subprocess.run([sys.executable, "-c", program, tmp_path / "x"], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["refused", "refused"] and not (tmp_path / "x").read_bytes()
