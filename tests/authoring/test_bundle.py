"""CodeMirror in one file: made by its script, pinned, licensed, small, and on no learner's page."""

from __future__ import annotations

import hashlib
import json
import re

from tests.conftest import ROOT

FOLDER = ROOT / "lms" / "static" / "editor"


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
