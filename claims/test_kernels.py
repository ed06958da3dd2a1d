"""A kernel machine without regularization fits its training set exactly and generalizes; its norm does not say how well.

Zhang et al. 2017, section 5 and Table 3. Gaussian kernels on pixels and on Gabor features, and a linear classifier on
random convolutional features, each solved directly in float64.
Refuted by: an interpolant at chance; an l2 that helps on MNIST; a norm that orders models by their error.
"""

from rethinking_audit.fixtures.claimkit.arms import Solve
from rethinking_audit.fixtures.claimkit.claim import Control, claim
from rethinking_audit.fixtures.statistics.exact import exactly, over_choices
from rethinking_audit.fixtures.statistics.judgement import Interval
from rethinking_audit.fixtures.statistics.rules import larger_by, mean_within
from rethinking_audit.fixtures.statistics.several import provided
from rethinking_audit.fixtures.tasks.solutions import largest

ANY = float("inf")


@claim(
    "kernel/interpolates-and-generalizes",
    source="section 5, Table 3",
    refuted_by="a machine that interpolates its training set and predicts no better than chance",
    runs={"machine": Solve(sweep=True)},
    control=Control("random labels, which it interpolates too", {"machine": Solve(corruption=1.0)}),
    problems=(
        *("raw", "gabor", "raw-colour", "random-filters"),
        *("raw-full", "gabor-full", "raw-colour-full", "random-filters-full"),
    ),
    figure="table 3",
)
def test_interpolation_without_regularization_generalizes(runs, paper, judge):
    """A kernel machine without regularization fits its training set exactly and generalizes.

    Judged at the largest size. Generalizing is an accuracy above chance by a share of what there is above chance.
    """
    found = largest(runs.machine)
    classes, tested = found.classes[0], found.tested[0]
    errors = found.bounds("test_error")
    floor = (sum(error * (1 - error) for error, _ in errors) / len(errors) ** 2 / tested) ** (1 / 2)
    premises = {
        "fits": exactly(max(found.train_error), Interval(0, 0), "training error", "%"),
        "interpolates": exactly(max(found.residual), Interval(0, paper.residual), "largest distance from a target"),
    }
    accepted = Interval(0, (1 - paper.share) * (1 - 1 / classes))
    judge(provided(premises, mean_within(errors, accepted, paper.alpha, "test error", floor=floor)))


@claim(
    "kernel/l2-does-not-help",
    source="section 5, Table 3",
    refuted_by="an l2 chosen on held-out images that lowers the test error",
    runs={"grid": Solve()},
    control=Control("half of the labels random, where fitting them all does harm", {"grid": Solve(corruption=1 / 2)}),
    problems=("raw-grid", "gabor-grid"),
)
def test_l2_brings_no_gain(runs, paper, judge):
    """L2 regularization brings no gain on MNIST, to neither model.

    The l2 is the best of a grid on held-out training images, at the kernel width that is best there without.
    """
    grid = runs.grid
    plain = [best[0].accuracy for best in grid.best]
    quantity = "test accuracy with l2 less that without"
    accepted = Interval(-ANY, paper.limit)
    judge(larger_by(grid.accuracies("l2_test_error"), plain, accepted, grid.tested[0], paper.alpha, quantity))


@claim(
    "kernel/minimum-norm-not-predictive",
    source="section 5",
    refuted_by="a larger norm that goes with a larger test error",
    runs={"smaller": Solve(), "larger": Solve(), "plain": Solve(variant="plain", optional=True)},
    control=Control("random labels: a larger norm that does tell of a larger error", {"larger": Solve(corruption=1.0)}),
    problems=("raw-grid", "gabor-grid", "gabor-over-raw"),
    figure="norms",
)
def test_the_norm_does_not_predict_the_error(runs, paper, judge):
    """The norm of the minimum-norm solution does not predict how well it generalizes.

    Of one kernel at several widths: the best on held-out images among those of at least 390/220 times the smallest norm is
    no worse than that of the smallest norm. Of the paper's two models on MNIST (gabor-over-raw): the better has the larger
    norm, whichever widths are taken that held-out images cannot tell from the best.
    """
    tested = runs.smaller.tested[0]
    if hasattr(runs, "plain"):
        raw, gabor = runs.plain.best[0], runs.larger.best[0]
        gain = larger_by(
            [gabor[0].accuracy], [raw[0].accuracy], Interval(0, ANY), tested, paper.alpha, "test accuracy, Gabor less raw"
        )
        ratios = [one.norm / other.norm for one in gabor for other in raw]
        judge(provided({"better": gain}, over_choices(ratios[0], ratios, Interval(1, ANY), "norm, Gabor over raw pixels")))
        return
    smaller = [min(machines, key=lambda machine: machine.norm) for machines in runs.smaller.machines]
    larger = [
        min((one for one in machines if one.norm >= paper.ratio * least.norm), key=lambda one: one.held_out_error)
        for machines, least in zip(runs.larger.machines, smaller, strict=True)
    ]
    quantity = "test accuracy at the larger norm less that at the smallest"
    accuracies = [one.accuracy for one in larger], [one.accuracy for one in smaller]
    judge(larger_by(*accuracies, Interval(-paper.margin, ANY), tested, paper.alpha, quantity))
