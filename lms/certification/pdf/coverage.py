"""Choose which of a design's fonts print a text, and which regional forms its Han characters have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import filterfalse
from pathlib import Path

from fontTools import unicodedata as writing

from lms.certification.pdf.designs import ON_DEMAND, Design, Face, faces, needs_no_glyph
from lms.certification.pdf.fonts.characters import BOPOMOFO, KANA, is_hangul

# The order in which forms are tried where nothing says whose characters they are: the first that has all of them is it.
_FORMS = ("JP", "SC", "TC", "KR")
_BY_LANGUAGE = {"ja": "JP", "ko": "KR", "zh": "SC", "yue": "TC", "nan": "TC", "hak": "TC", "lzh": "TC"}
_TRADITIONAL = {"hant", "tw", "hk", "mo"}
_BY_COUNTRY = {"JP": "JP", "KR": "KR", "KP": "KR", "CN": "SC", "SG": "SC", "MY": "SC"}
_BY_COUNTRY |= {"TW": "TC", "HK": "TC", "MO": "TC"}
_EUROPEAN, _OF_ANY = {"Latn", "Grek", "Cyrl"}, {"Zyyy", "Zinh"}
# The second is the name in designs made when Japanese was the only one.
_HAN = ("Han", "Japanese")


@dataclass(frozen=True)
class Choice:
    """The fonts that a text needs; the first one of its han characters goes before the others."""

    faces: tuple[Face, ...] = ()
    han: Face | None = None

    def rules(self) -> dict[str, str]:
        """Return the CSS that loads each font, by its file."""
        return {face.file: _rule(face, face == self.han) for face in self.faces}


def covers(design: Design, use: str, text: str) -> bool:
    """Return whether the faces for this use print alone whatever is in their scripts, so that no word is mixed."""
    chosen = [face for face in faces(design) if face.use == use]
    for character in filterfalse(needs_no_glyph, dict.fromkeys(text)):
        of = writing.script_extension(character)
        for face in chosen:
            expected = of & face.scripts or of == {"Zinh"}
            if expected and ord(character) not in face.characters:
                return False
    return True


def kind_of_script(text: str) -> str:
    """Return how a name is set: "arabic" (which looks small for its size), "european" or "other"."""
    scripts = {writing.script(character) for character in text} - _OF_ANY
    return "arabic" if "Arab" in scripts else "european" if scripts <= _EUROPEAN else "other"


def choose_fonts(design: Design, text: str, language: str = "", country: str = "") -> Choice:
    """Return the fonts of a design that a text needs besides the ones that are always loaded.

    Han characters take the forms of the course's language, else of what else is written, else of the country.
    """
    listed = faces(design)
    always = [face for face in listed if face.use not in (ON_DEMAND, "code")]
    wanted = {
        ord(sign)
        for sign in dict.fromkeys(text)
        if not needs_no_glyph(sign) and not any(ord(sign) in face.characters for face in always)
    }
    if not wanted:
        return Choice()
    asked = [face for face in listed if face.use == ON_DEMAND]
    order = order_of_forms(language, country, wanted)
    han = sorted((face for face in asked if face.forms), key=lambda face: order.index(face.forms))
    hangul = {code for code in wanted if is_hangul(code)}
    chosen = _take([face for face in asked if not face.forms], wanted)
    east_asian = wanted - hangul
    chosen += _take([*_with_all(han, east_asian), *han], east_asian)
    chosen += _take(han, wanted & hangul)
    families = {face.family for face in chosen} - {""}
    chosen += [face for face in asked if face.family in families]
    return Choice(tuple(dict.fromkeys(chosen)), next((face for face in chosen if face.forms), None))


def order_of_forms(language: str, country: str, codes: Iterable[int] = ()) -> list[str]:
    """Return the regional forms of han characters, those to prefer first."""
    spoken, *parts = language.lower().replace("_", "-").split("-")
    if spoken == "zh" and _TRADITIONAL & set(parts):
        best = "TC"
    else:
        best = _BY_LANGUAGE.get(spoken) or _by_letters(codes) or _BY_COUNTRY.get(country.upper(), _FORMS[0])
    return sorted(_FORMS, key=lambda forms: forms != best)


def _by_letters(codes: Iterable[int]) -> str:
    """Return the forms that go with the letters beside han characters, or nothing."""
    for code in sorted(codes):
        if code in KANA:
            return "JP"
        if code in BOPOMOFO:
            return "TC"
        if is_hangul(code):
            return "KR"
    return ""


def _with_all(candidates: Sequence[Face], wanted: set[int]) -> list[Face]:
    """Return the first font that has all of these characters that any of them has."""
    printed = {code for code in wanted if any(code in face.characters for face in candidates)}
    return [face for face in candidates if printed and all(code in face.characters for code in printed)][:1]


def _take(candidates: Sequence[Face], wanted: set[int]) -> list[Face]:
    """Return the first fonts that print the wanted characters, and remove the ones they print from `wanted`.

    Letters come before marks and punctuation, which the fonts of several scripts share.
    """
    chosen: list[Face] = []
    for code in sorted(wanted, key=lambda code: not chr(code).isalpha()):
        face = next((face for face in candidates if code in wanted and code in face.characters), None)
        if face:
            chosen.append(face)
            wanted -= {each for each in wanted if each in face.characters}
    return chosen


def _rule(face: Face, is_han: bool) -> str:
    """Return the CSS that loads a font; each has a family of its own, which WeasyPrint tells fonts apart by."""
    weight = 700 if face.bold else 400
    names = [(name, weight) for name in (_HAN if is_han else [face.family or Path(face.file).stem])]
    names += [(f"{face.family} Title", 400)] if face.bold else []
    return "".join(
        f"@font-face {{ font-family: {name}; src: url({face.file}); font-weight: {weight} }}" for name, weight in names
    )
