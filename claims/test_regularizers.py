"""Explicit regularizers are neither necessary nor sufficient for generalization.

Zhang et al. 2017, section 3, Tables 1 and 4, Figure 2b.
Refuted by: a network that loses what it generalizes when weight decay and random crops are turned off, or that they keep
from fitting random labels; a regularizer that matters more than the network; a gain by early stopping.
"""

from functools import partial

from rethinking_audit.fixtures.claimkit.arms import Arm
from rethinking_audit.fixtures.claimkit.claim import Control, claim
from rethinking_audit.fixtures.statistics.judgement import Interval
from rethinking_audit.fixtures.statistics.rules import (
    at_most,
    larger_by,
    matters_more,
    mean_within,
    ratio_within,
    share_kept,
)
from rethinking_audit.fixtures.statistics.several import all_hold

GAIN, MORE = Interval(0, float("inf")), Interval(1, float("inf"))
WITH_CROPS = ("inception", "alexnet")  # the networks that Table 1 has random crops of


@claim(
    "regularizers/not-necessary",
    source="section 3, Table 1",
    refuted_by="a test accuracy that falls towards chance once every explicit regularizer is off",
    runs={"without": Arm(variant="table-1-none"), "full": Arm(variant="table-1-both")},
    control=Control("random labels in place of the unregularized arm", {"without": Arm(corruption=1.0)}),
)
def test_networks_generalize_without_regularizers(runs, paper, judge):
    """Networks generalize with every explicit regularizer turned off."""
    arms = runs.without.test_accuracy, runs.full.test_accuracy
    judge(share_kept(*arms, runs.full.classes, runs.full.tested, paper.limit, paper.alpha))


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

    Judged on the images as they are. What Table 4 gives is the accuracy on the augmented batches of the last epoch.
    """
    arms = vars(runs).items()
    parts = {name: partial(at_most, arm.train_error, paper.limit, quantity="training error") for name, arm in arms}
    judge(all_hold(parts, paper.alpha))


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
    crops, decay = runs.crops.test_accuracy, runs.weight_decay.test_accuracy
    quantity = "test accuracy with random crops less that with weight decay"
    judge(larger_by(crops, decay, GAIN, runs.crops.tested, paper.alpha, quantity))


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
    network, other = runs.network.test_accuracy, runs.other.test_accuracy
    regularized = {name: getattr(runs, name).test_accuracy for name in ("crops", "weight_decay", "both")}
    quantity = "change by another network less change by a regularizer"
    parts = {
        name: partial(matters_more, network, other, changed, runs.network.tested, quantity=quantity)
        for name, changed in regularized.items()
    }
    judge(all_hold(parts, paper.alpha))


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

    The epoch is chosen on one half of the test images and judged on the other, both ways.
    """
    gains = [(gain, gain) for gain in runs.curve.early_stopping_gain]
    judge(
        mean_within(
            gains, Interval(float("-inf"), paper.limit), paper.alpha, "test accuracy of the best epoch less the last"
        )
    )


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

    Steady is the sum of all falls of test accuracy from one epoch to the next.
    """
    normalized, plain = runs.normalized, runs.plain
    accuracies, tested = (normalized.test_accuracy, plain.test_accuracy), plain.tested
    falls = partial(ratio_within, plain.falls, normalized.falls, MORE, quantity="falls of test accuracy, without over with")
    points = partial(larger_by, *accuracies, GAIN, tested, quantity="test accuracy with BatchNorm less without")
    share = partial(share_kept, *reversed(accuracies), plain.classes, tested, paper.limit)
    judge(all_hold({"steadies": falls, "adds points": points, "is not the cause": share}, paper.alpha))
