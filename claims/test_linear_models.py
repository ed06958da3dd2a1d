"""SGD finds the linear model of minimum norm among all that fit the data, and curvature does not tell them apart.

Zhang et al. 2017, section 5. Least squares with more dimensions than points.
Refuted by: a run from zero that ends elsewhere than at the pseudo-inverse solution; global optima with different Hessians;
a set of random test labels that no interpolant of the training set takes.
"""

from rethinking_audit.fixtures.claimkit import Control, Solve, claim, part


@claim(
    "linear/sgd-minimum-norm",
    source="section 5",
    refuted_by="SGD from zero that ends away from the pseudo-inverse solution",
    runs={"descent": Solve()},
    control=Control("a start outside the span of the data", {"descent": Solve(variant="spoiled")}),
    problems=("sgd-images", "sgd-gaussian", "sgd-colour"),
)
def test_sgd_ends_at_the_minimum_norm_solution(runs, paper, judge):
    """SGD from zero ends at the interpolant of minimum norm.

    Each step takes one example, in a new order each epoch. Measured is the distance to the pseudo-inverse solution,
    divided by the solution's norm.
    """
    what = "distance to the solution of minimum norm"
    judge.mean(what, runs.descent.distance, at_least=0, at_most=paper.limit, unit="")


@claim(
    "linear/kernel-trick",
    source="section 5",
    refuted_by="SGD from zero that ends away from the weights X^T alpha",
    runs={"descent": Solve()},
    control=Control("a start outside the span of the data", {"descent": Solve(variant="spoiled")}),
    problems=("sgd-images", "sgd-gaussian", "sgd-colour"),
)
def test_the_kernel_trick_gives_what_sgd_finds(runs, paper, judge):
    """Solving X X^T alpha = y gives the weights X^T alpha that SGD from zero finds.

    X X^T has a row and a column for each point, so the solution needs the points' products alone. Measured is the distance
    of the two solutions, divided by the norm of X^T alpha.
    """
    judge.mean("distance to X^T alpha", runs.descent.dual_distance, at_least=0, at_most=paper.limit, unit="")


@claim(
    "linear/curvature",
    source="section 5",
    refuted_by="two global optima with different Hessians, or a Hessian of full rank",
    runs={"optima": Solve()},
    control=(
        Control("a ReLU network, whose optima differ in curvature", {"optima": Solve(variant="spoiled")}),
        Control("the squared loss, whose Hessian is the same at every point", {"optima": Solve(variant="squared")}),
    ),
    problems=("curvature",),
)
def test_the_hessian_is_the_same_and_degenerate_at_every_optimum(runs, paper, judge):
    """The Hessian is the same, and degenerate, at every global optimum, so curvature cannot choose between them.

    The loss is log cosh of the error, whose Hessian differs half-way from zero to each optimum. That of the squared loss is
    the same everywhere. The logistic loss has no optimum on separable data: longer weights always lower it.
    """
    found = runs.optima.worst("difference")
    flat, needed = (1 - found[number] / found["dimensions"] for number in ("rank", "points"))
    varies = part.exactly("least difference away from the optima", found["difference_elsewhere"], at_least=paper.varies)
    same = part.exactly("largest difference of two Hessians", found["difference"], at_most=paper.limit)
    degenerate = part.exactly("share of directions without curvature", flat, at_least=needed, at_most=1)
    judge.provided({"varies": varies}, part.all_hold({"the same": same, "degenerate": degenerate}))


@claim(
    "linear/interpolants-that-fail",
    source="section 5",
    refuted_by="random labels of test images that no interpolant takes, or that the interpolant of minimum norm takes",
    runs={"forced": Solve()},
    control=Control("the interpolant of minimum norm, which generalizes", {"forced": Solve(variant="spoiled")}),
    problems=("forced",),
)
def test_some_interpolants_do_not_generalize(runs, paper, judge):
    """Some interpolants of the training set do not generalize; their norm is larger than the minimum.

    A kernel machine is linear in its features. This one also takes random labels on the test images. Judged is its accuracy
    on their true labels, if it fits the training set and its norm is larger than that of the smallest interpolant.
    """
    forced = runs.forced
    fits = part.interpolates(forced.train_error, forced.residual, paper.residual)
    larger = part.ratio("norm over the smallest", forced.norm, forced.smallest_norm, at_least=paper.ratio)
    judge.provided({"interpolates": fits, "larger norm": larger}, part.at_chance(forced.confusion, paper.margin))
