"""Has a measurement drifted over a series of audits? A self-starting CUSUM (Hawkins 1987).

Each audit's seeds are held against those of all audits before it by Student's test; what the result is worth as a normal
deviate is added up. With k = 0.5 and h = 5.77 a series in which nothing changes alarms once in about a thousand audits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import NormalDist

from rethinking_audit.reports.significance import student, two_sided

SLACK = 0.5  # k: drifts below this many standard errors are ignored
ALARM = 5.77  # h
FARTHEST = 8.0  # cap on what one audit adds: beyond it a normal deviate says nothing more


@dataclass
class Cusum:
    """The upward and downward drift of one series, in standard errors beyond the slack."""

    high: float = 0.0
    low: float = 0.0
    values: list[float] = field(default_factory=list)

    def add(self, values: Sequence[float], step: float = 0.0) -> None:
        """Add the measurements of another audit, one per seed; `step` is their resolution."""
        change = student([(self.values, values)], step) if self.values and values else None
        if change is not None:
            score = _normal(change.t, change.freedom)
            self.high = max(0.0, self.high + score - SLACK)
            self.low = max(0.0, self.low - score - SLACK)
        self.values += values

    @property
    def height(self) -> float:
        """The larger of the two."""
        return max(self.high, self.low)


def _normal(t: float, freedom: int) -> float:
    """Return the normal deviate that is as improbable as Student's t."""
    tail = two_sided(t, freedom) / 2
    size = FARTHEST if tail < 1e-15 else min(FARTHEST, -NormalDist().inv_cdf(tail))
    return size if t > 0 else -size
