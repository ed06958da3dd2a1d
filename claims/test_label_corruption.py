"""The more labels are corrupted, the worse a network generalizes, and the time to fit them grows only a little.

Zhang et al. 2017, section 2.1 and Figures 1b and 1c. A label is corrupted with probability p as a uniform class, the true
one included; the test labels are clean.
Refuted by: a generalization error that falls with p or ends away from chance; a time to fit that grows without bound.
"""

from fixtures.declaration import Arm, Control, Sweep, claim
from fixtures.statistics.rules import grows_to_chance, ratio_at_most


@claim(
    "label-corruption/monotone-generalization-error",
    source="section 2.1, Figure 1c",
    refuted_by="a generalization error that falls from one level of corruption to a higher one, or does not end at chance",
    runs={"levels": Sweep()},
    control=Control("the same runs with their levels permuted", {"levels": Sweep(permuted=True)}),
    figure="1c",
)
def test_generalization_error_grows_to_chance(runs, paper, judge):
    """Generalization error grows steadily with label corruption and ends at chance."""
    errors = {level: arm.generalization_error for level, arm in runs.levels.items()}
    judge(grows_to_chance(errors, runs.levels[max(errors)].confusions, paper.drop, paper.alpha))


@claim(
    "label-corruption/slowdown",
    source="section 2.1, Figure 1b",
    refuted_by="random labels that take many times as long to fit as true ones, or are never fitted",
    runs={"true": Arm(corruption=0.0), "random": Arm(corruption=1.0), "levels": Sweep()},
    control=Control(
        "random labels trained at a hundredth of the learning rate",
        {"random": Arm(corruption=1.0, learning_rate=0.01)},
        networks=("mlp-1x512",),
    ),
    figure="1b",
)
def test_time_to_fit_grows_by_a_small_factor(runs, paper, judge):
    """Random labels take only a small constant factor longer to fit than true ones.

    Time is the first epoch whose training loss is below 0.05, on frozen weights, never seconds.
    """
    times = runs.random.time_to_fit, runs.true.time_to_fit
    judge(ratio_at_most(*times, paper.limit, paper.alpha, "epochs to fit, random over true labels"))
