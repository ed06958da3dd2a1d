"""The scorecard names tests that exist, and one kill of `make faults` is tried in every run of the suite."""

import pytest

from tests.builders.places import ROOT
from tests.faults import resumes, score

ROWS = score.scorecard()
REPORT = """<testsuites><testsuite>
<testcase classname="tests.runs.test_store" name="test_a[1]"/>
<testcase classname="tests.runs.test_store" name="test_a[2]"><skipped/></testcase>
<testcase classname="tests.runs.test_store" name="test_b"><failure/></testcase>
</testsuite></testsuites>"""


def test_there_is_a_row_for_every_fault():
    assert list(ROWS) == [
        *(f"F{number:02}" for number in range(1, 31)),
        *(f"J{number}" for number in range(1, 5)),
        *(f"E{number:02}" for number in range(1, 15)),
    ]


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_the_tests_of_a_row_exist(row):
    for test in row["tests"]:
        path, _, name = test.partition("::")
        assert (ROOT / path).exists(), test
        assert not name or f"def {name}(" in (ROOT / path).read_text(), test


def test_a_row_passes_if_all_its_tests_ran_and_none_failed():
    found = score.outcomes(REPORT)
    assert found == {
        "tests/runs/test_store.py::test_a": ["passed", "skipped"],
        "tests/runs/test_store.py::test_b": ["failed"],
    }
    for tests, passes in (
        (["tests/runs/test_store.py::test_a"], True),
        (["tests/runs/test_store.py"], False),
        (["tests/runs/test_store.py::test_a", "tests/runs/test_none.py"], False),
    ):
        assert (score.not_right({"tests": tests}, found) == []) is passes


@pytest.mark.lengthy
def test_an_audit_that_is_killed_goes_on_to_the_same_numbers(tmp_path):
    project, expected = resumes.undisturbed(tmp_path)
    what, same = resumes.resumed(project, expected, 1, tmp_path)
    assert same, what
