"""A programme's logo, who signs, its time zone and its design: chosen on a page, printed, and bounded."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image, ImageCms, ImageFile
from pypdf import PdfReader
from werkzeug.datastructures import FileStorage

from lms.accounts.actions import set_programme
from lms.accounts.records import find_programme
from lms.accounts.rules import is_zone, zone_of
from lms.certification.awards.document_records import find_document
from lms.certification.awards.records import find_award
from lms.certification.pdf.logos import KEPT_MOST, LogoRefused, as_logo
from lms.certification.pdf.render import render
from lms.foundation import clock
from tests.builders.certificates import SAM, WARM, elements
from tests.builders.learning import earn
from tests.conftest import Site
from tests.inspector import Page

LOOK = "/programmes/harbour/certificates/look"


def picture(mode: str = "RGBA", size: tuple[int, int] = (900, 300), kind: str = "PNG", **more: object) -> bytes:
    """Return a picture as somebody would upload it."""
    done = BytesIO()
    colour = {"RGBA": (15, 76, 74, 120), "CMYK": (0, 90, 90, 10), "L": 90, "P": 3}.get(mode, (15, 76, 74))
    Image.new(mode, size, colour).save(done, kind, **more)
    return done.getvalue()


def noise() -> bytes:
    """Return a picture that no packing makes smaller."""
    done = BytesIO()
    Image.effect_noise((600, 240), 90).convert("RGB").save(done, "PNG")
    return done.getvalue()


def bomb() -> bytes:
    """Return a PNG of a few hundred bytes that says it has 2.5 thousand million points."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(b"\0" * 9000)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize(
    ("mode", "kind"), [("RGBA", "PNG"), ("P", "GIF"), ("CMYK", "JPEG"), ("L", "PNG"), ("RGB", "WEBP")]
)
def test_whatever_picture_comes_in_goes_out_small_opaque_and_bare(mode: str, kind: str) -> None:
    with Image.open(BytesIO(as_logo(picture(mode, kind=kind)))) as logo:
        assert (logo.format, logo.mode, logo.size) == ("PNG", "RGB", (600, 200))
        assert not logo.info.keys() & {"exif", "icc_profile", "transparency", "comment"}


def test_what_else_was_in_it_is_gone_and_what_shines_through_is_white() -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at the harbour"
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    logo = as_logo(picture("RGB", kind="JPEG", exif=exif.tobytes(), icc_profile=srgb))
    assert b"harbour" not in logo and b"iCCP" not in logo and b"eXIf" not in logo
    see_through = BytesIO()
    Image.new("RGBA", (10, 10), (255, 0, 0, 0)).save(see_through, "PNG")
    with Image.open(BytesIO(as_logo(see_through.getvalue()))) as white:
        assert white.getpixel((5, 5)) == (255, 255, 255)


def test_a_noisy_picture_is_kept_small() -> None:
    assert len(as_logo(noise())) <= KEPT_MOST


@pytest.mark.parametrize(
    "content",
    [
        b"hello",
        b"%PDF-1.7",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        noise()[:2000],
        bomb(),
        b"\0" * 900_001,
        picture("RGB", (5000, 4000), "JPEG"),
    ],
    ids=["text", "pdf", "svg", "cut", "bomb", "heavy", "points"],
)
def test_what_is_no_logo_is_refused_with_a_reason(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint asks for once it is loaded
    with pytest.raises(LogoRefused, match="Please"):
        as_logo(content)


@pytest.mark.parametrize("design", ["plain", "formal", "warm"])
def test_the_logo_is_printed_on_one_page_with_the_programmes_name_in_its_place(design: str) -> None:
    facts = replace(SAM, logo=as_logo(picture()))
    reader = PdfReader(BytesIO(render(facts, WARM.parent / design)))
    figures = [figure["/Alt"] for figure in elements(reader, "/Figure")]
    assert figures[0] == SAM.programme and len(figures) == 2 and len(reader.pages) == 1
    images = [each.get_object() for each in reader.pages[0]["/Resources"]["/XObject"].values()]
    assert [each for each in images if each["/Subtype"] == "/Image"]
    assert not [each for each in images if "true" in str(each.get("/Interpolate")).lower() or "/SMask" in each]


def keep(site: Site, expect: int = 200, **sent: object) -> Page:
    """Let Cora send the page's form, with its own fields but for those that are named."""
    page = site.visitor("cora").get(LOOK)
    fields = {**dict(page.form("/look").fields), "design": "", **sent}
    return site.visitor("cora").send(LOOK, fields, expect)


def test_cora_chooses_how_certificates_look_and_they_do(sqlite_site: Site) -> None:
    sqlite_site.do(set_programme, "harbour", "Harbour peers", {"timezone": "Asia/Tokyo"})
    sent = {"signatory": "Asa Holm, lead", "design": "formal"}
    page = keep(sqlite_site, **sent, logo=FileStorage(BytesIO(picture()), "logo.png"))
    assert "Saved. Certificates made" in page.html and "Your current logo" in page.html
    code = earn(sqlite_site, document=True)
    with sqlite_site.inside():
        award, harbour = find_award(code), find_programme("harbour")
        assert award is not None and harbour is not None
        assert harbour.facts["design"] == "formal" and harbour.facts["lead"] == "Ingrid Okafor"
        document = find_document(award.id)
        assert document is not None
    reader = PdfReader(BytesIO(document.content))
    text = " ".join(reader.pages[0].extract_text().split())
    assert "Harbour peers" in text and "Asa Holm, lead" in text and "This certificate records that" in text
    assert elements(reader, "/Figure")[0]["/Alt"] == "Harbour peers"
    page = keep(sqlite_site, no_logo="yes")
    assert "Your current logo" not in page.html


def test_a_signatory_without_a_role_is_refused_because_nothing_would_be_printed(sqlite_site: Site) -> None:
    page = keep(sqlite_site, expect=422, signatory="Asa Holm, trainer; Ingrid Okafor")
    assert "Everyone who signs needs a name and a role." in page.main and "“Ingrid Okafor”" in page.main
    with sqlite_site.inside():
        harbour = find_programme("harbour")
        assert harbour is not None and "signatory" not in harbour.facts


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"signatory": "Asa 😀, lead"}, "We can’t print these characters yet: 😀"),
        ({"design": "baroque"}, "The designs are: formal, plain, warm"),
        ({"logo": FileStorage(BytesIO(b"hello"), "logo.png")}, "We can’t read this file as an image"),
    ],
)
def test_what_cannot_be_printed_is_told_kindly_and_changes_nothing(
    sqlite_site: Site, sent: dict[str, object], said: str
) -> None:
    page = keep(sqlite_site, 422, **sent)
    assert said in page.main
    with sqlite_site.inside():
        harbour = find_programme("harbour")
        assert harbour is not None and harbour.name == "Harbour Hospitals" and "logo" not in harbour.facts


def test_mina_of_another_programme_finds_no_such_page(sqlite_site: Site) -> None:
    for name in ("mina", "tara", "sam"):
        sqlite_site.visitor(name).get(LOOK, expect=404)


def test_a_logo_from_a_terminal(sqlite_site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from lms.cli import main

    monkeypatch.setenv("LMS_DATA", str(sqlite_site.settings.data))
    (tmp_path / "logo.png").write_bytes(picture())
    (tmp_path / "words.txt").write_text("hello")

    def lms(*words: str) -> str:
        return CliRunner().invoke(main, ["programme", *words]).output

    assert "new certificates show its logo" in lms("logo", "harbour", str(tmp_path / "logo.png"))
    assert "can’t read this file as an image" in lms("logo", "harbour", str(tmp_path / "words.txt"))
    assert "Nothing was changed" in lms("logo", "harbour")
    assert "new certificates have no logo" in lms("logo", "harbour", "--remove")
    assert "Europe/London. Nothing was changed" in lms("set", "harbour", "timezone=Mars")
    assert "from 1 to 120" in lms("set", "harbour", "prior_months=soon")


def test_a_zone_is_a_name_that_there_is() -> None:
    assert is_zone("Europe/London") and not is_zone("Mars/Olympus") and not is_zone("../etc/passwd")
    assert zone_of({}, "UTC") == "UTC" and zone_of({"timezone": "Asia/Tokyo"}, "UTC") == "Asia/Tokyo"


@pytest.mark.parametrize(
    ("moment", "zone", "printed"),
    [
        ("2026-03-14T23:59:30", "UTC", "2026-03-14"),
        ("2026-03-14T23:59:30", "Asia/Tokyo", "2026-03-15"),
        ("2026-03-14T14:59:30", "Asia/Tokyo", "2026-03-14"),
        ("2026-03-14T15:00:00", "Asia/Tokyo", "2026-03-15"),
        ("2026-03-15T03:59:30", "America/New_York", "2026-03-14"),
        ("2026-03-15T04:00:00", "America/New_York", "2026-03-15"),
        ("2026-03-29T00:59:30", "Europe/London", "2026-03-29"),
        ("2026-03-29T23:00:00", "Europe/London", "2026-03-30"),
        ("2026-12-31T10:00:00", "Pacific/Kiritimati", "2027-01-01"),
        ("2028-02-29T11:59:30", "Pacific/Apia", "2028-03-01"),
    ],
)
def test_the_day_on_a_certificate_is_that_of_its_programme(
    sqlite_site: Site, moment: str, zone: str, printed: str
) -> None:
    sqlite_site.do(set_programme, "harbour", None, {"timezone": zone})
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    clock.shift(at - datetime.now(UTC) + timedelta(milliseconds=300))
    code = earn(sqlite_site)
    with sqlite_site.inside():
        award = find_award(code)
        assert award is not None and award.passed_on == date.fromisoformat(printed)
