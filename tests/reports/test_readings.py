"""Readings: they must be refuted, are told apart from the claims, and it is news where one held."""

import copy
from xml.etree import ElementTree

import pytest

from rethinking_audit.reports.annotations import workflow_commands
from rethinking_audit.reports.badge import badge
from rethinking_audit.reports.compare import compare
from rethinking_audit.reports.junit import junit
from rethinking_audit.reports.markdown import summary
from rethinking_audit.reports.measurements import table
from rethinking_audit.reports.merge import merge
from rethinking_audit.reports.render import render
from tests.builders.records import outcome, synthetic

STATEMENT = "Error falls as noise rises."


def with_reading(verdict="REFUTED"):
    """An audit with one reading of one network, made of a claim that it then lacks."""
    audit = synthetic(claims=3)
    reading = audit["claims"].pop()
    reading.update(id="readings/noise", statement=STATEMENT, verdict=verdict, expected="REFUTED")
    reading["cases"] = reading["cases"][:1]
    control = {**outcome([0.1], "HELD"), "expected": "HELD", "description": "levels permuted"}
    case = {**outcome([0.1, 0.11], verdict), "expected": "REFUTED", "deviation": None, "control": None}
    reading["cases"][0].update(case, other_controls=[control])
    return {**audit, "readings": [reading]}


def test_a_reading_has_a_section_of_its_own():
    page = render(with_reading())
    section = page[page.index('id="readings"') : page.index('id="background"')]
    assert STATEMENT in section
    assert "held as intended" in section
    assert STATEMENT not in page[: page.index('id="readings"')]
    assert 'href="#readings"' in page
    assert 'id="readings"' not in render(synthetic())


def test_a_summary_tells_what_the_data_say_of_it():
    text = summary(with_reading())
    assert "### Readings that the data contradict" in text
    assert "Error falls as noise rises." in text.replace("\\", "")
    assert "REFUTED, as it must be |" in text
    assert "HELD, expected REFUTED |" in summary(with_reading("HELD"))
    assert "Readings" not in summary(synthetic())


@pytest.mark.parametrize(("verdict", "errors", "failures"), [("REFUTED", 0, "0"), ("HELD", 1, "1")])
def test_a_reading_that_held_is_an_error_of_the_commit(verdict, errors, failures):
    audit = with_reading(verdict)
    assert workflow_commands(audit).count("::error") == errors
    assert ElementTree.fromstring(junit(audit)).get("failures") == failures
    assert ("1 refuted" in badge(audit)) is bool(errors)


def test_a_reading_that_came_to_hold_has_regressed():
    refuted, held = with_reading(), with_reading("HELD")
    assert [finding.subject for finding in compare(refuted, held).regressions] == ["readings/noise [fast, digits, alexnet]"]
    assert not compare(held, refuted).regressions


def test_its_measurements_are_exported_and_those_of_all_its_controls():
    rows = [row for row in table(with_reading()).splitlines() if row.startswith("readings/noise")]
    assert len(rows) == 3
    assert sum("the control's" in row for row in rows) == 1


def test_readings_are_merged_apart_from_the_claims():
    one, other = with_reading(), with_reading("HELD")
    other["claims"] = []
    other["readings"][0]["cases"][0].update(network="mlp-1x512", nodeid="claims/test_x.py::test_2[fast-mlp-1x512]")
    merged = merge([("one", copy.deepcopy(one)), ("other", other)])
    assert [claim["id"] for claim in merged["claims"]] == ["family/claim-0", "family/claim-1"]
    (reading,) = merged["readings"]
    assert [case["network"] for case in reading["cases"]] == ["alexnet", "mlp-1x512"]
    assert reading["verdict"] == "HELD"  # the worst of a reading
