"""Checks picture files by their bytes: the format, whether the name matches it, and the size in pixels."""

from __future__ import annotations

from collections.abc import Iterable
from posixpath import splitext

from lms.content.model.pictures import ENDINGS, PIXELS_MOST, UnreadablePicture, inspect_picture
from lms.content.model.recordings import LOOKED_AT, type_of
from lms.content.model.structure import is_picture
from lms.content.reader.context import ParseContext


def check_pictures(context: ParseContext, paths: Iterable[str]) -> None:
    """Reports pictures that can't be read, whose name doesn't match their format, or that are too large."""
    for path in paths:
        if path.startswith("media/") and is_picture(path):
            context.part(check_picture, path)
        elif path.startswith("media/") and not path.endswith(".txt"):
            context.part(check_recording, path)


def check_recording(context: ParseContext, path: str) -> None:
    """Reports a recording or captions whose first bytes say that it is something else than its name."""
    if type_of(path, context.files.beginning(path, LOOKED_AT)) is None:
        ending = splitext(path)[1].lower()
        context.report(path).add(
            "BAD_MEDIA",
            message=f"The file isn’t what its name says ({ending}), so browsers can’t play it.",
            fix="Export it again as MP3, M4A, OGG, WAV, MP4 or WebM, and captions as WebVTT (.vtt).",
        )


def check_picture(context: ParseContext, path: str) -> None:
    """Reports what is amiss with one picture."""
    report = context.report(path)
    ending = splitext(path)[1].lower()
    try:
        picture = inspect_picture(context.files[path])
    except UnreadablePicture as what:
        report.add("BAD_MEDIA", message=f"The file is {what}.")
        return
    if ENDINGS.get(ending) != picture.kind:
        right = next(end for end, kind in ENDINGS.items() if kind == picture.kind)
        report.add(
            "BAD_MEDIA",
            message=f"The file is {picture.kind.removeprefix('image/').upper()}, but its name ends in “{ending}”.",
            fix=f"Rename it to {splitext(path)[0]}{right}, and also where a lesson refers to it.",
        )
    if picture.width * picture.height > PIXELS_MOST:
        size = f"{picture.width:,} × {picture.height:,}"
        report.add("PICTURE_TOO_LARGE", message=f"The picture has {size} pixels.")
