"""Every claim is declared in full, judged in every tier, and calibrated."""

import ast
import tomllib

import pytest

from rethinking_audit.fixtures.claimkit import deviations
from rethinking_audit.fixtures.claimkit.case import cases, vouching
from rethinking_audit.fixtures.claimkit.paper import Paper, order
from rethinking_audit.fixtures.claimkit.tier_file import read
from tests.builders.claims import CLAIM_FILES, import_file
from tests.builders.places import ROOT

PAPER = ROOT / "claims" / "paper.toml"


def declared():
    for path in CLAIM_FILES:
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef):
                yield path, node


@pytest.mark.parametrize(("path", "test"), list(declared()), ids=lambda value: getattr(value, "name", None))
def test_every_claim_is_declared_with_a_statement_and_a_control(path, test):
    decorator = test.decorator_list[0]
    words = {keyword.arg for keyword in decorator.keywords}
    assert ast.get_docstring(test)
    assert {"runs", "control"} <= words
    if decorator.func.id == "claim":
        assert {"source", "refuted_by"} <= words
        assert decorator.args[0].value in order(PAPER)
    else:
        assert decorator.func.id == "same_claim"
        assert decorator.args[0].id in {other.name for file, other in declared() if file == path}


@pytest.mark.parametrize("path", CLAIM_FILES, ids=lambda path: path.name)
def test_a_claim_file_says_what_would_refute_it_and_holds_no_number(path):
    tree = ast.parse(path.read_text())
    assert "Refuted by:" in ast.get_docstring(tree)
    numbers = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, float)}
    assert numbers <= {0.0, 0.5, 1.0}, "a level of corruption or a share of a learning rate; the rest is in paper.toml"


NOT_IN = {"fast": {"regularizers/batch-norm"}, "small": {"regularizers/batch-norm"}}  # claims/tiers.toml says why
NETWORKS_ALONE = "small"  # the tier that solves no problem
IMAGENET = "imagenet"  # the tier that judges the claims of its name alone


def test_every_arm_of_a_claim_is_trained_in_every_tier():
    """A condition that no tier has would leave a claim unjudged in silence."""
    tiers = read(ROOT / "claims" / "tiers.toml")
    judged, solved = {name: set() for name in order(PAPER)}, set()
    for path in CLAIM_FILES:
        for claim in (test.claim for test in vars(import_file(path)).values() if hasattr(test, "claim")):
            judged[claim.id] |= {(case.tier.name, case.is_control) for case in cases(claim, tiers)}
            solved |= {claim.id} if any(case.subject in tiers["paper"].problems for case in cases(claim, tiers)) else set()
    for name, found in judged.items():
        lack = {tier for tier in tiers if name in NOT_IN.get(tier, ())} | ({NETWORKS_ALONE} if name in solved else set())
        lack |= set(tiers) - {IMAGENET} if name.startswith(f"{IMAGENET}/") else {IMAGENET}
        assert found == {(tier, control) for tier in tiers if tier not in lack for control in (False, True)}, name


def test_in_every_tier_a_control_can_vouch_for_every_case():
    """One that must come to the other verdict. No case could be HELD without."""
    tiers = read(ROOT / "claims" / "tiers.toml")
    declared = [test.claim for path in CLAIM_FILES for test in vars(import_file(path)).values() if hasattr(test, "claim")]
    judged = [case for claim in declared for case in cases(claim, tiers) if not case.is_control]
    assert [case.id for case in judged if {one.expected for one in vouching(case)} <= {case.expected}] == []


def test_every_expected_deviation_is_of_a_case():
    tiers = read(ROOT / "claims" / "tiers.toml")
    declared = [test.claim for path in CLAIM_FILES for test in vars(import_file(path)).values() if hasattr(test, "claim")]
    found = {(case.claim.id, case.tier.name, case.subject) for claim in declared for case in cases(claim, tiers)}
    listed = deviations.read(ROOT / "claims" / "deviations.toml")
    assert [entry for entry in listed if (entry.claim, entry.tier, entry.network) not in found] == []
    deviations.check(listed, order(PAPER), tiers, "deviations.toml")


def fast_cases():
    """The cases of the fast tier, without controls."""
    tier = {"fast": read(ROOT / "claims" / "tiers.toml")["fast"]}
    declared = [test.claim for path in CLAIM_FILES for test in vars(import_file(path)).values() if hasattr(test, "claim")]
    return [case for claim in declared for case in cases(claim, tier) if not case.is_control]


def test_every_claim_with_something_random_has_a_wrong_value_and_its_origin():
    """Beyond the limit, in every tier and of every network: the smallest deviation that matters is above zero."""
    tables = tomllib.loads(PAPER.read_text())
    tiers = read(ROOT / "claims" / "tiers.toml")
    declared = [test.claim for path in CLAIM_FILES for test in vars(import_file(path)).values() if hasattr(test, "claim")]
    for claim in declared:
        # What a reading deviates to is its control, and constructions are exact on whatever images are drawn.
        if claim.is_reading or claim.id.startswith("expressivity/"):
            continue
        random = [case for case in cases(claim, tiers) if any(spec.draws for spec in case.needs()) and not case.is_control]
        assert bool(random) == bool(tables[claim.id].get("wrong_origin")) == ("wrong" in tables[claim.id]), claim.id
        for case in random:
            assert Paper.read(PAPER, claim.id, case.tier.name, case.subject).wrong is not None, (claim.id, str(case))


def test_the_calibration_is_of_every_case_of_the_fast_tier_and_no_other(calibration):
    """Run `pytest claims -m fast --calibrate` after a claim, a network or a number of seeds has changed."""
    declared = {
        (case.claim.id, str(case)): max(
            (len(specs) for levels in case.tasks().values() for specs in levels.values() if specs[0].draws), default=0
        )
        for case in fast_cases()
    }
    assert {(one.claim, one.case): one.seeds for one in calibration.designs} == declared


def test_the_calibration_is_by_the_limits_and_wrong_values_of_the_paper(calibration):
    for one in calibration.designs:
        entry = Paper.read(PAPER, one.claim, *one.case.split("-", 1))
        if one.seeds and not one.claim.startswith("readings/"):
            assert one.wrong == pytest.approx(entry.wrong), one
        if one.wrong is not None and "limit" in entry.fields and "wrong_part" not in entry.fields:
            assert one.limit == pytest.approx(entry.limit), one
