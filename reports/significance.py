"""Test whether a difference is larger than other seeds explain: Student's test in strata, with Holm's correction.

The null hypothesis is that both audits ran the same code, so both have the same scatter. The scatter is pooled, which gives
a baseline with many seeds its weight. A quantity that is known only in steps scatters by at least half a step, even if its
values are equal.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

Pair = tuple[Sequence[float], Sequence[float]]


@dataclass(frozen=True)
class Change:
    """The mean difference (after less before), with Student's t, the degrees of freedom and the two-sided p-value."""

    difference: float
    t: float
    freedom: int
    p: float


def student(strata: Sequence[Pair], step: float = 0.0) -> Change | None:
    """Return the change over all strata, each (before, after); None if there is no scatter to judge it by.

    With one stratum this is Student's test of two samples. `step` is the resolution of the values.
    """
    weights = [len(before) * len(after) / (len(before) + len(after)) for before, after in strata]
    freedom = sum(len(before) + len(after) - 2 for before, after in strata)
    if freedom < 1:
        return None
    differences = [fmean(after) - fmean(before) for before, after in strata]
    difference = math.fsum(w * d for w, d in zip(weights, differences, strict=True)) / math.fsum(weights)
    variance = max(sum(_squares(before) + _squares(after) for before, after in strata) / freedom, step**2 / 4)
    error = math.sqrt(variance / math.fsum(weights))
    if abs(difference) <= 1e-12 * max(1.0, *(abs(value) for pair in strata for side in pair for value in side)):
        return Change(0.0, 0.0, freedom, 1.0)  # rounding alone separates equal means
    t = difference / error if error else math.copysign(math.inf, difference)
    return Change(difference, t, freedom, two_sided(t, freedom))


def _squares(values: Sequence[float]) -> float:
    mean = fmean(values)
    return math.fsum((value - mean) ** 2 for value in values)


def two_sided(t: float, freedom: int) -> float:
    """Return the chance that Student's t is at least as far from zero."""
    return _beta(freedom / 2, 0.5, freedom / (freedom + t * t))


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values corrected for their number (Holm 1979): any falls below alpha by luck with chance at most alpha."""
    corrected = [0.0] * len(p_values)
    largest = 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[index]))
        corrected[index] = largest
    return corrected


def _beta(a: float, b: float, x: float) -> float:
    """The regularized incomplete beta function, by its continued fraction (Lentz's method)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta(b, a, 1 - x)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    tiny, c, fraction = 1e-300, 1.0, 1 / (1 - (a + b) * x / (a + 1))
    d = fraction
    for m in range(1, 300):
        before = fraction
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d, c = 1 / (1 + term * d or tiny), 1 + term / c or tiny
            fraction *= d * c
        if abs(fraction - before) < 1e-15 * abs(fraction):
            break
    return min(1.0, front * fraction / a)
