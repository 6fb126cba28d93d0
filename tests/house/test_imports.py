"""Imports stand at the top of a file, also those that are loaded later; the few others say why they can't."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

LMS = Path(__file__).resolve().parents[2] / "lms"
# Files that import inside a function, and how many imports they have there.
INSIDE = {
    "certification/pdf/fonts/characters.py": 1,
    "certification/verification/sandbox.py": 1,
    "cli/serving/loading.py": 3,
    "cli/serving/serve.py": 1,
    "cli/serving/served_app.py": 1,
    "cli/shared.py": 1,
    "conformance/browser.py": 1,
    "content/markdown/blocks.py": 2,
    "content/model/safe.py": 1,
    "foundation/storage/elsewhere.py": 2,
}
INSIDE_MOST = 20
EXAMPLE = """if TYPE_CHECKING:
    import yaml
    from lms.certification.pdf import documents
else:
    yaml = late("yaml")  # 0.9 MB
    documents = late("lms.certification.pdf.documents")  # 41 MB

def ask():
    # Imported here because most sites have no bucket.
    from obstore.store import S3Store
    from obstore.exceptions import BaseError
"""


def inside_functions(source: str) -> tuple[int, list[str]]:
    """Return how many imports functions have, and those without a reason on the line above or above their group."""
    lines, found = source.splitlines(), set()
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            found |= {node.lineno for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)}
    reasoned: set[int] = set()
    for number in sorted(found):
        if lines[number - 2].strip().startswith("#") or number - 1 in reasoned:
            reasoned.add(number)
    return len(found), [lines[number - 1].strip() for number in sorted(found - reasoned)]


def badly_declared(source: str) -> list[str]:
    """Return late imports that say no cost, or that tools see as another module than the one that is loaded."""
    faults, lines = [], source.splitlines()
    for node in ast.parse(source).body:
        if not isinstance(node, ast.If) or not node.orelse:
            continue
        seen = {name: module for entry in node.body for name, module in _imported(entry)}
        for entry in node.orelse:
            if isinstance(entry, ast.Assign) and isinstance(entry.value, ast.Call) and _is_late(entry.value):
                (target,), (module,) = entry.targets, entry.value.args
                name = target.id if isinstance(target, ast.Name) else ""
                told = module.value if isinstance(module, ast.Constant) else ""
                if seen.get(name) != told or "  # " not in lines[entry.lineno - 1]:
                    faults.append(lines[entry.lineno - 1].strip())
    return faults


def _is_late(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == "late"


def _imported(entry: ast.stmt) -> list[tuple[str, str]]:
    if isinstance(entry, ast.Import):
        return [(one.asname or one.name, one.name) for one in entry.names]
    if isinstance(entry, ast.ImportFrom):
        return [(one.asname or one.name, f"{entry.module}.{one.name}") for one in entry.names]
    return []


def test_few_imports_are_inside_functions_and_each_says_why() -> None:
    found = {str(path.relative_to(LMS)): inside_functions(path.read_text("utf-8")) for path in LMS.rglob("*.py")}
    assert {name: count for name, (count, _without) in found.items() if count} == INSIDE
    assert sum(INSIDE.values()) < INSIDE_MOST
    assert {name: without for name, (_count, without) in found.items() if without} == {}


def test_late_imports_are_what_tools_see_and_say_what_they_cost() -> None:
    assert {
        str(path): faults for path in LMS.rglob("*.py") if (faults := badly_declared(path.read_text("utf-8")))
    } == {}


def test_the_example_is_as_it_should_be() -> None:
    assert inside_functions(EXAMPLE) == (2, []) and badly_declared(EXAMPLE) == []


@pytest.mark.parametrize(
    ("written", "planted", "found"),
    [
        ("  # 41 MB", "", 'documents = late("lms.certification.pdf.documents")'),
        ('late("yaml")', 'late("yarn")', 'yaml = late("yarn")  # 0.9 MB'),
        ("    # Imported here because most sites have no bucket.\n", "", "from obstore.store import S3Store"),
    ],
)
def test_a_planted_fault_is_found(written: str, planted: str, found: str) -> None:
    source = EXAMPLE.replace(written, planted)
    assert found in [*inside_functions(source)[1], *badly_declared(source)]
