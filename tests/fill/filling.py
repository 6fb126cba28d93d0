"""Fill a site with as many enrolments as wanted: a few lives are played for real, and their rows copied in bulk."""

from __future__ import annotations

import hashlib
import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count, cycle, islice
from typing import Any

from flask import Flask
from sqlalchemy import Table, delete

from lms.accounts.addresses import skeleton
from lms.accounts.members.word_records import words_of
from lms.accounts.records import Programme
from lms.app import at_work, create_app
from lms.certification.awards.codes import grouped, new_code
from lms.certification.awards.records import Award
from lms.certification.badges.records import StatusList
from lms.certification.badges.rules import LIST_FILL
from lms.coordination.board.comparison_records import recount
from lms.foundation.audit import seals
from lms.foundation.audit.seals import AuditSeal
from lms.foundation.config.settings import Settings, read_settings
from lms.foundation.db import copy_of, db, write
from lms.foundation.migrations import upgrade
from lms.foundation.per_app import provided
from lms.foundation.text.collation import search_key, sort_key
from lms.wellbeing import support_cache
from tests.fill.copying import (
    UUID,
    Copy,
    Maker,
    Recipe,
    Snapshots,
    Values,
    Writer,
    facts_of,
    keys_of,
    later_id,
    own,
    random_text,
    tables,
)
from tests.fill.lives import BEGAN, LIVES, Life, Patterns, Played, play
from tests.fill.old_key import make_key
from tests.fill.stores import Row, Store, opened

FIRST = ("Ana", "Zoë", "Łukasz", "Sam", "Amina", "Bo", "Chidi", "Dara", "Élodie", "Farah", "Goran", "Hana", "Ida")
LAST = ("Osei", "Brandt", "Haddad", "Nguyễn", "Silva", "Petit", "Okafor", "Young", "Nowak", "Rossi", "Kaya", "Diaz")
AT_ONCE = 500
# Of so many people, nine in ten are in one large programme and the others in ten small ones.
BLOCK, SMALL = 10_000, 10
# Those who joined last started a course two days ago at the latest.
YOUNGEST = 2
# While lives are played in the past, nothing of them may grow old.
KEEPS_ALL = {"LMS_KEEP_EMAILS_DAYS": "999", "LMS_KEEP_ANSWERS_MONTHS": "always"}
TINY_PDF = (
    "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 60]/Contents 4 0 R>>endobj 4 0 obj<</Length 0>>stream\n"
    "endstream endobj\n% In place of the certificate {code}, whose PDF a fill leaves out.\n"
    "trailer<</Root 1 0 R>>\n%%EOF\n"
)
TINY_BADGE = '{{"note": "In place of the badge of {code}, which a fill leaves out."}}'


@dataclass(frozen=True)
class Filled:
    """What came of a fill: how many rows each table got, and who was played by real actions."""

    people: int
    enrolments: int
    programmes: int
    rows: dict[str, int]
    patterns: Patterns
    snapshots: Snapshots


def fill(
    enrolments: int,
    settings: dict[str, str],
    say: Callable[[str], None] = lambda _words: None,
    block: int = BLOCK,
) -> Filled:
    """Fill the empty database of some settings (`LMS_DATA` at least) with so many enrolments and all that is theirs.

    Of each `block` of people, nine in ten are in one programme.
    The same number on the same day makes the same people, names, codes and dates.
    """
    app = create_app(read_settings({**settings, **KEEPS_ALL}))
    upgrade(app)
    with at_work(app):
        taken = db.session.query(Programme).first() is not None
        address = db.engine.url.render_as_string(hide_password=False)
    if taken:
        _close(app)
        raise ValueError("This site has a programme already; a fill needs an empty one.")
    say("Playing a few people by real actions")
    snapshots, played = Snapshots(), Played(app, datetime.now(UTC))
    make_key(provided(Settings, app).data, played.began)
    patterns = play(played, lambda: _look(address, snapshots, app))
    with at_work(app):
        # Copies are older than what was played in this minute, and seals follow the order of time.
        write(db.session.execute, delete(AuditSeal))
    _close(app)
    with opened(address, tables()) as store:
        filling = _Filling(enrolments, store, snapshots, played, patterns, block)
        filling.run(say)
    _finish(app, filling.lists, say)
    _close(app)
    return Filled(filling.people, filling.enrolled, filling.programmes, dict(filling.rows), patterns, snapshots)


def _look(address: str, snapshots: Snapshots, app: Flask) -> None:
    _close(app)
    with opened(address, ()) as store:
        snapshots.take(store)


def _close(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _finish(app: Flask, lists: int, say: Callable[[str], None]) -> None:
    """Do what the site would have done by now: note its lists of badges, count people, seal the audit trail, copy."""
    with at_work(app):
        settings = provided(Settings, app)
        write(lambda: [db.session.merge(StatusList(number=1 + number, stale=True)) for number in range(1, lists + 1)])
        write(recount, db.session())
        say("Sealing the audit trail")
        while seals.seal_entries(settings.data, seconds=60.0):
            pass
        support_cache.copy_programmes(settings.data)


class _Filling:
    """One fill under way."""

    def __init__(
        self, enrolments: int, store: Store, snapshots: Snapshots, played: Played, patterns: Patterns, block: int
    ) -> None:
        self._wanted, self._store, self._began = enrolments, store, played.began
        self._chance = random.Random(f"{enrolments} enrolments")
        self._numbers, self._badges = count(1), count()
        make = _Recipes(store, snapshots, played, patterns)
        self._lives = {life: make.of_life(life) for life in LIVES}
        self._programme = make.of_programme()
        self._members = _members(enrolments, block, self._chance)
        self._programme_ids = [patterns.programme_id]
        self.people, self.programmes, self.lists = len(LIVES), 1, 0
        self.enrolled = sum(life.enrolments for life in LIVES)
        self.rows: dict[str, int] = defaultdict(int)

    def run(self, say: Callable[[str], None]) -> None:
        """Make programmes, and then people in the order in which they joined, some hundred at a time."""
        self._keep(self._make_programmes(), {**self._programme.columns})
        columns = {name: columns for recipe in self._lives.values() for name, columns in recipe.columns.items()}
        people, tenth = self._list_people(), 0
        while some := list(islice(people, AT_ONCE)):
            found: dict[str, list[Row]] = {table.name: [] for table in tables()}
            for life, age in some:
                self._make_person(life, age, found)
            self._keep(found, columns)
            if self.enrolled * 10 // self._wanted > tenth:
                tenth = self.enrolled * 10 // self._wanted
                say(f"{self.enrolled:,} of {self._wanted:,} enrolments")
        self.lists = -(-next(self._badges) // LIST_FILL)

    def _keep(self, found: dict[str, list[Row]], columns: dict[str, tuple[str, ...]]) -> None:
        filled = {name: rows for name, rows in found.items() if rows}
        self._store.add(filled, columns)
        for name, rows in filled.items():
            self.rows[name] += len(rows)

    def _make_programmes(self) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {table.name: [] for table in tables()}
        for number in range(1, max(self._members) + 1):
            later = timedelta(seconds=number)
            key = later_id(self._began)(self._copy(later, {}), [])
            more = {"programme_id": key, "slug": f"programme-{number}", "programme": f"Programme {number}"}
            person = self._person(f"Cora {LAST[number % 12]} {LAST[(number + 5) % 12]}", f"cora{number}", "")
            self._programme.make(self._copy(later, {**more, **person}), BEGAN, found)
            self._programme_ids.append(key)
            self.programmes += 1
        return found

    def _list_people(self) -> Iterator[tuple[Life, int]]:
        """Yield what each person does and how many days ago they joined, the oldest first, until all are enrolled."""
        while self.enrolled < self._wanted:
            age = max(YOUNGEST, BEGAN - self.enrolled * (BEGAN + 1) // self._wanted)
            fitting = [life for life in LIVES if life.whole <= age]
            life = self._chance.choices(fitting, [life.share_of(age) for life in fitting])[0]
            self.enrolled += life.enrolments
            self.people += 1
            yield life, age

    def _make_person(self, life: Life, age: int, found: dict[str, list[Row]]) -> None:
        number, chance = next(self._numbers), self._chance
        first, last, other = chance.choice(FIRST), *chance.sample(LAST, 2)
        own_values = self._person(f"{first} {last} {other}", f"sam{number}", f"A-{number}")
        own_values["programme_id"] = self._programme_ids[self._members[number % len(self._members)]]
        own_values["code"] = new_code(chance.getrandbits)
        place = next(self._badges) if life.name in _WITH_BADGE else 0
        # The first list is that of the people who were played.
        own_values["list_number"], own_values["list_index"] = 2 + place // LIST_FILL, 2 * (place % LIST_FILL)
        later = timedelta(days=BEGAN - age, seconds=chance.randrange(3 * 3600))
        self._lives[life].make(self._copy(later, own_values), age, found)

    def _person(self, name: str, mailbox: str, staff_number: str) -> dict[str, Any]:
        email, forms = f"{mailbox}@example.org", _forms_of(name)
        search = f"{forms.search}\n{email}\n{staff_number.lower()}"
        more = {"name": name, "email": email, "mailbox": mailbox, "staff_number": staff_number, "search_key": search}
        words = {f"word{place}": word for place, word in enumerate(forms.words)}
        return {**more, **words, "sort_key": forms.sort, "digits": staff_number[2:]}

    def _copy(self, later: timedelta, own_values: dict[str, Any]) -> Copy:
        return Copy(later, own_values, self._random_hex)

    def _random_hex(self, size: int) -> str:
        return f"{self._chance.getrandbits(4 * size):0{size}x}"


_WITH_BADGE = {life.name for life in LIVES if life.whole >= 20 and life.name != "not passed yet"}


@dataclass(frozen=True)
class _Forms:
    """A name as lists search and sort by it."""

    search: str
    sort: str
    words: tuple[str, ...]


@cache
def _forms_of(name: str) -> _Forms:
    words = tuple(next(iter(words_of(part))) for part in name.split())
    return _Forms(search_key(name), sort_key(name, "en")[0], words)


def _members(enrolments: int, block: int, chance: random.Random) -> list[int]:
    """Return in which programme each person of a round is, by number, in an order that mixes them."""
    blocks = max(1, round(enrolments / block))
    people = enrolments // blocks
    small = max(1, min(SMALL, people // 10))
    found = []
    for number in range(blocks):
        first = number * (small + 1)
        found += [first] * (people * 9 // 10)
        found += islice(cycle(range(first + 1, first + small + 1)), people - people * 9 // 10)
    chance.shuffle(found)
    return found


@dataclass
class _Recipes:
    """Makes recipes of what was played."""

    store: Store
    snapshots: Snapshots
    played: Played
    patterns: Patterns

    def of_life(self, life: Life) -> Recipe:
        """Return the recipe of a learner's life."""
        who, person_id = self.patterns.learners[life.name]
        rows = self.snapshots.of({person_id})
        recipe, writer = self._writer()
        writer.let(self.patterns.programme_id, own("programme_id"))
        self._name(writer, who.name, who.email, who.staff_number)
        self._keys(writer, rows)
        self._certificates(writer, rows)
        writer.write(rows)
        return recipe

    def of_programme(self) -> Recipe:
        """Return the recipe of a programme with its coordinator."""
        patterns = self.patterns
        rows = self.snapshots.of({patterns.other_id, patterns.other_staff})
        recipe, writer = self._writer()
        writer.let(patterns.other_id, own("programme_id"))
        writer.let("pattern-0q", own("slug"))
        writer.let("Pattern Programme 0q", own("programme"))
        self._name(writer, "Lea Harper0q Woods0q", "lead0q@example.org", "")
        self._keys(writer, rows)
        writer.write(rows)
        return recipe

    def _writer(self) -> tuple[Recipe, Writer]:
        recipe = Recipe(self.played.began)
        return recipe, Writer(self.store, recipe, self.played.moment_at, COLUMNS)

    def _name(self, writer: Writer, name: str, email: str, staff_number: str) -> None:
        writer.let(name, own("name"))
        writer.let(email, own("email"))
        for place, word in enumerate(name.split()):
            writer.let(word.lower(), own(f"word{place}"), within=False)
        writer.let(email.partition("@")[0], own("mailbox"), within=False)
        if staff_number:
            writer.let(staff_number, own("staff_number"), within=False)
            writer.let(staff_number[2:], own("digits"), within=False)

    def _keys(self, writer: Writer, rows: list[tuple[Table, Row]]) -> None:
        """Say what becomes of every key; ids go by their moment, codes and addresses by what a copy is asked for."""
        for table, row in rows:
            cells = dict(zip((column.name for column in table.columns), row, strict=True))
            if table.name == "award":
                writer.let(cells["code"], own("code"))
                writer.let(grouped(cells["code"]), lambda copy, _values: grouped(copy.own["code"]))
            if table.name == "outbox_mail":
                writer.let(cells["message_id"], lambda copy, _values: f"<{copy.random_hex(24)}@localhost>")
            for key in keys_of(table, row):
                if not writer.knows(key):
                    writer.let(key, later_id(writer.id_moment(key)) if UUID.fullmatch(key) else random_text(key))

    def _certificates(self, writer: Writer, rows: list[tuple[Table, Row]]) -> None:
        """Say what becomes of PDFs and badges, and of the digests by which the audit trail names certificates."""
        for table, row in rows:
            cells = dict(zip((column.name for column in table.columns), row, strict=True))
            if table.name == "document":
                pdf = writer.places_of(table, row)["content"]
                writer.let(cells["sha256"], lambda _copy, values, pdf=pdf: hashlib.sha256(values[pdf]).hexdigest())
            if table.name == "award":
                places = writer.places_of(table, row)
                writer.let(_digest_of(cells), lambda _copy, values, places=places: _digest_of(_picked(values, places)))


# Columns that hold what no copy shares with the person who was played, and what is found in no other column.
COLUMNS: dict[tuple[str, str], Maker] = {
    ("member", "search_key"): own("search_key"),
    ("person", "email_look"): lambda copy, _values: skeleton(copy.own["email"]),
    **{(table, "sort_key"): own("sort_key") for table in ("member", "person_word", "training_status")},
    **{("credential", name): own(name) for name in ("list_number", "list_index")},
    ("document", "content"): lambda copy, _values: TINY_PDF.format(code=copy.own["code"]).encode(),
    ("credential", "content"): lambda copy, _values: TINY_BADGE.format(code=copy.own["code"]).encode(),
}


def _picked(values: Values, places: dict[str, int]) -> dict[str, Any]:
    return {name: values[place] for name, place in places.items()}


def _digest_of(cells: dict[str, Any]) -> str:
    """Return the digest by which the audit trail names a certificate, from its row as a database has it."""
    days = {name: cells[name] and date.fromisoformat(cells[name]) for name in ("passed_on", "valid_until")}
    return copy_of(Award, {**cells, **days, "facts": facts_of(cells["facts"])}).record_sha256()
