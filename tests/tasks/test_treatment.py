"""A treatment that changes nothing is none."""

import pytest

from rethinking_audit.fixtures.tasks.measurements import Runs
from rethinking_audit.fixtures.tasks.treatment import NoTreatment, check
from rethinking_audit.fixtures.training.result import Result
from tests.builders.samples import training


def runs(*seeds):
    """Runs by the name of their predictions and the norm of their weights."""
    return Runs(
        [Result.from_dict({**training(), "predictions": predicted, "weight_norm": norm}) for predicted, norm in seeds]
    )


PLAIN = runs(("a", 10.0), ("b", 12.0))


def test_a_treatment_changes_weights_and_predictions():
    check("crops", runs(("c", 9.0), ("d", 11.0)), PLAIN)


@pytest.mark.parametrize("seeds", [[("a", 10.0), ("d", 11.0)], [("a", 9.0), ("d", 12.0)]])
def test_one_seed_that_differs_is_enough(seeds):
    check("crops", runs(*seeds), PLAIN)


@pytest.mark.parametrize(
    ("seeds", "what"),
    [
        ([("a", 10.0), ("b", 12.0)], "the predictions are"),
        ([("a", 9.0), ("b", 11.0)], "the predictions are"),
        ([("c", 10.0), ("d", 12.0)], "the weights are"),
        ([("c", 10.0 * (1 + 1e-7)), ("d", 12.0 * (1 - 1e-7))], "the weights are"),  # the rounding of float32
    ],
)
def test_predictions_or_weights_that_are_the_same_in_every_seed_are_no_treatment(seeds, what):
    with pytest.raises(NoTreatment, match=f"a treatment changes weights and predictions: crops did nothing: {what}"):
        check("crops", runs(*seeds), PLAIN)
