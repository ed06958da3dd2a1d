"""Two error rates on the same images: their difference and their ratio, and which counts decide."""

import math

import numpy as np
import pytest

from rethinking_audit.fixtures.statistics.judgement import Interval
from rethinking_audit.fixtures.statistics.paired import Counts, counted, error_difference, error_ratio
from rethinking_audit.fixtures.statistics.rules import ALONE
from tests.builders.judgements import ALPHA, HELD, INCONCLUSIVE, INF, REFUTED, Z, around, same


def wrong(both, one, other, tested):
    """Two models on `tested` images, of which both, only the one, or only the other are wrong."""
    flags = np.zeros((2, tested), dtype=bool)
    flags[:, :both] = True
    flags[0, both : both + one] = True
    flags[1, both + one : both + one + other] = True
    return flags.tolist()


def test_images_are_counted_by_who_is_wrong():
    (first, second) = wrong(3, 2, 1, 20)
    assert counted([first, second], [second, second]) == [Counts(3, 2, 1, 20), Counts(4, 0, 0, 20)]
    with pytest.raises(ValueError, match="tested on 20 images and the other on 19, expected the same"):
        counted([first], [second[1:]])
    for one, other in (([first], [second] * 2), ([first] * 2, [second])):
        with pytest.raises(ValueError, match="argument 2 is"):
            counted(one, other)


def test_a_difference_has_the_scatter_of_the_images_that_one_alone_gets_wrong():
    first, second = wrong(10, 30, 10, 98)
    judged = error_difference([first], [second], Interval(0, INF), ALPHA, "errors")
    error = math.sqrt((0.31 + 0.11 - 0.2**2) / 100)
    words = ("mean over seeds, Student's interval, no narrower than the binomial", "errors", "points")
    values = {"by seed": [20 / 98], "one": [40 / 98], "the other": [20 / 98]}
    same(judged, *words, 20 / 98, around(20 / 98, Z * error), (0, INF), verdict=HELD, values=values, notes=[ALONE])


def test_a_ratio_has_it_too_and_counts_one_more_wrong_image_of_either_kind():
    first, second = wrong(9, 30, 10, 100)
    judged = error_ratio([first], [second], Interval(0.5, INF), ALPHA, "errors")
    factor = math.exp(Z * math.sqrt(42 / (40 * 20)))
    words = ("paired ratio, Student's interval of its logarithm, no narrower than the binomial", "errors", "x")
    values = {"by seed": [2.0], "one": [0.39], "the other": [0.19]}
    same(judged, *words, 2, (2 / factor, 2 * factor), (0.5, INF), verdict=HELD, values=values, notes=[ALONE])


def test_the_scatter_of_the_images_shrinks_with_the_seeds():
    first, second = wrong(10, 30, 10, 98)
    four = [first] * 4, [second] * 4
    for rule, centre, width in ((error_difference, float, 20 / 98), (error_ratio, np.log, math.log(41 / 21))):
        alone, judged = (rule(*arms, Interval(0, INF), ALPHA, "errors") for arms in (([first], [second]), four))
        assert centre(judged.interval.low) == pytest.approx(width - (width - centre(alone.interval.low)) / 2)
        assert centre(judged.interval.high) == pytest.approx(width + (centre(alone.interval.high) - width) / 2)


def test_seeds_that_scatter_more_than_the_images_widen_the_interval():
    (first, second), (third, fourth) = wrong(0, 400, 0, 1000), wrong(0, 0, 0, 1000)
    judged = error_ratio([first, third], [second, fourth], Interval(0, 1), ALPHA, "errors")
    logs = np.log([401, 1])
    assert judged.interval.low == pytest.approx(math.exp(logs.mean() - 6.3137515 * logs.std(ddof=1) / math.sqrt(2)))
    assert (judged.seeds, judged.notes) == (2, [])
    assert error_difference([first, third], [second, fourth], Interval(0, 1), ALPHA, "errors").verdict is INCONCLUSIVE


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [((9, 0, 0, 896), INCONCLUSIVE), ((330, 10, 10, 10_000), HELD), ((100, 0, 230, 10_000), REFUTED)],
)
def test_few_errors_cannot_tell_a_small_gain_from_none_and_many_can(counts, verdict):
    """Nine errors allow no statement about a gain of two seventeenths, whatever they are; 330 do."""
    first, second = wrong(*counts)
    assert error_ratio([first], [second], Interval(15 / 17, INF), ALPHA, "errors").verdict is verdict


@pytest.mark.parametrize("seed", [1000, 1001])
def test_a_ratio_on_its_limit_is_refuted_and_held_at_most_as_often_as_alpha_says(seed):
    random = np.random.default_rng(seed)
    verdicts = []
    for both, one, other, _ in random.multinomial(900, [0.03, 0.01, 0.01, 0.95], 1000):
        first, second = wrong(both, one, other, 900)
        verdicts.append(error_ratio([first], [second], Interval(1, INF), ALPHA, "errors").verdict)
    for verdict in (HELD, REFUTED):
        assert verdicts.count(verdict) <= 1000 * ALPHA + 3 * math.sqrt(1000 * ALPHA)


def test_a_limit_of_zero_bounds_nothing():
    first, second = wrong(9, 30, 10, 100)
    assert error_ratio([first], [second], Interval(0, 5), ALPHA, "errors").verdict is HELD
    assert error_ratio([first], [second], Interval(0, 5), ALPHA, "errors").accepted == Interval(0, 5)


def test_what_more_seeds_would_decide_is_told():
    first, second = wrong(20, 4, 4, 900)
    judged = error_ratio([first], [second], Interval(15 / 17, INF), ALPHA, "errors")
    assert judged.verdict is INCONCLUSIVE
    assert judged.further
