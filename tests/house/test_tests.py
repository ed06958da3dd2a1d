"""The tests mirror the house: a folder for each room, what they share in one place, and no test imports another."""

import ast
import re

import pytest

from tests.builders.places import ROOT

TESTS = ROOT / "tests"
FILES = sorted(TESTS.rglob("test_*.py"))
ROOMS = {path.name for path in (ROOT / "fixtures").iterdir() if path.is_dir()}
OTHERS = {
    "ci",
    "claims",
    "docs",
    "faults",
    "house",
    "packaging",
    "reports",
}  # what is no room of fixtures/, or is about the whole


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TESTS)))
def test_a_test_lies_in_the_folder_of_what_it_is_about(path):
    folder, _ = path.relative_to(TESTS).parts
    assert folder in ROOMS | OTHERS


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TESTS)))
def test_no_test_imports_another(path):
    names = [name for name in imported(path) if name.startswith("tests.")]
    assert [name for name in names if any(part.startswith("test_") for part in name.split("."))] == []


def test_pyproject_lists_no_test_files():
    assert not re.search(r"\btest_\w+(\.py|::)", (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
