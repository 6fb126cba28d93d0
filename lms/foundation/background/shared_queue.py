"""The job queue of a site on PostgreSQL: a table that the job processes of all its hosts take pushes from."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation import clock
from lms.foundation.background.own_connection import OwnConnection
from lms.foundation.db import Base

ADD = "INSERT INTO job_push (kind, key, lane, pushed_at) VALUES (%s, %s, %s, %s) ON CONFLICT (kind, key) DO NOTHING"
# Two that take at once take two different pushes, and neither waits for the other.
TAKE = (
    "DELETE FROM job_push WHERE (kind, key) = (SELECT kind, key FROM job_push WHERE lane = %s "
    "AND (%s::text[] IS NULL OR kind = ANY(%s)) ORDER BY pushed_at LIMIT 1 FOR UPDATE SKIP LOCKED) "
    "RETURNING kind, key"
)
COUNT = "SELECT lane, count(*) FROM job_push GROUP BY lane"
FORGET_OTHERS = "DELETE FROM job_push WHERE lane <> ALL(%s)"


class JobPush(Base):
    """A push that waits: a kind of work, and the key of the row that says what has to be done."""

    __tablename__ = "job_push"
    kind: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    lane: Mapped[str]
    pushed_at: Mapped[datetime]
    __table_args__ = (Index("ix_job_push_lane_pushed_at", "lane", "pushed_at"),)


class SharedQueue:
    """Pushes that wait for a worker on any host. The same push waits once, however often it was asked for."""

    def __init__(self, connection: OwnConnection) -> None:
        self._connection = connection

    def push(self, lane: str, kind: str, key: str) -> None:
        """Add a push to a lane."""
        self._connection.ask(ADD, (kind, key, lane, clock.now()))

    def take(self, lane: str, kinds: Collection[str] | None = None) -> tuple[str, str] | None:
        """Return the oldest push of a lane, of some kinds or of any, and delete it; None when there is none."""
        among = None if kinds is None else list(kinds)
        # If the answer to the delete was lost, it may have happened; the sweep then does what it took.
        found = self._connection.ask(TAKE, (lane, among, among), again=False)
        return (found[0][0], found[0][1]) if found else None

    def count(self) -> dict[str, int]:
        """Return how many pushes wait in each lane that has any."""
        return dict(self._connection.ask(COUNT))

    def forget_others(self, lanes: list[str]) -> None:
        """Delete pushes in lanes that this version doesn't have."""
        self._connection.ask(FORGET_OTHERS, (lanes,))

    def can_write(self) -> bool:
        """Return whether the database can be written, as a new session finds it."""
        connection = self._connection.another()
        try:
            return bool(connection.ask("SHOW transaction_read_only")[0][0] == "off")
        finally:
            connection.close()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
