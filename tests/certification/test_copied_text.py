"""Text copied out of a certificate is the name in poppler, Firefox (pdf.js) and Chrome (PDFium)."""

from __future__ import annotations

import json
import shutil
import subprocess
import tomllib
import unicodedata
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest

from lms.certification.pdf.copied import character_font
from lms.certification.pdf.copied.character_font import Shape
from lms.certification.pdf.copied.clusters import Part
from lms.certification.pdf.designs import design_in, missing_glyphs
from lms.certification.pdf.render import render
from tests.builders.certificates import WARM, facts_for
from tests.conftest import ROOT

HERE = Path(__file__).parent
PDFJS = "pdfjs-dist@5.6.205"
NPM = shutil.which("node") and shutil.which("npm")
POPPLER = shutil.which("pdftotext")
# One for each way in which glyphs part from characters: order, joined letters, marks first, a joiner, two glyphs.
# And what comes along when a name is pasted, between characters that are plain.
FEW = (
    "मीनाक्षी श्रेष्ठ",
    "مُحَمَّدٌ ٱلْحُسَيْنِيّ",
    "مریم علی\u200cنژاد",
    "ก้องภพ น้ำฝน",
    "T͡sama Okafor",
    "王\u200b小明",
    "王\u2060小明",
)
SAME, SAME_MARKS, OTHER = "the name", "the name, marks in another order", "not the name"


def flat(text: str) -> str:
    return " ".join(text.split())


def as_chrome_copies(pdf: bytes) -> str:
    return flat(pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_bounded())


def as_poppler_copies(path: Path) -> str:
    return flat(subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout)


def verdict(name: str, copied: str) -> str:
    """Return whether a name was copied: marks on one letter may change places without a change of meaning."""
    if name in copied:
        return SAME
    return SAME_MARKS if name in unicodedata.normalize("NFC", copied) else OTHER


@pytest.mark.parametrize("name", FEW)
def test_a_name_is_copied_as_it_was_typed(name: str, tmp_path: Path) -> None:
    pdf = render(facts_for(name), WARM)
    assert verdict(name, as_chrome_copies(pdf)) != OTHER
    (tmp_path / "sam.pdf").write_bytes(pdf)
    if not POPPLER:
        pytest.skip("poppler was not asked; pdftotext is not on this machine")
    assert verdict(name, as_poppler_copies(tmp_path / "sam.pdf")) == SAME


@pytest.mark.parametrize("name", ["அ\u200c", "王\u200b", "王\u0600小", "\u200d王"], ids=ascii)
def test_signs_that_nobody_sees_never_hold_a_certificate_up(name: str) -> None:
    assert name.strip("\u200b\u200c\u200d") in as_chrome_copies(render(facts_for(name), WARM))


@pytest.fixture(scope="module")
def firefox() -> Path:
    """A folder with the PDF reader of Firefox, filled once and kept beside the virtual environment."""
    folder = ROOT / ".venv" / "npm-readers"
    if not (folder / "node_modules" / "pdfjs-dist").is_dir():
        folder.mkdir(exist_ok=True)
        (folder / "package.json").write_text('{"private": true, "type": "module"}', "utf-8")
        command = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--no-save", PDFJS]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"pdf.js was not asked; it could not be installed: {done.stderr[-200:]}")
    shutil.copy(HERE / "copied_text.mjs", folder)
    return folder


def as_firefox_copies(paths: list[Path], folder: Path) -> list[str]:
    command = ["node", "copied_text.mjs", *map(str, paths)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    texts: dict[str, str] = json.loads(done.stdout)
    return [flat(texts[str(path)]) for path in paths]


@pytest.mark.slow
@pytest.mark.skipif(not (NPM and POPPLER), reason="a reader is missing; this machine lacks node, npm or pdftotext")
def test_the_table_of_copied_names_in_the_docs_is_what_readers_copy(firefox: Path, tmp_path: Path) -> None:
    """Each name of names.toml, in the design in which names are largest; its course title is copied as well."""
    listed = tomllib.loads((HERE / "names.toml").read_text("utf-8"))["names"]
    listed = [each for each in listed if not missing_glyphs(each["name"] + each["course"], design_in(WARM))]
    paths = [tmp_path / f"{number}.pdf" for number in range(len(listed))]
    for each, path in zip(listed, paths, strict=True):
        path.write_bytes(render(replace(facts_for(each["name"]), course_title=each["course"]), WARM))
    rows, other_titles = [], []
    for each, path, firefox_copies in zip(listed, paths, as_firefox_copies(paths, firefox), strict=True):
        copies = (as_poppler_copies(path), firefox_copies, as_chrome_copies(path.read_bytes()))
        name, title = (unicodedata.normalize("NFC", each[key]) for key in ("name", "course"))
        rows.append(f"| {each['script']} | {name} | {' | '.join(verdict(name, copied) for copied in copies)} |")
        other_titles += [each["script"] for copied in copies if verdict(title, copied) == OTHER]
    docs = (ROOT / "docs" / "certificates.md").read_text("utf-8")
    assert [row for row in rows if row not in docs] == []
    assert set(other_titles) <= {"Adlm"}
    equal = {row.split(" | ")[0] for row in rows if OTHER not in row}
    assert len(equal) >= 28, sorted(equal)


def test_letters_kept_from_a_font_are_never_drawn_for_another_of_the_same_name() -> None:
    part = Part("Noto-Sans", 40, 600, "\u0e01", 0, 0)
    shape = Shape((part,), 600, "\u0e01")
    files = [(WARM.parent / "fonts" / f"NotoSans{name}_400Regular.ttf").read_bytes() for name in ("Thai", "Khmer")]
    thai, khmer, thai_again = (
        next(character_font.all_drawn([shape], {"Noto-Sans": file})) for file in (files[0], files[1], files[0])
    )
    assert thai.coordinates != khmer.coordinates and thai is thai_again
