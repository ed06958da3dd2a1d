"""How a factor grows with the size of the sample: the exponent of its power, and its interval over seeds."""

import math

import numpy as np
import pytest

from rethinking_audit.fixtures.statistics.intervals import mean_interval
from rethinking_audit.fixtures.statistics.sizes import grows_by
from tests.builders.judgements import HELD, INCONCLUSIVE, INF, REFUTED

ALPHA, DOUBLED = 0.01, math.log10(2)  # twice the factor at ten times the size
SIZES = (100, 200, 400, 800)


def times(power, seeds=5, scatter=0.02):
    """Return slow and fast times by size, whose ratio is 1.5 at the smallest size and grows as the size to the power."""
    draw = np.random.default_rng(0)
    fast = {size: (20 * np.exp(scatter * draw.standard_normal(seeds))).tolist() for size in SIZES}
    own = 1.5 * np.exp(scatter * draw.standard_normal(seeds))  # what a seed's ratios share
    return {size: (own * fast[size] * (size / 100) ** power).tolist() for size in SIZES}, fast


def judged(slow, fast):
    return grows_by(slow, fast, DOUBLED, ALPHA, "exponent")


@pytest.mark.parametrize(("power", "verdict"), [(0.0, HELD), (0.25, HELD), (0.61, REFUTED), (1.0, REFUTED)])
def test_a_power_has_its_exponent(power, verdict):
    found = judged(*times(power))
    assert found.verdict is verdict
    assert found.measured == pytest.approx(power)
    assert found.values["factor at n = 400"] == pytest.approx([1.5 * 4**power] * 5, rel=0.1)
    assert found.notes[0].startswith("n = 100: 1.5")


def test_digits_whose_slowdown_grows_with_their_number_are_refuted():
    """The factors once measured at 100 to 900 digits, with a tenth of scatter between seeds."""
    draw = np.random.default_rng(1)
    factors = {100: 5.1, 200: 9.3, 300: 7.8, 600: 10.1, 900: 19.6}
    slow = {size: (factor * np.exp(0.1 * draw.standard_normal(7))).tolist() for size, factor in factors.items()}
    assert judged(slow, {size: [1.0] * 7 for size in factors}).verdict is REFUTED


def test_the_interval_is_students_of_the_seeds_slopes():
    slow = {100: [1.0, 2.0, 1.5], 1000: [2.0, 3.0, 4.0]}
    found = judged(slow, {size: [1.0] * 3 for size in slow})
    slopes = np.log10([2.0, 1.5, 4 / 1.5])
    assert found.interval.low == pytest.approx(mean_interval(slopes, ALPHA).low)
    assert found.interval.high == pytest.approx(mean_interval(slopes, ALPHA).high)
    assert found.values["by seed"] == pytest.approx(slopes.tolist())
    assert (found.verdict, found.seeds, found.quantity, found.unit) == (INCONCLUSIVE, 3, "exponent", "")
    assert found.rule == "exponent by least squares on logarithms, mean over seeds, Student's interval"
    assert (found.accepted.low, found.accepted.high) == (-INF, DOUBLED)


def test_a_factor_that_becomes_infinite_has_an_infinite_exponent():
    slow, fast = times(0.0)
    assert judged({**slow, 800: [(INF, INF)] * 5}, fast).verdict is REFUTED
    assert judged({**slow, 100: [(INF, INF)] * 5}, fast).verdict is HELD  # it falls with the size
    assert judged({size: [(INF, INF)] * 5 for size in SIZES}, fast).verdict is INCONCLUSIVE


def test_a_time_that_is_only_bounded_bounds_the_exponent():
    slow, fast = times(0.0)
    found = judged({**slow, 800: [(200.0, INF), *slow[800][1:]]}, fast)
    assert (found.verdict, found.interval.high, found.seeds, found.further) == (INCONCLUSIVE, INF, 0, None)
    assert math.isfinite(found.interval.low)
    assert judged({**slow, 800: [(900.0, INF)] * 5}, fast).verdict is REFUTED  # thirty times the factor at least


@pytest.mark.parametrize("unknown", [(2.0, INF), (INF, INF)])
def test_an_unknown_time_at_the_middle_of_three_sizes_says_nothing(unknown):
    slow = {1: [2.0, 2.1], 2: [unknown] * 2, 4: [2.0, 2.2]}
    assert math.isfinite(judged(slow, {size: [1.0, 1.0] for size in slow}).interval.high)


def test_a_bound_on_either_side_of_a_ratio_bounds_the_exponent():
    """At ten times the size the ratio is between 2 and 8, by what is known of either time."""
    one, found = {1: [1.0] * 2}, np.log10([2, 8])
    for slow, fast in (({10: [(4.0, 16.0)] * 2}, {10: [2.0] * 2}), ({10: [16.0] * 2}, {10: [(2.0, 8.0)] * 2})):
        interval = judged({**one, **slow}, {**one, **fast}).interval
        assert (interval.low, interval.high) == pytest.approx(tuple(found))


def test_only_seeds_that_have_every_size_are_counted():
    slow, fast = {1: [1.0, 1.1, 9.0], 10: [1.5, 1.6]}, {1: [1.0, 1.0], 10: [1.0, 1.0, 9.0]}
    found = judged(slow, fast)
    assert (found.seeds, found.values["by seed"]) == (2, pytest.approx(np.log10([1.5, 1.6 / 1.1])))


def test_no_time_at_all_and_for_ever_against_for_ever_are_judged_without_a_warning():
    slow, fast = times(0.0)
    assert judged({**slow, 800: [0.0] * 5}, fast).verdict is HELD
    never = [(INF, INF)] * 5
    assert judged({**slow, 800: never}, {**fast, 800: never}).verdict is INCONCLUSIVE


def test_a_single_seed_has_no_interval_and_other_sizes_are_refused():
    slow, fast = times(0.0, seeds=1)
    assert judged(slow, fast).verdict is INCONCLUSIVE
    for sizes in ((100,), (100, 200, 300)):
        with pytest.raises(ValueError, match="expected the same sizes, at least two"):
            judged({size: [1.0] for size in sizes}, {size: [1.0] for size in sizes[:2]})
