"""A practice conversation as a drawing in layers, and its paths: how many, the longest, the best and the worst."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from textwrap import wrap
from typing import Literal

from lms.content.conversations.measures import MOST_PATHS, every_path
from lms.content.model.conversation import ALWAYS, FITS, Conversation, End, Reply, Turn

WIDTH, HEIGHT = 176, 56
ACROSS, DOWN, EDGE = 28, 72, 24
# Room at both sides for lines that pass boxes by, and how far out they go at least, more by each row, and at most.
SIDE, OUT_LEAST, OUT_BY_ROW, OUT_MOST = 76, 26, 9, 72
LINE_LETTERS, LINES = 20, 2
# Lines of the same two boxes stand side by side, one for each fit.
APART = 14
# How far above and below the middle of a box a line leaves that comes back to it.
LOOP = 16
# Whether a path ends badly, its detours, its mixed replies and its length.
_Weight = tuple[bool, int, int, int]


@dataclass(frozen=True)
class Box:
    """A turn or an end as it is drawn; `x` and `y` are its upper left corner.

    `sets` where a reply is remembered, `asks` where something depends on what was said before.
    """

    id: str
    kind: Literal["turn", "good", "open"]
    words: tuple[str, ...]
    x: int
    y: int
    sets: bool = False
    asks: bool = False

    @property
    def centre(self) -> int:
        """The middle of it across."""
        return self.x + WIDTH // 2


@dataclass(frozen=True)
class Line:
    """The way of one or more replies of the same fit from a turn to a place, as an SVG path."""

    fit: str
    d: str


@dataclass(frozen=True)
class Drawing:
    """All boxes and lines of a conversation, and how much room they take."""

    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    width: int
    height: int


@dataclass(frozen=True)
class Survey:
    """The paths of a conversation; `whole` is False where there are more than were looked at."""

    paths: int
    whole: bool
    longest: int
    best: tuple[int, ...]
    worst: tuple[int, ...]


def title_of(place: Turn | End) -> str:
    """The name of a place in words."""
    return place.title or place.id.replace("-", " ").capitalize()


def steps_of(conversation: Conversation, path: tuple[int, ...]) -> list[tuple[Turn, Reply]]:
    """The turns and replies along a path."""
    steps: list[tuple[Turn, Reply]] = []
    place = conversation.places[conversation.start]
    for index in path:
        if not isinstance(place, Turn):
            break
        steps.append((place, place.replies[index]))
        place = conversation.places[steps[-1][1].goes_to]
    return steps


@lru_cache(maxsize=256)
def survey(conversation: Conversation) -> Survey:
    """Looks at every path that comes to no turn twice; of a very large conversation, at those that never lead back.

    The best has the fewest detours, then the fewest mixed replies, and is the shortest of those; it comes to a good end
    where one can. The worst has the most.
    """
    paths = list(islice(every_path(conversation), MOST_PATHS + 1))
    if not paths:
        return Survey(0, True, 0, (), ())
    if len(paths) > MOST_PATHS:
        return _survey_forward(conversation)
    weighed = [(*_weight(conversation, path), path) for path in paths[:MOST_PATHS]]
    best = min(weighed, key=lambda row: (not row[0], row[1], row[2], len(row[3])))
    worst = max(weighed, key=lambda row: (row[1], row[2], -len(row[3])))
    return Survey(len(weighed), True, max(map(len, paths)), best[3], worst[3])


def _survey_forward(conversation: Conversation) -> Survey:
    """The same from the ends backwards, where there are too many paths to look at each."""
    order, _onward = _forward(conversation)
    best: dict[str, tuple[_Weight, tuple[int, ...]]] = {}
    worst: dict[str, tuple[_Weight, tuple[int, ...]]] = {}
    longest: dict[str, int] = {}
    for id in order:
        place = conversation.places[id]
        if isinstance(place, End):
            best[id], worst[id], longest[id] = ((not place.good, 0, 0, 0), ()), ((False, 0, 0, 0), ()), 0
            continue
        steps = [(index, reply) for index, reply in enumerate(place.replies) if reply.goes_to in best]
        if steps:
            best[id] = min(_before(index, reply, *best[reply.goes_to], 1) for index, reply in steps)
            worst[id] = max(_before(index, reply, *worst[reply.goes_to], -1) for index, reply in steps)
            longest[id] = 1 + max(longest[reply.goes_to] for _index, reply in steps)
    start = conversation.start
    return Survey(MOST_PATHS, False, longest[start], best[start][1], worst[start][1])


def _before(
    index: int, reply: Reply, weight: _Weight, path: tuple[int, ...], step: int
) -> tuple[_Weight, tuple[int, ...]]:
    """A path with a reply put in front of it, and its weight."""
    unkind, detours, mixed, length = weight
    counted = unkind, detours + (reply.fit == "detour"), mixed + (reply.fit == "mixed"), length + step
    return counted, (index, *path)


def _weight(conversation: Conversation, path: tuple[int, ...]) -> tuple[bool, int, int]:
    """Whether a path ends well, its detours and its mixed replies."""
    steps = steps_of(conversation, path)
    fits = [reply.fit for _turn, reply in steps]
    end = conversation.places[steps[-1][1].goes_to]
    return isinstance(end, End) and end.good, fits.count("detour"), fits.count("mixed")


@lru_cache(maxsize=256)
def draw(conversation: Conversation) -> Drawing:
    """Lays turns out in layers, each below all that lead to it, with the ends at the foot."""
    rows = _rows(conversation)
    width = 2 * (EDGE + SIDE) + max(len(row) for row in rows) * (WIDTH + ACROSS) - ACROSS
    boxes: dict[str, Box] = {}
    for depth, row in enumerate(rows):
        left = (width - len(row) * (WIDTH + ACROSS) + ACROSS) // 2
        for place, id in enumerate(row):
            boxes[id] = _box(conversation, id, left + place * (WIDTH + ACROSS), EDGE + depth * (HEIGHT + DOWN))
    height = 2 * EDGE + len(rows) * (HEIGHT + DOWN) - DOWN
    return Drawing(tuple(boxes.values()), tuple(_lines(conversation, boxes, width)), width, height)


def _box(conversation: Conversation, id: str, x: int, y: int) -> Box:
    place = conversation.places[id]
    name = title_of(place)
    if isinstance(place, Turn):
        name = f"{conversation.turns.index(place) + 1}. {name}"
    words = wrap(name, LINE_LETTERS)
    if len(words) > LINES:
        words = [*words[: LINES - 1], words[LINES - 1][: LINE_LETTERS - 1] + "…"]
    kind: Literal["turn", "good", "open"] = "turn" if isinstance(place, Turn) else "good" if place.good else "open"
    return Box(id, kind, tuple(words), x, y, *_remembers(place))


def _remembers(place: Turn | End) -> tuple[bool, bool]:
    if isinstance(place, End):
        return False, bool(place.needs or place.parts)
    asks = bool(place.variants or place.answers) or any(reply.when != ALWAYS for reply in place.replies)
    return any(reply.sets for reply in place.replies), asks


def _roads(conversation: Conversation, id: str) -> list[str]:
    place = conversation.places[id]
    replies = place.replies if isinstance(place, Turn) else ()
    return list(dict.fromkeys(reply.goes_to for reply in replies if reply.goes_to in conversation.places))


def _rows(conversation: Conversation) -> list[list[str]]:
    """The ids in layers; within one, each stands near the middle of what leads to it."""
    depth = _depths(conversation)
    foot = max(depth[turn.id] for turn in conversation.turns) + 1
    rows: list[list[str]] = [[] for _ in range(foot + 1)]
    for id in conversation.places:
        rows[foot if isinstance(conversation.places[id], End) else depth[id]].append(id)
    before: dict[str, list[float]] = {}
    for row in rows:
        row.sort(key=lambda id: sum(found) / len(found) if (found := before.get(id)) else 0.0)
        for place, id in enumerate(row):
            for goal in _roads(conversation, id):
                before.setdefault(goal, []).append(place - (len(row) - 1) / 2)
    return [row for row in rows if row]


def _depths(conversation: Conversation) -> dict[str, int]:
    """How many steps each place is from the start at most, ways that lead back left out; what nothing leads to is 0."""
    order, onward = _forward(conversation)
    depth = dict.fromkeys(conversation.places, 0)
    for id in reversed(order):
        for goal in onward[id]:
            depth[goal] = max(depth[goal], depth[id] + 1)
    return depth


def _forward(conversation: Conversation) -> tuple[list[str], dict[str, list[str]]]:
    """All places, each after those it leads to, and where each leads; ways that lead back are left out."""
    order: list[str] = []
    onward: dict[str, list[str]] = {}
    state: dict[str, int] = {}
    waiting = [(conversation.start, False)] if conversation.start in conversation.places else []
    while waiting:
        id, left = waiting.pop()
        if left:
            state[id] = 2
            order.append(id)
        elif id not in state:
            state[id] = 1
            waiting.append((id, True))
            waiting += [(goal, False) for goal in reversed(_roads(conversation, id)) if goal not in state]
    place = {id: number for number, id in enumerate(reversed(order))}
    for id in order:
        onward[id] = [goal for goal in _roads(conversation, id) if place[goal] > place[id]]
    return order, onward


def _lines(conversation: Conversation, boxes: dict[str, Box], width: int) -> Iterator[Line]:
    for turn in conversation.turns:
        for goal in _roads(conversation, turn.id):
            fits = [fit for fit in FITS if any(r.fit == fit and r.goes_to == goal for r in turn.replies)]
            for number, fit in enumerate(fits):
                aside = round((number - (len(fits) - 1) / 2) * APART)
                yield Line(fit, _curve(boxes[turn.id], boxes[goal], aside, width))


def _curve(start: Box, goal: Box, aside: int, width: int) -> str:
    """A curve to the next row; what passes rows by goes round them at the nearer side, what leads back on the left."""
    rows = (goal.y - start.y) // (HEIGHT + DOWN)
    if rows == 1:
        x, y, to_x, half = start.centre + aside, start.y + HEIGHT, goal.centre + aside, DOWN // 2
        return f"M{x} {y}C{x} {y + half} {to_x} {goal.y - half} {to_x} {goal.y}"
    middle = start.centre + goal.centre
    left = middle < width or (middle == width and rows < 1)
    x, to_x = (start.x, goal.x) if left else (start.x + WIDTH, goal.x + WIDTH)
    out = min(OUT_LEAST + OUT_BY_ROW * abs(rows), OUT_MOST) + aside // 2
    # A curve comes three quarters of the way out to its own points.
    out = (min(x, to_x) - out * 4 // 3) if left else (max(x, to_x) + out * 4 // 3)
    y, to_y = start.y + HEIGHT // 2 + aside, goal.y + HEIGHT // 2 + aside
    if start == goal:
        y, to_y = y + LOOP, to_y - LOOP
    return f"M{x} {y}C{out} {y} {out} {to_y} {to_x} {to_y}"
