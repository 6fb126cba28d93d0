"""Whether a design's fonts can print a text, each script from one face."""

from __future__ import annotations

from fontTools import unicodedata as writing

from lms.certification.pdf.designs import Design, faces


def covers(design: Design, use: str, text: str) -> bool:
    """Return whether the faces for this use print alone whatever is in their scripts, so that no word is mixed."""
    chosen = [face for face in faces(design) if face.use == use]
    for character in dict.fromkeys(text):
        of = writing.script_extension(character)
        for face in chosen:
            expected = of & face.scripts or of == {"Zinh"}
            if expected and ord(character) not in face.characters:
                return False
    return True
