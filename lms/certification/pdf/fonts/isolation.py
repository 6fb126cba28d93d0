"""Hide the machine's own fonts, so that a certificate looks the same wherever it's made."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

_NO_SYSTEM_FONTS = b'<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig/>'


@contextmanager
def own_fonts_only() -> Iterator[None]:
    """Hide the machine's fonts from a font configuration that is made meanwhile."""
    before = os.environ.get("FONTCONFIG_FILE")
    with tempfile.NamedTemporaryFile(suffix=".conf") as config:
        config.write(_NO_SYSTEM_FONTS)
        config.flush()
        os.environ["FONTCONFIG_FILE"] = config.name
        try:
            yield
        finally:
            if before is None:
                del os.environ["FONTCONFIG_FILE"]
            else:
                os.environ["FONTCONFIG_FILE"] = before
