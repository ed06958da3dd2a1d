"""Explicit regularizers are not necessary for generalization.

Zhang et al. 2017, section 3 and Table 1.
Refuted by: a network that loses what it generalizes when weight decay and random crops are turned off.
"""

from fixtures.declaration import Arm, Control, claim
from fixtures.statistics.rules import share_kept


@claim(
    "regularizers/not-necessary",
    source="section 3, Table 1",
    refuted_by="a test accuracy that falls towards chance once every explicit regularizer is off",
    runs={"without": Arm(), "full": Arm(regularized=True)},
    control=Control("random labels in place of the unregularized arm", {"without": Arm(corruption=1.0)}),
)
def test_networks_generalize_without_regularizers(runs, paper, judge):
    """Networks generalize with every explicit regularizer turned off."""
    arms = runs.without.test_accuracy, runs.full.test_accuracy
    judge(share_kept(*arms, runs.full.classes, runs.full.tested, paper.limit, paper.alpha))
