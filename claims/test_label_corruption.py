"""The more labels are corrupted, the worse a network generalizes, and the time to fit them grows only a little.

Zhang et al. 2017, section 2.1 and Figures 1a, 1b and 1c. With probability p a label is replaced by a uniformly drawn class,
which may be the true one. The test labels are clean.
Refuted by: a training error above zero at some p; a generalization error that falls with p or ends away from chance; a time
to fit that grows without bound; random labels whose loss falls evenly from the start.
"""

from rethinking_audit.fixtures.claimkit import Arm, Control, Fallback, Sweep, Verdict, claim

FIGURE_1 = ("inception", "alexnet", "mlp-1x512")


@claim(
    "label-corruption/zero-training-error",
    source="section 2.1, Figure 1",
    refuted_by="a level of label corruption at which the network, with unchanged hyper-parameters, stops short",
    runs={"levels": Sweep()},
    control=(
        Control(
            "softmax regression on the most corrupted labels, which it has too few parameters to memorize",
            {"levels": Sweep(network="linear", levels=(1.0,))},
            networks=("mlp-1x512",),
        ),
        Control(
            "ridge regression on the most corrupted labels",
            {"levels": Sweep(network="ridge", levels=(1.0,))},
            networks=("mlp-1x512",),
        ),
        Control(
            "one nearest neighbour, which memorizes any labels",
            {"levels": Sweep(network="nearest-neighbour")},
            networks=("mlp-1x512",),
            expected=Verdict.HELD,
        ),
    ),
    networks=FIGURE_1,
)
def test_training_error_is_zero_at_every_level(runs, paper, judge):
    """Training error is zero at every level of label corruption."""
    errors = {f"p = {level:g}": arm.train_error for level, arm in runs.levels.items()}
    judge.each_at_most("training error", errors, paper.limit)


@claim(
    "label-corruption/monotone-generalization-error",
    source="section 2.1, Figure 1c",
    refuted_by="a generalization error that falls from one level of corruption to a higher one, or does not end at chance",
    runs={"levels": Sweep()},
    control=(
        Control("the same runs with their levels permuted", {"levels": Sweep(permuted=True)}),
        Control(
            "one nearest neighbour, whose predictions are as corrupted as the labels",
            {"levels": Sweep(network="nearest-neighbour")},
            networks=("mlp-1x512",),
            expected=Verdict.HELD,
        ),
    ),
    networks=FIGURE_1,
    figure="1c",
)
def test_generalization_error_grows_to_chance(runs, paper, judge):
    """Generalization error grows steadily with label corruption and ends at chance."""
    errors = {level: arm.generalization_error for level, arm in runs.levels.items()}
    judge.grows_to_chance(errors, runs.levels[max(errors)].confusions, paper.drop)


@claim(
    "label-corruption/slowdown",
    source="section 2.1, Figure 1b",
    refuted_by="random labels that take many times as long to fit as true ones, or are never fitted",
    runs={
        "true": Arm(corruption=0.0),
        "random": Arm(corruption=1.0),
        "true_slower": Arm(corruption=0.0, variant="slower-decay", optional=True),
        "random_slower": Arm(corruption=1.0, variant="slower-decay", optional=True),
        "levels": Sweep(),
    },
    control=Control(
        "softmax regression on the random labels, which never fits them",
        {name: Arm(corruption=1.0, network="linear") for name in ("random", "random_slower")},
        networks=("mlp-1x512",),
    ),
    networks=FIGURE_1,
    figure="1b",
    fallback=Fallback({"random": "random_slower", "true": "true_slower"}, "slower decay of the learning rate"),
)
def test_time_to_fit_grows_by_a_small_factor(runs, paper, judge):
    """Random labels take only a small constant factor longer to fit than true ones.

    Time is the first epoch with a training loss below 0.05 on frozen weights, never seconds. The paper's schedule decides.
    If it ends while the loss still falls, a slower decay of the learning rate decides, if the tier has one.
    """
    what = "epochs to fit, random over true labels"
    judge.ratio(what, runs.random.time_to_fit, runs.true.time_to_fit, at_most=paper.limit)


@claim(
    "label-corruption/late-then-quick",
    source="section 2.1, Figure 1a",
    refuted_by="random labels whose training loss has halved in the first half of the time that they take to fit",
    runs={"random": Arm(corruption=1.0)},
    control=Control("an MLP on the true labels, which learns from its first step", {"random": Arm(network="mlp-1x512")}),
    networks=("inception",),
    figure="1a",
)
def test_random_labels_start_late_and_converge_quickly(runs, paper, judge):
    """On random labels progress starts late, and once it has started the network converges quickly.

    One number measures both: the share of the time to fit that has passed when the loss has halved.
    """
    judge.mean("share of the time to fit before the loss has halved", runs.random.late_share, at_least=paper.limit)
