"""Which cases and runs of two audits are of one experiment, and what keeps them from being compared."""

import pytest

from rethinking_audit.reports.experiment import differing, flat, kinds, obstacle, resolution, specs_of
from tests.builders.records import synthetic


def test_fields_have_dotted_names_and_differ_where_both_have_them():
    assert flat({"a": {"b": {"c": 1}, "d": {}}, "e": 2}) == {"a.b.c": 1, "a.d": {}, "e": 2}
    assert list(differing({"a": {"b": 1, "c": 2}, "x": 1}, {"a": {"b": 1, "c": 3}, "y": 1})) == [("a.c", 2, 3)]


def case_of(audit):
    return audit["claims"][0]["cases"][0]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, None),
        ({"quantity": "q"}, "another quantity, 'test error' before and 'q' now"),
        ({"unit": "x"}, "another unit, '%' before and 'x' now"),
        ({"measured": 7}, None),
    ],
)
def test_what_keeps_two_cases_from_being_compared_is_said(change, reason):
    old, new = synthetic(1), synthetic(1)
    case_of(new)["judgement"].update(change)
    assert obstacle(case_of(old), case_of(new), old, new) == reason


def test_other_images_and_other_trainings_are_not_compared():
    old, new = synthetic(1), synthetic(1)
    new["data"]["digits"]["digest"] = "1" * 64
    assert obstacle(case_of(old), case_of(new), old, new) == "other images"
    new = synthetic(1)
    for run in new["runs"].values():
        run["spec"]["recipe"]["batch"] = 65
    assert obstacle(case_of(old), case_of(new), old, new) == "another experiment, batch size 64 before and 65 now"
    del old["data"]["digits"], new["data"]["digits"]
    assert "batch size" in obstacle(case_of(old), case_of(new), old, new)


def test_a_trainings_spec_is_told_without_its_seed():
    audit = synthetic(1)
    ((place, spec),) = specs_of(case_of(audit), audit).items()
    assert place == ("random", "0.0")
    assert spec == {
        "data": "digits",
        "network": "alexnet",
        "corruption": 0.0,
        "train_size": 300,
        "width": 1.0,
        "recipe": {"batch": 64, "max_epochs": 300},
    }
    audit["runs"].clear()
    assert specs_of(case_of(audit), audit) == {}


def test_a_resolution_is_an_image_or_an_epoch():
    audit = synthetic(1)
    case = case_of(audit)
    assert resolution(case, audit) == 1 / 300
    keys = case["runs"]["random"]["0.0"]
    audit["runs"][keys[0]]["spec"]["train_size"] = None
    assert resolution(case, audit) == 1 / 300
    audit["runs"][keys[0]]["confusion"] = [[10, 20], [30, 40]]
    assert resolution(case, audit) == 1 / 100
    audit["runs"][keys[0]]["confusion"] = []
    assert resolution(case, audit) == 0.0
    case["judgement"].update(unit="x", measured=-6.0)
    for key, fit in zip(keys, (None, 4, 3, 5, None), strict=True):
        audit["runs"][key]["fit_loss"] = fit
    assert resolution(case, audit) == 2.0
    case["judgement"]["measured"] = None
    assert resolution(case, audit) == 0.0
    for key in keys:
        audit["runs"][key]["fit_loss"] = None
    case["judgement"]["measured"] = 6.0
    assert resolution(case, audit) == 0.0
    audit["runs"][keys[0]]["values"] = {"tested": 50}
    for key in keys[1:]:
        audit["runs"][key]["values"] = {"tested": 200}
    assert resolution(case, audit) == 0.0
    case["judgement"]["unit"] = "%"
    assert resolution(case, audit) == 1 / 50
    audit["runs"][keys[1]]["values"] = {}
    assert resolution(case, audit) == 0.0
    audit["runs"].clear()
    assert resolution(case, audit) == 0.0


def test_runs_are_of_one_kind_whatever_their_seed_and_new_fields():
    old, new = synthetic(1, seeds=2), synthetic(1, seeds=3, first_seed=7)
    for run in new["runs"].values():
        run["spec"]["added"] = 1
    found = kinds(old, new)
    assert [(len(before), len(after)) for before, after in found] == [(2, 3), (2, 3)]
    assert {run["spec"]["network"] for before, after in found for _, run in (*before, *after)} == {"alexnet", "mlp-1x512"}
    assert [len({run["spec"]["network"] for _, run in (*before, *after)}) for before, after in found] == [1, 1]
