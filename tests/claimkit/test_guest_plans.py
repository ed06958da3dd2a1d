"""A user's network has a plan of its own in a tier, and stands in the claims that are about any network."""

import pytest

from rethinking_audit.fixtures.claimkit import tier_file
from rethinking_audit.fixtures.claimkit.arms import Arm
from rethinking_audit.fixtures.claimkit.case import Case, cases, vouching
from rethinking_audit.fixtures.claimkit.claim import Control, claim
from rethinking_audit.fixtures.claimkit.paper import Paper
from rethinking_audit.fixtures.claimkit.tiers import GUEST, NetworkPlan, Scale, Tier
from rethinking_audit.fixtures.data.datasets import find
from tests.builders.claims import CLAIM_FILES, import_file
from tests.builders.places import CLAIMS
from tests.builders.specs import RECIPE

NAME = "mine.py:net"
CONDITIONS = {"compared": {"seeds": 4}, "some": {}}
PLAN = NetworkPlan(RECIPE, 2, doses=(0.1,), conditions=CONDITIONS, train_size=100)
TIER = Tier("fast", find("digits"), {"alexnet": PLAN, "mlp-1x512": PLAN}, ("alexnet", "mlp-1x512"), guest=PLAN)
CONTROL = Control("", {"one": Arm(corruption=1.0)}, networks=("mlp-1x512",))


def declared(networks=(), under=()):
    @claim("toy/one", source="", refuted_by="", runs={"one": Arm(under=under)}, control=CONTROL, networks=networks)
    def judged(runs, paper, judge):
        """A toy."""

    return judged.claim


def cut(tier=TIER, **asked):
    return tier.cut(Scale(**asked))


def test_a_guest_is_judged_alone_or_beside_the_networks_that_are_asked_for():
    assert cut(guests=(NAME,)).asked == (NAME,)
    assert cut(guests=(NAME, "b:net"), networks=("alexnet",)).asked == ("alexnet", NAME, "b:net")
    assert cut().asked == TIER.judged
    assert cut(guests=(NAME,)).problems == {}


def test_a_guest_has_the_tiers_plan_for_guests_at_the_scale_that_is_asked_for():
    assert cut(guests=(NAME,)).networks[NAME] == PLAN
    assert cut(guests=(NAME,), seeds=5, train_size=50).networks[NAME].seeds == 5
    assert cut(guests=(NAME,)).networks["alexnet"] == PLAN


def test_a_recipe_changes_the_guests_alone():
    tier = cut(guests=(NAME,), recipe={"batch": 7})
    assert (tier.networks[NAME].recipe.batch, tier.networks["alexnet"].recipe) == (7, RECIPE)


def test_a_tier_without_a_plan_for_guests_judges_nothing_of_them():
    tier = cut(Tier("other", find("digits"), {"alexnet": PLAN}, ("alexnet",)), guests=(NAME,))
    assert (tier.asked, tier.guests, tier.problems) == ((), (), {})
    assert cases(declared(), {"other": tier}) == []


@pytest.mark.parametrize(("networks", "judged"), [((), True), (("alexnet", GUEST), True), (("alexnet",), False)])
def test_a_claim_about_any_network_or_about_guests_is_judged(networks, judged):
    found = cases(declared(networks), {"fast": cut(guests=(NAME,))})
    assert [case.subject for case in found if not case.is_control] == [NAME] * judged


def test_the_controls_of_another_network_vouch_for_a_guest():
    tier = cut(guests=(NAME,))
    case = Case(declared(), tier, NAME)
    assert [one.subject for one in vouching(case)] == ["mlp-1x512"]
    assert [str(one) for one in cases(declared(), {"fast": tier})] == [f"fast-{NAME}", "fast-mlp-1x512-control"]


@pytest.mark.parametrize("change", [{"weight_decay": 0.1}, {"crop": True}, {"flip": True}, {"dropout": 0.2}])
def test_a_recipe_that_regularizes_leaves_out_what_is_compared_without_regularizers(change):
    tier = cut(guests=(NAME,), recipe=change)
    assert list(tier.networks[NAME].conditions) == ["some"]
    assert cases(declared(under=("compared",)), {"fast": tier}) == []
    assert cases(declared(), {"fast": tier})


def test_noise_is_left_out_if_the_recipe_augments():
    tier = cut(guests=(NAME,), recipe={"crop": True})
    assert Arm(inputs="random").tasks(tier, NAME) == {}
    assert Arm().tasks(tier, NAME)


def test_no_network_has_more_images_than_the_data_set():
    plan = NetworkPlan(RECIPE, 2, sizes=(25, 50, 100), train_size=100)
    tier = Tier("fast", find("digits"), {"a": plan, "b": NetworkPlan(RECIPE, 2)}, ("a", "b")).within(60, 2)
    assert (tier.networks["a"].train_size, tier.networks["a"].sizes, tier.networks["b"].train_size) == (60, (25, 50), None)
    own = NetworkPlan(RECIPE, 2, train_size=100, data=find("mnist"))
    assert own.within(60, 2) == own


def test_every_tier_has_a_plan_for_guests_by_the_papers_recipe():
    for tier in tier_file.read(CLAIMS / "tiers.toml").values():
        assert tier.guest is not None, tier.name
        assert GUEST not in tier.networks
        assert tier.guest.recipe.momentum == tier.networks["mlp-1x512"].recipe.momentum


def test_every_claim_that_is_judged_for_guests_has_the_limits_that_it_needs():
    tiers = {name: tier.cut(Scale(guests=(NAME,))) for name, tier in tier_file.read(CLAIMS / "tiers.toml").items()}
    tests = [test for path in CLAIM_FILES for test in vars(import_file(path)).values() if hasattr(test, "claim")]
    judged = {case.id: case for test in tests for case in cases(test.claim, tiers) if case.subject == NAME}
    assert len({case.claim.id for case in judged.values()}) >= 10
    for case in judged.values():
        entry = Paper.read(CLAIMS / "paper.toml", case.claim.id, case.tier.name, NAME)
        assert set(entry.lacking) <= {"value"}, case.id
