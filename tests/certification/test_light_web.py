"""Web workers load nothing that lays out PDFs or signs: it would take 41 MB in each of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

HEAVY = {"weasyprint", "pyhanko", "pyld", "PIL", "fontTools", "pypdfium2", "cryptography", "asn1crypto"}
# And what signs people in with a provider, which most sites don't have.
HEAVY |= {"authlib", "joserfc", "requests"}
LIST = """
import sys
from lms.app import create_app
from lms.foundation.config.settings import read_settings
create_app(read_settings({"LMS_DATA": sys.argv[1]}))
print(*{name.partition(".")[0] for name in sys.modules})
"""


def test_a_web_worker_loads_nothing_that_makes_pdfs_or_signs(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIST, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "flask" in loaded and loaded & HEAVY == set()
