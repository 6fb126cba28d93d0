"""Texts that a page would run if it took them for its own: in every place of a course where somebody can write."""

from __future__ import annotations

import re
from typing import Any

import yaml

from tests.content.small_course import FILES

# What shows that a payload came alive: an element, an attribute or an address of this name, or a number that was
# multiplied.
NAME = "zzlive"
PLAIN = (
    f'<{NAME} onclick="{NAME}()">Q</{NAME}><script>{NAME}()</script></textarea></title><img src=x onerror={NAME}()>'
    f"\"'> javascript:{NAME}() {{% {NAME} %}} {{7331*7}}"
)
# The same as Markdown that a course may hold: none of it is HTML there.
MARKDOWN = (
    f'`<{NAME} onclick="{NAME}()">` \\<script>{NAME}()\\</script> &lt;/textarea&gt;&lt;img src=x onerror={NAME}()&gt; '
    f"\"'\\> javascript:{NAME}() {{% {NAME} %}} {{7331*7}}"
)
# Markdown that the check refuses and a draft may hold, with characters that turn the direction and break lines.
WILD = f"{PLAIN} [Q](javascript:{NAME}()) ![Q](data:text/html,{NAME}) <a href=javascript:{NAME}()>Q</a> \u202e\u2028"
_TEXTS = frozenset({
    "title", "summary", "audience", "does_not_attest", "licence", "note", "with", "setting", "citation", "text",
    "authors",
})  # fmt: skip
_NO_TEXT = re.compile(r"\s*(?:#|\||>\s*\[!|>\s*$|- .*\]\(#|> \*\*.*|\[\^|-{3,}|$)")
MORE = {
    "glossary.md": "---\nkind: glossary\n---\n| Word | Meaning |\n| --- | --- |\n| Calm | Being quiet |\n",
    "1-begin/facilitator.md": "---\ntitle: Notes\n---\nSay hello first.\n",
}


def spoiled_files(wild: bool = False) -> dict[str, str]:
    """Return the files of the small course with a payload in each of their texts."""
    files = {**FILES, **MORE}
    if wild:
        # What is quoted of a line would look like a place that nobody filled in.
        return {path: _spoil(text.replace("{{emergency}}", "somebody"), WILD) for path, text in files.items()}
    # Captions and a transcript are plain text, and the words of the link are the title of the player.
    spoken = f"[Dana {MARKDOWN}](../media/talk.mp3)"
    heard = {
        "media/talk.mp3": "ID3" + "\0" * 40,
        "media/talk.txt": f"Dana waits. {PLAIN}\n\n{PLAIN}\n",
        "media/talk.vtt": f"WEBVTT\n\n00:00.000 --> 00:02.000\n<v {NAME}>{PLAIN}</v>\n",
    }
    spoiled = {path: _spoil(text, MARKDOWN) for path, text in files.items()}
    lesson = spoiled["1-begin/1-hello.md"].replace("## How to begin", f"{spoken}\n\n## How to begin")
    return {**spoiled, "1-begin/1-hello.md": lesson, **heard}


def _spoil(text: str, payload: str) -> str:
    _, front, body = text.split("---\n", 2)
    head = yaml.safe_dump(_with_payload(yaml.safe_load(front)), allow_unicode=True, width=10_000, sort_keys=False)
    return f"---\n{head}---\n" + "\n".join(_line(line, payload) for line in body.split("\n"))


def _with_payload(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _with_payload(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_with_payload(inner, key) for inner in value]
    return f"{value} {PLAIN}" if isinstance(value, str) and key in _TEXTS else value


def _line(line: str, payload: str) -> str:
    """Add the payload to a line of text, to the words of a heading or a reply, or to each cell of a table."""
    bare = payload.replace("{", "(").replace("}", ")")
    if line.startswith("|") and "---" not in line:
        return re.sub(r"(\w) \|", lambda found: f"{found[1]} {payload} |", line)
    if re.match(r"#+ .*\{#", line):
        return line.replace(" {#", f" {bare} {{#", 1)
    if "](#" in line:
        return line.replace("](#", f" {bare}](#", 1)
    return line if _NO_TEXT.match(line) else f"{line} {payload}"
