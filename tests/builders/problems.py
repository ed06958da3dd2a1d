"""A problem that takes a moment to solve."""

from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.tasks.solve import ProblemSolve

SPEC = ProblemSolve.of("sgd", find("digits"), {"points": 10, "epochs": 5})
