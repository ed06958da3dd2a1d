"""Expected deviations: of a network or of a problem, and what of them a report says."""

import pytest

from rethinking_audit.fixtures.claimkit import deviations, tier_file
from rethinking_audit.fixtures.claimkit.deviations import Deviation
from rethinking_audit.fixtures.record.outcome import as_expected
from tests.builders.places import CLAIMS

TIERS = tier_file.read(CLAIMS / "tiers.toml")


def deviation(network):
    return Deviation("a/b", "paper", network, "cifar10", "INCONCLUSIVE", "2026-11-21", "because")


@pytest.mark.parametrize("network", ["alexnet", "gabor-over-raw"])
def test_a_deviation_is_of_a_network_or_a_problem(network):
    deviations.check([deviation(network)], ["a/b"], TIERS, "deviations.toml")


def test_a_deviation_of_neither_is_refused():
    with pytest.raises(ValueError, match="paper-resnet for a/b, expected one of fast-mlp-1x512"):
        deviations.check([deviation("resnet")], ["a/b"], TIERS, "deviations.toml")


@pytest.mark.parametrize(
    ("verdict", "listed", "says"),
    [
        ("INCONCLUSIVE", "INCONCLUSIVE", True),
        ("REFUTED", "REFUTED", True),
        ("REFUTED", "INCONCLUSIVE", False),
        ("INCONCLUSIVE", "REFUTED", True),
        ("HELD", "REFUTED", False),
    ],
)
def test_a_report_calls_expected_what_came_out_as_listed(verdict, listed, says):
    assert as_expected({"verdict": verdict, "deviation": {"verdict": listed}}) is says
    assert as_expected({"verdict": verdict, "deviation": None}) is False
    assert as_expected({"verdict": verdict}) is False
