"""Preview of a certificate: the first page of its PDF as an image."""

from __future__ import annotations

from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING

from lms.foundation.late import late

if TYPE_CHECKING:
    import pypdfium2
else:
    pypdfium2 = late("pypdfium2")  # 16 ms and 1.5 MB, because most web workers never make a preview

PIXELS_A_POINT = 1.5
# PDFium is not safe to use from several threads at once.
_one_at_a_time = Lock()


def preview(pdf: bytes, *, pixels_a_point: float = PIXELS_A_POINT, image_format: str = "WEBP") -> bytes:
    """Return the first page of a PDF as an image without loss; an A4 landscape page is 1,263 by 893 pixels."""
    content = BytesIO()
    with _one_at_a_time:
        document = pypdfium2.PdfDocument(pdf)
        try:
            page = document[0].render(scale=pixels_a_point).to_pil()
        finally:
            document.close()
    page.save(content, image_format, **({"lossless": True, "method": 3} if image_format == "WEBP" else {}))
    return content.getvalue()
