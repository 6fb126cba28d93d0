"""Certificates on paper: one page, tagged, the same bytes every time, and nothing from outside the design."""

import hashlib
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from threading import Thread

import pytest
import segno
from pypdf import PdfReader

from lms.certification.keys.keyring import open_ring
from lms.certification.pdf import render as pdf_render
from lms.certification.pdf.content import WORDS, CertificateContent
from lms.certification.pdf.designs import DesignError, UnprintableText, design_in, missing_glyphs
from lms.certification.pdf.render import qr_code, render
from lms.certification.pdf.signing import sign
from lms.certification.pdf.tagging import small_srgb
from tests.builders.certificates import LIMITS, SAM, SEALED, WARM, elements, facts_for
from tests.conftest import settings_for

ONE_PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw=="


def opened(facts: CertificateContent, design: Path = WARM) -> PdfReader:
    return PdfReader(BytesIO(render(facts, design)))


def words_on(facts: CertificateContent, design: Path = WARM) -> str:
    return " ".join(opened(facts, design).pages[0].extract_text().split())


@pytest.fixture
def design(tmp_path: Path) -> Path:
    """Return a design of one font that a test may write its own page for."""
    folder = tmp_path / "certificates" / "plain"
    (folder / "fonts").mkdir(parents=True)
    font = "fonts/Literata_500Medium.ttf"
    shutil.copy(WARM.parent / font, folder / font)
    (folder / "design.toml").write_text(f'[[fonts]]\nfile = "{font}"\nuse = "name"\nscripts = ["Latn"]\n')
    (folder / "certificate.css").write_text(f"@font-face{{font-family:L;src:url({font})}} html{{font-family:L}}")
    (folder / "certificate.html").write_text('<html lang="en"><title>{{ title }}</title><h1>{{ name }}</h1></html>')
    return folder


def show_picture(design: Path, address: str) -> None:
    page = f'<html lang="en"><title>T</title><h1>{{{{ name }}}}</h1><img alt="A" src="{address}"></html>'
    (design / "certificate.html").write_text(page)


def test_sams_certificate_says_all_it_must_on_one_page() -> None:
    text = words_on(SAM)
    for said in (
        "Sam Okafor",
        "completed the course",
        "Active listening",
        "version 1.2",
        "14 March 2026",
        "takes about 3 hours 10 minutes",
        "including every safety question",
        LIMITS,
        "Valid until 14 March 2028. Renewal due then.",
        "7QK4 M2XD 9RTP C6HV",
        "sidelight.example/v",
        "Harbour Hospitals peer support",
        "Tara Lind, trainer",
    ):
        assert said in text


def test_the_printed_words_promise_no_more_than_training() -> None:
    for claim in ("certified", "licensed", "accredited", "qualified"):
        assert claim not in " ".join(WORDS.values()).lower()
        assert claim not in words_on(replace(SAM, does_not_attest="A record of training.")).lower()


def test_what_was_not_asked_of_sam_is_not_there() -> None:
    text = words_on(replace(SAM, valid_until=None, hours="", signatories=(), attests=()))
    for absent in ("valid until", "takes about", "trainer", "safety question", "None"):
        assert absent not in text


def test_the_same_facts_give_the_same_bytes_in_another_process() -> None:
    program = (
        "import hashlib, sys; sys.path[:0] = ['tests/certification', '.'];"
        "from test_documents import SAM, WARM, render; print(hashlib.sha256(render(SAM, WARM)).hexdigest())"
    )
    elsewhere = subprocess.run(
        [sys.executable, "-c", program], cwd=WARM.parents[1], capture_output=True, text=True, check=True
    )
    here = {hashlib.sha256(render(SAM, WARM)).hexdigest() for _time in range(2)}
    assert here == {elsewhere.stdout.strip()}


def test_sams_pdf_is_tagged_titled_and_in_its_language() -> None:
    reader = opened(SAM)
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    claims = root["/Metadata"].get_data().decode()
    assert 'pdfaid:part="3" pdfaid:conformance="A"' in claims and "<pdfuaid:part>1</pdfuaid:part>" in claims
    assert reader.metadata.title == "Sam Okafor, Active listening: record of training"
    assert reader.metadata.author == "Harbour Hospitals peer support"
    assert reader.metadata.creation_date.date() == SAM.awarded_on


@pytest.mark.parametrize("design", ["plain", "formal", "warm"])
def test_the_square_holds_address_and_sealed_words_and_is_large_enough(design: str) -> None:
    """The whole is 27 mm wide at least, and each of its modules almost half of one."""
    folder = WARM.parent / design
    (figure,) = opened(replace(SAM, sealed=SEALED), folder).pages[0].images
    dots = qr_code(SAM.verify_url, SEALED).matrix
    assert figure.image.size == (len(dots) * pdf_render.MODULE_PIXELS,) * 2
    large = [row for row in dots for _ in range(pdf_render.MODULE_PIXELS)]
    inked = [dot == pdf_render.INK for dot in figure.image.convert("L").tobytes()]
    assert inked == [bool(dot) for row in large for dot in row for _ in range(pdf_render.MODULE_PIXELS)]
    side = int(re.findall(r"\.square \{[^}]*width: (\d+)mm", (folder / "certificate.css").read_text())[0])
    assert side >= 27 and side / pdf_render.SIDE_MOST > 0.47


def test_the_address_and_the_number_are_kept_in_the_fewest_modules() -> None:
    """A digit takes three bits and a third, and a capital five and a half; all in bytes would be a third larger."""
    mixed, plain = qr_code(SAM.verify_url, SEALED), segno.make_qr(f"{SAM.verify_url}#{SEALED}", error="l")
    assert len(mixed.matrix) < len(plain.matrix)
    assert len(qr_code(SAM.verify_url, "").matrix) <= 29


def test_a_payload_that_would_need_too_fine_a_qr_code_is_left_out() -> None:
    assert len(qr_code(SAM.verify_url, "1" * 500).matrix) <= pdf_render.SIDE_MOST
    assert qr_code(SAM.verify_url, "1" * 700).matrix == qr_code(SAM.verify_url, "").matrix


def test_the_square_is_described_to_someone_who_cannot_see_it() -> None:
    assert [figure["/Alt"] for figure in elements(opened(SAM), "/Figure")] == [WORDS["square"]]


@pytest.mark.parametrize(
    "name",
    [
        "Sam Li",
        "Łucja Nguyễn Ţepeş",
        "Adébáyọ̀ Ọlátúnjí",
        "Ɓala Ɗan Ƙano",
        "Αθηνά Κόμβου",
        "Maria Aleksandra Konstantinopolska-Wołodyjowska de la Vega y Fernández-Ibáñez-Montgomery Or",
        " ".join(["Maximiliana"] * 25),
        "X" * 120,
    ],
)
def test_every_name_is_on_one_page_and_can_be_copied_out(name: str) -> None:
    reader = opened(facts_for(name))
    assert len(reader.pages) == 1
    assert "".join(name.split()) in "".join(reader.pages[0].extract_text().split())
    assert "7QK4 M2XD 9RTP C6HV" in reader.pages[0].extract_text()


@pytest.mark.parametrize("name", ['محمد "أبو خالد" & عبد الرحمن الحسيني', "مُحَمَّدٌ ٱلْحُسَيْنِيّ", "پرویز چنگیزی"])
def test_an_arabic_name_is_read_aloud_as_it_was_typed(name: str) -> None:
    reader = opened(facts_for(name))
    assert len(reader.pages) == 1
    assert [heading["/ActualText"] for heading in elements(reader, "/H1")] == [name]
    assert reader.metadata.title.startswith(name)


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext is not on this machine")
def test_an_arabic_name_can_be_copied_out(tmp_path: Path) -> None:
    name = 'محمد "أبو خالد" & عبد الرحمن الحسيني'
    (tmp_path / "sam.pdf").write_bytes(render(facts_for(name), WARM))
    text = subprocess.run(["pdftotext", tmp_path / "sam.pdf", "-"], capture_output=True, text=True, check=True).stdout
    assert name in text


def test_an_arabic_certificate_turns_its_page() -> None:
    words = {"before_course": "أتمّ دورة", "after_course": "الإصدار {version}، في {date}."}
    reader = opened(replace(facts_for("محمد الحسيني"), language="ar", direction="rtl", words=words))
    assert len(reader.pages) == 1
    assert reader.trailer["/Root"]["/Lang"] == "ar"


@pytest.mark.parametrize("design", ["plain", "formal", "warm"])
def test_a_signed_certificate_in_latin_letters_weighs_no_more_than_thirty_kilobytes(
    design: str, tmp_path: Path
) -> None:
    ring = open_ring(settings_for(tmp_path), frozenset())
    seen = "2 practices were observed and signed: by Tara Lind, trainer, on 3 May 2026; by Omar Haim, on 9 May 2026."
    facts = replace(
        SAM, attests=(*SAM.attests, seen), level="Ready to practise, since 9 May 2026", digest="b1946ac92492"
    )
    assert len(sign(render(facts, WARM.parent / design, b"{}" * 700), ring)) <= 30_000


def test_what_srgb_is_takes_no_room_and_holds_no_day() -> None:
    assert len(small_srgb()) < 1000 and small_srgb()[36:40] == b"acsp" and small_srgb()[24:26] == b"\x07\xd0"


def test_only_the_designs_own_fonts_are_in_the_pdf() -> None:
    reader = opened(facts_for("Łucja Nguyễn & محمد Ɗan"))
    fonts = {str(font["/BaseFont"]) for font in reader.pages[0]["/Resources"]["/Font"].values()}
    families = {name.partition("+")[2].split("-")[0] for name in fonts}
    assert families <= {"Literata", "Atkinson", "Code", "Sans", "Amiri", "Characters"}


def test_markup_in_a_name_is_only_letters() -> None:
    assert "<b>Sam</b> {{ 7*7 }}" in words_on(facts_for("<b>Sam</b> {{ 7*7 }}"))


def test_a_name_cannot_steer_the_direction_of_what_follows() -> None:
    assert "Sam Okafor" in words_on(facts_for("Sam \u202eOkafor\u2066"))


def test_sam_is_told_which_characters_cannot_be_printed() -> None:
    assert missing_glyphs("Sam ꦗꦮ Okafor ꦗ 😀", design_in(WARM)) == ("ꦗ", "ꦮ", "😀")


@pytest.mark.parametrize("name", ["Łucja Nguyễn Ţepeş", "Ngọc Ɗan ʻAlī Ǝlif", "محمد\u200cپرویز\u200f", "A\u0301nn"])
def test_names_the_design_can_print_lack_nothing(name: str) -> None:
    assert missing_glyphs(name, design_in(WARM)) == ()


def test_a_box_is_never_printed() -> None:
    with pytest.raises(UnprintableText) as refused:
        render(facts_for("Sam ꦗꦮ"), WARM)
    assert refused.value.characters == ("ꦗ", "ꦮ")


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "http://127.0.0.1:9/pixel.png", "https://127.0.0.1:9/", "ftp://127.0.0.1/x"]
)
def test_a_design_that_reaches_outside_is_refused(design: Path, address: str) -> None:
    show_picture(design, address)
    with pytest.raises(DesignError):
        render(SAM, design)


@pytest.mark.parametrize("address", ["file:///etc/passwd", "http://127.0.0.1:9/", "missing.txt", "../secret.svg"])
def test_an_attachment_that_is_not_in_the_design_is_refused_as_any_other_slip(design: Path, address: str) -> None:
    """WeasyPrint fetches attachments while it writes the file, and raises what no `except Exception` catches."""
    page = design / "certificate.html"
    page.write_text(page.read_text("utf-8").replace("<title", f'<link rel="attachment" href="{address}"><title', 1))
    with pytest.raises(DesignError):
        render(SAM, design)


def test_a_style_that_reaches_outside_is_refused(design: Path) -> None:
    (design / "certificate.css").write_text("@import url(file:///etc/passwd);")
    with pytest.raises(DesignError):
        render(SAM, design)


@pytest.mark.parametrize("address", ["https://127.0.0.1:9/pixel.png", "missing.png"])
@pytest.mark.parametrize(
    ("file", "text"),
    [("certificate.css", "body {{ background: url({}) }}"), ("certificate.html", "<img alt='A' src='{}'>")],
)
def test_a_refused_address_is_named_with_its_file_and_line(design: Path, file: str, text: str, address: str) -> None:
    with (design / file).open("a", encoding="utf-8") as written:
        written.write("\n" + text.format(address))
    with pytest.raises(DesignError) as refused:
        render(SAM, design)
    assert str(refused.value) == f"{file}, line 2: it asks for {address}, which isn’t in the design’s folder."


def test_a_design_without_its_style_says_which_file_is_missing(design: Path) -> None:
    (design / "certificate.css").unlink()
    with pytest.raises(DesignError, match=r"^certificate.css: this file isn’t in the design’s folder"):
        render(SAM, design)


def test_neither_steps_up_nor_links_lead_out_of_a_design(design: Path) -> None:
    secret = design.parent / "secret.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    (design / "inside.svg").symlink_to(secret)
    for address in ("../secret.svg", "%2e%2e/secret.svg", "inside.svg"):
        show_picture(design, address)
        with pytest.raises(DesignError):
            render(SAM, design)


def test_a_design_may_use_its_own_files_and_data_addresses(design: Path) -> None:
    (design / "dot.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>')
    for address in ("dot.svg", ONE_PIXEL):
        page = (
            f'<html lang="en"><title>{{{{ title }}}}</title><h1>{{{{ name }}}}</h1><img alt="A" src="{address}"></html>'
        )
        (design / "certificate.html").write_text(page)
        assert "Sam Okafor" in words_on(SAM, design)


def test_a_template_cannot_reach_into_the_program(design: Path) -> None:
    (design / "certificate.html").write_text("{{ name.__class__.__mro__ }}")
    with pytest.raises(Exception, match="unsafe"):
        render(SAM, design)


def test_a_changed_design_is_read_again(design: Path) -> None:
    assert "Sam Okafor" in words_on(SAM, design)
    (design / "certificate.html").write_text(
        '<html lang="en"><title>{{ title }}</title><h1>Dear {{ name }}</h1></html>'
    )
    assert "Dear Sam Okafor" in words_on(SAM, design)


def test_certificates_made_at_the_same_time_do_not_mix() -> None:
    names = ["Sam Okafor", "Tara Lind", "Cora Hay", "Ada Bo"]
    made: dict[str, bytes] = {}
    threads = [Thread(target=lambda n=name: made.update({n: render(facts_for(n), WARM)})) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == {name: render(facts_for(name), WARM) for name in names}
