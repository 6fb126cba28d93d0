"""Files that Vera brings: what the site made is told from what it did not, and the register speaks beside the file."""

from __future__ import annotations

from io import BytesIO

from tests.certification.test_kept import pdf
from tests.conftest import Site
from tests.inspector import Page
from tests.roads import earn


def bring(site: Site, content: bytes, name: str = "certificate.pdf", expect: int = 200) -> Page:
    """Choose a file on the page, and send it."""
    stranger = site.stranger()
    form = stranger.get("/verify/file").form("/verify/file")
    fields = {**dict(form.fields), "file": (BytesIO(content), name)}
    return stranger.send(form.action, fields, expect)


def test_sams_pdf_is_genuine_and_the_register_speaks_beside_it(site: Site) -> None:
    code = earn(site, document=True)
    page = bring(site, pdf(site, code))
    assert page.h1 == "This certificate is valid"
    assert "this site made and signed it" in page.main and "The same name" in page.main
    assert "Sam Osei" in page.main and "Psychological first aid" in page.main
