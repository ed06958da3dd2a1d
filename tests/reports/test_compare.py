"""Comparisons: what regressed is named and counts, what other seeds explain is not named."""

import copy
import json
import random

import pytest
from scipy import stats

from rethinking_audit.reports.__main__ import main
from rethinking_audit.reports.compare import compare
from rethinking_audit.reports.comparison import told
from rethinking_audit.reports.cusum import ALARM, Cusum
from rethinking_audit.reports.significance import holm, student, two_sided
from tests.builders.records import DIGITS, give, synthetic


def found(comparison):
    return {(finding.kind, finding.subject) for finding in comparison.regressions}


def shifted(audit, claim, network, by):
    (case,) = (case for case in audit["claims"][claim]["cases"] if case["network"] == network)
    return give(audit, claim, network, [value + by for value in case["judgement"]["values"]["by seed"]])


# Student's test


@pytest.mark.parametrize("freedom", [1, 2, 4, 8, 33, 1000])
@pytest.mark.parametrize("t", [0.0, 0.1, 1.0, 2.5, 6.3, 40.0])
def test_the_tail_of_students_t_is_scipys(t, freedom):
    assert two_sided(t, freedom) == pytest.approx(2 * stats.t.sf(t, freedom), rel=1e-7)
    assert two_sided(-t, freedom) == two_sided(t, freedom)


def test_one_stratum_is_the_test_of_two_samples():
    before, after = [1.0, 2.0, 4.0], [2.5, 5.0, 5.5, 7.0]
    change, same = student([(before, after)]), stats.ttest_ind(after, before)
    assert (change.t, change.p, change.freedom) == (pytest.approx(same.statistic), pytest.approx(same.pvalue), 5)


def test_strata_do_not_mix_their_levels():
    change = student([([1.0, 1.1], [2.0, 2.1]), ([100.0, 100.1], [101.0, 101.1])])
    assert change.difference == pytest.approx(1.0)
    assert change.p < 0.01


def test_without_scatter_any_difference_is_certain_and_none_is_none():
    assert student([([1.0, 1.0], [2.0, 2.0])]).p == 0
    assert student([([0.1 + 0.2, 0.3], [0.3, 0.3])]).p == 1
    assert student([([1.0], [2.0])]) is None


def test_values_in_steps_scatter_by_half_a_step_at_least():
    assert student([([10.0] * 5, [11.0] * 5)], step=1.0).p > 0.01
    assert student([([10.0] * 5, [15.0] * 5)], step=1.0).p < 1e-6


def test_holm_corrects_in_order_and_never_above_one():
    assert holm([0.01, 0.04, 0.03]) == [pytest.approx(0.03), pytest.approx(0.06), pytest.approx(0.06)]
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


# What other seeds explain


@pytest.mark.lengthy
def test_the_same_code_with_other_seeds_is_not_flagged_in_99_of_100_pairs():
    flagged = [
        told(comparison)
        for pair in range(100)
        if (
            comparison := compare(
                synthetic(claims=10, seeds=5, draw=2 * pair), synthetic(claims=10, seeds=5, first_seed=5, draw=2 * pair + 1)
            )
        ).regressions
    ]
    assert len(flagged) <= 1, flagged


def test_an_audit_against_itself_tests_nothing_that_could_differ():
    audit = synthetic()
    comparison = compare(audit, copy.deepcopy(audit))
    assert comparison.regressions == []
    assert [finding.text for finding in comparison.findings] == ["the runs are the baseline's own, from the store"]


# What they do not


def test_a_shift_a_slowdown_a_flip_and_a_missing_claim_are_each_named(tmp_path, capsys):
    old = synthetic()
    new = give(shifted(synthetic(first_seed=5), 1, "alexnet", 0.04), 2, "mlp-1x512", verdict="REFUTED")
    del new["claims"][4]
    for run in new["runs"].values():
        run["seconds"] *= 1.2 if run["spec"]["network"] == "alexnet" else 1
    expected = {
        ("moved", "family/claim-1 [fast, digits, alexnet]"),
        ("slower", "alexnet on digits"),
        ("verdict", "family/claim-2 [fast, digits, mlp-1x512]"),
        ("missing", "family/claim-4 [fast, digits, alexnet]"),
        ("missing", "family/claim-4 [fast, digits, mlp-1x512]"),
    }
    comparison = compare(old, new)
    assert found(comparison) == expected
    paths = [tmp_path / "old.json", tmp_path / "new.json"]
    for path, audit in zip(paths, (old, new), strict=True):
        path.write_text(json.dumps(audit))
    outputs = [f"--{kind}={tmp_path / kind}" for kind in ("html", "markdown", "json")]
    assert main(["compare", *map(str, paths), *outputs]) == 1
    for text in (capsys.readouterr().out, *(path.read_text() for path in map(tmp_path.joinpath, ("html", "json")))):
        assert all(subject in text for _, subject in expected)
        assert "1.20 times the seconds per step" in text
        assert "HELD, now REFUTED" in text
    assert all(f"`{subject}`" in (tmp_path / "markdown").read_text() for _, subject in expected)
    assert main(["compare", str(paths[0]), str(paths[0])]) == 0


def test_a_shift_in_either_direction_counts():
    for by in (0.1, -0.1):
        assert found(compare(synthetic(), shifted(synthetic(draw=0), 0, "alexnet", by))) == {
            ("moved", "family/claim-0 [fast, digits, alexnet]")
        }


def test_epochs_to_fit_are_compared_over_all_kinds_of_run():
    new = synthetic(first_seed=5, draw=1)
    for run in new["runs"].values():
        run["fit_loss"] = round(run["fit_loss"] * 1.3)
    assert found(compare(synthetic(), new)) == {("slower", "alexnet on digits"), ("slower", "mlp-1x512 on digits")}


def test_a_run_that_never_fits_took_its_budget():
    new = synthetic(first_seed=5, draw=1)
    for run in new["runs"].values():
        run.update(fit_loss=None, status="diverged", epochs=1)
    assert {kind for kind, _ in found(compare(synthetic(), new))} == {"slower"}


@pytest.mark.parametrize(
    ("before", "after", "deviation", "counts"),
    [
        ("HELD", "REFUTED", None, True),
        ("HELD", "ERROR", None, True),
        ("HELD", "NOT RUN", None, True),
        ("HELD", "INCONCLUSIVE", None, True),
        ("NOT RUN", "REFUTED", None, True),
        ("REFUTED", "HELD", None, False),
        ("INCONCLUSIVE", "NOT RUN", None, False),
        ("HELD", "REFUTED", {"verdict": "REFUTED", "reason": "known"}, False),
    ],
)
def test_a_verdict_that_got_worse_counts_unless_it_was_expected(before, after, deviation, counts):
    old = give(synthetic(), 0, "alexnet", verdict=before)
    new = give(synthetic(), 0, "alexnet", verdict=after, **({"deviation": deviation} if deviation else {}))
    comparison = compare(old, new)
    (finding,) = comparison.of("verdict")
    assert finding.regressed is counts
    assert finding.text.startswith(f"{before}, now {after}")


# What cannot be compared is said


def test_speed_is_not_compared_between_machines():
    new = synthetic(first_seed=5, draw=1)
    new["provenance"]["machine"]["processor"] = "another CPU"
    for run in new["runs"].values():
        run["seconds"] *= 3
    comparison = compare(synthetic(), new)
    assert comparison.regressions == []
    (finding,) = comparison.of("not compared")
    assert (finding.subject, "another machine" in finding.text) == ("speed", True)
    assert "machine.processor" in {finding.subject for finding in comparison.of("environment")}


def test_another_experiment_or_other_images_are_not_compared():
    recipe, images = synthetic(draw=1), synthetic(draw=1)
    for run in recipe["runs"].values():
        run["spec"]["recipe"]["batch"] = 32
    images["data"]["digits"] = {**DIGITS, "digest": "1" * 64}
    for new, reason in ((recipe, "another experiment, batch size 64 before and 32 now"), (images, "other images")):
        comparison = compare(synthetic(), new)
        assert reason in {finding.text for finding in comparison.of("not compared")}
        assert not comparison.of("moved")


def test_another_verdict_of_another_experiment_is_no_regression():
    new = give(synthetic(draw=1), 0, "alexnet", verdict="REFUTED")
    for run in new["runs"].values():
        run["spec"]["train_size"] = 901
    comparison = compare(synthetic(), new)
    assert (comparison.regressions, comparison.of("verdict")) == ([], [])
    (found,) = (one for one in comparison.of("not compared") if "HELD, now REFUTED" in one.text)
    assert found.text == "another experiment, training images 300 before and 901 now: HELD, now REFUTED"


def test_a_field_that_a_newer_version_added_is_no_other_experiment():
    new = shifted(synthetic(), 0, "alexnet", 0.1)
    for run in new["runs"].values():
        run["spec"]["rotation"] = 0.0
    assert {kind for kind, _ in found(compare(synthetic(), new))} == {"moved"}


def test_one_seed_says_nothing_but_against_several_it_does():
    alone = [synthetic(seeds=1, draw=draw, first_seed=draw) for draw in (0, 1)]
    comparison = compare(*alone)
    assert comparison.tested == 0
    assert any("one seed in each audit" in finding.text for finding in comparison.of("not compared"))
    assert found(compare(synthetic(claims=2), shifted(synthetic(claims=2, seeds=1, first_seed=9), 0, "alexnet", 0.3))) == {
        ("moved", "family/claim-0 [fast, digits, alexnet]")
    }


def test_seeds_without_a_number_are_left_out_and_counted():
    new = synthetic()
    new["claims"][0]["cases"][0]["judgement"]["values"]["by seed"][2] = None
    comparison = compare(synthetic(), new)
    (finding,) = (one for one in comparison.of("not compared") if "without a number" in one.text)
    assert finding.subject.endswith("by seed (0 before, 1 now)")


def test_a_narrowed_audit_lacks_what_it_was_not_asked_for():
    new = synthetic(claims=3)
    assert {kind for kind, _ in found(compare(synthetic(), new))} == {"missing"}
    comparison = compare(synthetic(), new, narrowed=True)
    assert comparison.regressions == []
    (finding,) = comparison.of("missing")
    assert finding.text == "not selected"
    assert finding.subject.startswith("family/claim-3 [fast, digits, alexnet], family/claim-3")


def test_what_was_not_run_before_is_no_loss_and_what_is_new_is_named():
    old = give(synthetic(), 0, "alexnet", verdict="NOT RUN")
    new = copy.deepcopy(old)
    del new["claims"][0]["cases"][0]
    assert compare(old, new).regressions == []
    assert [finding.subject for finding in compare(new, old).of("new")] == ["family/claim-0 [fast, digits, alexnet]"]


def test_a_limit_and_a_version_that_changed_are_named():
    new = synthetic()
    new["claims"][0]["cases"][0]["judgement"]["accepted"]["high"] = 0.6
    new["provenance"]["packages"]["torch"] = "2.16.0"
    comparison = compare(synthetic(), new)
    assert [finding.text for finding in comparison.of("limit")] == ["at most 50 % before, at most 60 % now"]
    assert [finding.text for finding in comparison.of("environment")] == ["2.15.0 before, 2.16.0 now"]


def test_the_same_numbers_in_several_claims_are_one_comparison():
    old, new = synthetic(claims=2, draw=0, runs=False), synthetic(claims=2, draw=1, runs=False)
    for audit in (old, new):
        audit["claims"][1]["cases"] = copy.deepcopy(audit["claims"][0]["cases"])
    assert compare(old, new).tested == 2


def test_what_is_no_audit_ends_with_4_and_one_sentence(tmp_path, capsys):
    (tmp_path / "audit.json").write_text(json.dumps(synthetic())[:1000])
    assert main(["compare", str(tmp_path / "audit.json"), str(tmp_path / "audit.json")]) == 4
    assert "is not JSON" in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        main(["compare", "one"])
    assert ended.value.code == 4


# CUSUM


def nights(shift, count, draw):
    chance, cusum = random.Random(draw), Cusum()
    for night in range(count):
        move = shift / 5**0.5 if night >= 20 else 0.0
        cusum.add([chance.gauss(move, 1) for _ in range(5)])
        if cusum.height > ALARM:
            return night
    return None


def test_a_cusum_of_nothing_stays_silent_and_one_of_a_drift_alarms_soon():
    assert sum(nights(0.0, 100, draw) is not None for draw in range(20)) <= 4  # one in about a thousand nights
    alarms = [nights(2.0, 60, draw) for draw in range(20)]
    assert None not in alarms
    assert sorted(alarms)[10] <= 28


def test_the_same_seeds_every_night_are_no_drift():
    cusum = Cusum()
    for _ in range(100):
        cusum.add([0.1, 0.12, 0.15, 0.11, 0.13])
    assert cusum.height == 0
