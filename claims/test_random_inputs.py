"""Networks fit images whose pixels are noise, and do so sooner than random labels.

Zhang et al. 2017, section 2.1 and Figure 1a. The labels are the true ones; the pixels of all images are moved by one
permutation (shuffled), those of each by its own (random), or drawn from a Gaussian with the images' mean and variance.
Refuted by: a network that stops short of the training set, or another order of the times to fit.
"""

from functools import partial

from rethinking_audit.fixtures.claimkit.arms import Arm
from rethinking_audit.fixtures.claimkit.claim import Control, claim
from rethinking_audit.fixtures.statistics.judgement import Verdict
from rethinking_audit.fixtures.statistics.rules import at_most
from rethinking_audit.fixtures.statistics.several import all_hold
from rethinking_audit.fixtures.statistics.trends import in_order

# Figure 1a, from the quickest to the slowest; noise of the two kinds is not compared with itself.
ORDER = (("true",), ("shuffled",), ("gaussian", "random"), ("labels",))


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
        ),
        Control(
            "one nearest neighbour, which memorizes any images",
            {kind: Arm(inputs=kind, network="nearest-neighbour") for kind in ("shuffled", "random", "gaussian")},
            networks=("mlp-1x512",),
            expected=Verdict.HELD,
        ),
    ),
    networks=("inception", "alexnet", "mlp-1x512"),
)
def test_training_error_reaches_zero_on_noise(runs, paper, judge):
    """Shuffled pixels, random pixels and Gaussian noise are memorized too."""
    parts = {
        kind: partial(at_most, arm.train_error, paper.limit, quantity="training error") for kind, arm in vars(runs).items()
    }
    judge(all_hold(parts, paper.alpha))


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

    Time is the first epoch whose training loss is below 0.05, on frozen weights.
    """
    times = {" and ".join(group): [getattr(runs, name).time_to_fit for name in group] for group in ORDER}
    judge(in_order(times, paper.alpha, "time to fit"))
