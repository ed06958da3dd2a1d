"""A mean share that must not exceed a limit, the plainest rule about seeds."""

from rethinking_audit.fixtures.statistics.judgement import Interval
from rethinking_audit.fixtures.statistics.rules import SHARE, mean_within


def at_most(values, limit, alpha, quantity):
    """A mean share over seeds is at most the limit."""
    return mean_within(values, Interval(0.0, limit), alpha, quantity, possible=SHARE)
