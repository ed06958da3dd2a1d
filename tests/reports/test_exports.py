"""What is made of a record besides its page: the summary, annotations, JUnit, the table and the badge."""

import csv
import io
import json
import time
from xml.etree import ElementTree

import pytest

from rethinking_audit.fixtures.record.reading import read_audit
from rethinking_audit.reports.__main__ import EXPORTS, main
from rethinking_audit.reports.annotations import MOST, workflow_commands
from rethinking_audit.reports.badge import badge
from rethinking_audit.reports.compare import compare
from rethinking_audit.reports.junit import junit
from rethinking_audit.reports.markdown import MOST_BYTES, escape, summary
from rethinking_audit.reports.measurements import table
from rethinking_audit.reports.render import render
from tests.builders.records import give, synthetic

# Markdown


def test_a_summary_tells_the_worst_first_and_folds_what_held():
    audit = give(give(synthetic(claims=2), 0, "alexnet", verdict="INCONCLUSIVE"), 1, "alexnet", verdict="REFUTED")
    text = summary(audit)
    assert text.index("### ✗ REFUTED (1)") < text.index("### ? INCONCLUSIVE (1)") < text.index("✓ HELD (2)")
    assert "## Audit: ✗ 1 REFUTED, ? 1 INCONCLUSIVE, ✓ 2 HELD" in text
    assert text.count("<details>") == text.count("</details>") == 1


@pytest.mark.lengthy
def test_a_summary_is_cut_in_time_and_says_so():
    audit = give(synthetic(claims=3000, runs=False), 0, "alexnet", verdict="REFUTED")
    for claim in audit["claims"]:
        for case in claim["cases"]:
            case["reason"] = "ü" * 400
            case["verdict"] = "ERROR"
    text = summary(audit)
    assert len(text.encode()) < MOST_BYTES + 200 < 1024 * 1024
    assert text.endswith("**Cut here: a summary may not be longer.** The rest is in audit.html.\n")


def test_markdown_has_no_meaning_in_escaped_text():
    assert escape("*a* _b_ `c` <d> [e](f) |g| #h") == r"\*a\* \_b\_ \`c\` \<d\> \[e\]\(f\) \|g\| \#h"
    assert escape("a\n# b") == r"a \# b"


# Annotations


def test_only_what_was_refuted_or_broke_is_annotated():
    audit = synthetic(claims=5)
    for place, verdict in enumerate(("REFUTED", "ERROR", "INCONCLUSIVE", "NOT RUN")):
        audit = give(audit, place, "alexnet", verdict=verdict)
    audit = give(audit, 4, "alexnet", verdict="REFUTED", deviation={"verdict": "REFUTED", "reason": "known"})
    assert workflow_commands(audit) == (
        "::error file=claims/test_x.py,title=REFUTED::family/claim-0 [fast, digits, alexnet]: it was REFUTED\n"
        "::error file=claims/test_x.py,title=ERROR::family/claim-1 [fast, digits, alexnet]: it was ERROR\n"
    )


def test_an_annotation_is_escaped_as_github_reads_it():
    audit = give(synthetic(claims=1), 0, "alexnet", verdict="ERROR", reason="100 %\nof it", nodeid="a,b:c::d")
    assert workflow_commands(audit) == (
        "::error file=a%2Cb%3Ac,title=ERROR::family/claim-0 [fast, digits, alexnet]: 100 %25 of it\n"
    )


def test_github_shows_ten_annotations_so_the_last_one_counts_the_rest():
    audit = synthetic(claims=12)
    for place in range(12):
        audit = give(audit, place, "alexnet", verdict="REFUTED")
    lines = workflow_commands(audit).splitlines()
    assert len(lines) == MOST
    assert lines[-1] == "::error title=more::3 more cases were refuted or broke; see the report"


def test_as_many_annotations_as_github_shows_need_no_last_one():
    audit = synthetic(claims=MOST)
    for place in range(MOST):
        audit = give(audit, place, "alexnet", verdict="REFUTED", nodeid="claims/test_x.py::TestClass::test_y[a::b]")
    lines = workflow_commands(audit).splitlines()
    assert len(lines) == MOST
    assert all(line.startswith("::error file=claims/test_x.py,title=REFUTED::family/claim-") for line in lines)


# JUnit, CSV, badge


def test_junit_counts_and_carries_the_figures():
    audit = synthetic(claims=5)
    for place, verdict in enumerate(("REFUTED", "ERROR", "INCONCLUSIVE", "NOT RUN")):
        audit = give(audit, place, "alexnet", verdict=verdict)
    audit = give(audit, 4, "alexnet", verdict="REFUTED", deviation={"verdict": "REFUTED", "reason": "known"})
    root = ElementTree.fromstring(junit(audit))
    assert {name: root.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "10",
        "failures": "1",
        "errors": "1",
        "skipped": "3",
    }
    case = root.find("testsuite/testcase")
    assert (case.get("classname"), case.get("name")) == ("family.claim-0", "fast-digits-alexnet")
    figures = {item.get("name"): item.get("value") for item in case.iter("property")}
    judged = audit["claims"][0]["cases"][0]["judgement"]
    assert float(figures["measured"]) == judged["measured"]
    assert [float(value) for value in figures["by seed"].split()] == judged["values"]["by seed"]
    assert figures["accepted in words"] == "at most 50 %"
    assert case.find("failure").get("type") == "REFUTED"
    assert [item.get("type") for item in root.iter("skipped")] == ["INCONCLUSIVE", "NOT RUN", "expected deviation"]


def test_the_table_has_every_measurement_of_claims_and_controls():
    audit = synthetic(claims=3)
    rows = list(csv.DictReader(io.StringIO(table(audit))))
    assert len(rows) == 3 * 2 * 2 * 5
    mine = [
        row for row in rows if (row["claim"], row["network"], row["runs"]) == ("family/claim-2", "alexnet", "the claim's")
    ]
    assert [float(row["value"]) for row in mine] == audit["claims"][2]["cases"][0]["judgement"]["values"]["by seed"]


@pytest.mark.parametrize(
    ("verdict", "fields", "text"),
    [
        ("HELD", {}, "4 held"),
        ("REFUTED", {}, "1 refuted, 3 held"),
        ("REFUTED", {"deviation": {"verdict": "REFUTED", "reason": "known"}}, "3 held"),
        ("NOT RUN", {}, "1 not run, 3 held"),
    ],
)
def test_a_badge_says_the_worst_and_what_held(verdict, fields, text):
    root = ElementTree.fromstring(badge(give(synthetic(claims=2), 0, "alexnet", verdict=verdict, **fields)))
    assert root.get("aria-label") == f"audit: {text}"


@pytest.mark.parametrize("name", EXPORTS)
def test_exports_are_printed_or_written(tmp_path, capsys, name):
    (tmp_path / "audit.json").write_text(json.dumps(give(synthetic(), 0, "alexnet", verdict="ERROR")))
    assert main([name, str(tmp_path / "audit.json")]) == 0
    printed = capsys.readouterr().out
    assert main([name, str(tmp_path / "audit.json"), str(tmp_path / "out")]) == 0
    assert (tmp_path / "out").read_text() == printed
    assert main([name, str(tmp_path / "audit.json"), str(tmp_path / "nowhere" / "out")]) == 4
    assert f"{str(tmp_path / 'nowhere' / 'out')!r} cannot be written: No such file" in capsys.readouterr().err


@pytest.mark.lengthy
def test_a_thousand_claims_are_told_in_five_seconds(tmp_path):
    audit = synthetic(claims=1000, networks=("alexnet",))
    (tmp_path / "audit.json").write_text(json.dumps(audit))
    started = time.process_time()
    read = read_audit(tmp_path / "audit.json")
    for make in (render, *(export for _, export in EXPORTS.values())):
        make(read)
    assert compare(audit, read).regressions == []
    assert time.process_time() - started < 5
