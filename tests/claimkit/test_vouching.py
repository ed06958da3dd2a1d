"""Which controls vouch for which cases of a claim, whatever networks are chosen."""

from dataclasses import replace

from rethinking_audit.fixtures.claimkit.arms import Arm
from rethinking_audit.fixtures.claimkit.case import cases, vouching
from rethinking_audit.fixtures.claimkit.claim import Claim, Control
from rethinking_audit.fixtures.claimkit.tiers import NetworkPlan, Scale, Tier
from rethinking_audit.fixtures.data.datasets import find
from tests.builders.specs import RECIPE

TIER = Tier("fast", find("digits"), {name: NetworkPlan(RECIPE, 2) for name in "abc"}, tuple("abc"))
CROPS = {"crop": {"crop": True}}
CHOSEN_B = TIER.cut(Scale(networks=("b",)))


def declared(*controls, expected="HELD"):
    return Claim("x/y", "s", "t", "r", {"random": Arm(corruption=1.0)}, controls, lambda: None, expected=expected)


def names(claim, tier):
    return [str(case).removeprefix("fast-") for case in cases(claim, {"fast": tier})]


def vouched(claim, tier=TIER):
    """The names of what vouches, by the case's."""
    found = [case for case in cases(claim, {"fast": tier}) if not case.is_control]
    return {case.subject: " ".join(str(one).removeprefix("fast-") for one in vouching(case)) for case in found}


def test_a_case_has_its_own_controls_where_it_has_any():
    assert vouched(declared(Control("c", {}))) == {name: f"{name}-control" for name in "abc"}


def test_a_control_that_is_pinned_to_a_network_vouches_for_the_others():
    assert vouched(declared(Control("c", {}, networks=("a",)))) == dict.fromkeys("abc", "a-control")


def test_where_its_own_control_cannot_turn_red_another_network_vouches_as_well():
    claim = declared(Control("c", {}, networks=("a",)), Control("d", {}, networks=("b",), expected="HELD"))
    assert vouched(claim) == {"a": "a-control", "b": "b-control-2 a-control", "c": "a-control b-control-2"}


def test_a_reading_needs_one_that_must_hold():
    claim = declared(Control("c", {}), Control("d", {}, networks=("a",), expected="HELD"), expected="REFUTED")
    assert vouched(claim)["b"] == "b-control a-control a-control-2 c-control"


def test_a_control_of_linear_models_has_another_in_its_place_where_images_are_few():
    claim = declared(Control("linear", {}, images="many"), Control("tree", {}, images="few"))
    for size, control in {250: "b-control", 249: "b-control-2"}.items():  # digits have 7 x 7 pixels and 10 classes
        cut = TIER.cut(Scale(networks=("b",), train_size=size))
        assert vouched(claim, cut) == {"b": control}
        assert names(claim, cut) == ["b", control]


def test_a_network_that_is_not_chosen_vouches_and_is_not_judged():
    claim = declared(Control("c", {}, networks=("a",)), Control("d", {}, networks=("a",), expected="HELD"))
    assert names(claim, CHOSEN_B) == ["b", "a-control", "a-control-2"]
    assert vouched(claim, CHOSEN_B) == {"b": "a-control a-control-2"}


def test_the_controls_of_a_network_that_is_not_chosen_are_left_out_where_none_is_needed():
    assert names(declared(Control("c", {})), CHOSEN_B) == ["b", "b-control"]


def test_a_network_that_the_tier_does_not_judge_or_that_lacks_a_run_of_the_claim_cannot_vouch():
    claim = replace(declared(Control("c", {}, networks=("b",))), runs={"crops": Arm(under=("crop",))})
    plans = TIER.networks["b"], replace(TIER.networks["a"], conditions=CROPS)
    some = replace(TIER, networks={"a": plans[1], "b": plans[0], "c": plans[1]})
    assert vouched(claim, some) == {"a": "", "c": ""}
    every = replace(TIER, networks=dict.fromkeys("abc", plans[1]), judged=("a", "c"))
    assert vouched(claim, every) == {"a": "", "c": ""}, "the tier does not judge it"
    assert vouched(claim, replace(every, judged=tuple("abc"), chosen=("a",))) == {"a": "b-control"}


def test_a_control_whose_condition_the_tier_lacks_is_left_out_and_another_network_vouches():
    some = replace(TIER, networks={**TIER.networks, "a": replace(TIER.networks["a"], conditions=CROPS)})
    crops = Control("c", {"random": Arm(under=("crop",))})
    assert vouched(declared(crops), some) == {"a": "a-control", "b": "a-control", "c": "a-control"}
    assert vouched(declared(replace(crops, runs={"random": Arm(under=("crop",), optional=True)})), some)["b"] == "b-control"


def test_nothing_vouches_for_a_control():
    claim = declared(Control("c", {}, networks=("a",)))
    assert [vouching(case) for case in cases(claim, {"fast": TIER}) if case.is_control] == [[]]
