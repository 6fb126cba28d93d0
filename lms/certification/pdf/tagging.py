"""What a PDF tells those who do not see it: both standards claimed, and words spelt out where glyphs would mislead."""

from __future__ import annotations

from functools import cache
from typing import Any
from xml.etree.ElementTree import Element

from PIL import ImageCms
from pydyf import PDF, Array, Dictionary, Stream, String

from lms.certification.pdf.content import is_put_together_from_parts, reads_from_the_right
from lms.certification.pdf.copied.redrawing import redraw

# PDF/A lets metadata speak of PDF/UA only when the words it uses are explained in the same file.
_ALSO_PDF_UA = b"""
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>The part of ISO 14289 that the file keeps to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""
# Archives ask for ICC 4.2 or older; a profile carries the day and minute on which it was made: here one for all.
_ICC_VERSION, _NO_DAY = bytes((4, 0x20, 0, 0)), bytes((7, 0xD0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0))
_SPOKEN = {"h1": "/H1", "h2": "/H2", "p": "/P"}
# The field of the signature by its name, and as a screen reader says it; it is printed, locked and takes no room.
FIELD, _FIELD_SAID, _PRINTED_AND_LOCKED = "Certification", "Signature of the site that issued this", 132


def claim_both_standards(metadata: Any) -> None:
    """Let metadata made for PDF/A say that the same file keeps PDF/UA."""
    made = metadata.generate_rdf_metadata

    def with_both(*about: Any) -> bytes:
        text: bytes = made(*about)
        body, end, rest = text.rpartition(b"</rdf:RDF>")
        return body + _ALSO_PDF_UA + end + rest

    metadata.generate_rdf_metadata = with_both


@cache
def small_srgb() -> bytes:
    """Return what sRGB is, in a profile a fifth as large as the usual one; the day it was made is left out of it."""
    made = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return made[:8] + _ICC_VERSION + made[12:24] + _NO_DAY + made[36:]


def finish(page: Element, document: Any, pdf: PDF) -> None:
    """Do what is done to a document once it is laid out.

    Words are spelt out, the signature gets its place, and colours take little room.
    """
    spell_out(page, pdf)
    resources = _object(pdf, _object(pdf, pdf.page_references[0])["Resources"])
    redraw(document, pdf, _object(pdf, resources["Font"]))
    make_room_to_sign(pdf)
    _object(pdf, document.color_profiles["srgb"].pdf_reference).stream = [small_srgb()]


def make_room_to_sign(pdf: PDF) -> None:
    """Add the empty field of a signature, which nobody sees, last in what is read aloud."""
    page = pdf.page_references[0]
    root = _object(pdf, pdf.catalog["StructTreeRoot"])
    owners, top = _object(pdf, root["ParentTree"])["Nums"], root["K"][0]
    key = max(owners[::2]) + 1
    field = Dictionary(
        {
            "Type": "/Annot",
            "Subtype": "/Widget",
            "FT": "/Sig",
            "T": String(FIELD),
            "TU": String(_FIELD_SAID),
            "F": _PRINTED_AND_LOCKED,
            "Rect": Array([0, 0, 0, 0]),
            "P": page,
            "StructParent": key,
        }
    )
    pdf.add_object(field)
    place = Dictionary({"Type": "/OBJR", "Obj": field.reference, "Pg": page})
    pdf.add_object(place)
    spoken = Dictionary(
        {"Type": "/StructElem", "S": "/Form", "P": top, "Pg": page, "K": Array([place.reference])},
    )
    pdf.add_object(spoken)
    _object(pdf, top)["K"].append(spoken.reference)
    owners += [key, spoken.reference]
    _object(pdf, page).setdefault("Annots", Array()).append(field.reference)
    pdf.catalog["AcroForm"] = Dictionary({"Fields": Array([field.reference])})


def _object(pdf: PDF, reference: bytes) -> Any:
    """Return what a reference stands for."""
    return pdf.objects[int(reference.split()[0])]


def spell_out(page: Element, pdf: PDF) -> None:
    """Give headings and paragraphs their text as it was typed, for those who hear it."""
    spoken = (each for each in page.iter() if each.tag in _SPOKEN)
    texts = [(_SPOKEN[each.tag], " ".join("".join(each.itertext()).split())) for each in spoken]
    elements = [each for each in pdf.objects if isinstance(each, Dictionary) and each.get("S") in _SPOKEN.values()]
    if [kind for kind, _text in texts] != [each["S"] for each in elements]:
        return
    for (kind, text), element in zip(texts, elements, strict=True):
        if kind == "/H1" or reads_from_the_right(text) or is_put_together_from_parts(text):
            element["ActualText"] = String(text)
        # Programs that copy text turn what is written from right to left themselves, and would turn this too.
        if kind == "/H1" and not reads_from_the_right(text):
            _spell_glyphs(element, text, pdf)


def _spell_glyphs(element: Dictionary, text: str, pdf: PDF) -> None:
    """Put an element's text on its glyphs too, as one span, if they stand on one line."""
    marks = _marks(element, pdf)
    if len(marks) == 1:
        for stream in (each for each in pdf.objects if isinstance(each, Stream)):
            for item in stream.stream:
                if isinstance(item, Dictionary) and item.get("MCID") == marks[0]:
                    item["ActualText"] = String(text)


def _marks(element: Dictionary, pdf: PDF) -> list[int]:
    """Return the marks of the glyphs that belong to an element, however deep."""
    found: list[int] = []
    for kid in element["K"]:
        found += [kid] if isinstance(kid, int) else _marks(_object(pdf, kid), pdf)
    return found
