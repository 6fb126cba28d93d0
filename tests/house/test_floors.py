"""Floors: within a room, views import pages, actions and records, and never the other way round."""

from __future__ import annotations

from functools import lru_cache

import grimp
import pytest

from tests.conftest import ROOT

# From the top; the last word of a module's name says on which floor it is, as in `check/refresher_views.py`.
FLOORS = ("views", "forms", "pages", "actions", "records", "events", "rules")
ROOMS = ("accounts", "library", "learning", "certification", "authoring", "coordination", "wellbeing")
SQL = ("sqlalchemy", "flask_sqlalchemy", "alembic")
WEB = ("flask", "flask_login", "flask_wtf", "wtforms", "werkzeug", "jinja2")
# An action whose refusal is a field's message, and what asks the site's settings, may know the form or the request.
KNOWN: set[tuple[str, str]] = set()


@lru_cache(maxsize=1)
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("lms", include_external_packages=True, cache_dir=None)


def floor_of(module: str) -> int | None:
    word = module.rsplit(".", 1)[-1].rsplit("_", 1)[-1]
    return FLOORS.index(word) if word in FLOORS else None


def modules_of(*floors: str) -> list[str]:
    inside = tuple(f"lms.{room}." for room in ROOMS)
    wanted = {FLOORS.index(floor) for floor in floors}
    return sorted(name for name in graph().modules if name.startswith(inside) and floor_of(name) in wanted)


def climbing(found: grimp.ImportGraph) -> list[tuple[str, str]]:
    """Return the imports within a room that lead from a floor to one above it."""
    up = []
    for importer in sorted(found.modules):
        floor = floor_of(importer)
        room = ".".join(importer.split(".")[:2])
        if floor is None or room.removeprefix("lms.") not in ROOMS:
            continue
        for imported in sorted(found.find_modules_directly_imported_by(importer)):
            other = floor_of(imported)
            if imported.startswith(f"{room}.") and other is not None and other < floor:
                up.append((importer, imported))
    return up


def test_no_floor_imports_one_above_it() -> None:
    assert climbing(graph()) == []


def test_an_import_that_climbs_is_found() -> None:
    planted = grimp.build_graph("lms", cache_dir=None)
    planted.add_import(importer="lms.library.records", imported="lms.library.views")
    assert climbing(planted) == [("lms.library.records", "lms.library.views")]


@pytest.mark.parametrize(
    ("floors", "unknown"), [(("views", "forms", "pages"), SQL), (("records", "actions"), WEB)], ids=["sql", "web"]
)
def test_views_speak_no_sql_and_records_know_no_web(floors: tuple[str, ...], unknown: tuple[str, ...]) -> None:
    found = [
        (module, imported)
        for module in modules_of(*floors)
        for imported in graph().find_modules_directly_imported_by(module)
        if imported.partition(".")[0] in unknown
    ]
    assert len(modules_of(*floors)) > 20
    assert found == []


def test_no_folder_has_more_modules_than_a_person_sees_at_once() -> None:
    """Fifteen beside its sub-rooms; migrations are a series."""
    folders = [folder for folder in (ROOT / "lms").rglob("*") if folder.is_dir() and folder.name != "versions"]
    modules = {folder: [file for file in folder.glob("*.py") if file.stem != "__init__"] for folder in folders}
    assert len(modules) > 60
    assert {str(folder.relative_to(ROOT)): len(found) for folder, found in modules.items() if len(found) > 15} == {}
