"""What is concluded from what torch's hooks saw. These trainings are lists of rows, so that no network is needed."""

import random

import pytest

from rethinking_audit.fixtures.subjects.inside import order

ROWS, BATCH = 300, 20


def seen(epochs, *, shuffled, views):
    """The batches of a training in which each row has so many views, drawn anew in each epoch."""
    draw = random.Random(0)
    rows = [
        f"{row}/{draw.randrange(views)}"
        for _ in range(epochs)
        for row in (draw.sample(range(ROWS), ROWS) if shuffled else range(ROWS))
    ]
    return {"batches": [rows[place : place + BATCH] for place in range(0, len(rows), BATCH)]}


@pytest.mark.parametrize(
    ("epochs", "views", "shuffled", "fixed"),
    [
        (2, 1, "HELD", "REFUTED"),  # rows as they are
        (5, 2, "HELD", "REFUTED"),  # flips: no batch comes again as it was
        (3, 162, "INCONCLUSIVE", "INCONCLUSIVE"),  # crops and flips: hardly a row comes again
        (60, 162, "HELD", "REFUTED"),
        (1, 1, "INCONCLUSIVE", "INCONCLUSIVE"),
    ],
)
def test_augmentation_does_not_pass_for_a_new_order(epochs, views, shuffled, fixed):
    assert order(seen(epochs, shuffled=True, views=views), None).verdict == shuffled
    assert order(seen(epochs, shuffled=False, views=views), None).verdict == fixed


def test_a_batch_that_is_used_many_times_is_no_fixed_order():
    batches = [batch for batch in seen(2, shuffled=True, views=1)["batches"] for _ in range(25)]
    found = order({"batches": batches}, None)
    assert found.verdict != "REFUTED"
