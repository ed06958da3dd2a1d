"""Networks fit images whose pixels are noise, and do so sooner than random labels.

Zhang et al. 2017, section 2.1 and Figure 1a. The labels are true. One permutation moves the pixels of all images
(shuffled), each image has its own permutation (random), or the pixels are drawn from a Gaussian with the images' mean and
variance (gaussian).
Refuted by: a network that stops short of the training set, or another order of the times to fit.
"""

from rethinking_audit.fixtures.claimkit import GUEST, Arm, Control, Verdict, claim


@claim(
    "random-inputs/zero-training-error",
    source="section 2.1, Figure 1a",
    refuted_by="a network that, with unchanged hyper-parameters, stops short of shuffled, random or Gaussian pixels",
    runs={kind: Arm(inputs=kind) for kind in ("shuffled", "random", "gaussian")},
    control=(
        Control(
            "softmax regression, which has too few parameters to memorize noise",
            {kind: Arm(inputs=kind, network="linear") for kind in ("shuffled", "random", "gaussian")},
            networks=("mlp-1x512",),
            images="many",
        ),
        Control(
            "one nearest neighbour, which memorizes any images",
            {kind: Arm(inputs=kind, network="nearest-neighbour") for kind in ("shuffled", "random", "gaussian")},
            networks=("mlp-1x512",),
            expected=Verdict.HELD,
        ),
        Control(
            "a tree of eight leaves, in place of softmax regression where images are few",
            {kind: Arm(inputs=kind, network="tree") for kind in ("shuffled", "random", "gaussian")},
            networks=("mlp-1x512",),
            images="few",
        ),
    ),
    networks=("inception", "alexnet", "mlp-1x512", GUEST),
)
def test_training_error_reaches_zero_on_noise(runs, paper, judge):
    """Shuffled pixels, random pixels and Gaussian noise are memorized too.

    A seed has memorized them if its training error on each of the three is no worse than the paper's worst.
    """
    judge.each_every_seed_fits({kind: arm.train_error for kind, arm in runs.items()}, paper.fitted)


@claim(
    "random-inputs/convergence-order",
    source="section 2.1, Figure 1a",
    refuted_by="noise that is fitted before shuffled pixels, or after random labels",
    runs={
        "true": Arm(),
        "shuffled": Arm(inputs="shuffled"),
        "gaussian": Arm(inputs="gaussian"),
        "random": Arm(inputs="random"),
        "labels": Arm(corruption=1.0),
    },
    control=Control("true and random labels under each other's name", {"true": Arm(corruption=1.0), "labels": Arm()}),
    networks=("inception",),
    figure="1a",
)
def test_noise_is_fitted_before_random_labels(runs, paper, judge):
    """True labels are fitted first, then shuffled pixels, then noise, and random labels last.

    Time is the number of steps until the training loss on frozen weights is below 0.05. Each neighbour is compared.
    """
    order = {
        "true": [runs.true],
        "shuffled": [runs.shuffled],
        "gaussian and random": [runs.gaussian, runs.random],  # as in Figure 1a, but the two kinds of noise are not compared
        "labels": [runs.labels],
    }
    judge.in_order("steps to fit", {name: [arm.time_to_fit for arm in arms] for name, arms in order.items()})
