"""Explicit regularizers are neither necessary nor sufficient for generalization.

Zhang et al. 2017, section 3, Tables 1 and 4, Figure 2b.
Refuted by: a network that stops generalizing without weight decay and random crops, or that cannot fit random labels with
those that help; a regularizer that matters more than the network; a gain by early stopping.
"""

from rethinking_audit.fixtures.claimkit import GUEST, Arm, Control, Sweep, best, claim, part

WITH_CROPS = ("inception", "alexnet")  # the networks with random crops in Table 1
PLAIN = Arm(under=("compared",))
CROPS = Arm(under=("compared", "crop"))
SOME_CROPS = Arm(under=("compared", "crop"), optional=True)
BOTH = Arm(under=("compared", "crop-and-weight-decay"), optional=True)
DOSES = Sweep(over="doses", under=("compared",))


@claim(
    "regularizers/not-necessary",
    source="section 3, Table 1",
    refuted_by="a test accuracy that falls towards chance once every explicit regularizer is off",
    runs={"without": PLAIN, "weight_decay": DOSES, "crops": SOME_CROPS, "both": BOTH},
    treated={"weight_decay": "without", "crops": "without", "both": "without"},
    control=Control("random labels in place of the unregularized arm", {"without": Arm(corruption=1.0)}),
)
def test_networks_generalize_without_regularizers(runs, paper, judge):
    """Networks generalize with every explicit regularizer turned off.

    Compared with the regularizer that helps most: random crops, or a dose of weight decay. One half of the test images
    chooses it, the other half measures it.
    """
    without, regularized = runs.without, best.accuracies(runs.under("weight_decay", "crops", "both"))
    judge.share_kept(without.test_accuracy, regularized, without.classes, without.tested, at_least=paper.limit)


@claim(
    "regularizers/not-sufficient",
    source="section 3, Table 4",
    refuted_by="a regularizer that helps on true labels and keeps the network from fitting random ones",
    runs={
        "true": DOSES,
        "weight_decay": Sweep(over="doses", corruption=1.0),
        "random_crops": Arm(corruption=1.0, under=("table-4-crop",), optional=True),
        "rotations": Arm(corruption=1.0, under=("table-4-rotation",), optional=True),
        "without": Arm(corruption=1.0),
    },
    treated={"weight_decay": "without", "random_crops": "without", "rotations": "without"},
    control=Control(
        "a weight decay that stops any fit",
        {"weight_decay": Sweep(over="doses", corruption=1.0, under=("too-much-weight-decay",))},
        networks=("mlp-1x512",),
    ),
    networks=("inception", "alexnet", "mlp-3x512", "mlp-1x512", GUEST),
)
def test_random_labels_are_fitted_with_regularizers(runs, paper, judge):
    """Random labels are fitted with the regularizers that help on true labels.

    The dose of weight decay is the least that on true labels is as good as the best, within one standard error. Judged on
    the original images. Table 4 gives the accuracy on the augmented batches of the last epoch.
    """
    errors = {"weight decay": runs.weight_decay[best.level(runs.true)].train_error}
    errors |= {name: arm.train_error for name, arm in runs.under("random_crops", "rotations").items()}
    judge.each_every_seed_fits(errors, paper.fitted)


@claim(
    "regularizers/augmentation-over-weight-decay",
    source="section 3, Table 1",
    refuted_by="weight decay that raises test accuracy as much as random crops do",
    runs={"without": PLAIN, "crops": CROPS, "weight_decay": DOSES},
    treated={"crops": "without", "weight_decay": "without"},
    control=Control(
        "no treatment under the name of crops, and crops under that of weight decay",
        {"crops": PLAIN, "weight_decay": Sweep(over="doses", under=("compared", "crop", "no-weight-decay"))},
    ),
    networks=WITH_CROPS,
)
def test_crops_help_more_than_weight_decay(runs, paper, judge):
    """Augmenting the data helps more than weight decay, at the dose that helps most."""
    accuracies = runs.crops.test_accuracy, best.accuracies(runs.weight_decay)
    what = "test accuracy with random crops less that with weight decay"
    judge.difference(what, *accuracies, runs.crops.tested, at_least=0)


@claim(
    "regularizers/architecture-over-regularizer",
    source="section 3, Table 1",
    refuted_by="a regularizer that changes test accuracy as much as the step from an MLP to the network does",
    runs={"network": PLAIN, "mlp": Arm(network="mlp-1x512", under=("compared",)), "weight_decay": DOSES, "crops": CROPS},
    treated={"weight_decay": "network", "crops": "network"},
    control=Control(
        "the network and the MLP swapped", {"network": Arm(network="mlp-1x512", under=("compared",)), "mlp": PLAIN}
    ),
    networks=WITH_CROPS,
)
def test_the_network_matters_more_than_a_regularizer(runs, paper, judge):
    """A better network raises test accuracy more than any regularizer changes it."""
    treated = {name: arm.test_accuracy for name, arm in runs.under("weight_decay", "crops").items()}
    what = "gain over MLP 1x512 less the change by a regularizer"
    judge.matters_more(what, runs.network.test_accuracy, runs.mlp.test_accuracy, treated, runs.network.tested)


@claim(
    "regularizers/early-stopping",
    source="section 3, Figure 2b",
    refuted_by="a best epoch, chosen on held-out images, that saves as large a share of the error as on ImageNet",
    runs={"curve": Arm(under=("to-the-end",))},
    control=Control(
        "an MLP on digits with half of the labels corrupted, which first learns the images and then the noise",
        {"curve": Arm(corruption=0.5, network="mlp-1x512-on-digits", under=("to-the-end",))},
    ),
    networks=("inception", "inception-without-batch-norm", GUEST),
)
def test_early_stopping_brings_no_gain(runs, paper, judge):
    """Early stopping brings no gain on CIFAR-10.

    One half of the test images chooses the epoch, the other half judges it; then the halves change roles. A gain is a share
    of the error that is left at the last epoch.
    """
    judge.mean(
        "share of the last test error that the best epoch saves", runs.curve.early_stopping_gain, at_most=paper.limit
    )


@claim(
    "regularizers/batch-norm",
    source="section 3, Table 1, Figure 2b",
    refuted_by="a network that trains as steadily or generalizes as well without BatchNorm, or not at all",
    runs={
        "normalized": Arm(under=("to-the-end",)),
        "plain": Arm(network="inception-without-batch-norm", under=("to-the-end",)),
    },
    control=Control(
        "the two arms swapped",
        {
            "normalized": Arm(network="inception-without-batch-norm", under=("to-the-end",)),
            "plain": Arm(under=("to-the-end",)),
        },
    ),
    networks=("inception",),
)
def test_batch_norm_steadies_and_is_not_the_cause(runs, paper, judge):
    """BatchNorm steadies training and adds a few points, and is not what makes a network generalize.

    We take the mean drop of test accuracy from one epoch to the next; smaller is steadier. Each network has the best of
    its learning rates.
    """
    plain, normalized = runs.plain, runs.normalized
    without, full = plain.test_accuracy, normalized.test_accuracy
    steadies = part.ratio("accuracy drops without BatchNorm ÷ with", plain.falls, normalized.falls, at_least=1)
    points = part.difference("test accuracy with BatchNorm less without", full, without, plain.tested, at_least=0)
    kept = part.share_kept(without, full, plain.classes, plain.tested, at_least=paper.limit)
    judge.all_hold({"steadies": steadies, "adds points": points, "is not the cause": kept})
