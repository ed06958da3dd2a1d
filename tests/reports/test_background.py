"""What stands behind the verdicts on its limits: very many claims, and none."""

from rethinking_audit.reports.background import background
from rethinking_audit.reports.overview import MOST_DRAWN
from tests.builders.records import outcome, synthetic


def test_of_very_many_claims_only_those_with_a_fault_have_a_row():
    for count, rows in ((MOST_DRAWN, MOST_DRAWN), (MOST_DRAWN + 1, 1)):
        audit = synthetic(count, networks=("alexnet",), seeds=1, runs=False)
        audit["claims"][3]["cases"][0]["control"] = outcome([0.1], "HELD")
        told = background(audit)
        assert (len(told.controls), told.claims, told.caught) == (rows, count, count - 1)
    assert told.controls == [("family/claim-3", ["! HELD"])]


def test_where_nothing_was_decided_nothing_can_be_wrong():
    assert (background(synthetic(0)).false_alarms, background(synthetic(0)).calibration) == ("", "")


def test_epochs_are_numbers_and_all_else_are_shares():
    row = {"place": "x", "network": "a", "paper": 0.004, "measured": 36.0, "low": None, "high": None}
    shown = background(
        synthetic(0) | {"replication": [{**row, "what": what} for what in ("epochs to fit", "test accuracy")]}
    )
    assert [told for _, *told in shown.replication] == [["4.0e-03", "36.00", "\u2013"], ["0.40 %", "3600.00 %", "\u2013"]]
