"""Imports run one way: the table of CONTRIBUTING holds for every file, and a planted import is found in every room."""

from pathlib import PurePosixPath

import pytest

from tests.builders.imports import EVERYTHING, forbidden, line_of, names, room_of, sources, table
from tests.builders.places import ROOT

LINES = table((ROOT / "CONTRIBUTING.md").read_text())
SOURCES = list(sources())
RESTRICTED = [room for room, line in LINES.items() if EVERYTHING not in line.rooms]


def read(place):
    return (ROOT / place).read_text(encoding="utf-8")


@pytest.mark.parametrize("place", [place for place in SOURCES if room_of(place) != "tests"], ids=str)
def test_a_file_imports_what_its_room_may(place):
    assert forbidden(place, read(place), LINES) == set()


def test_every_room_has_a_line_and_every_line_a_room():
    rooms = {room_of(place) for place in SOURCES} - {None}
    files = {line for line in LINES if "/" in line}
    assert set(LINES) - files == rooms
    for file in files:
        assert (ROOT / file).exists()


def test_no_module_lies_directly_in_fixtures():
    assert [path.name for path in (ROOT / "fixtures").glob("*.py")] == ["__init__.py"]


def test_a_room_imports_only_rooms_that_come_before_it():
    before = set()
    for room, line in LINES.items():
        assert line.rooms - {EVERYTHING} <= before, room
        before.add(room)


def test_statistics_reads_no_file():
    for place in SOURCES:
        if room_of(place) == "statistics":
            assert not {name.partition(".")[0] for name in names(place, read(place))} & {"pathlib", "os", "io"}


# The ways to import a module in a source; {module} is its whole name, {parent} and {last} its parts.
WAYS = {
    "at the top": "import {module}",
    "from": "from {parent} import {last}",
    "in a function": "def later():\n    import {module} as loaded\n    return loaded",
    "for types": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from {module} import Name",
    "in a string": 'SOLVER = "{module}:name"',
    "by a call": 'from importlib import import_module\nimport_module("{module}")',
    "put together": 'name = "x"\nimport_module(f"{module}.{{name}}")',
}


# A module of what is no room of fixtures.
OUTSIDE = {
    "reports": "rethinking_audit.reports.words",
    "claims": "rethinking_audit.claims.test_capacity",
    "rethinking_audit": "rethinking_audit.wiring",
    "ci": "ci.visit",
    "tests": "tests.builders",
    "conftest.py": "conftest",
}
PACKAGES = {"pytest", "torch", "numpy", "scipy", "sklearn", "requests", "fixtures"}


def planted_in(room):
    """A file of a room that might import something."""
    if "." in room:
        return PurePosixPath(room)
    inside = room in ("reports", "claims", "rethinking_audit", "ci")
    return PurePosixPath(f"{room}/planted.py" if inside else f"fixtures/{room}/planted.py")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("room", RESTRICTED)
def test_a_planted_import_is_found(room, way):
    place = planted_in(room)
    others = {other for other in LINES if "/" not in other} - {room_of(place)} - line_of(place, LINES).rooms
    assert others
    for other in others:
        module = OUTSIDE.get(other, f"rethinking_audit.fixtures.{other}.words")
        parent, _, last = module.rpartition(".")
        if way == "from" and not parent:
            continue
        text = WAYS[way].format(module=module, parent=parent, last=last)
        if way in ("in a string", "put together") and not module.startswith("rethinking_audit."):
            continue  # a word such as "ci" alone names no module
        assert forbidden(place, text, LINES) == {other}, text


@pytest.mark.parametrize("room", RESTRICTED)
def test_a_planted_package_is_found(room):
    place = planted_in(room)
    for package in {"pytest", "torch", "numpy", "scipy", "sklearn", "requests", "fixtures"} - line_of(
        place, LINES
    ).packages:
        assert forbidden(place, f"def later():\n    from {package}.part import name", LINES) == {package}


def test_a_relative_import_is_found():
    place = PurePosixPath("fixtures/data/planted.py")
    assert forbidden(place, "from ..runs import store", LINES) == {"runs"}
    assert forbidden(place, "from . import places", LINES) == set()
    assert forbidden(place, "from ...reports.words import number", LINES) == {"reports"}


def test_the_rooms_are_imported_under_one_name():
    """`import reports` in a checkout would make a second copy of what `rethinking_audit.reports` is."""
    for place in SOURCES:
        tops = {name.partition(".")[0] for name in names(place, read(place))}
        assert not tops & {"fixtures", "reports"}, place
