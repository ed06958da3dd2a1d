"""The shape of the project: who imports whom, and how short its conftest is."""

import ast

import pytest

from tests.builders.places import ROOT

SOURCES = [path for folder in ("claims", "fixtures", "reports") for path in sorted((ROOT / folder).rglob("*.py"))]


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def room(path):
    return path.relative_to(ROOT / "fixtures").parts[0] if path.is_relative_to(ROOT / "fixtures") else None


FORBIDDEN = {
    "claims": {"torch", "reports"},
    "reports": {"torch", "fixtures", "claims", "numpy", "scipy"},
    "fixtures": {"claims", "reports"},
}
SABOTAGE = ROOT / "fixtures" / "sabotage" / "plugin.py"  # is plugged in beside the plugin's room


# A room knows those that come before it, and nothing of those that come after.
KNOWS = {
    "data": {"data"},
    "networks": {"networks"},
    "statistics": {"statistics"},
    "theory": {"theory"},
    "training": {"data", "networks", "statistics", "training"},
    "learners": {"data", "learners", "training"},
}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_one_way(path):
    found = set(imports(path))
    tops = {name.partition(".")[0] for name in found}
    assert not tops & FORBIDDEN[path.relative_to(ROOT).parts[0]]
    if (name := room(path)) in KNOWS:
        rooms = {part.split(".")[1] for part in found if part.startswith("fixtures.")}
        assert rooms <= KNOWS[name], f"{name} must not know {rooms - KNOWS[name]}"
    if room(path) not in (None, "plugin") and path != SABOTAGE:
        assert "pytest" not in tops
    if room(path) not in (None, "sabotage"):
        assert not any(name.startswith("rethinking_audit.fixtures.sabotage") for name in found), (
            "an honest audit knows no fault"
        )


def test_statistics_knows_neither_torch_nor_files():
    for path in (ROOT / "fixtures" / "statistics").glob("*.py"):
        assert not {name.partition(".")[0] for name in imports(path)} & {"torch", "pathlib", "os", "io"}


def test_conftest_fits_on_one_screen():
    assert len((ROOT / "conftest.py").read_text().splitlines()) <= 50
