"""A training that takes a moment."""

from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.tasks.baseline import Baseline
from rethinking_audit.fixtures.tasks.training import Training
from rethinking_audit.fixtures.training.spec import Recipe

RECIPE = Recipe(batch=32, learning_rate=0.1, momentum=0.9, lr_decay=0.99, max_epochs=2, patience=10, eval_every=0)
SPEC = Training(data=find("digits"), network="mlp-1x512", recipe=RECIPE, seed=0, train_size=50, width=0.1)


def baseline_of(task, name="ridge"):
    """Return a baseline on the same experiment as a training."""
    fields = ("data", "seed", "corruption", "inputs", "train_size")
    return Baseline(network=name, **{field: getattr(task, field) for field in fields})
