"""A control that vouches for several networks: named beside each case, and one everywhere else."""

import copy
import csv
import io

import pytest

from rethinking_audit.reports.background import background
from rethinking_audit.reports.measurements import table
from rethinking_audit.reports.merge import CannotMerge, merge
from rethinking_audit.reports.render import render
from rethinking_audit.reports.view import Controls, cards
from tests.builders.records import outcome, synthetic


def vouched(*networks):
    """An audit of one claim, for whose cases a control of an MLP vouches."""
    audit = synthetic(claims=1, networks=networks, seeds=2)
    control = {**outcome([0.9, 0.8], "REFUTED"), "expected": "REFUTED", "description": "softmax regression"}
    for case in audit["claims"][0]["cases"]:
        case["control"] = control if case["network"] == "mlp" else {**control, "network": "mlp"}
    return audit


def test_a_card_tells_the_control_once_by_its_own_network():
    audit = vouched("alexnet", "inception", "mlp")
    (card,) = cards(audit["claims"], audit["runs"])
    assert card.controls == [Controls("softmax regression", "REFUTED", ["mlp"], [], [])]
    assert [row.vouched for row in card.rows] == ["mlp", "mlp", ""]


def test_the_page_says_beside_a_case_which_network_vouches_for_it():
    page = render(vouched("alexnet", "mlp"))
    assert page.count("<small>control: mlp</small>") == 1
    assert "failed as intended</span> on mlp." in page


def test_what_stands_behind_has_the_sign_under_the_network_of_the_control():
    told = background(vouched("alexnet"))
    assert told.networks == ["alexnet", "mlp"]
    assert told.controls == [("family/claim-0", ["–", "✓"])]
    assert told.caught == 1


def test_the_measurements_of_a_control_are_listed_once_and_by_its_network():
    rows = list(csv.DictReader(io.StringIO(table(vouched("alexnet", "inception")))))
    found = [(row["network"], row["value"]) for row in rows if row["runs"] == "the control's"]
    assert found == [("mlp", "0.9"), ("mlp", "0.8")]


def test_two_records_in_which_a_control_came_out_otherwise_are_not_merged():
    one, other = vouched("alexnet"), vouched("inception")
    assert len(merge([("one", one), ("other", other)])["claims"][0]["cases"]) == 2
    changed = copy.deepcopy(other)
    changed["claims"][0]["cases"][0]["control"]["judgement"]["verdict"] = "INCONCLUSIVE"
    with pytest.raises(CannotMerge, match="a control of family/claim-0 on mlp did not come out the same"):
        merge([("one", one), ("other", changed)])
