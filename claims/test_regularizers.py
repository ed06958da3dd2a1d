"""Explicit regularizers are neither necessary nor sufficient for generalization.

Zhang et al. 2017, section 3, Tables 1 and 4, Figure 2b.
Refuted by: a network that stops generalizing without weight decay and random crops, or that cannot fit random labels with
them; a regularizer that matters more than the network; a gain by early stopping.
"""

from rethinking_audit.fixtures.claimkit import Arm, Control, claim, part

WITH_CROPS = ("inception", "alexnet")  # the networks with random crops in Table 1


@claim(
    "regularizers/not-necessary",
    source="section 3, Table 1",
    refuted_by="a test accuracy that falls towards chance once every explicit regularizer is off",
    runs={"without": Arm(variant="table-1-none"), "full": Arm(variant="table-1-both")},
    control=Control("random labels in place of the unregularized arm", {"without": Arm(corruption=1.0)}),
)
def test_networks_generalize_without_regularizers(runs, paper, judge):
    """Networks generalize with every explicit regularizer turned off."""
    without, full = runs.without, runs.full
    judge.share_kept(without.test_accuracy, full.test_accuracy, full.classes, full.tested, at_least=paper.limit)


@claim(
    "regularizers/not-sufficient",
    source="section 3, Table 4",
    refuted_by="a regularizer that keeps the network from fitting random labels",
    runs={
        "weight decay": Arm(corruption=1.0, variant="table-4-weight-decay"),
        "random crops": Arm(corruption=1.0, variant="table-4-crop", optional=True),
        "flips and rotations": Arm(corruption=1.0, variant="table-4-rotation", optional=True),
    },
    control=Control(
        "a weight decay that stops any fit",
        {"weight decay": Arm(corruption=1.0, variant="too-much-weight-decay")},
        networks=("mlp-1x512",),
    ),
    networks=("inception", "alexnet", "mlp-3x512", "mlp-1x512"),
)
def test_random_labels_are_fitted_with_regularizers(runs, paper, judge):
    """Random labels are fitted with explicit regularizers turned on.

    Judged on the original images. Table 4 gives the accuracy on the augmented batches of the last epoch.
    """
    judge.each_at_most("training error", {name: arm.train_error for name, arm in runs.items()}, paper.limit)


@claim(
    "regularizers/augmentation-over-weight-decay",
    source="section 3, Table 1",
    refuted_by="weight decay that raises test accuracy as much as random crops do",
    runs={"crops": Arm(variant="table-1-crop"), "weight_decay": Arm(variant="table-1-weight-decay")},
    control=Control(
        "the two arms swapped", {"crops": Arm(variant="table-1-weight-decay"), "weight_decay": Arm(variant="table-1-crop")}
    ),
    networks=WITH_CROPS,
)
def test_crops_help_more_than_weight_decay(runs, paper, judge):
    """Augmenting the data helps more than weight decay."""
    accuracies = runs.crops.test_accuracy, runs.weight_decay.test_accuracy
    what = "test accuracy with random crops less that with weight decay"
    judge.difference(what, *accuracies, runs.crops.tested, at_least=0)


@claim(
    "regularizers/architecture-over-regularizer",
    source="section 3, Table 1",
    refuted_by="a regularizer that changes test accuracy as much as another network does",
    runs={
        "network": Arm(variant="table-1-none"),
        "other": Arm(network="mlp-1x512", variant="other-network"),
        "crops": Arm(variant="table-1-crop"),
        "weight_decay": Arm(variant="table-1-weight-decay"),
        "both": Arm(variant="table-1-both"),
    },
    control=Control(
        "random labels in place of every regularizer, which change accuracy more than another network does",
        {name: Arm(corruption=1.0) for name in ("crops", "weight_decay", "both")},
    ),
    networks=WITH_CROPS,
)
def test_the_network_matters_more_than_a_regularizer(runs, paper, judge):
    """Changing the network changes test accuracy more than any regularizer does."""
    regularized = {"crops": runs.crops, "weight_decay": runs.weight_decay, "both": runs.both}
    changed = {name: arm.test_accuracy for name, arm in regularized.items()}
    what = "change by another network less change by a regularizer"
    judge.matters_more(what, runs.network.test_accuracy, runs.other.test_accuracy, changed, runs.network.tested)


@claim(
    "regularizers/early-stopping",
    source="section 3, Figure 2b",
    refuted_by="a best epoch, chosen on held-out images, that beats the last one by as much as on ImageNet",
    runs={"curve": Arm(variant="to-the-end")},
    control=Control(
        "an MLP with half of the labels corrupted, which first learns the images and then the noise",
        {"curve": Arm(corruption=0.5, network="mlp-1x512", variant="to-the-end")},
    ),
    networks=("inception", "inception-without-batch-norm"),
)
def test_early_stopping_brings_no_gain(runs, paper, judge):
    """Early stopping brings no gain on CIFAR-10.

    One half of the test images chooses the epoch, the other half judges it; then the halves change roles.
    """
    judge.mean("test accuracy of the best epoch less the last", runs.curve.early_stopping_gain, at_most=paper.limit)


@claim(
    "regularizers/batch-norm",
    source="section 3, Table 1, Figure 2b",
    refuted_by="a network that trains as steadily or generalizes as well without BatchNorm, or not at all",
    runs={
        "normalized": Arm(variant="to-the-end"),
        "plain": Arm(network="inception-without-batch-norm", variant="to-the-end"),
    },
    control=Control(
        "the two arms swapped",
        {
            "normalized": Arm(network="inception-without-batch-norm", variant="to-the-end"),
            "plain": Arm(variant="to-the-end"),
        },
    ),
    networks=("inception",),
)
def test_batch_norm_steadies_and_is_not_the_cause(runs, paper, judge):
    """BatchNorm steadies training and adds a few points, and is not what makes a network generalize.

    Steadiness is the sum of all falls of test accuracy from one epoch to the next; less is steadier.
    """
    plain, normalized = runs.plain, runs.normalized
    without, full = plain.test_accuracy, normalized.test_accuracy
    steadies = part.ratio("falls of test accuracy, without over with", plain.falls, normalized.falls, at_least=1)
    points = part.difference("test accuracy with BatchNorm less without", full, without, plain.tested, at_least=0)
    kept = part.share_kept(without, full, plain.classes, plain.tested, at_least=paper.limit)
    judge.all_hold({"steadies": steadies, "adds points": points, "is not the cause": kept})
