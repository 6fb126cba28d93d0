"""Links between the files of a course, rewritten when some of these files get another path."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from posixpath import dirname, normpath, relpath
from unicodedata import normalize
from urllib.parse import quote, unquote

# The address of a link in Markdown, in its line or on a line of its own below a label, without its anchor.
_LINK = re.compile(r"(\]\(\s*<?|^[ \t>]*\[[^\]\n]+\]:[ \t]*<?)([^\s()<>#:]+\.md)(?=[#\s>)]|$)", re.MULTILINE)
# The conversations that belong together, as course.md lists them: in brackets, or one on each line.
_CONTACTS = re.compile(r"\bcontacts:[ \t]*(?:\[[^\]]*\]|(?:\n[ \t]+-[ \t]*[\w\"-]+)+)")


def relinked(texts: Mapping[str, bytes], moved: Mapping[str, str]) -> dict[str, bytes]:
    """Return, by new path, the texts that link to a file that gets another path, or away from one; all else stays.

    `texts` are all texts by the paths that they have now, `moved` the new path of each file that gets one.
    """
    if all(old == new for old, new in moved.items()):
        return {}
    return dict(_changed(texts, moved))


def _changed(texts: Mapping[str, bytes], moved: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    for path, content in texts.items():
        try:
            text = content.decode() if b".md" in content else ""
        except UnicodeDecodeError:
            continue
        folder, new_path = dirname(path), moved.get(path, path)

        def address(found: re.Match[str], folder: str = folder, here: str = dirname(new_path)) -> str:
            target = normpath(f"{folder}/{normalize('NFC', unquote(found[2]))}").lstrip("/")
            was, now = (relpath(one, at or ".") for one, at in ((target, folder), (moved.get(target, target), here)))
            return found[0] if was == now else found[1] + quote(now)

        changed = _LINK.sub(address, text)
        if changed != text:
            yield new_path, changed.encode()


def with_new_contact(course: str, old: str, new: str) -> str:
    """Return course.md with another id for a conversation among those that belong together."""
    name = re.compile(rf"(?<![\w-]){re.escape(old)}(?![\w-])")
    return _CONTACTS.sub(lambda found: "contacts:" + name.sub(new, found[0].removeprefix("contacts:")), course)
