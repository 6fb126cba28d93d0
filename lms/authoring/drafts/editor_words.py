"""What the editor's page gives its script: words in the reader's language, and the previews beside the text."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from lms.authoring.drafts.outline_rules import place_of
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.security import address


def editor_words() -> dict[str, Any]:
    """Return the words by the names that editor.js and editor_text.js know; braces are filled in there."""
    return {
        "error": _("Blocks publishing"),
        "warning": _("To consider"),
        "fix": _("How to fix it"),
        "line": _("Line %(line)s", line="{line}"),
        "saving": _("Saving…"),
        "saved": _("Draft saved %(time)s", time="{time}"),
        "waiting": _("Not saved yet: there’s no connection. Your text is still on this page, so please keep it open."),
        "held": _("Not saved yet: there’s no connection. Your text is safe on this device."),
        "full": _(
            "Not saved yet: there’s no connection, and this device has no room for your text. It’s still on this page, "
            "so please keep it open."
        ),
        "sign": _(
            "Not saved yet: you’ve been signed out. Your text is still on this page. Sign in again in another tab, "
            "then come back here."
        ),
        "newer": _("Not saved yet: somebody else has changed this file. Both texts are safe."),
        "refused": "{message}",
        "phrases": _phrases(),
    }


def _phrases() -> dict[str, str]:
    """Return what CodeMirror shows and says itself."""
    return {
        "Find": _("Find"),
        "Replace": _("Replace with"),
        "next": _("Next"),
        "previous": _("Previous"),
        "all": _("Select all"),
        "match case": _("Match case"),
        "regexp": _("Regular expression"),
        "by word": _("Whole words"),
        "replace": _("Replace"),
        "replace all": _("Replace all"),
        "close": _("Close"),
        "current match": _("Current match"),
        "on line": _("on line"),
        "replaced match on line $": _("Replaced on line $"),
        "replaced $ matches": _("Replaced $ times"),
        "Go to line": _("Go to line"),
        "go": _("Go"),
        "Selection deleted": _("Selection deleted"),
        "Control character": _("Control character"),
    }


def previews_of(programme: str, draft: str, path: str, files: Collection[str]) -> dict[str, Any] | None:
    """Return the address of a file's preview, and of its kinds as tabs of the pane; None where there is none."""
    place = place_of(path)
    if place.kind in {"media", "other"}:
        return None
    what = "course" if place.kind == "module" else place.kind
    id = place.id if what in {"lesson", "gentler", "conversation"} else None
    values = {"programme": programme, "draft": draft, "id": id}

    def tab(name: str, words: str, what: str, **look: str) -> dict[str, str]:
        return {
            "name": name,
            "words": words,
            "url": address("authoring.preview", what=what, **values, bare="1", **look),
        }

    tabs = [tab("learner", _("Learner’s view"), what)]
    if path.removesuffix(".md") + ".gentle.md" in files:
        tabs.append(tab("gentler", _("Gentler"), "gentler"))
    tabs += [tab("phone", _("Phone"), what), tab("dark", _("Dark"), what, dark="1")]
    return {"page": address("authoring.preview", what=what, **values), "tabs": tabs}
