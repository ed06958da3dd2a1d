"""A two-layer ReLU network with 2n + d weights takes any values on n points in d dimensions; a deep one can be narrower.

Zhang et al. 2017, section 4 and appendix C. The networks are constructed from the sample and never trained.
Refuted by: labels of a sample that the construction with that many weights does not reproduce, up to rounding in float64 or
exactly in rational arithmetic.
"""

from rethinking_audit.fixtures.claimkit import Control, Solve, claim, part


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

    Reals are drawn at random. Classes are the images' own. All signs are the 2^n patterns on a few points. Rationals are
    computed exactly. Errors are relative to the largest label.
    """
    worst = runs.network.worst("error")
    weights = part.exactly("weights over 2n + d", worst["weights"] / worst["claimed"], at_most=1, unit="x")
    rounding = part.exactly("rounding of float64", worst["rounding"], at_most=paper.limit)
    error = part.exactly("largest error on the sample", worst["error"], at_most=worst["rounding"])
    judge.provided({"2n + d weights": weights, "float64 suffices": rounding}, error)


@claim(
    "expressivity/full-rank",
    source="section 4, Lemma 1",
    refuted_by="an entry right of the diagonal, or an eigenvalue that is not positive by more than rounding",
    runs={"matrix": Solve()},
    control=Control("biases that are not interleaved with the points", {"matrix": Solve(variant="spoiled")}),
    problems=("interleaved",),
)
def test_the_interleaved_matrix_is_triangular_and_of_full_rank(runs, paper, judge):
    """The interleaved ReLU matrix is lower triangular and of full rank, its diagonal being its eigenvalues.

    The smallest eigenvalue must exceed what rounding could have added. Some determinants are also computed exactly.
    """
    found = runs.matrix.worst("points")
    every = {"at_least": 1, "at_most": 1, "unit": "%"}
    regular = part.exactly("share of exact determinants not zero", float(found["exactly_regular"]), **every)
    rows = part.exactly("rows that are triangular with a positive eigenvalue", found["rows"] / found["points"], **every)
    size = found["smallest_eigenvalue"] / found["rounding"]
    positive = part.exactly("smallest eigenvalue over its rounding", size, at_least=1, unit="x")
    judge.provided({"determinant": regular, "triangular": rows}, positive)


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

    The constants are explicit: width n/(k - 1) + 2 and 3n + d + 4k weights. Errors are relative to the largest label.
    """
    found = runs.networks.worst("points")
    rounding = part.exactly("rounding of float64", found["rounding"], at_most=paper.limit)
    width = part.within_bounds("width over its bound", found["width"], found["widths_bound"])
    weights = part.within_bounds("weights over its bound", found["weights"], found["weights_bound"])
    errors = {f"k = {depth}": error for depth, error in zip(found["depths"], found["errors"], strict=True)}
    exact = part.each_exactly("largest error on the sample", errors, at_most=found["rounding"])
    judge.provided({"float64 suffices": rounding, "width": width, "weights": weights}, exact)
