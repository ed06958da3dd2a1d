"""No verdict without a control: what an audit that judged none leaves of a case, and how it counts controls."""

import pytest

from rethinking_audit.fixtures.record.exit_codes import controls_exit_code
from rethinking_audit.fixtures.record.outcome import believed, every_control, vouching_networks

REASON = "it was not its turn"


def control(verdict, expected="REFUTED", **fields):
    return {"verdict": verdict, "expected": expected, "reason": REASON, "description": "c", **fields}


@pytest.mark.parametrize(
    ("case", "controls", "reason"),
    [
        ({"verdict": "HELD"}, [], "no control of the claim was judged: none was collected"),
        ({"verdict": "HELD"}, [control("NOT RUN")] * 2, f"no control of the claim was judged: {REASON}"),
        (
            {"verdict": "HELD"},
            [control("NOT RUN"), control("HELD", "HELD")],
            f"no control that must be REFUTED of the claim was judged: {REASON}",
        ),
        (
            {"verdict": "HELD"},
            [control("HELD", "HELD")],
            "no control that must be REFUTED of the claim was judged: none was collected",
        ),
        ({"verdict": "REFUTED", "expected": "REFUTED"}, [], "no control of the reading was judged: none was collected"),
        (
            {"verdict": "HELD", "expected": "REFUTED"},
            [control("NOT RUN", "HELD")],
            f"no control of the reading was judged: {REASON}",
        ),
    ],
)
def test_without_a_control_that_was_judged_a_case_is_undecided_and_says_why(case, controls, reason):
    assert believed({"reason": None, **case}, controls) == {**case, "verdict": "INCONCLUSIVE", "reason": reason}


@pytest.mark.parametrize(
    ("case", "controls"),
    [
        ({"verdict": "HELD"}, [control("REFUTED"), control("NOT RUN", "HELD")]),
        ({"verdict": "REFUTED", "expected": "REFUTED"}, [control("HELD", "HELD")]),
        ({"verdict": "REFUTED"}, []),
        ({"verdict": "INCONCLUSIVE"}, []),
    ],
)
def test_one_control_vouches_and_a_refutation_stands(case, controls):
    assert believed({"reason": None, **case}, controls) == {"reason": None, **case}


@pytest.mark.parametrize(("found", "left"), [("HELD", "ERROR"), ("ERROR", "ERROR"), ("INCONCLUSIVE", "INCONCLUSIVE")])
def test_a_control_of_another_network_takes_the_verdict_too_and_is_named(found, left):
    case = believed({"verdict": "HELD", "reason": None}, [control(found, network="mlp")])
    assert case["verdict"] == left
    assert case["reason"].startswith(f"its control (mlp) was {found}, expected REFUTED")


def test_a_control_that_vouches_for_several_cases_counts_once():
    own, other = control("HELD"), control("HELD", network="mlp")
    cases = [("mlp", own), ("alexnet", other), ("inception", other)]
    listed = [{"tier": "fast", "network": network, "control": one} for network, one in cases]
    audit = {"claims": [{"id": "a/b", "cases": listed}, {"id": "a/c", "cases": listed[1:]}]}
    assert [(claim["id"], network) for claim, _, network, _ in every_control(audit)] == [("a/b", "mlp"), ("a/c", "mlp")]
    assert controls_exit_code(audit) == 1
    assert [vouching_networks(case) for case in listed] == [[], ["mlp"], ["mlp"]]
