"""Pictures: as a phone writes them, and those that no browser shows."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

SVG = b'<?xml version="1.0"?>\n<!-- drawn by hand -->\n<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>\n'
NOT_SHOWN = {
    "media/a.heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    "media/a.jpg": b"PK\x03\x04\x14\0word/document.xml",
    "media/b.jpg": b"<!doctype html><script>alert(1)</script>",
    "media/c.jpg": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    "media/d.png": b"GIF89a\x01\0\x01\0",
    "media/e.svg": b"<html><svg></svg></html>",
    "media/f.svg": b"<svg><path",
    "media/g.png": b"",
    "media/h.png": b"\x89PNG\r\n\x1a\n",
    "media/i.jpg": b"\xff\xd8\xff\xe0\0\x10JFIF",
    "media/j.docx": b"PK\x03\x04",
    "media/k.webp": b"RIFF\xff\xff\0\0WEBPVP8 ",
    "media/l.pdf": b"%PDF-1.7",
    "media/m.svg": b"<svg><path></svg>",
    "media/n.svg": b"<svg><text>Bed & breakfast</text></svg>",
    "media/o.svg": b'<svg width="1" width="2"></svg>',
    "media/p.png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(13 + 4) + b"\0\0\0\0IDAT\0\0\0\0\0\0\0\0IEND\0\0\0\0",
}


def picture(format: str, size: tuple[int, int] = (40, 30), **words: object) -> bytes:
    """A picture of two colours, as a camera or a program saves it."""
    image = Image.new("RGB", size, "navy")
    image.paste("orange", (0, 0, size[0] // 2, size[1]))
    out = BytesIO()
    image.save(out, format, **words)
    return out.getvalue()


def taken_in_berlin(turned: int = 1) -> Image.Exif:
    """What a phone writes into a picture."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = turned, "Phone of Sam"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    return exif
