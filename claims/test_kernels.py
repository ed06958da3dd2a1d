"""A kernel machine without regularization fits its training set exactly and generalizes; its norm does not say how well.

Zhang et al. 2017, section 5 and Table 3. Gaussian kernels on pixels and on Gabor features, and a linear classifier on
random convolutional features, are solved directly in float64.
Refuted by: an interpolant that simple learners beat; an l2 that helps on MNIST; a norm that orders models by their error.
"""

from rethinking_audit.fixtures.claimkit import Control, Solve, claim, part, same_claim


@claim(
    "kernel/interpolates-and-generalizes",
    source="section 5, Table 3",
    refuted_by="a machine that interpolates its training set and predicts no better than ridge regression",
    runs={"machine": Solve(sweep=True), "simple": Solve(sweep=True)},
    control=Control("random labels, which it interpolates too", {"machine": Solve(corruption=1.0)}),
    problems=(
        *("raw", "gabor", "raw-colour", "random-filters"),
        *("raw-full", "gabor-full", "raw-colour-full", "random-filters-full"),
    ),
    figure="table 3",
)
def test_interpolation_without_regularization_generalizes(runs, paper, judge):
    """A kernel machine without regularization fits its training set exactly and generalizes.

    Judged at the largest size, on the same test images as two simple learners on pixels: it beats ridge regression with the
    penalty that is best on held-out images, and is worse than one nearest neighbour by at most a margin.
    """
    largest, simple = (arm[max(arm)] for arm in (runs.machine, runs.simple))
    fits = part.interpolates(largest.train_error, largest.residual, paper.residual)
    others = {"ridge": (simple.ridge_wrong, 0), "neighbour": (simple.neighbour_wrong, paper.margin)}
    generalizes = part.each_error_at_most("test error less that of the simpler learner", largest.wrong, others)
    judge.provided({"interpolates": fits}, generalizes)


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

    Held-out training images choose the kernel width without l2, and then the best l2 of a grid at that width. Judged is the
    share of the test error that l2 leaves, on the same test images.
    """
    what = "test error with l2 over that without"
    judge.error_ratio(what, runs.grid.l2_wrong, runs.grid.best_wrong, at_least=paper.limit)


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
    smallest norm. Its error is less than so many times that of the width with the smallest norm: it does not grow with the
    norm. For the paper's two models on MNIST (gabor-over-raw): the better one has the larger norm, at all widths that
    held-out images cannot tell from the best.
    """
    smallest = runs.smaller.wrong_at_smallest_norm
    larger = runs.larger.wrong_at_larger_norm(paper.ratio, than=runs.smaller)
    what = "test error at the larger norm over that at the smallest"
    judge.error_ratio(what, larger, smallest, at_most=paper.ratio)


@same_claim(
    test_the_norm_does_not_predict_the_error,
    runs={"larger": Solve(), "plain": Solve(variant="plain")},
    control=Control("random labels: a larger norm that does tell of a larger error", {"larger": Solve(corruption=1.0)}),
    problems=("gabor-over-raw",),
)
def test_the_better_of_the_papers_models_has_the_larger_norm(runs, paper, judge):
    """Of the paper's two models on MNIST the better one has the larger norm, whichever good widths are taken."""
    gabor, raw = runs.larger, runs.plain
    better = part.error_difference("test error, Gabor less raw", gabor.best_wrong, raw.best_wrong, at_most=0)
    larger = part.over_choices("norm, Gabor over raw pixels", gabor.norm_ratios(raw), at_least=1)
    judge.provided({"better": better}, larger)
