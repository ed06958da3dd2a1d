"""Readings: statements that summaries of the paper make of it, and that its own figures contradict.

The audit must find them REFUTED, by the rules and on the runs that decide the claims; that one is HELD is news. Their
control is data on which the reading would be right, and must be HELD.
Refuted by: what the paper shows instead, an error that grows with corruption and a time to fit that does too.
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

    Time is the first epoch whose training loss is below 0.05. Unaffected is a change, to either side, that is smaller than
    the smallest one that the paper shows.
    """
    what = "epochs to fit, random over true labels"
    judge.ratio(what, runs.random.time_to_fit, runs.true.time_to_fit, at_least=1 / paper.limit, at_most=paper.limit)
