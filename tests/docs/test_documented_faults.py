"""docs/faults.md is the scorecard of `make faults`: each fault, what happens, and the tests that try it."""

from tests.builders.places import ROOT
from tests.faults.score import scorecard

HEAD = "| | what goes wrong | what happens | tests |"


def linked(test):
    path, _, name = test.partition("::")
    return f"[{name or path.rpartition('/')[2]}](../{path})"


def expected():
    for name, row in scorecard().items():
        yield f"| {name} | {row['fault']} | {row['happens']} | {', '.join(map(linked, row['tests']))} |"


def test_the_table_is_the_scorecard():
    _, _, table = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8").partition(f"{HEAD}\n|---|---|---|---|\n")
    assert table.splitlines() == list(expected())
