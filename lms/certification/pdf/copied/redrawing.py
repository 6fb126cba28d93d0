"""Redraw lines that would be copied as something else, with one glyph for each character."""

from __future__ import annotations

from string import ascii_uppercase
from typing import Any

from pydyf import PDF, Dictionary, Stream

from lms.certification.pdf.copied.clusters import Line, lines_to_redraw
from lms.certification.pdf.copied.setting import Setter


def redraw(document: Any, pdf: PDF, resources: Dictionary) -> None:
    """Draw the lines of a document that need it in fonts of their own, which the page's fonts then hold too."""
    setter, streams = Setter(), [each for each in pdf.objects if isinstance(each, Stream)]
    for line in lines_to_redraw(document):
        for stream in streams:
            _redraw(line, setter, stream)
    files: dict[str, bytes] = {}
    for each in document.fonts.values():
        files.setdefault(each.hash, each.file_content)
    for number, (name, font) in enumerate(setter.fonts.items()):
        # A font of some glyphs only has six capitals before its name.
        resources[name] = font.embed(pdf, files, f"CHARS{ascii_uppercase[number % 26]}+Characters")


def _redraw(line: Line, setter: Setter, stream: Stream) -> None:
    """Replace what shows a line in a stream, if it's there."""
    place = Stream()
    place.set_text_matrix(1, 0, 0, -1, line.x, line.y)
    items = stream.stream
    if place.stream[0] not in items:
        return
    start = end = items.index(place.stream[0]) + 1
    while not items[end].endswith((b"ET", b" Tm")):
        end += 1
    drawn = Stream()
    for name, shown in setter.set_line(line):
        drawn.set_font_size(name, line.size)
        drawn.show_text(shown)
    # The next line may be in the font that was chosen last, so it's chosen again.
    items[start:end] = [*drawn.stream, *[item for item in items[start:end] if item.endswith(b" Tf")][-1:]]
