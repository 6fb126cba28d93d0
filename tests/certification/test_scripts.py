"""Names in other scripts: one font a script, room for long names, fonts that are lost, and those that a site adds."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib.tables._g_l_y_f import Glyph
from PIL import Image
from pypdf import PdfReader

from lms.certification.pdf.coverage import choose_fonts, covers, order_of_forms
from lms.certification.pdf.designs import FONTS, DesignError, UnprintableText, design_in, faces, missing_glyphs
from lms.certification.pdf.findings import check_fonts
from lms.certification.pdf.preview import preview
from lms.certification.pdf.render import render
from lms.cli import main
from tests.builders.certificates import SAM, WARM, facts_for
from tests.builders.names import ODD, SampleName, certificate_for

DESIGNS = ("plain", "formal", "warm")
THAI = "NotoSansThai_400Regular.ttf"


def fonts_by_character(pdf: bytes) -> dict[str, set[str]]:
    """Return the fonts that have a glyph of each character in a PDF, which holds the glyphs it prints and no others."""
    found: dict[str, set[str]] = {}
    for font in PdfReader(BytesIO(pdf)).pages[0]["/Resources"]["/Font"].values():
        mapping = font["/ToUnicode"].get_data().decode("ascii")
        family = str(font["/BaseFont"]).partition("+")[2].replace("-Title", "")
        for line in mapping.splitlines():
            code, _space, text = line.partition("> <")
            if text and code.startswith("<"):
                for character in bytes.fromhex(text.strip("<> ")).decode("utf-16-be", "ignore"):
                    found.setdefault(character, set()).add(family)
    return found


@pytest.mark.parametrize("design", DESIGNS)
def test_a_name_in_four_scripts_takes_one_font_for_each(design: str) -> None:
    (sample,) = (each for each in ODD if each.script == "four-scripts")
    where = design_in(WARM.parent / design)
    assert render(certificate_for(sample), where)
    chosen = choose_fonts(where, sample.name).faces
    assert {face.family or Path(face.file).name for face in chosen} == {"Amiri", THAI}
    assert covers(where, "name", sample.name), "Latin and Cyrillic are both in the font of choice"


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize(("name", "course"), [("ʃɑːn Ɛʒə", "Active listening"), ("Sam Okafor", "ʃɑːn Ɛʒə")])
def test_the_title_keeps_its_face_when_only_the_name_needs_another(design: str, name: str, course: str) -> None:
    content = replace(facts_for(name), course_title=course, attests=())
    found = fonts_by_character(render(content, WARM.parent / design))
    assert "Literata" in set().union(*found.values()), found
    assert not any("Literata" in family for family in found["ʃ"])


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("sample", [each for each in ODD if each.script == "90-characters"], ids=["Latin", "Thai"])
def test_a_name_of_ninety_characters_without_a_space_keeps_to_the_page(design: str, sample: SampleName) -> None:
    assert len(sample.name) == 90 and " " not in sample.name
    pdf = render(certificate_for(sample), WARM.parent / design)
    assert len(PdfReader(BytesIO(pdf)).pages) == 1
    assert edge_of(pdf) == edge_of(render(SAM, WARM.parent / design)), "the name runs over the margin"


def edge_of(pdf: bytes) -> bytes:
    """Return the pixels of the last 12 mm at the right of a page, where no design prints words."""
    page = Image.open(BytesIO(preview(pdf, pixels_a_point=1.0, image_format="PNG"))).convert("L")
    return page.crop((page.width - 34, 0, page.width, page.height)).tobytes()


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """Return a folder of designs and fonts, as the code brings them, from which a test may take some away."""
    shutil.copytree(WARM, tmp_path / "certificates" / "warm")
    shutil.copytree(WARM.parent / FONTS, tmp_path / "certificates" / FONTS)
    return tmp_path / "certificates"


def lose(font: Path) -> None:
    font.unlink()


def cut_short(font: Path) -> None:
    content = font.read_bytes()
    font.unlink()
    font.write_bytes(content[: len(content) // 2])


@pytest.mark.parametrize("damage", [lose, cut_short])
def test_a_lost_or_damaged_font_is_named_and_only_what_needs_it_waits(
    shelf: Path, damage: Callable[[Path], None]
) -> None:
    design, thai = design_in(shelf / "warm"), shelf / FONTS / THAI
    damage(thai)
    assert missing_glyphs("น้ำฝน", design) == ("น้ำ", "ฝ", "น")
    with pytest.raises(UnprintableText):
        render(facts_for("น้ำฝน"), design)
    assert THAI in check_fonts(faces(design), []).text and check_fonts(faces(design), []).to_do
    assert render(facts_for("Sam"), design)
    thai.unlink(missing_ok=True)
    shutil.copy(WARM.parent / FONTS / THAI, thai)
    assert missing_glyphs("น้ำฝน", design) == () and render(facts_for("น้ำฝน"), design)
    assert not check_fonts(faces(design), []).to_do


def test_without_the_font_of_its_words_no_certificate_takes_another(shelf: Path) -> None:
    cut_short(shelf / FONTS / "Literata_500Medium.ttf")
    with pytest.raises(DesignError, match=r"Literata_500Medium\.ttf"):
        render(SAM, design_in(shelf / "warm"))


@pytest.mark.parametrize(
    ("language", "country", "text", "forms"),
    [
        ("ja", "CN", "骨", "JP"),
        ("ko", "", "骨", "KR"),
        ("zh", "", "骨", "SC"),
        ("zh-Hant", "", "骨", "TC"),
        ("zh_TW", "JP", "骨", "TC"),
        ("en", "HK", "骨", "TC"),
        ("en", "HK", "骨ヤ", "JP"),
        ("en", "HK", "骨황", "KR"),
        ("en", "CN", "骨", "SC"),
        ("en", "GB", "骨", "JP"),
        ("", "", "", "JP"),
    ],
)
def test_han_characters_take_the_forms_of_the_course_then_of_the_country(
    language: str, country: str, text: str, forms: str
) -> None:
    assert order_of_forms(language, country, map(ord, text))[0] == forms


def small_font(path: Path, text: str) -> None:
    """Write a font that has these characters alone."""
    builder = FontBuilder(1000, isTTF=True)
    names = [".notdef", *(f"u{ord(character):x}" for character in text)]
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(character): f"u{ord(character):x}" for character in text})
    builder.setupGlyf({name: _triangle() for name in names})
    builder.setupHorizontalMetrics(dict.fromkeys(names, (1000, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": path.stem, "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    path.parent.mkdir(parents=True, exist_ok=True)
    builder.save(path)


def _triangle() -> Glyph:
    pen = TTGlyphPen(None)
    pen.moveTo((100, 0))
    pen.lineTo((100, 700))
    pen.lineTo((900, 700))
    pen.closePath()
    return pen.glyph()


def test_fonts_for_chinese_and_korean_are_added_from_a_folder_and_chosen_by_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LMS_DATA", str(tmp_path / "site"))
    design = design_in(WARM, added=tmp_path / "site" / FONTS)
    waiting = check_fonts(faces(design), ["황"])
    assert missing_glyphs("황보 骨汉", design) == ("황", "보", "汉") and "--add" in waiting.to_do
    assert not check_fonts(faces(design), []).to_do
    for forms, text in {"KR": " 황보骨", "SC": " 骨汉", "TC": " 骨漢"}.items():
        small_font(tmp_path / "brought" / f"NotoSans{forms}-Regular.ttf", text)
    empty = CliRunner().invoke(main, ["certificates", "fonts", "--from", str(WARM)])
    assert empty.exit_code == 1 and "Nothing was changed." in empty.output
    done = CliRunner().invoke(main, ["certificates", "fonts", "--from", str(tmp_path / "brought")])
    assert done.exit_code == 0 and (tmp_path / "site" / FONTS / "OFL.txt").is_file(), done.output
    assert "not added yet" not in CliRunner().invoke(main, ["certificates", "fonts"]).output
    assert missing_glyphs("황보 骨汉", design) == () and not check_fonts(faces(design), ["황"]).to_do
    for language, text, first in [
        ("ja", "骨", "JP"),
        ("zh", "骨", "SC"),
        ("zh-Hant", "骨", "TC"),
        ("ko", "황보骨", "KR"),
        ("en", "骨汉", "SC"),
        ("ja", "骨ヤ황", "JP"),
    ]:
        choice = choose_fonts(design, text, language)
        assert choice.han is not None and choice.han.forms == first, (language, text)
    pdf = render(replace(facts_for("황보 骨"), course_language="ko", attests=()), design)
    assert len(fonts_by_character(pdf)["骨"]) == 1


def test_the_order_in_which_scripts_come_changes_nothing_in_a_certificate() -> None:
    before = render(SAM, WARM)
    thai = render(facts_for("น้ำฝน"), WARM)
    for name in ("ნინო", "山田 花子", "ܡܪܝܡ"):
        render(facts_for(name), WARM)
    assert render(SAM, WARM) == before and render(facts_for("น้ำฝน"), WARM) == thai
