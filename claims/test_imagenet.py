"""Inception v3 fits a million random labels, and generalizes without its regularizers.

Zhang et al. 2017, sections 2.1 and 3, Table 2 and Figure 2a.
Refuted by: a network that stops short of random labels, or is above chance on test images after them; top-5 accuracy that
is lost without regularizers; another regularizer that helps as much as augmentation does.
"""

from rethinking_audit.fixtures.claimkit import Arm, Control, claim, part

NETWORKS = ("inception-v3", "inception-v3-narrow")
NONE = Arm(under=("compared",))
AUGMENTED = Arm(under=("compared", "augmentation"))
DROPOUT = Arm(under=("compared", "dropout"))
WEIGHT_DECAY = Arm(under=("compared", "weight-decay"))


@claim(
    "imagenet/random-labels",
    source="section 2.1, Table 2",
    refuted_by="a network that stops short of random labels, or is above chance on test images after them",
    runs={
        "random": Arm(corruption=1.0),
        "weight_decay": Arm(corruption=1.0, under=("table-2-weight-decay",), optional=True),
        "dropout": Arm(corruption=1.0, under=("table-2-dropout",), optional=True),
    },
    control=Control("the same network trained on the true labels", {"random": Arm()}),
    networks=NETWORKS,
)
def test_a_million_random_labels_are_fitted(runs, paper, judge):
    """Inception v3 fits random labels of ImageNet, and then tests at chance.

    Where weight decay and dropout are trained too, it must fit with them as well.
    """
    what = "training error on random labels"
    errors = {name: arm.train_error for name, arm in runs.under("random", "weight_decay", "dropout").items()}
    fits = {f"fits: {name}": part.mean(what, error, at_most=paper.limit) for name, error in errors.items()}
    judge.all_hold({**fits, "at chance": part.at_chance(runs.random.confusions, paper.margin)})


@claim(
    "imagenet/regularizers",
    source="section 3, Table 2, Figure 2a",
    refuted_by="top-5 accuracy that is lost without regularizers, or a regularizer that helps as much as augmentation",
    runs={
        "without": NONE,
        "augmentation": AUGMENTED,
        "dropout": DROPOUT,
        "weight_decay": WEIGHT_DECAY,
        "every": Arm(under=("compared", "every-regularizer")),
    },
    treated={"augmentation": "without", "dropout": "without", "weight_decay": "without", "every": "without"},
    control=Control(
        "no treatment under the name of augmentation, and augmentation under those of the others",
        {"augmentation": NONE, "dropout": AUGMENTED, "weight_decay": AUGMENTED},
    ),
    networks=NETWORKS,
)
def test_inception_v3_generalizes_without_regularizers(runs, paper, judge):
    """Without regularizers Inception v3 keeps most of its top-5 accuracy, and augmentation helps more than the others."""
    without, every, augmented = runs.without, runs.every, runs.augmentation
    top_5 = without.test_top5_accuracy, every.test_top5_accuracy
    parts = {"kept": part.share_kept(*top_5, without.top5_classes, without.tested, at_least=paper.limit)}
    for name, arm in runs.under("dropout", "weight_decay").items():
        what = f"test accuracy with augmentation less that with {name}"
        accuracies = augmented.test_accuracy, arm.test_accuracy
        parts[f"over {name}"] = part.difference(what, *accuracies, arm.tested, at_least=0)
    judge.all_hold(parts)
