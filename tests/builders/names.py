"""The names of tests/certification/names.toml: in every script that certificates print, and odd ones."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from babel import Locale

from lms.certification.pdf.content import CertificateContent
from lms.certification.pdf.designs import FONTS, Design, Face, design_in, faces, missing_glyphs
from tests.builders.certificates import WARM, facts_for
from tests.conftest import ROOT

# Where `./dev fonts` puts the fonts of the extra.
ADDED = ROOT / "data" / "fonts"
SAID = {"Beng": "Bengali", "Mymr": "Burmese", "Hans": "Chinese (simplified)", "Hant": "Chinese (traditional)"}


class SampleName(NamedTuple):
    """A name and the title of a course, both in a script and a language."""

    script: str
    language: str
    name: str
    course: str
    fonts: str = ""


def design_with_fonts(design: str) -> Design:
    """Return a shipped design with the fonts of the extra, where they are."""
    return design_in(WARM.parent / design, added=ADDED)


def certificate_for(sample: SampleName) -> CertificateContent:
    """Return what a certificate says about somebody of this name."""
    return replace(facts_for(sample.name), course_title=sample.course, course_language=sample.language)


def _read() -> tuple[list[SampleName], list[SampleName]]:
    path = Path(__file__).parents[1] / "certification" / "names.toml"
    listed = tomllib.loads(path.read_text("utf-8"))
    names = [SampleName(**entry) for entry in listed["names"]]
    odd = [SampleName(entry.pop("kind").replace(" ", "-"), **entry) for entry in listed["odd"]]
    return names, odd


def _can_print(sample: SampleName) -> bool:
    return not sample.fonts or not missing_glyphs(sample.name + sample.course, design_with_fonts("warm"))


ALL_NAMES, ODD = _read()
# Those of the extra are left out where its fonts are not.
NAMES = [sample for sample in ALL_NAMES if _can_print(sample)]


def rows_of_scripts() -> list[str]:
    """Return how the row of each script starts in docs/certificates.md: the script, its ISO 15924 code and its font."""
    listed = faces(design_in(WARM, WARM.parent / FONTS))
    scripts = dict.fromkeys(sample.script for sample in ALL_NAMES)
    return [f"| {_name_of(script)} | {script} | {_font_of(script, listed)} |" for script in scripts]


def _name_of(script: str) -> str:
    return SAID.get(script) or str(Locale("en").scripts.get(script, script))


def _font_of(script: str, listed: tuple[Face, ...]) -> str:
    face = next(face for face in listed if script in face.named and face.use in ("name", "fallback", "script"))
    family = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", Path(face.file).stem.partition("_")[0])
    return f"{family}, extra `{face.package}`" if face.package else family
