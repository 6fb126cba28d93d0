"""CodeMirror in one file: made by its script, pinned, licensed, small, and on no learner's page."""

from __future__ import annotations

import gzip
import hashlib
import json
import re

from tests.conftest import ROOT

FOLDER = ROOT / "lms" / "static" / "editor"
STATIC = ROOT / "lms" / "static"
# What the editor's page loads, beside its HTML, before anything is cached.
LOADED = ("css/site.css", "css/staff.css", "css/editor.css", "js/site.js", "js/offline.js", "js/editor.js")
LOADED += ("js/editor_text.js", "editor/codemirror.js", "fonts/atkinson-next.woff2", "fonts/literata.woff2")
LOADED += ("fonts/atkinson-mono.woff2",)
MOST, HTML_MOST = 250_000, 20_000


def test_the_file_is_the_one_that_the_script_made() -> None:
    for line in (FOLDER / "SHA256SUMS").read_text("ascii").splitlines():
        digest, name = line.split()
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == digest, f"{name}: run bundle.sh"


def test_every_package_is_pinned_by_its_digest_names_no_registry_and_is_in_notice() -> None:
    lock = json.loads((FOLDER / "package-lock.json").read_text("utf-8"))
    packages = {path: row for path, row in lock["packages"].items() if path}
    assert all(row["integrity"].startswith("sha512-") and "resolved" not in row for row in packages.values())
    bundled = {path.removeprefix("node_modules/") for path, row in packages.items() if not row.get("dev")}
    licences, notice = (FOLDER / "LICENCES.txt").read_text("utf-8"), (ROOT / "NOTICE").read_text("utf-8")
    assert {path for path in bundled if not re.search(rf"^  {re.escape(path)} ", licences, re.M)} == set()
    assert {path for path in bundled if path.split("/")[-1] not in notice} == set()


def test_the_editors_page_is_at_most_250_kb_compressed() -> None:
    sizes = {name: len(gzip.compress((STATIC / name).read_bytes(), 6)) for name in LOADED}
    assert sum(sizes.values()) + HTML_MOST <= MOST, sizes
