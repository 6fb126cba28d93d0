"""QR codes are read by zbar and zxing as a scanner in grey sees a certificate, and as a phone does at an angle."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
import zxingcpp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image, ImageFilter

from lms.certification.keys.qr_payload import QrPayload, read_payload, sealed
from lms.certification.pdf.content import CertificateContent
from lms.certification.pdf.preview import preview
from lms.certification.pdf.render import SIDE_MOST, qr_code, render
from tests.builders.names import NAMES, ODD, SampleName, certificate_for, design_with_fonts

DESIGNS = ("plain", "formal", "warm")
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SCAN, PHOTO = 150, 200
PAPER_GREY = 200
# A short name, one whose letters take three bytes each, and one of 90 characters.
SAMPLE = (NAMES[0], next(name for name in NAMES if name.script == "Deva"), max(ODD, key=lambda odd: len(odd.name)))

needs_poppler = pytest.mark.skipif(
    not shutil.which("pdftoppm"), reason="poppler was not asked; pdftoppm is not on this machine"
)
needs_zbar = pytest.mark.skipif(
    not shutil.which("zbarimg"), reason="zbar was not asked; zbarimg is not on this machine"
)


def certificate_with_payload(name: SampleName) -> CertificateContent:
    content = certificate_for(name)
    until = content.valid_until.strftime("%Y%m%d") if content.valid_until else ""
    given = content.awarded_on.strftime("%Y%m%d")
    payload = QrPayload(content.code, given, until, content.version, content.course_title, content.name)
    return replace(content, sealed=sealed(payload, KEY))


def address_in(content: CertificateContent) -> str:
    """Return what a reader has to read: the address, with the payload unless it would need too fine a code."""
    whole, bare = (qr_code(content.verify_url, words) for words in (content.sealed, ""))
    return content.verify_url if whole.matrix == bare.matrix else f"{content.verify_url}#{content.sealed}"


def scanned(pdf: bytes, dots_an_inch: int) -> Image.Image:
    """Return the first page in grey, as a scanner sees it."""
    return Image.open(BytesIO(preview(pdf, pixels_a_point=dots_an_inch / 72, image_format="PNG"))).convert("L")


def drawn_by_poppler(pdf: bytes, dots_an_inch: int, folder: Path) -> Image.Image:
    """Return the first page in grey as poppler draws it, which smooths enlarged images whatever the PDF says."""
    (folder / "page.pdf").write_bytes(pdf)
    draw = ["pdftoppm", "-r", str(dots_an_inch), "-gray", "-png", "-singlefile", folder / "page.pdf", folder / "drawn"]
    subprocess.run(draw, check=True)
    return Image.open(folder / "drawn.png")


def photographed(page: Image.Image, seed: int) -> Image.Image:
    """Return a page as a phone sees it that is held to one side of it, turned, and not quite in focus."""
    chance, (width, height) = random.Random(seed), page.size
    away = chance.uniform(0.06, 0.14) * height
    corners = (-0.3 * away, -away, -0.1 * away, height + 0.2 * away)
    corners += (width + 0.1 * away, height + 0.1 * away, width + 0.5 * away, -0.2 * away)
    at_an_angle = page.transform(
        page.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC, fillcolor=PAPER_GREY
    )
    turned = at_an_angle.rotate(chance.uniform(-12, 12), Image.Resampling.BICUBIC, expand=True, fillcolor=PAPER_GREY)
    return turned.filter(ImageFilter.GaussianBlur(0.6))


def zxing(page: Image.Image, _folder: Path) -> str:
    found = zxingcpp.read_barcodes(page)
    return found[0].text if found else ""


def zbar(page: Image.Image, folder: Path) -> str:
    page.save(folder / "page.png")
    read = subprocess.run(["zbarimg", "-q", "--raw", folder / "page.png"], capture_output=True, text=True, check=False)
    return read.stdout.strip()


READERS: dict[str, Callable[[Image.Image, Path], str]] = {"zxing": zxing, "zbar": zbar}
each_reader = pytest.mark.parametrize("reader", ["zxing", pytest.param("zbar", marks=needs_zbar)])


def not_read(names: Iterable[SampleName], design: str, reader: str, folder: Path) -> list[tuple[str, str]]:
    """Return the names, and how they were looked at, whose certificates a reader doesn't read whole."""
    missed = []
    for number, name in enumerate(names):
        content = certificate_with_payload(name)
        pdf, expected = render(content, design_with_fonts(design), b"{}"), address_in(content)
        looks = {"scanned": scanned(pdf, SCAN), "photographed": photographed(scanned(pdf, PHOTO), number)}
        missed += [(name.name, how) for how, page in looks.items() if READERS[reader](page, folder) != expected]
    return missed


@each_reader
def test_a_sample_of_qr_codes_is_read_from_a_scan_and_from_a_photograph(reader: str, tmp_path: Path) -> None:
    for design, name in zip(DESIGNS, SAMPLE, strict=True):
        assert not not_read([name], design, reader, tmp_path)


@needs_poppler
@each_reader
def test_qr_codes_are_read_from_what_poppler_draws(reader: str, tmp_path: Path) -> None:
    for design, name in zip(DESIGNS, SAMPLE, strict=True):
        content = certificate_with_payload(name)
        pdf = render(content, design_with_fonts(design), b"{}")
        assert READERS[reader](drawn_by_poppler(pdf, SCAN, tmp_path), tmp_path) == address_in(content)


@pytest.mark.slow
@needs_poppler
@each_reader
@pytest.mark.parametrize("design", DESIGNS)
def test_every_qr_code_is_read_from_what_poppler_draws(design: str, reader: str, tmp_path: Path) -> None:
    for name in [*NAMES, *ODD]:
        content = certificate_with_payload(name)
        drawn = drawn_by_poppler(render(content, design_with_fonts(design), b"{}"), SCAN, tmp_path)
        assert READERS[reader](drawn, tmp_path) == address_in(content), name


@pytest.mark.slow
@each_reader
@pytest.mark.parametrize("design", DESIGNS)
def test_every_qr_code_is_read_from_a_scan_and_from_a_photograph(design: str, reader: str, tmp_path: Path) -> None:
    assert not not_read([*NAMES, *ODD], design, reader, tmp_path)


def test_all_names_but_the_very_longest_are_in_their_qr_code() -> None:
    contents = [certificate_with_payload(name) for name in [*NAMES, *ODD]]
    left_out = {content.name for content in contents if "#" not in address_in(content)}
    assert left_out == {content.name for content in contents if len(content.name.encode()) > 120}


@pytest.mark.parametrize("until", ["", "20280314", "99991231"])
@pytest.mark.parametrize("given", ["00010101", "19691231", "20000101", "20260314"])
def test_a_payload_is_read_back_as_it_was(given: str, until: str) -> None:
    payload = QrPayload("7QK4M2XD9RTPC6HV", given, until, "1.2", "Écoute active", "Zoë Álvarez 👩🏽‍🚒")
    number = sealed(payload, KEY)
    assert number.isdecimal() and number == sealed(payload, KEY)
    assert read_payload(number, [KEY.public_key().public_bytes_raw()], payload.code) == payload


def test_the_finest_qr_code_has_modules_of_almost_half_a_millimetre() -> None:
    assert 27 / SIDE_MOST > 0.47
