"""Test modules import builders and other helpers, never each other."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.conftest import ROOT


def imports_of_tests(path: Path) -> list[str]:
    """Return the test modules that a file imports, or imports something from."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{name}" for name in names]
        found += [name for name in names if any(part.startswith("test_") for part in name.split(".")[:-1])]
        found += [name for name in names if name.startswith("tests.") and name.split(".")[-1].startswith("test_")]
    return found


def test_no_module_imports_a_test_module() -> None:
    files = sorted((ROOT / "tests").rglob("*.py"))
    found = {str(path.relative_to(ROOT)): names for path in files if (names := imports_of_tests(path))}
    assert len(files) > 150
    assert found == {}


def test_every_way_of_importing_a_test_module_is_found(tmp_path: Path) -> None:
    file = tmp_path / "planted.py"
    for line in (
        "from tests.learning.test_once import count_rows",
        "from tests.learning import test_once",
        "import tests.learning.test_once",
        "import tests.learning.test_once as once",
    ):
        file.write_text(line)
        assert imports_of_tests(file), line
    file.write_text("from tests.builders.rows import count_rows\nfrom lms.certification import specimen\n")
    assert imports_of_tests(file) == []
