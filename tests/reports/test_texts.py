"""Each export in full, of one small audit and of one comparison, read by a person once and kept in `tests/texts`."""

import json

import pytest

from rethinking_audit.reports.annotations import workflow_commands
from rethinking_audit.reports.badge import COLOURS, badge
from rethinking_audit.reports.compare import compare
from rethinking_audit.reports.comparison import Comparison, Finding, about, together, told
from rethinking_audit.reports.junit import junit
from rethinking_audit.reports.markdown import differences, summary
from rethinking_audit.reports.measurements import table
from tests.builders.places import TEXTS
from tests.builders.records import give, synthetic


def audit():
    """One case that was refuted as expected, one that broke, one that held; none of them trained."""
    made = synthetic(3, networks=("alexnet",), seeds=2, runs=False)
    expected = {"verdict": "REFUTED", "reason": "known"}
    made = give(made, 0, "alexnet", [0.25, 0.35], "REFUTED", reason="it was | too high\nby much", deviation=expected)
    made = give(made, 1, "alexnet", [0.1], "ERROR", reason="100 % broke: a, b")
    made = give(made, 2, "alexnet", [0.125, 0.375])
    (case,) = made["claims"][2]["cases"]
    case["judgement"]["values"]["more"] = [None, 1.0]
    case["paper"] = None
    made["not_run"] = [{"reason": "no GPU", "cost": "3 h"}]
    made["data"]["digits"]["stand_in"] = True
    return made


def comparison():
    """A measurement that moved, a verdict that fell, a claim that is gone, and what cannot be compared."""
    old = synthetic(4, networks=("alexnet",), seeds=2, runs=False)
    for claim, values in enumerate(([0.1, 0.11], [0.2, 0.2], [0.2, 0.3])):
        old = give(old, claim, "alexnet", values)
    new = give(give(old, 0, "alexnet", [0.4, 0.41]), 1, "alexnet", None, "REFUTED", reason="fell")
    del new["claims"][3]
    judged = new["claims"][2]["cases"][0]["judgement"]
    judged.update(accepted={"low": None, "high": 0.6}, values={"by seed": [None, 0.3], "other": [1]})
    new["provenance"]["packages"]["torch"] = "2.16.0"
    return compare(old, new)


EXPORTS = {
    "summary.md": lambda: summary(audit()),
    "junit.xml": lambda: junit(audit()),
    "table.csv": lambda: table(audit()),
    "annotations.txt": lambda: workflow_commands(audit()),
    "badge.svg": lambda: badge(audit()),
    "comparison.txt": lambda: told(comparison()),
    "comparison.md": lambda: differences(comparison()),
    "comparison.json": lambda: json.dumps(comparison().to_dict(), indent=1),
}


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_is_as_it_was_read(name):
    assert EXPORTS[name]().strip() == (TEXTS / name).read_text(encoding="utf-8").strip()


def test_a_badge_of_nothing_says_that_nothing_was_run():
    picture = badge(synthetic(0))
    assert 'aria-label="audit: 0 not run, 0 held"' in picture
    assert COLOURS["NOT RUN"] in picture


def test_a_comparison_without_a_finding_says_so():
    same = compare(audit(), audit())
    assert told(same).splitlines()[0].startswith("nothing regressed: ")
    assert differences(same).startswith("## ✓ Nothing regressed\n")
    assert same.to_dict()["regressed"] is False


def test_an_audit_without_a_commit_says_so():
    made = audit()
    made["provenance"]["commit"] = None
    assert about(made) == "2026-11-21T08:00:00Z (no commit, torch 2.15.0)"


def test_those_that_count_are_told_first():
    findings = [Finding("new", "a", "x"), Finding("new", "b", "y", True), Finding("moved", "c", "z", True)]
    found = Comparison("before", "after", findings, 1, 0.05)
    assert [one.subject for one in found.of("new")] == ["b", "a"]
    assert [one.subject for one in found.regressions] == ["b", "c"]
    assert found.headline == "2 regressions: after against the baseline, before"
    assert found.how.startswith("1 measurement tested (Student's test, Holm's correction): seeds alone would make any")
    assert found.how.endswith("move in 5 % of comparisons")


def test_three_subjects_are_named_and_the_others_counted():
    (three,) = together("k", {"why": ["a", "b", "c"]})
    (four,) = together("k", {"why": ["a", "b", "c", "d"]})
    assert (three.subject, four.subject, four.text) == ("a, b, c", "a, b, c and 1 more", "why")


def test_an_empty_audit_is_summed_up_too():
    made = synthetic(0)
    made["data"] = {}
    made["provenance"]["machine"].update(gpu="a GPU")
    first, _, where, *_ = summary(made).splitlines()
    assert first == "## Audit: nothing was judged"
    assert (
        where == "Understanding\\. On nothing; a GPU, torch 2\\.15\\.0."
        or where == "Understanding. On nothing; a GPU, torch 2.15.0."
    )
