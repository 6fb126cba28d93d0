"""Pages that look like a defect and aren't one, and defects that look like these pages."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from lms.conformance.findings import Verdict
from lms.conformance.languages import Text
from lms.conformance.phrases import list_phrases
from lms.conformance.rules import all_rules
from tests.conformance.conftest import DEFECTS, Quiet, Server, check_all, recipe

MARK = "<h2>After the fire</h2>"
CARD = '<div style="cursor: grab; padding: 1rem">'
PULLED = "<script>for (const name of ['pointerdown', 'pointermove']) {id}.addEventListener(name, () => 0);</script>"
CARDS = f'<div id="cards">{CARD}Ask first</div>{CARD}Wait a while</div></div>' + PULLED.replace("{id}", "cards")
SMALL = 'style="line-height: 1; min-height: 0; min-width: 0; font-size: 16px"'
HIDES = "closest('.tip').hidden = true"
# Each rule with fragments that it lets pass, and fragments that it reports.
FRAGMENTS = {
    "no-drag-only": (
        [
            f'<section>{CARDS}<p><button type="button">Up</button> <button type="button">Down</button></p></section>',
            '<p>A bench: <svg draggable="true" width="30" height="30"><title>A bench</title></svg></p>',
            '<div id="zone">Drop it here</div><p><label for="f">Choose a file</label> <input type="file" id="f"></p>'
            "<script>zone.addEventListener('drop', () => 0);</script>",
        ],
        [
            f'<section>{CARDS}<p><button type="button">Save my answers</button></p></section>',
            '<ol><li draggable="true">Ask</li><li draggable="true">Wait</li></ol><button type="button">Ask us</button>',
        ],
    ),
    "native-controls": (
        [
            '<p><video controls aria-label="A river" width="280" height="160"></video></p>',
            '<p><label for="day">Day</label> <input type="date" id="day"></p>',
            f'<div class="tip"><span role="button" tabindex="0" onclick="{HIDES}" onkeydown="{HIDES}">OK</span></div>',
            '<div id="tips"><p><span role="button" tabindex="0" id="shut">Close</span> Tip</p></div><script>'
            "for (const on of ['click', 'keydown']) tips.addEventListener(on, () => tips.replaceChildren());</script>",
        ],
        [
            '<p><input aria-label="Name" onkeydown="if (event.key === \'Tab\') event.preventDefault()"></p>',
            f'<div class="tip"><span role="button" tabindex="0" onclick="{HIDES}">Close</span> Tip</div>',
        ],
    ),
    "fields-named": (
        [
            '<search><input type="search" aria-label="Search the courses"> '
            '<button><svg width="20" height="20"><title>Search</title></svg></button></search>',
            '<div role="search"><input aria-label="Search"> <input type="image" alt="Search" width="44"></div>',
            '<p><input type="search" aria-label="Find a lesson"> <button aria-label="Find">🔍</button></p>',
        ],
        ['<form><input aria-label="Email"> <button aria-label="Send">→</button></form>'],
    ),
    "no-forced-disclosure": (
        [
            '<p><label for="t">Title for your group *</label> <input id="t" name="title" required></p>',
            '<p><label for="u">Notebook title *</label> <input id="u" required></p>',
            '<p lang="fr"><label for="v">Titre de votre carnet *</label> <input id="v" required></p>',
        ],
        [
            '<p><label for="t">Your title</label> <input id="t" required></p>',
            '<p><label for="t">Title of address</label> <input id="t" required></p>',
            '<p lang="fr"><label for="t">Titre de civilité</label> <input id="t" required></p>',
        ],
    ),
    "targets-24": (
        [
            f'<p>By <a href="#ana" {SMALL}>Ana</a></p>',
            f'<p>見る <a href="#list" {SMALL}>一覧</a></p>',
            f'<p lang="fr">Lire <em><a href="#s" {SMALL}>la suite</a></em></p>',
        ],
        [f'<p>→ <a href="#ana" {SMALL}>Ana</a></p>'],
    ),
    "no-guilt": (
        [
            '<p lang="fr">Quitter</p>',
            '<ul><li><a href="#out" hreflang="fr"><span lang="fr-CA">Quitter</span> (French)</a></li></ul>',
            "<p>Quitter cette page est possible pour vous.</p>",
        ],
        ["<p>You sound like a quitter.</p>", '<p lang="fr">You are a quitter</p>', "<p>Ne partez pas</p>"],
    ),
}
PHRASES = [
    ("no-guilt", "fr", "Quitter", False),
    ("no-guilt", "it", "Quitter", False),
    ("no-guilt", "", "Quitter", True),
    ("no-guilt", "en", "Quitter!", True),
    ("no-guilt", "en", "Willst du wirklich aufgeben?", True),
    ("kind-words", "en", "A faux leather notebook", False),
    ("kind-words", "fr", "C’est faux", True),
    ("kind-words", "de", "Das ist incorrect", False),
    ("kind-words", "de", "That answer is incorrect", True),
    ("no-games", "de", "Deine Streak", True),
]


@pytest.mark.parametrize(("name", "language", "words", "reported"), PHRASES)
def test_a_single_word_is_judged_in_its_own_language(name: str, language: str, words: str, reported: bool) -> None:
    assert bool(list(list_phrases(name, [Text(language, words)]))) is reported


@pytest.fixture(scope="module")
def near(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A folder and the address at which its pages are served."""
    folder = tmp_path_factory.mktemp("near")
    server: ThreadingHTTPServer = Server(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.browser
@pytest.mark.slow
def test_near_misses_pass_and_their_like_is_reported(near: tuple[Path, str]) -> None:
    folder, address = near
    clean = (DEFECTS / "clean.html").read_text("utf-8")
    rules, runs = {rule.id: rule for rule in all_rules()}, {}
    for rule, sides in FRAGMENTS.items():
        fragments = {"passes": "\n".join(sides[0])} | {f"reported-{at}": one for at, one in enumerate(sides[1])}
        for name, fragment in fragments.items():
            page = f"{rule}--{name}.html"
            (folder / page).write_text(clean.replace(MARK, MARK + fragment), "utf-8")
            runs[page] = (address, recipe(f"lesson /{page}"), (rules[rule],))
    cards = {name: card.results[0] for name, card in check_all(runs).items()}
    seen = {name: one.verdict is Verdict.NOT_MET for name, one in cards.items()}
    assert [(name, one.pages) for name, one in cards.items() if seen[name] != ("reported" in name)] == []
