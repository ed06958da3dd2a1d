"""Networks fit random labels perfectly, and then generalize no better than chance.

Zhang et al. 2017, section 2.1 and Table 1 ("fitting random labels").
Refuted by: a network that, with unchanged hyper-parameters, stops short of the training set, or one that beats chance on
test images although its labels carried no information.
"""

from rethinking_audit.fixtures.claimkit import Arm, Control, Verdict, claim


@claim(
    "random-labels/zero-training-error",
    source="section 2.1, Table 1",
    refuted_by="a network that, with unchanged hyper-parameters, stops short of the training set",
    runs={"random": Arm(corruption=1.0)},
    control=(
        Control(
            "softmax regression, which has too few parameters to memorize the labels",
            {"random": Arm(corruption=1.0, network="linear")},
            networks=("mlp-1x512",),
            images="many",
        ),
        Control(
            "ridge regression, which has too few as well",
            {"random": Arm(corruption=1.0, network="ridge")},
            networks=("mlp-1x512",),
            images="many",
        ),
        Control(
            "one nearest neighbour, which memorizes any labels",
            {"random": Arm(corruption=1.0, network="nearest-neighbour")},
            networks=("mlp-1x512",),
            expected=Verdict.HELD,
        ),
        Control(
            "a tree of eight leaves, in place of linear models where images are few",
            {"random": Arm(corruption=1.0, network="tree")},
            networks=("mlp-1x512",),
            images="few",
        ),
    ),
    figure="1a",
)
def test_training_error_reaches_zero(runs, paper, judge):
    """Every random label is memorized.

    A seed has memorized them if its training error is no worse than the paper's worst. Judged is the share of seeds that
    have, because a mean of errors near 0 and near 1 says little. A run that ends while its loss still falls counts neither
    way.
    """
    judge.every_seed_fits(runs.random.train_error, paper.fitted)


@claim(
    "random-labels/chance-test-accuracy",
    source="section 2.1, Table 1",
    refuted_by="a test accuracy that differs from 1/N by more than chance explains",
    runs={"random": Arm(corruption=1.0)},
    control=(
        Control("the same networks trained on the true labels", {"random": Arm(corruption=0.0)}),
        Control(
            "one nearest neighbour, which predicts the random labels themselves",
            {"random": Arm(corruption=1.0, network="nearest-neighbour")},
            networks=("mlp-1x512",),
            expected=Verdict.HELD,
        ),
    ),
)
def test_accuracy_is_chance(runs, paper, judge):
    """What was memorized from random labels tells nothing about new images."""
    judge.at_chance(runs.random.confusions, paper.margin)
