"""How long a status list of badges is, for those who write it and those who read it without the libraries of badges."""

from __future__ import annotations

LIST_LENGTH = 131_072
# A list is left half empty, so that a random place in it is soon found and says nothing of who came before.
LIST_FILL = LIST_LENGTH // 2
