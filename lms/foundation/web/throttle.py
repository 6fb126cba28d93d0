"""Throttling: counting what did not work, per network or account, never what did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation import clock
from lms.foundation.db import Base, db
from lms.foundation.statements.deleting import delete_old

# The longest window that is asked for is a day.
KEPT = timedelta(days=2)
# Hosts of one site may differ by this much; a moment further ahead was written while a clock was fast.
CLOCKS_APART = timedelta(minutes=5)


class Misses(Base):
    """How often something did not work under a key since a moment."""

    __tablename__ = "misses"
    key: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(index=True)
    count: Mapped[int]


_misses = Misses.__table__
_COUNTED = select(_misses.c.count.label("times"), _misses.c.since).where(_misses.c.key == bindparam("key"))


def too_many(key: str, limit: int, window: timedelta) -> bool:
    """True when a key had its limit of misses within the window."""
    row = db.session.execute(_COUNTED, {"key": key}).first()
    return row is not None and reached(row.times, row.since, limit, window)


def reached(times: int | None, since: datetime | None, limit: int, window: timedelta) -> bool:
    """Decide whether a count has come to its limit within the window; no count has not."""
    return times is not None and since is not None and times >= limit and abs(clock.now() - since) < window


def wait_for(key: str, limit: int, window: timedelta) -> timedelta | None:
    """Return how long a key that came to its limit has to wait; None when it need not."""
    return wait_for_any({key: limit}, window)


def wait_for_any(limits: Mapping[str, int], window: timedelta) -> timedelta | None:
    """Return how long a key has to wait of several that have limits, the first that came to its own; in one look."""
    asked = select(_misses.c.key, _misses.c.count.label("times"), _misses.c.since).where(
        _misses.c.key.in_(list(limits))
    )
    found = {row.key: row for row in db.session.execute(asked.where(_misses.c.key.in_(list(limits))))}
    for key, limit in limits.items():
        if key in found and reached(found[key].times, found[key].since, limit, window):
            left: timedelta = found[key].since + window - clock.now()
            return left
    return None


@dataclass(frozen=True)
class Growing:
    """A delay that doubles with each miss beyond the free ones; a key that rests for the window begins anew."""

    free: int
    first: timedelta
    longest: timedelta
    window: timedelta

    def after(self, times: int) -> timedelta:
        """Return how long the next one waits after so many misses."""
        if times < self.free:
            return timedelta(0)
        return min(self.first * 2 ** min(times - self.free, 16), self.longest)


def wait_after_last(key: str, growing: Growing) -> timedelta | None:
    """Return how long a key has to wait still since its last miss; None when it need not."""
    row = db.session.execute(_COUNTED, {"key": key}).first()
    if row is None:
        return None
    wait = growing.after(row.times)
    left: timedelta = row.since + wait - clock.now()
    return left if clock.is_ahead(row.since + wait, wait + CLOCKS_APART) else None


def count_in_a_row(key: str, growing: Growing) -> None:
    """Add one miss under a key whose moment is that of its last miss."""
    count_miss(key, growing.window)
    db.session.execute(update(Misses).where(Misses.key == key).values(since=clock.now()))


def count_miss(key: str, window: timedelta, times: int = 1) -> bool:
    """Add misses under a key; an elapsed window begins anew. Return whether they are the first of their window."""
    now = clock.now()
    flavour: Any = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    statement = flavour.insert(_misses).values(key=key, since=now, count=times)
    is_over = or_(_misses.c.since <= now - window, _misses.c.since >= now + window)
    added = statement.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "since": case((is_over, statement.excluded.since), else_=_misses.c.since),
            "count": case((is_over, times), else_=_misses.c.count + times),
        },
    )
    return db.session.scalar(added.returning(_misses.c.count)) == times


def count_misses(key: str, window: timedelta, times: int) -> None:
    """Add so many misses under a key at once; none adds none."""
    if times > 0:
        count_miss(key, window, times)


def forget_misses(key: str) -> None:
    """Clear a key, as a sign-in that worked does."""
    db.session.execute(delete(Misses).where(Misses.key == key))


def _is_about(part: str) -> ColumnElement[bool]:
    """Return the condition that a whole part of a key, between colons, is this one: "am@…" is not in "sam@…"."""
    return (":" + Misses.key + ":").contains(f":{part}:", autoescape=True)


def list_about(part: str) -> list[Misses]:
    """Return every count with a part in its key, such as the address of an account."""
    return list(db.session.scalars(select(Misses).where(_is_about(part))))


def forget_about(part: str) -> None:
    """Clear every key with a part in it, as when somebody takes their address with them."""
    db.session.execute(delete(Misses).where(_is_about(part)))


def sweep(older_than: timedelta = KEPT) -> None:
    """Delete counts that no window can reach any more."""
    delete_old(Misses, Misses.since < clock.now() - older_than)
