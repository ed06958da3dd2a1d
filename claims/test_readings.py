"""Readings: statements that summaries of the paper make, and that its own figures contradict.

The audit must refute them, by the same rules and on the same runs as the claims. Their control is data for which the
reading is right, and must be HELD.
Refuted by: what the paper shows instead: error and time to fit both grow with corruption.
"""

from rethinking_audit.fixtures.claimkit import Arm, Control, Sweep, Verdict, claim

FIGURE_1 = ("inception", "alexnet", "mlp-1x512")


@claim(
    "readings/noise-lowers-the-error",
    source="a reading of Figure 1c",
    refuted_by="a generalization error that grows with label corruption",
    runs={"levels": Sweep()},
    control=Control("the same runs with their levels permuted", {"levels": Sweep(permuted=True)}, expected=Verdict.HELD),
    networks=FIGURE_1,
    figure="1c",
    expected=Verdict.REFUTED,
)
def test_generalization_error_falls_as_noise_rises(runs, paper, judge):
    """Generalization error falls as label noise rises."""
    errors = {level: arm.generalization_error for level, arm in runs.levels.items()}
    judge.falls_with_level("rank correlation of generalization error with corruption", errors)


@claim(
    "readings/speed-is-unaffected",
    source="a reading of Figure 1b",
    refuted_by="random labels that take longer to fit than true ones",
    runs={"true": Arm(corruption=0.0), "random": Arm(corruption=1.0)},
    control=Control("the true labels in both arms", {"random": Arm(corruption=0.0)}, expected=Verdict.HELD),
    networks=FIGURE_1,
    figure="1b",
    expected=Verdict.REFUTED,
)
def test_training_speed_is_unaffected_by_random_labels(runs, paper, judge):
    """Training speed is unaffected by random labels.

    Time is the number of steps until the training loss is below 0.05. Speed is unaffected if it changes, in either way, by
    less than the smallest change the paper shows.
    """
    what = "steps to fit, random over true labels"
    judge.ratio(what, runs.random.time_to_fit, runs.true.time_to_fit, at_least=1 / paper.limit, at_most=paper.limit)
