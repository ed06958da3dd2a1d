"""Measures of capacity do not explain why networks generalize: networks fit random signs, and follow each example.

Zhang et al. 2017, section 2.2. The paper argues from the fit of random labels and measures neither quantity.
Refuted by: a mean correlation with random signs well below one; a loss that hardly changes when one example is replaced.
"""

from rethinking_audit.fixtures.claimkit import Control, Solve, claim


@claim(
    "capacity/rademacher",
    source="section 2.2",
    refuted_by="a correlation with random signs that stays well below one",
    runs={"fits": Solve()},
    control=Control(
        "linear functions of bounded norm, whose complexity is known to be small", {"fits": Solve(variant="small")}
    ),
    problems=("random-signs", "random-signs-colour"),
)
def test_the_rademacher_complexity_is_about_one(runs, paper, judge):
    """The empirical Rademacher complexity of the networks is about one, so that the bound made of it is vacuous.

    The networks have one hidden layer of 512 units, and their function is the sign of their output. The mean correlation
    with random signs over the draws is a lower estimate.
    """
    judge.mean("correlation with random signs", runs.fits.pooled("correlations"), at_least=paper.limit, unit="")


@claim(
    "capacity/uniform-stability",
    source="section 2.2",
    refuted_by="a loss that changes little wherever one training example is replaced",
    runs={"learner": Solve()},
    control=Control("ridge regression with strong l2, which is known to be stable", {"learner": Solve(variant="stable")}),
    problems=("replace-one", "replace-one-colour"),
)
def test_interpolating_networks_are_not_uniformly_stable(runs, paper, judge):
    """Networks that interpolate are not uniformly stable: one replaced example changes the loss by its whole range.

    One example gets the other label, and the same network is trained again from the same start. Measured is the largest
    change of the loss over training and test images, as a share of the loss's range.
    """
    judge.mean("change of the loss", runs.learner.pooled("changes"), at_least=paper.limit)
