"""The paper as data: its numbers, figures and networks, and what the tiers take over from it."""

import tomllib

import pytest

from rethinking_audit.fixtures.claimkit.paper import Paper, figure, order
from rethinking_audit.fixtures.claimkit.tier_file import read
from rethinking_audit.fixtures.networks import NETWORKS, STREAMED
from tests.builders.places import ROOT

PAPER = ROOT / "claims" / "paper.toml"
MARGINS = tomllib.loads(PAPER.read_text())["random-labels/chance-test-accuracy"]["margin"]
TIERS = read(ROOT / "claims" / "tiers.toml")


def test_every_number_of_the_paper_has_its_place_and_every_limit_its_origin():
    tables = tomllib.loads(PAPER.read_text())
    for name in order(PAPER):
        assert tables[name]["where"]
        assert tables[name]["origin"]


@pytest.mark.parametrize(("network", "value"), [("alexnet", 0.0986), ("mlp-1x512", 0.1061), ("nobody", None)])
def test_the_papers_number_is_the_networks(network, value):
    entry = Paper.read(PAPER, "random-labels/chance-test-accuracy", "fast", network)
    assert entry.value == value
    assert entry.margin == MARGINS["fast"]
    with pytest.raises(AttributeError, match="'colour'"):
        _ = entry.colour


def test_a_limit_that_a_tier_lacks_is_an_error_where_it_is_asked_for():
    entry = Paper.read(PAPER, "random-labels/chance-test-accuracy", "own", "alexnet")
    assert entry.value == 0.0986
    expected = "no margin of random-labels/chance-test-accuracy for the tier own or for alexnet; it has fast, small, paper"
    with pytest.raises(AttributeError, match=expected):
        _ = entry.margin
    with pytest.raises(AttributeError, match=expected):
        _ = entry.at(0.001).margin


def test_a_limit_may_belong_to_a_tier():
    margins = [
        Paper.read(PAPER, "random-labels/chance-test-accuracy", tier, "alexnet").margin for tier in ("fast", "paper")
    ]
    assert margins == [MARGINS["fast"], MARGINS["paper"]]
    assert MARGINS["fast"] > MARGINS["paper"]


def test_the_papers_figures_are_data():
    relative = figure(ROOT / "claims" / "figures.csv", "1b")
    assert relative["inception"][-1] == (1.0, 3.6)
    assert {len(points) for points in relative.values()} == {11}


def test_the_tiers_train_the_papers_networks():
    for tier in TIERS.values():
        own = set(STREAMED) if tier.is_streamed else set()
        assert {plan.network or name for name, plan in tier.networks.items()} == set(NETWORKS) - {"linear"} | own
    for name in TIERS["paper"].judged:
        plan = TIERS["paper"].networks[name]
        recipe = plan.recipe
        assert (plan.width, plan.train_size, recipe.batch, recipe.momentum, recipe.lr_decay) == (1.0, None, 128, 0.9, 0.95)
        assert recipe.learning_rate == (0.1 if name.startswith("inception") else 0.01)


@pytest.mark.parametrize("tier", TIERS)
def test_every_tier_decays_in_an_epoch_as_the_paper_does(tier):
    """But for digits and for ImageNet, as claims/tiers.toml says."""
    for name, plan in TIERS[tier].networks.items():
        if plan.stream:
            continue
        for condition in ((), *((one,) for one in plan.conditions)):
            by_epoch = 0.999 if set(condition) & {"table-4-crop", "table-4-rotation"} else 0.95
            assert plan.under(condition).recipe.lr_decay == (0.99 if name.endswith("digits") else by_epoch), (
                name,
                condition,
            )


def test_the_paper_is_complete():
    tables = tomllib.loads(PAPER.read_text())
    assert len(tables["tables"]["1"]["rows"]) == 19
    assert [len(tables["tables"][name]["rows"]) for name in "234"] == [8, 5, 6]
    assert tables["parameters"] == {name: one.parameters for name, one in NETWORKS.items() if one.parameters}
    assert tables["recipe"]["learning_rate"] == {
        name: TIERS["paper"].networks[name].recipe.learning_rate for name in TIERS["paper"].judged
    }
    series = {name: len(figure(ROOT / "claims" / "figures.csv", name)) for name in ("1a", "1b", "1c", "2a", "2b")}
    assert series == {"1a": 5, "1b": 3, "1c": 3, "2a": 6, "2b": 4}


def test_every_open_choice_has_its_reason_and_every_contradiction_both_sides():
    tables = tomllib.loads(PAPER.read_text())
    assert all(set(entry) == {"what", "choice", "reason"} and all(entry.values()) for entry in tables["open"])
    assert all(set(entry) == {"item", "against", "view"} and all(entry.values()) for entry in tables["consistency"])
