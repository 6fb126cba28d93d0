"""HTML of a recording: the browser's own player, its captions, and its transcript below; nothing plays by itself."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from posixpath import splitext
from urllib.parse import quote

from lms.content.model.recordings import CAPTIONS, is_video, words_of_captions
from lms.content.model.wording import N_, fixed

TRANSCRIPT, CAPTIONS_WORDS = N_("Transcript"), N_("Captions")
ONLY_WHEN_PRESSED = N_("It plays only when you start it. If you’re offline, read the transcript.")
TRANSCRIPT_MOST = 256 * 1024


def player(path: str, title: str, media: Mapping[str, str], files: Mapping[str, bytes], language: str) -> str:
    """The figure for one recording; its addresses still hold the digests of its media."""
    stem, words = splitext(path)[0], escape(title)
    tag = "video" if is_video(path) else "audio"
    captions = f"{stem}{CAPTIONS}"
    track = (
        f'<track kind="captions" src="{_address(captions, media)}" srclang="{escape(language)}" '
        f'label="{fixed(CAPTIONS_WORDS)}" default>'
        if captions in media
        else ""
    )
    transcript = "".join(f"<p>{escape(part)}</p>" for part in _transcript(stem, media, files))
    return (
        f'<figure class="recording"><{tag} controls preload="none" src="{_address(path, media)}" aria-label="{words}">'
        f"{track}</{tag}><figcaption>{words}. {fixed(ONLY_WHEN_PRESSED)}</figcaption>"
        f'<details class="fold"><summary>{fixed(TRANSCRIPT)}<span class="vh">: {words}</span></summary>'
        f"{transcript}</details></figure>"
    )


def _address(path: str, media: Mapping[str, str]) -> str:
    return f"⟦media:{media[path]}⟧/{quote(path.removeprefix('media/'))}"


def _transcript(stem: str, media: Mapping[str, str], files: Mapping[str, bytes]) -> list[str]:
    """The paragraphs of a transcript, or the words of the captions where there is none."""
    if f"{stem}.txt" in media:
        text = files[f"{stem}.txt"][:TRANSCRIPT_MOST].decode("utf-8-sig", "replace").replace("\r\n", "\n")
        return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]
    if f"{stem}{CAPTIONS}" in media:
        return words_of_captions(files[f"{stem}{CAPTIONS}"][:TRANSCRIPT_MOST].decode("utf-8-sig", "replace"))
    return []
