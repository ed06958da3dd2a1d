"""A kernel machine without regularization fits its training set exactly and generalizes; its norm does not say how well.

Zhang et al. 2017, section 5 and Table 3. Gaussian kernels on pixels and on Gabor features, and a linear classifier on
random convolutional features, are solved directly in float64.
Refuted by: an interpolant at chance; an l2 that helps on MNIST; a norm that orders models by their error.
"""

from rethinking_audit.fixtures.claimkit import Control, Solve, claim, part, same_claim


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

    Judged at the largest size. A machine generalizes if its accuracy covers a stated share of the way from chance to 100 %.
    """
    largest = runs.machine[max(runs.machine)]
    fits = part.exactly("training error", max(largest.train_error), at_most=0, unit="%")
    interpolates = part.exactly("largest distance from a target", max(largest.residual), at_most=paper.residual)
    classes, tested = largest.classes[0], largest.tested[0]
    generalizes = part.beats_chance("test error", largest.test_error, paper.share, classes, tested)
    judge.provided({"fits": fits, "interpolates": interpolates}, generalizes)


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

    Held-out training images choose the kernel width without l2, and then the best l2 of a grid at that width.
    """
    what, tested = "test accuracy with l2 less that without", runs.grid.tested[0]
    judge.difference(what, runs.grid.accuracies("l2_test_error"), runs.grid.best_accuracy, tested, at_most=paper.limit)


@claim(
    "kernel/minimum-norm-not-predictive",
    source="section 5",
    refuted_by="a larger norm that goes with a larger test error",
    runs={"smaller": Solve(), "larger": Solve()},
    control=Control("random labels: a larger norm that does tell of a larger error", {"larger": Solve(corruption=1.0)}),
    problems=("raw-grid", "gabor-grid"),
    figure="norms",
)
def test_the_norm_does_not_predict_the_error(runs, paper, judge):
    """The norm of the minimum-norm solution does not predict how well it generalizes.

    For one kernel at several widths: held-out images choose the best among the widths with at least 390/220 times the
    smallest norm, and it is no worse than the width with the smallest norm. For the paper's two models on MNIST
    (gabor-over-raw): the better one has the larger norm, at all widths that held-out images cannot tell from the best.
    """
    smallest = runs.smaller.accuracy_at_smallest_norm
    larger = runs.larger.accuracy_at_larger_norm(paper.ratio, than=runs.smaller)
    what = "test accuracy at the larger norm less that at the smallest"
    judge.difference(what, larger, smallest, runs.smaller.tested[0], at_least=-paper.margin)


@same_claim(
    test_the_norm_does_not_predict_the_error,
    runs={"larger": Solve(), "plain": Solve(variant="plain")},
    control=Control("random labels: a larger norm that does tell of a larger error", {"larger": Solve(corruption=1.0)}),
    problems=("gabor-over-raw",),
)
def test_the_better_of_the_papers_models_has_the_larger_norm(runs, paper, judge):
    """Of the paper's two models on MNIST the better one has the larger norm, whichever good widths are taken."""
    gabor, raw = runs.larger, runs.plain
    accuracies = gabor.best_accuracy, raw.best_accuracy
    better = part.difference("test accuracy, Gabor less raw", *accuracies, raw.tested[0], at_least=0)
    larger = part.over_choices("norm, Gabor over raw pixels", gabor.norm_ratios(raw), at_least=1)
    judge.provided({"better": better}, larger)
