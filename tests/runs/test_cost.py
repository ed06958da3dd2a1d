"""How long several devices need for the runs of a plan."""

import pytest

from rethinking_audit.fixtures.runs.cost import shared_by


@pytest.mark.parametrize(
    ("count", "costs", "expected"),
    [
        (1, [1.0, 2.0, 3.0], 6.0),
        (2, [1.0, 2.0, 3.0], 3.0),
        (2, [3.0, 3.0, 2.0, 2.0, 2.0], 7.0),
        (64, [5.0, 1.0], 5.0),
        (8, [], 0.0),
    ],
)
def test_the_last_device_ends_when_no_run_is_left(count, costs, expected):
    assert shared_by(count, costs) == expected
