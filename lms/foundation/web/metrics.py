"""Metrics for Prometheus: counters that the web workers share, and figures that are looked up when asked for."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, Metric, disable_created_metrics, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from lms.foundation.web.figures import Figure

# `lms serve` names a folder in memory here, in which each worker counts in a file of its own.
SHARED = "PROMETHEUS_MULTIPROC_DIR"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class _Counters:
    registry: CollectorRegistry
    requests: Counter
    seconds: Histogram
    refused_sign_ins: Counter
    slow_statements: Counter
    lookups: Counter


@dataclass
class Metrics:
    """The counters of this process, made when they are first needed."""

    _made: _Counters | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get_ready(self) -> _Counters:
        """Return the counters; made before workers are forked, what they take is shared by all."""
        with self._lock:
            if self._made is None:
                self._made = _make()
        return self._made

    def count_request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request by its route, never by its address."""
        made = self._made or self.get_ready()
        made.requests.labels(route, method, f"{status // 100}xx").inc()
        made.seconds.labels(route, method).observe(seconds)

    def count_refused_sign_in(self) -> None:
        """Count a sign-in with a password or an address that wasn't right; not whose."""
        (self._made or self.get_ready()).refused_sign_ins.inc()

    def tell_slow_statements(self, process: str) -> None:
        """Show the counter of slow statements of a process even while it's zero."""
        self.get_ready().slow_statements.labels(process)

    def count_slow_statement(self, process: str) -> None:
        """Count a statement that took long."""
        (self._made or self.get_ready()).slow_statements.labels(process).inc()

    def tell_lookups(self, cache: str) -> None:
        """Show the counters of a cache even while they're zero."""
        for result in ("hit", "miss"):
            self.get_ready().lookups.labels(cache, result)

    def count_lookup(self, cache: str, hit: bool) -> None:
        """Count whether something was found in a cache."""
        (self._made or self.get_ready()).lookups.labels(cache, "hit" if hit else "miss").inc()

    def as_text(self, figures: Sequence[Figure]) -> bytes:
        """Return the counters of all workers, and figures, in Prometheus' text format."""
        counted = self.get_ready().registry
        if SHARED in os.environ:
            counted = CollectorRegistry()
            MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
        looked_up = CollectorRegistry()
        looked_up.register(_Figures(figures))
        return generate_latest(counted) + generate_latest(looked_up)


def _make() -> _Counters:
    disable_created_metrics()  # type: ignore[no-untyped-call]
    registry = CollectorRegistry()
    return _Counters(
        registry,
        Counter("sidelight_http_requests", "Requests.", ["route", "method", "status"], registry=registry),
        Histogram(
            "sidelight_http_request_seconds",
            "Time until an answer was made.",
            ["route", "method"],
            buckets=SECONDS,
            registry=registry,
        ),
        Counter("sidelight_sign_ins_refused", "Sign-ins that weren't let in.", registry=registry),
        Counter(
            "sidelight_slow_statements",
            "Statements of the database that took 200 ms or more.",
            ["process"],
            registry=registry,
        ),
        Counter("sidelight_cache_lookups", "What was looked up in a cache.", ["cache", "result"], registry=registry),
    )


@dataclass(frozen=True, eq=False)
class _Figures:
    figures: Iterable[Figure]

    def collect(self) -> Iterator[Metric]:
        for figure in self.figures:
            family: Any = GaugeMetricFamily(figure.name, figure.about, labels=[figure.label] if figure.label else [])
            for word, value in figure.values.items():
                family.add_metric([word] if figure.label else [], value)
            yield family
