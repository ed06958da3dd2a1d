"""What docs/data.md says of a data set happens: each row is made small, read or refused, and its quotation is printed."""

import ast
import re

import pytest

from rethinking_audit.fixtures.claimkit import tier_file
from rethinking_audit.fixtures.claimkit.tiers import Scale
from rethinking_audit.fixtures.data import room
from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.plugin import fitting
from tests.builders.data_rows import ROWS, SMALL
from tests.builders.places import CLAIMS, ROOT

pytestmark = pytest.mark.usefixtures("own_folders")
ROW = re.compile(r"\| (.+?) \| (.+?) \| (.*?) ?\| \[(\w+)\]\(\.\./(\S+)\) \|")
TABLES = [
    [found.groups() for line in table.splitlines() if (found := ROW.fullmatch(line))]
    for table in (ROOT / "docs" / "data.md").read_text().split("|---|---|---|---|\n")[1:]
]
FAST = tier_file.read(CLAIMS / "tiers.toml")["fast"]
OUTCOME = re.compile("read|said|refused")


def test_each_row_is_made():
    assert [[row[0] for row in table] for table in TABLES] == [list(rows) for rows in ROWS]


def observed(name, is_small):
    """Return what happens to a data set, and what is said of it."""
    try:
        data = find(name)
        remarks = list(data.remarks())
        assert data.about.train == len(data.load().train_labels)
        if is_small:
            tier = FAST.cut(Scale(data))
            after = fitting.fitted(tier)
            fitting.expect_every_class(after)
            remarks += fitting.remarks([tier], {"fast": after})
    except ValueError as error:
        return "refused", str(error)
    return ("said", "\n".join(remarks)) if remarks else ("read", "")


@pytest.mark.parametrize(
    ("make", "told", "quoted", "is_small"),
    [
        pytest.param(rows[kind], told, quoted, rows is SMALL, id=f"{number}-{kind[:60]}")
        for number, (table, rows) in enumerate(zip(TABLES, ROWS, strict=True))
        for kind, told, quoted, *_ in table
    ],
)
def test_each_row_happens(tmp_path, request, monkeypatch, make, told, quoted, is_small):
    if "memory" in request.node.name:
        monkeypatch.setattr(room, "free", lambda: 1_000)
    made = make(tmp_path / "made")
    for name in [made] if isinstance(made, str) else made:
        outcome, said = observed(name, is_small)
        assert (outcome, "\n" in said and outcome == "refused") == (OUTCOME.match(told)[0], False), said
        assert quoted.strip("“”") in said


@pytest.mark.parametrize(("test", "place"), sorted({tuple(row[3:]) for table in TABLES for row in table}))
def test_the_test_that_looks_closer_exists(test, place):
    tree = ast.parse((ROOT / place).read_text())
    assert test in [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
