"""docs/verdicts.md has every claim with the world that turns it red, and every world is a control or a test."""

import ast
import re

import pytest

from rethinking_audit.fixtures.claimkit.paper import order
from tests.builders.claims import CLAIM_FILES, import_file
from tests.builders.places import CLAIMS, ROOT

TEXT = (ROOT / "docs" / "verdicts.md").read_text()
SCEPTIC = 12  # rows of what a sceptic found
DECLARED = [test.claim for path in CLAIM_FILES for test in vars(import_file(path)).values() if hasattr(test, "claim")]


def sentences():
    """The names of the tests in tests/claims, as sentences."""
    for path in (ROOT / "tests" / "claims").glob("test_*.py"):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef):
                yield node.name.removeprefix("test_").replace("_", " ")


def rows(text, name):
    """The cells of the tables' rows whose first cell matches the name."""
    found = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("| ")]
    return [row for row in found if re.fullmatch(name, row[0])]


def unknown(text):
    """The quoted worlds that are neither a control of the row's claim nor a test."""
    tests = set(sentences())
    for row in rows(text, r"`[\w-]+/[\w-]+`|\d+"):
        controls = {one.description for claim in DECLARED if f"`{claim.id}`" == row[0] for one in claim.controls}
        yield from (world for world in re.findall("“(.*?)”", row[-1]) if world not in tests | controls)


@pytest.mark.parametrize("claim", order(CLAIMS / "paper.toml"))
def test_every_claim_has_the_world_that_turns_it_red_and_a_control_of_its_own(claim):
    (row,) = rows(TEXT, f"`{claim}`")
    controls = {one.description for declared in DECLARED if declared.id == claim for one in declared.controls}
    assert controls & set(re.findall("“(.*?)”", row[-1]))
    assert all(row)


def test_every_row_of_the_sceptic_has_its_test():
    found = rows(TEXT, r"\d+")
    assert [int(row[0]) for row in found] == list(range(1, SCEPTIC + 1))
    assert all(set(re.findall("“(.*?)”", row[-1])) & set(sentences()) for row in found)


def test_every_quoted_world_is_a_control_or_a_test():
    assert list(unknown(TEXT)) == []


@pytest.mark.parametrize("world", ["a start outside the span of the data", "seeds that are stuck are no fit"])
def test_a_world_that_nobody_tried_is_caught(world):
    assert set(unknown(TEXT.replace(world, f"{world} any more"))) == {f"{world} any more"}
