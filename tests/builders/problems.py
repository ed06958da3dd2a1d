"""A problem that is solved in a moment."""

from rethinking_audit.fixtures.theory.problem import ProblemSpec

SPEC = ProblemSpec.of("sgd", "digits", {"points": 10, "epochs": 5})
