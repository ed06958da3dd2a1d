"""Worlds in which a claim found since 2017 is false: the claim's own test must not find it HELD in any of them."""

import pytest

from tests.builders.solved import judged

HELD, INCONCLUSIVE, REFUTED = "HELD", "INCONCLUSIVE", "REFUTED"
SEEDS = range(5)


# since/easy-first


@pytest.mark.parametrize(
    ("corrected", "left", "verdict"),
    [(0.7, 0.0, HELD), (0.1, 0.0, REFUTED), (0.7, 0.2, REFUTED), (0.52, 0.0, INCONCLUSIVE)],
    ids=["corrected, then memorized", "learned at once", "never memorized", "half of them"],
)
def test_wrong_labels_that_are_learned_at_once_or_never_are_not_learned_later(corrected, left, verdict):
    values = [{"corrected": corrected + seed % 3 / 20, "left": left} for seed in SEEDS]
    assert judged("since/easy-first", "easy-first", network=values).verdict == verdict


# since/double-descent

MULTIPLES = (0.1, 0.5, 1.0, 10.0)


@pytest.mark.parametrize(
    ("errors", "verdict"),
    [
        ((0.44, 0.33, 0.78, 0.11), HELD),
        ((0.44, 0.33, 0.22, 0.11), REFUTED),
        ((0.44, 0.33, 0.78, 0.39), REFUTED),
        ((0.44, 0.33, 0.32, 0.78), REFUTED),
        ((0.44, 0.33, 0.461, 0.11), INCONCLUSIVE),
    ],
    ids=["down, up and down again", "only down", "down to above the first minimum", "only up in the end", "a small peak"],
)
def test_an_error_that_does_not_peak_or_does_not_fall_again_is_no_double_descent(errors, verdict):
    def solved(seed):
        accuracies = [1 - error + seed % 2 / 1000 * (error < 0.4) for error in errors]
        return {"tested": 2000, "multiples": list(MULTIPLES), "test_accuracies": accuracies}

    assert judged("since/double-descent", "double-descent", features=[solved(seed) for seed in SEEDS]).verdict == verdict


# since/average-stability


@pytest.mark.parametrize(
    ("true", "random", "largest", "verdict"),
    [
        (0.014, 0.07, 1.0, HELD),
        (0.07, 0.07, 1.0, INCONCLUSIVE),
        (0.07, 0.014, 1.0, REFUTED),
        (0.014, 0.07, 0.01, REFUTED),
    ],
    ids=["five times as much", "as much", "the other way round", "never far"],
)
def test_a_stability_that_is_the_same_for_true_and_random_labels_tells_nothing(true, random, largest, verdict):
    def solved(change):
        return [{"mean_change": change * (1 + seed % 3 / 10), "changes": [largest] * 5} for seed in SEEDS]

    runs = {"true": solved(true), "random": solved(random)[::-1]}
    assert judged("since/average-stability", "average-stability", **runs).verdict == verdict


# since/sharpness


@pytest.mark.parametrize(
    ("change", "powers", "verdict"),
    [(1e-15, 5, HELD), (1e-15, 0, REFUTED), (1e-3, 5, REFUTED), (1e-15, 2.01, INCONCLUSIVE)],
    ids=["sharper", "no sharper", "another function", "hardly sharp enough"],
)
def test_a_rescaling_that_changes_outputs_or_no_curvature_is_no_sharp_minimum_of_the_same_function(change, powers, verdict):
    values = [{"change": change * (1 + seed % 3 / 10), "powers": powers + seed % 3 / 10 - 0.1} for seed in SEEDS]
    assert judged("since/sharpness", "sharpness", network=values).verdict == verdict
