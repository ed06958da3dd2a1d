"""Growth over levels of corruption: steady over both halves, without falls, and with the remaining signal captured."""

import math

import numpy as np
import pytest

from rethinking_audit.fixtures.statistics.chance import keeps_signal
from rethinking_audit.fixtures.statistics.judgement import Interval
from rethinking_audit.fixtures.statistics.levels import grows_steadily, no_fall, signal_captured
from rethinking_audit.fixtures.statistics.trends import grows_with_level
from tests.builders.judgements import HELD, INCONCLUSIVE, REFUTED

ALPHA = 0.01
LEVELS = [level / 10 for level in range(11)]


def scattered(means, seeds=7, scatter=0.01):
    draw = np.random.default_rng(0)
    return {
        level: (mean + scatter * draw.standard_normal(seeds)).tolist() for level, mean in zip(LEVELS, means, strict=True)
    }


STEADY = scattered([0.1 + 0.08 * place for place in range(11)])
AT_ONCE = scattered([0.1] + [0.9] * 10)  # at chance from p = 0.1 on
AT_LAST = scattered([0.15] * 9 + [0.3, 0.9])  # robust to noise until most labels are noise


@pytest.mark.parametrize(
    ("errors", "verdict"),
    [
        (STEADY, HELD),
        (AT_ONCE, INCONCLUSIVE),
        (AT_LAST, INCONCLUSIVE),
        (dict(zip(LEVELS, reversed(STEADY.values()), strict=True)), REFUTED),
    ],
)
def test_steady_growth_is_growth_over_both_halves(errors, verdict):
    assert grows_steadily(errors, ALPHA, "error").verdict is verdict


def test_a_jump_at_either_end_is_a_trend_over_all_levels():
    """So the halves are judged: one test of all levels would hold for a learner at chance from the second level on."""
    noiseless = {level: [0.1 if level == 0 else 0.9] * 12 for level in LEVELS}
    assert grows_with_level(noiseless, ALPHA, "error").verdict is HELD
    assert grows_steadily(noiseless, ALPHA, "error").verdict is INCONCLUSIVE


def test_halves_share_the_middle_and_few_levels_have_none():
    assert set(grows_steadily(STEADY, ALPHA, "error").parts["lower half"].values) == {
        f"p = {level:g}" for level in LEVELS[:6]
    }
    few = {level: STEADY[level] for level in (0.0, 0.5, 1.0)}
    assert grows_steadily(few, ALPHA, "error") == grows_with_level(few, ALPHA, "error")
    five = {level: STEADY[level] for level in (0.0, 0.1, 0.2, 0.5, 1.0)}
    assert set(grows_steadily(five, ALPHA, "error").parts) == {"lower half", "upper half"}


@pytest.mark.parametrize(("fall", "verdict"), [(-0.08, HELD), (0.02, HELD), (0.06, INCONCLUSIVE), (0.2, REFUTED)])
def test_no_error_falls_by_more_than_the_limit(fall, verdict):
    errors = scattered([0.1, 0.2, 0.3, 0.4, 0.5, 0.5 - fall, 0.6, 0.7, 0.8, 0.85, 0.9])
    assert no_fall(errors, 0.06, ALPHA, "fall").verdict is verdict


def test_a_fall_is_paired_by_seed_and_named_by_its_levels():
    judged = no_fall({0.0: [0.1, 0.3], 0.5: [0.2, 0.4], 1.0: [0.1, 0.32]}, 0.06, ALPHA, "fall")
    assert (judged.quantity, judged.unit) == ("fall (p = 0.5 to 1)", "points")
    assert judged.parts["p = 0 to 0.5"].values["by seed"] == pytest.approx([-0.1, -0.1])
    assert judged.parts["p = 0.5 to 1"].measured == pytest.approx(0.09)


def accuracies(kept, clean=0.9):
    """Return accuracies of ten classes, `kept` of the clean accuracy above chance by level."""
    return scattered([0.1 + kept(level) * (clean - 0.1) for level in LEVELS])


def copied(level):
    """What one nearest neighbour keeps."""
    return 1 - level


def agreed(level):
    """What the paper's small Inception keeps."""
    return (1 - level) ** 2


def lost(level):
    """What a learner keeps that is at chance from p = 0.1 on."""
    return float(level == 0)


def a_fifth(level):
    return agreed(level) / 5 if level else 1.0


def on_the_limit(level):
    return agreed(level) / 2 if level else 1.0


@pytest.mark.parametrize(
    ("kept", "verdict"),
    [(copied, HELD), (agreed, HELD), (lost, REFUTED), (a_fifth, REFUTED), (on_the_limit, INCONCLUSIVE)],
)
def test_the_remaining_signal_is_captured_or_lost(kept, verdict):
    assert signal_captured(accuracies(kept), 0.5, 0.8, 10, 1000, ALPHA).verdict is verdict


def test_levels_beyond_the_last_are_not_judged():
    judged = signal_captured(accuracies(copied), 0.5, 0.8, 10, 1000, ALPHA)
    assert list(judged.parts) == [f"p = {level:g}" for level in LEVELS[1:9]]


def test_signal_is_a_difference_paired_by_seed_no_narrower_than_the_binomial():
    judged = keeps_signal([0.5, 0.5], [0.9, 0.9], 0.5, 0.5, 10, 200, ALPHA)
    worth = 0.5 * 0.5**2
    error = math.sqrt((0.25 + worth**2 * 0.09) / 200 / 2)
    assert judged.measured == pytest.approx(0.4 - worth * 0.8)
    assert judged.interval.low == pytest.approx(judged.measured - 2.3263479 * error)
    assert judged.accepted == Interval(0.0, 1.0)
    assert judged.values == {"by seed": pytest.approx([0.3, 0.3]), "accuracy": [0.5, 0.5], "clean accuracy": [0.9, 0.9]}


def test_a_clean_accuracy_at_chance_has_no_signal_to_keep():
    assert keeps_signal([0.1] * 5, [0.1] * 5, 0.5, 0.5, 10, 1000, ALPHA).verdict is INCONCLUSIVE
