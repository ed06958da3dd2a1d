"""Readings: statements that summaries of the paper make, and that its figures or its experiments contradict.

The audit must refute them, by the same rules and on the same runs as the claims. Their control is data for which the
reading is right, and must be HELD. docs/verdicts.md has the readings that no run here can judge.
Refuted by: what the paper shows instead: error and time to fit grow with corruption, and regularizers decide neither
whether a network generalizes nor what it makes of random labels.
"""

from rethinking_audit.fixtures.claimkit import GUEST, Arm, Control, Sweep, Verdict, best, claim, part

FIGURE_1 = ("inception", "alexnet", "mlp-1x512", GUEST)


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


@claim(
    "readings/image-noise-lowers-the-error",
    source="a reading of section 2.1",
    refuted_by="a test error that grows from the original images to noisier ones",
    runs={
        "original": Arm(),
        "shuffled": Arm(inputs="shuffled"),
        "random": Arm(inputs="random"),
        "gaussian": Arm(inputs="gaussian"),
    },
    control=Control(
        "the order turned round",
        {
            "original": Arm(inputs="gaussian"),
            "shuffled": Arm(inputs="random"),
            "random": Arm(inputs="shuffled"),
            "gaussian": Arm(),
        },
        expected=Verdict.HELD,
    ),
    networks=("inception",),
    expected=Verdict.REFUTED,
)
def test_generalization_error_falls_as_images_get_noisier(runs, paper, judge):
    """Generalization error falls as the images get noisier.

    Noisier, step by step: the pixels of all images shuffled alike, those of each image by itself, Gaussian pixels. Each
    is fitted (random-inputs/zero-training-error), so that the test error is the generalization error.
    """
    before = {"shuffled": runs.original, "random": runs.shuffled, "gaussian": runs.random}
    steps = {kind: (arm.test_accuracy, before[kind].test_accuracy) for kind, arm in runs.under(*before).items()}
    tested = runs.original.tested
    judge.all_hold({kind: part.difference("fall of the error", *pair, tested, at_least=0) for kind, pair in steps.items()})


@claim(
    "readings/regularizers-improve-random-labels",
    source="a reading of section 3",
    refuted_by="a network that weight decay leaves at chance on random labels",
    runs={"regularized": Sweep(over="doses", corruption=1.0), "without": Arm(corruption=1.0)},
    treated={"regularized": "without"},
    control=Control(
        "true labels for the regularized networks",
        {"regularized": Sweep(over="doses", under=("compared",))},
        expected=Verdict.HELD,
    ),
    networks=("inception", "alexnet", "mlp-3x512", "mlp-1x512", GUEST),
    expected=Verdict.REFUTED,
)
def test_regularizers_improve_networks_trained_on_random_labels(runs, paper, judge):
    """Regularizers improve networks that are trained on random labels.

    Judged by the dose of weight decay that helps most: one half of the test images chooses it, the other half measures it.
    """
    regularized, without = best.accuracies(runs.regularized), runs.without
    what, limit = "test accuracy gained by weight decay on random labels", part.for_classes(paper.limit, without.classes)
    judge.difference(what, regularized, without.test_accuracy, without.tested, at_least=limit)


@claim(
    "readings/regularization-is-necessary",
    source="a reading of section 3",
    refuted_by="a network without any regularizer that beats chance",
    runs={"without": Arm(under=("compared",))},
    control=Control("random labels", {"without": Arm(corruption=1.0)}, expected=Verdict.HELD),
    expected=Verdict.REFUTED,
)
def test_regularization_is_necessary_with_more_parameters_than_examples(runs, paper, judge):
    """Regularization is necessary for a network with more parameters than examples.

    Then, without any explicit regularizer, its test accuracy would be that of chance.
    """
    judge.at_chance(runs.without.confusions, paper.margin)
