"""Logos: whatever picture comes in goes out as a small plain PNG, or is refused with a reason."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from PIL import Image, ImageCms, ImageFile, ImageOps, UnidentifiedImageError

from lms.foundation.text.i18n import gettext as _

FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
BYTES_MOST, PIXELS_MOST = 900_000, 16_000_000
WIDEST, HIGHEST = 600, 240
KEPT_MOST, FEWER_COLOURS = 60_000, 128


class LogoRefused(Exception):
    """A picture cannot be a logo; the message says kindly why."""


def as_logo(content: bytes) -> bytes:
    """Return a picture as a PNG of bounded size in sRGB, on white, with nothing else in it; raise LogoRefused.

    Its size is looked at before a single pixel is unpacked, so that a small file cannot become a large picture.
    """
    if len(content) > BYTES_MOST:
        raise LogoRefused(_("This image is too large. Please choose one under 900 kB."))
    try:
        with warnings.catch_warnings(), _whole_pictures_only():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            opened = Image.open(BytesIO(content), formats=FORMATS)
            if opened.width * opened.height > PIXELS_MOST:
                raise LogoRefused(_("This image has too many pixels. Please choose a smaller one."))
            plain = _on_white(_in_srgb(ImageOps.exif_transpose(opened)))
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise LogoRefused(_("We can’t read this file as an image. Please choose a PNG, JPEG, GIF or WebP.")) from None
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError):
        raise LogoRefused(_("This image is damaged or incomplete. Please export it again.")) from None
    plain.thumbnail((WIDEST, HIGHEST), Image.Resampling.LANCZOS)
    done = _as_png(plain)
    if len(done) > KEPT_MOST:
        done = _as_png(plain.quantize(FEWER_COLOURS, dither=Image.Dither.NONE).convert("RGB"))
    while len(done) > KEPT_MOST:
        plain.thumbnail((plain.width * 2 // 3, plain.height * 2 // 3), Image.Resampling.LANCZOS)
        done = _as_png(plain)
    return done


@contextmanager
def _whole_pictures_only() -> Iterator[None]:
    """Let Pillow refuse what is cut short, also where a library has asked it to make the best of that."""
    before, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def _in_srgb(picture: Image.Image) -> Image.Image:
    """Return the picture with its colours as screens show them, as its own profile says."""
    alpha = picture.convert("RGBA").getchannel("A") if picture.has_transparency_data else None
    profile = picture.info.get("icc_profile")
    bare = picture if picture.mode in {"RGB", "CMYK", "L"} else picture.convert("RGB")
    if profile:
        try:
            own = ImageCms.ImageCmsProfile(BytesIO(profile))
            turned = ImageCms.profileToProfile(bare, own, ImageCms.createProfile("sRGB"), outputMode="RGB")
            bare = turned or bare
        except ImageCms.PyCMSError:
            # A profile that is damaged or fits another kind of picture says nothing; the colours stand as they are.
            pass
    coloured = bare.convert("RGB")
    if alpha is not None:
        coloured.putalpha(alpha)
    return coloured


def _on_white(picture: Image.Image) -> Image.Image:
    """Return the picture without anything to see through: archives take no alpha."""
    if picture.mode != "RGBA":
        return picture
    white = Image.new("RGB", picture.size, "white")
    white.paste(picture, mask=picture.getchannel("A"))
    return white


def _as_png(picture: Image.Image) -> bytes:
    bare = Image.new("RGB", picture.size)
    bare.paste(picture)
    done = BytesIO()
    bare.save(done, "PNG", optimize=True)
    return done.getvalue()
