"""The more labels are corrupted, the worse a network generalizes, and the time to fit them grows only a little.

Zhang et al. 2017, section 2.1 and Figures 1a, 1b and 1c. With probability p a label is replaced by a uniformly drawn class,
which may be the true one. The test labels are clean.
Refuted by: a training error above zero at some p; a generalization error that falls with p or ends away from chance; a
network that loses what the remaining true labels could teach it; a time to fit that grows many times, or with the number of
images; random labels whose loss falls evenly from the start.
"""

from rethinking_audit.fixtures.claimkit import GUEST, Arm, Control, Sweep, Verdict, claim, part

FIGURE_1 = ("inception", "alexnet", "mlp-1x512", GUEST)


@claim(
    "label-corruption/zero-training-error",
    source="section 2.1, Figure 1",
    refuted_by="a level of label corruption at which the network, with unchanged hyper-parameters, stops short",
    runs={"levels": Sweep()},
    control=(
        Control(
            "softmax regression on the most corrupted labels, which it has too few parameters to memorize",
            {"levels": Sweep(network="linear", only=(1.0,))},
            networks=("mlp-1x512",),
            images="many",
        ),
        Control(
            "ridge regression on the most corrupted labels",
            {"levels": Sweep(network="ridge", only=(1.0,))},
            networks=("mlp-1x512",),
            images="many",
        ),
        Control(
            "one nearest neighbour, which memorizes any labels",
            {"levels": Sweep(network="nearest-neighbour")},
            networks=("mlp-1x512",),
            expected=Verdict.HELD,
        ),
        Control(
            "a tree of eight leaves on the most corrupted labels, in place of linear models where images are few",
            {"levels": Sweep(network="tree", only=(1.0,))},
            networks=("mlp-1x512",),
            images="few",
        ),
    ),
    networks=FIGURE_1,
)
def test_training_error_is_zero_at_every_level(runs, paper, judge):
    """Training error is zero at every level of label corruption.

    A seed has fitted if its training error is no worse than the paper's worst at any level.
    """
    errors = {f"p = {level:g}": arm.train_error for level, arm in runs.levels.items()}
    judge.each_every_seed_fits(errors, paper.fitted)


@claim(
    "label-corruption/monotone-generalization-error",
    source="section 2.1, Figure 1c",
    refuted_by="a generalization error that falls as corruption rises, or ends away from chance; a test accuracy that "
    "loses what the remaining true labels are worth",
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
    """Generalization error grows steadily with label corruption and ends at chance; the remaining signal is captured."""
    errors = {level: arm.generalization_error for level, arm in runs.levels.items()}
    accuracies, last = {level: arm.test_accuracy for level, arm in runs.levels.items()}, runs.levels[max(errors)]
    grows = part.grows_steadily("rank correlation of generalization error with corruption", errors)
    falls = part.no_fall("fall of generalization error to the next level", errors, at_most=paper.drop)
    ends = part.at_chance(last.confusions, paper.drop)
    signal = part.signal_captured(accuracies, last.classes, last.tested, share=paper.share, last=paper.last)
    judge.all_hold({"grows": grows, "never falls": falls, "ends at chance": ends, "captures the signal": signal})


@claim(
    "label-corruption/slowdown",
    source="section 2.1, Figure 1b",
    refuted_by="corrupted labels that at some level take many times as long to fit as true ones, or are never fitted",
    runs={"levels": Sweep(), "true": Arm(corruption=0.0)},
    control=(
        Control(
            "softmax regression on the random labels, which never fits them",
            {"levels": Sweep(network="linear", only=(1.0,))},
            networks=("mlp-1x512",),
            images="many",
        ),
        Control(
            "a tree of eight leaves, in place of softmax regression where images are few",
            {"levels": Sweep(network="tree", only=(1.0,))},
            networks=("mlp-1x512",),
            images="few",
        ),
    ),
    networks=FIGURE_1,
    figure="1b",
)
def test_time_to_fit_grows_by_a_small_factor(runs, paper, judge):
    """At every level of corruption the labels take only a small factor longer to fit than true ones.

    Time is the number of steps until the training loss on frozen weights is below 0.05, never seconds.
    """
    what, true = "steps to fit, over those of true labels", runs.true.time_to_fit
    times = {f"p = {level:g}": arm.time_to_fit for level, arm in runs.levels.items() if level}
    judge.all_hold({name: part.ratio(what, slow, true, at_most=paper.limit) for name, slow in times.items()})


@claim(
    "label-corruption/slowdown-constant",
    source="section 2.1, Figure 1b",
    refuted_by="a factor between the times to fit random and true labels that grows with the number of images",
    runs={"true": Sweep(over="sizes"), "random": Sweep(over="sizes", corruption=1.0)},
    control=Control(
        "the times on true labels filed under the sizes turned round",
        {"true": Sweep(over="sizes", permuted=True)},
        networks=("mlp-1x512",),
    ),
    networks=FIGURE_1,
)
def test_the_factor_does_not_grow_with_the_number_of_images(runs, paper, judge):
    """The factor by which random labels take longer to fit is constant: it does not grow with the number of images.

    Judged is the exponent of the factor as a power of the number of images.
    """
    random, true = ({size: arm.time_to_fit for size, arm in sizes.items()} for sizes in (runs.random, runs.true))
    judge.grows_by("exponent of the slowdown in the number of images", random, true, at_most=paper.limit)


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
    what = "share of the time to fit before the loss has halved"
    judge.mean(what, runs.random.late_share, at_least=paper.limit, lowest=0, highest=1)
