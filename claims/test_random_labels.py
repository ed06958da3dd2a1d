"""Networks fit random labels perfectly, and then generalize no better than chance.

Zhang et al. 2017, section 2.1 and Table 1 ("fitting random labels").
Refuted by: a network that, with unchanged hyper-parameters, stops short of the training set, or one that beats chance on
test images although its labels carried no information.
"""

from rethinking_audit.fixtures.claimkit import Arm, Control, Fallback, Verdict, claim


@claim(
    "random-labels/zero-training-error",
    source="section 2.1, Table 1",
    refuted_by="a network that, with unchanged hyper-parameters, stops short of the training set",
    runs={"random": Arm(corruption=1.0), "slower": Arm(corruption=1.0, variant="slower-decay", optional=True)},
    control=(
        Control(
            "softmax regression, which has too few parameters to memorize the labels",
            {name: Arm(corruption=1.0, network="linear") for name in ("random", "slower")},
            networks=("mlp-1x512",),
        ),
        Control(
            "ridge regression, which has too few as well",
            {name: Arm(corruption=1.0, network="ridge") for name in ("random", "slower")},
            networks=("mlp-1x512",),
        ),
        Control(
            "one nearest neighbour, which memorizes any labels",
            {name: Arm(corruption=1.0, network="nearest-neighbour") for name in ("random", "slower")},
            networks=("mlp-1x512",),
            expected=Verdict.HELD,
        ),
    ),
    figure="1a",
    fallback=Fallback({"random": "slower"}, "slower decay of the learning rate"),
)
def test_training_error_reaches_zero(runs, paper, judge):
    """Every random label is memorized.

    The paper's schedule decides. If it ends while the loss still falls, it decides nothing. Then the tier may judge by a
    slower decay of the learning rate, and the report says so.
    """
    judge.at_most("training error", runs.random.train_error, paper.limit)


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
