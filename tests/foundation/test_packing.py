"""Packing and keeping: what goes out gzipped reads the same, holds each visitor's own, and packs no secret."""

from __future__ import annotations

import gzip
import re

from lms.foundation.web.compression import as_it_is, gzipped, squeezed
from tests.conftest import Site
from tests.inspector import BASE

LESSON = "/courses/psychological-first-aid/lessons/what-pfa-is"
PACKED = {"Accept-Encoding": "gzip, br"}


def test_blocks_read_as_the_text_they_stand_for() -> None:
    pieces = [b"before " * 50, b"secret-42", b"after " * 50]
    packed = gzipped([squeezed(pieces[0], 9), as_it_is(pieces[1]), squeezed(pieces[2], 4)], b"".join(pieces))
    assert gzip.decompress(packed) == b"".join(pieces)
    assert b"secret-42" in packed


def test_a_kept_lesson_holds_each_visitors_own_name_and_token(site: Site) -> None:
    sam, lena = (site.visitor(name) for name in ("sam", "lena"))
    pages = [visitor.browser.get(LESSON, base_url=BASE, headers=PACKED) for visitor in (sam, lena, sam)]
    assert all(page.headers["Content-Encoding"] == "gzip" for page in pages)
    assert all(
        "Accept-Encoding" in page.headers["Vary"] and page.headers["Cache-Control"] == "no-store" for page in pages
    )
    texts = [gzip.decompress(page.data).decode() for page in pages]
    assert texts[0] == texts[2] == sam.browser.get(LESSON, base_url=BASE).get_data(as_text=True)
    assert "Sam Osei" in texts[0] and "Lena Brandt" in texts[1] and "Lena Brandt" not in texts[0]
    tokens = [set(re.findall(r'name="form_token" value="([^"]+)"', text)) for text in texts[:2]]
    assert all(len(found) == 1 for found in tokens) and tokens[0] != tokens[1]
    assert tokens[0].pop().encode() in pages[0].data, "a token goes out as it is, never compressed"


def test_what_another_site_led_to_goes_out_unpacked(site: Site) -> None:
    page = site.visitor("sam").browser.get(LESSON, base_url=BASE, headers={**PACKED, "Sec-Fetch-Site": "cross-site"})
    assert "Content-Encoding" not in page.headers and "Sam Osei" in page.get_data(as_text=True)
