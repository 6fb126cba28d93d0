"""Late imports: modules that a file names at its top, and that are loaded when something of them is first used.

They cost time and memory that many processes can do without. Beside each stands what it costs. Write it so, for readers
and tools to see the import where all imports are:

    if TYPE_CHECKING:
        from lms.certification.pdf import documents
    else:
        documents = late("lms.certification.pdf.documents")  # 0.75 s and 41 MB: WeasyPrint
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


class _Late:
    """A module that isn't loaded yet, or was since; asking it for a name takes 0.5 µs more than asking the module."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self._name), name)


def late(name: str) -> Any:
    """Return what stands for a module until it's needed; using something of it raises what importing it would."""
    return _Late(name)
