"""A two-layer ReLU network with 2n + d weights takes any values on n points in d dimensions; a deep one needs less width.

Zhang et al. 2017, section 4 and appendix C. The networks are constructed from the sample and never trained.
Refuted by: a sample with labels that the construction, with that many weights, does not reproduce to within the rounding of
float64, or exactly in rational arithmetic.
"""

from functools import partial

from rethinking_audit.fixtures.claimkit.arms import Solve
from rethinking_audit.fixtures.claimkit.claim import Control, claim
from rethinking_audit.fixtures.statistics.exact import exactly
from rethinking_audit.fixtures.statistics.judgement import Interval
from rethinking_audit.fixtures.statistics.several import all_hold, provided


@claim(
    "expressivity/two-layer",
    source="section 4, Theorem 1",
    refuted_by="labels that the network with 2n + d weights does not take on the sample",
    runs={"network": Solve()},
    control=Control(
        "one weight fewer, or (classes) two equal points with different labels", {"network": Solve(variant="spoiled")}
    ),
    problems=("reals", "classes", "all-signs", "rationals"),
)
def test_two_layers_represent_any_labels(runs, paper, judge):
    """A two-layer ReLU network with 2n + d weights represents any labels of n points in d dimensions.

    Reals are drawn, classes the images' own, all signs the 2^n patterns on a few points; rationals are exact. An error is
    relative to the largest label.
    """
    found = runs.network.worst("error")
    premises = {
        "2n + d weights": exactly(found["weights"] / found["claimed"], Interval(0, 1), "weights over 2n + d", "x"),
        "float64 suffices": exactly(found["rounding"], Interval(0, paper.limit), "rounding of float64"),
    }
    judge(provided(premises, exactly(found["error"], Interval(0, found["rounding"]), "largest error on the sample")))


@claim(
    "expressivity/full-rank",
    source="section 4, Lemma 1",
    refuted_by="a row of the interleaved matrix with an entry right of the diagonal, or none on it",
    runs={"matrix": Solve()},
    control=Control("biases that are not interleaved with the points", {"matrix": Solve(variant="spoiled")}),
    problems=("interleaved",),
)
def test_the_interleaved_matrix_is_triangular_and_of_full_rank(runs, paper, judge):
    """The interleaved ReLU matrix is lower triangular and of full rank, its diagonal being its eigenvalues.

    Every row is looked at; of the first points the determinant is computed in rational arithmetic too.
    """
    found = runs.matrix.worst("points")
    every = Interval(1, 1)
    judge(
        provided(
            {"determinant": exactly(float(found["exactly_regular"]), every, "share of exact determinants not zero", "%")},
            exactly(found["rows"] / found["points"], every, "rows that are triangular with a positive eigenvalue", "%"),
        )
    )


@claim(
    "expressivity/depth-k",
    source="section 4, Corollary 1",
    refuted_by="a depth k at which width n/(k - 1) + 2 and 3n + d + 4k weights do not suffice",
    runs={"networks": Solve()},
    control=Control("every hidden layer one unit short of the width", {"networks": Solve(variant="spoiled")}),
    problems=("depth",),
)
def test_depth_trades_against_width(runs, paper, judge):
    """For every depth k there is a ReLU network of width O(n/k) with O(n + d) weights that represents any labels.

    The constants are explicit: width n/(k - 1) + 2 and 3n + d + 4k weights. An error is relative to the largest label.
    """
    found = runs.networks.worst("points")
    premises = {"float64 suffices": exactly(found["rounding"], Interval(0, paper.limit), "rounding of float64")}
    for what, bound in (("width", "widths_bound"), ("weights", "weights_bound")):
        share = max(one / most for one, most in zip(found[what], found[bound], strict=True))
        premises[what] = exactly(share, Interval(0, 1), f"{what} over its bound", "x")
    accepted = Interval(0, found["rounding"])
    errors = zip(found["depths"], found["errors"], strict=True)
    parts = {f"k = {depth}": partial(exactly, error, accepted, "largest error on the sample") for depth, error in errors}
    judge(provided(premises, all_hold(parts, 0.0)))
