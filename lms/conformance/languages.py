"""Tell in which language a page's words are: as it's named, unless the words themselves plainly say otherwise."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# Words that are common in one of the languages of phrases.toml and aren't words of the three others.
COMMON = {
    "en": "the and of to that is for you you're your this with are have what when they from can it we if be must",
    "es": "el las del por para su sus lo como pero más esta este esto puedes usted eres muy donde cuando estás",
    "fr": "le les et une pour vous votre vos est dans pas avec cette ce ces qui nous sont toi ne au c'est",
    "de": "der das und ist nicht ein eine sie mit für auf zu den dem von wir ihre ihr im sich auch dein diese dieser",
}
OF_WORD = {word: language for language, words in COMMON.items() for word in words.split()}
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# A page as a whole reads like another language than it names if it has this many common words, and twice those of its own.
PAGE_LEAST = 8
PART_LEAST = 3


@dataclass(frozen=True)
class Text:
    """Words with the language that the page names for them, or an empty string."""

    language: str
    words: str


def lines_of(texts: Sequence[Text]) -> Iterator[Text]:
    """Yield every line with its language; what a part says in another language isn't said again by what is around it."""
    if not texts:
        return
    page = _seems(texts[0].words, texts[0].language, PAGE_LEAST)
    for text in texts:
        own = page if text is texts[0] or not text.language else text.language
        inner = [
            one for one in texts[1:] if one is not text and one.language != own and len(one.words) < len(text.words)
        ]
        for line in _without(text.words, inner).splitlines():
            yield Text(_seems(line, own, 1), line)


def _seems(words: str, named: str, least: int) -> str:
    """Return the language that words are plainly in, or the one that's named."""
    counts = Counter(OF_WORD[word] for word in WORD.findall(words.lower().replace("’", "'")) if word in OF_WORD)
    if not counts:
        return named
    (most, count), *others = counts.most_common()
    rest = max([count for _language, count in others] + [counts[named]] if most != named else [0])
    return most if count >= least and count > (2 * rest if least > 1 else rest) else named


def _without(words: str, parts: list[Text]) -> str:
    """Return words in which the lines of these parts are blank."""
    for part in sorted(parts, key=lambda one: -len(one.words)):
        for line in part.words.splitlines():
            if len(line.strip()) >= PART_LEAST:
                words = re.sub(rf"(?<!\w){re.escape(line.strip())}(?!\w)", lambda found: " " * len(found[0]), words)
    return words
