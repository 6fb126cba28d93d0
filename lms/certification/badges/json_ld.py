"""JSON-LD processor that keeps what it made of the contexts inside our pinned ones, which a badge needs many times."""

from __future__ import annotations

from typing import Any

from pyld import jsonld

MOST = 256
_Key = tuple[str, int, tuple[tuple[str, Any], ...]]
# The context itself is kept too, so that no other object gets its address meanwhile.
_processed: dict[_Key, tuple[Any, Any]] = {}


class Processor(jsonld.JsonLdProcessor):
    """A processor for documents whose contexts are all pinned.

    The library begins again for each object with a type of its own, such as each piece of evidence: a third of the time
    that a badge took to verify.
    """

    def _process_context(self, active_ctx: Any, local_ctx: Any, options: Any, **how: Any) -> Any:
        """Return a context within another; neither is changed afterwards."""
        # A list is what a document itself begins with. With more than this, the library is still making the outer one.
        if isinstance(local_ctx, list) or not how.keys() <= {"override_protected", "propagate"}:
            return super()._process_context(active_ctx, local_ctx, options, **how)
        key = (active_ctx["_uuid"], id(local_ctx), tuple(how.items()))
        known = _processed.get(key)
        if known is None:
            known = (local_ctx, super()._process_context(active_ctx, local_ctx, options, **how))
            if len(_processed) >= MOST:
                _processed.clear()
            _processed[key] = known
        return known[1]
