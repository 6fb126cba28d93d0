"""How certificates look: nothing touches, nothing hangs alone, and marks and figures can be read."""

from __future__ import annotations

import shutil
from ctypes import c_float
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from fontTools.ttLib import TTFont
from pypdf import PdfReader
from pypdfium2 import PdfDocument, raw

from lms.accounts.actions import set_programme
from lms.certification.awards.texts.text import bound, with_numbers
from lms.certification.pdf.content import CertificateContent
from lms.certification.pdf.render import render
from lms.cli import main
from tests.builders.certificates import SEALED, facts_for, pdf
from tests.builders.learning import earn
from tests.conftest import ROOT, Site
from tests.house.plain_zero import draw_plain_zero

CERTIFICATES = ROOT / "certificates"
DESIGNS = ("plain", "formal", "warm")
POINTS_A_MM = 72 / 25.4
ABOVE_LEAST, AROUND_LEAST = 2.0, 3.5 * POINTS_A_MM
OBSERVED = (
    "2 practices were observed and signed: by Wilhelmina Kwarteng-Abernathy, clinical supervisor, on 3 March 2026; "
    "by Dr Olumide Adeyemi-Blackwood, trainer, on 11 March 2026."
)
SIGNATORIES = (
    ("Prof. Dr. Wilhelmina Kwarteng-Abernathy", "leading clinical supervisor"),
    ("Dr Olumide Adeyemi-Blackwood", "head of training of the ambulance services"),
    ("Cora Vale", "coordinator of the programme"),
    ("Ada Lund", "operator"),
)


@dataclass(frozen=True)
class Box:
    """Where something is on a page, in points from its lower left corner."""

    left: float
    bottom: float
    right: float
    top: float
    size: float = 0
    words: str = ""

    def beside(self, other: Box) -> bool:
        """Return whether neither is above or below the other."""
        return self.right <= other.left or other.right <= self.left

    def touches(self, other: Box, room: float = -1.0) -> bool:
        """Return whether they overlap, or come closer to each other than some room."""
        apart = self.right + room <= other.left or other.right + room <= self.left
        return not (apart or self.top + room <= other.bottom or other.top + room <= self.bottom)


def boxes(content: CertificateContent, design: str, kind: int = raw.FPDF_PAGEOBJ_TEXT) -> list[Box]:
    """Return where each run of text, or each image, is on a certificate."""
    document = PdfDocument(render(content, CERTIFICATES / design))
    page = document[0]
    text = page.get_textpage()
    found = []
    for each in page.get_objects(filter=[kind], max_depth=3):
        bounds, size = each.get_bounds(), c_float()
        words = text.get_text_bounded(*bounds) if kind == raw.FPDF_PAGEOBJ_TEXT else ""
        raw.FPDFTextObj_GetFontSize(each.raw, size)
        found.append(Box(*bounds, size.value, words.strip()))
    document.close()
    return found


def full(name: str, **changes: Any) -> CertificateContent:
    """Return a certificate that says as much as most that are issued."""
    practised = "and completed 2 practice conversations."
    attests = (f"{name} answered 80% or more of the questions correctly, {practised}", OBSERVED)
    facts = replace(facts_for(name), sealed=SEALED, digest="4f1c" * 16, level="Course completed", attests=attests)
    return replace(facts, **changes)


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("count", [0, 2, 4])
def test_nothing_on_a_full_certificate_touches(design: str, count: int) -> None:
    content = full("Maximiliane von Hohenstein-Oberberg", signatories=SIGNATORIES[:count])
    lines = boxes(content, design)
    assert len(lines) > 15
    close = [(one.words, two.words) for at, one in enumerate(lines) for two in lines[at + 1 :] if one.touches(two)]
    assert not close
    (square,) = boxes(content, design, raw.FPDF_PAGEOBJ_IMAGE)
    assert not [line.words for line in lines if square.touches(line, AROUND_LEAST)]


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("name", ["مُحَمَّدٌ ٱلْحُسَيْنِيّ", "שָׁלוֹם בֶּן־עֵזֶר", "ཚེ་རིང་རྒྱ་མཚོ", "Nguyễn Ấỗ Ậệ"])
def test_the_marks_of_a_name_are_clear_of_the_lines_above_and_below(design: str, name: str) -> None:
    lines = boxes(full(name), design)
    largest = [line for line in lines if line.size == max(each.size for each in lines)]
    around = [line for line in lines if line not in largest]
    for part in largest:
        over = [line for line in around if not line.beside(part) and line.bottom > part.bottom]
        under = [line for line in around if not line.beside(part) and line.bottom <= part.bottom]
        assert all(line.bottom - part.top > ABOVE_LEAST for line in over), [line.words for line in over]
        assert all(part.bottom - line.top > 0 for line in under), [line.words for line in under]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Valid until 14\u00a0March\u00a02028. Renewal due then.", "Renewal\u00a0due\u00a0then."),
        ("Das hält sie im Rahmen ihrer Leitlinien und seiner Supervision.", "seiner\u00a0Supervision."),
        ("ولا يمنح المحادثات أيّ امتياز قانونيّ.", "امتياز\u00a0قانونيّ."),
        ("Tara Lind, trainer", "Tara\u00a0Lind,\u00a0trainer"),
        ("then.", "then."),
        ("", ""),
    ],
)
def test_no_short_word_hangs_alone_on_a_last_line(text: str, kept: str) -> None:
    assert bound(text).split(" ")[-1] == kept
    assert bound(text).replace("\u00a0", " ") == text.replace("\u00a0", " ")


def test_a_number_stays_with_what_it_counts() -> None:
    text = "All 14 lessons, 80 % of them on 3. March 2026. Then 2 more."
    assert with_numbers(text).replace("\u00a0", "_") == "All 14_lessons, 80_% of them on 3._March 2026. Then 2_more."


@pytest.mark.parametrize("design", DESIGNS)
def test_no_line_of_a_certificate_is_one_short_word(design: str) -> None:
    for attests in (OBSERVED, "No practice was observed. This is based on online learning alone."):
        lines = [line.words for line in boxes(full("Sam Okafor", attests=(attests,)), design)]
        assert any("due\u00a0then." in line for line in lines)
        assert [line for line in lines if line and len(line) < 8 and " " not in line.replace("\u00a0", " ")] == []


@pytest.mark.parametrize("weight", ["400Regular", "700Bold"])
def test_zeros_are_slashed_in_codes_only(weight: str) -> None:
    prose = TTFont(CERTIFICATES / "fonts" / f"AtkinsonHyperlegibleNext_{weight}.ttf")
    assert prose["glyf"]["zero"].numberOfContours == 2
    assert not draw_plain_zero(prose)
    code = TTFont(CERTIFICATES / "fonts" / "AtkinsonHyperlegibleMono_500Medium.ttf")
    assert code["glyf"]["zero"].numberOfContours > 2


def test_a_copied_folder_is_a_new_design(sqlite_site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The steps of docs/extending.md: copy, rename, recolour, look at it, use it."""
    own = sqlite_site.settings.data / "certificates" / "harbour"
    shutil.copytree(CERTIFICATES / "plain", own)
    for name, here, there in (
        ("design.toml", 'name = "Plain"', 'name = "Harbour"'),
        ("certificate.css", "#0f4c4a", "#7a2e1d"),
    ):
        path = own / name
        assert here in path.read_text("utf-8")
        path.write_text(path.read_text("utf-8").replace(here, there), "utf-8")
    monkeypatch.setenv("LMS_DATA", str(sqlite_site.settings.data))
    looked = CliRunner().invoke(main, ["certificates", "preview", "harbour", "--out", str(tmp_path)])
    assert looked.exit_code == 0, looked.output
    assert (tmp_path / "harbour.png").stat().st_size > 10_000
    page = sqlite_site.visitor("cora").get("/programmes/harbour/certificates/look")
    assert "Harbour" in page.main
    sqlite_site.do(set_programme, "harbour", None, {"design": "harbour"})
    made = PdfReader(BytesIO(pdf(sqlite_site, earn(sqlite_site, document=True)))).pages[0]
    assert "Sam Osei" in made.extract_text()
    assert b"0.478431" in made.get_contents().get_data()
