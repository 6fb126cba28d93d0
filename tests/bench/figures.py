"""Figures that were measured, in the files from which docs are written."""

from __future__ import annotations

import json
import os
import platform
import tempfile
from pathlib import Path
from typing import Any

from lms.foundation import clock
from tests.bench.cost import Cost
from tests.bench.weigh import certificates

FILE = Path(__file__).resolve().parents[2] / "docs" / "figures" / "scale.json"


Measured = dict[tuple[str, int], dict[str, Cost]]


def save(found: Measured) -> None:
    """Write what pages cost, by database and enrolments, and what a PDF costs, with the machine and the day."""
    with tempfile.TemporaryDirectory(prefix="sidelight-bench-") as folder:
        made = certificates(Path(folder))
    head = {
        "measured": clock.today("UTC").isoformat(),
        "machine": f"{os.cpu_count()} CPUs of a virtual machine, Linux, Python {platform.python_version()}",
        "certificate_cpu_ms": round(made.warm, 1),
    }
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(_as_json(head, found), "utf-8")


def _as_json(head: dict[str, Any], found: Measured) -> str:
    """Return figures as JSON with a line for each page: its CPU ms, ms of 19 in 20, statements and bytes."""
    lines = [f"{json.dumps(name)}: {json.dumps(value)}," for name, value in head.items()]
    lines.append('"sites": [')
    for place, ((kind, size), costs) in enumerate(found.items()):
        lines.append(f'{"," * bool(place)}{{"database": "{kind}", "enrolments": {size}, "costs": {{')
        pages = [
            f"{json.dumps(name, ensure_ascii=False)}: {json.dumps(_rounded(cost))}" for name, cost in costs.items()
        ]
        lines += [",\n".join(pages), "}}"]
    return "\n".join(["{", *lines, "]", "}"]) + "\n"


def _rounded(cost: Cost) -> list[float]:
    return [round(cost.cpu, 3), round(cost.p95, 3), cost.statements, cost.size]


def read() -> dict[str, Any]:
    """Return what was measured last."""
    found: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return found
