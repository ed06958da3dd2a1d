"""Worlds: what every training would measure if networks were so. A world is a function from a training to its result."""

from rethinking_audit.fixtures.claimkit import tier_file
from rethinking_audit.fixtures.claimkit.case import Case
from rethinking_audit.fixtures.claimkit.judging import arms, judgement
from rethinking_audit.fixtures.claimkit.paper import Paper
from rethinking_audit.fixtures.training.result import FIT, Curves, Result
from tests.builders.places import CLAIMS

TIERS = tier_file.read(CLAIMS / "tiers.toml")
CLASSES, EACH = 10, 200
ALTERNATING = (-0.004, 0.002, 0.005, -0.002, -0.001, 0.003, -0.003)  # the scatter of the seeds


def judged(test, world, network, tier="fast"):
    """Judge the claim of a test in a world, on the runs that a tier has for it."""
    case = Case(test.claim, TIERS[tier], network)
    return judgement(case, arms(case, world), Paper.read(CLAIMS / "paper.toml", test.claim.id, tier, network))


def training(task, accuracy, train_error=0.0, errors=None, treated=True):
    """Return the result of a training that tests at this accuracy, give or take the scatter of its seed.

    `errors` are the test errors by epoch in place of the last one. If not `treated`, regularizers leave weights and
    predictions as they are.
    """
    scattered = accuracy + ALTERNATING[task.seed % len(ALTERNATING)]
    tested = [1 - 1 / CLASSES, *(errors or [1 - scattered])]
    right = round(EACH * (1 - tested[-1]))
    wrong, more = divmod(EACH - right, CLASSES - 1)
    table = [
        [right if true == told else wrong + ((told - true) % CLASSES <= more) for told in range(CLASSES)]
        for true in range(CLASSES)
    ]
    regularizers = (task.recipe.weight_decay, task.recipe.crop) if treated else ()
    curves = Curves(
        train_loss=[2.3, 0.01 + task.seed / 1e6 + task.recipe.weight_decay],
        train_error=[0.9, train_error],
        tested_epochs=list(range(len(tested))),
        test_error=tested,
        half_errors=[[error, error] for error in tested],
    )
    predictions, norm = f"{task.network} {task.seed} {regularizers}", 10.0 - sum(regularizers)
    return Result(FIT, 1, 8, 1, 1, curves, table, 1, predictions, norm, "", "", []).to_dict()
