"""Values of solves, written by hand or solved on a few digits, and what the claims' own tests say of them."""

import numpy as np

from rethinking_audit.fixtures.claimkit.case import cases
from rethinking_audit.fixtures.claimkit.evidence import Evidence
from rethinking_audit.fixtures.claimkit.judging import judgement
from rethinking_audit.fixtures.claimkit.paper import Paper
from rethinking_audit.fixtures.claimkit.tier_file import read
from rethinking_audit.fixtures.data import datasets
from rethinking_audit.fixtures.tasks.solutions import Solutions
from rethinking_audit.fixtures.theory.masks import packed
from rethinking_audit.fixtures.theory.problem import Instance, Sample
from tests.builders.claims import CLAIM_FILES, import_file
from tests.builders.places import CLAIMS

CASES = {
    case.id: case
    for path in CLAIM_FILES
    for test in vars(import_file(path)).values()
    if hasattr(test, "claim")
    for case in cases(test.claim, read(CLAIMS / "tiers.toml"))
}


def judged(claim, problem, swept=False, **arms):
    """Judge the claim on these values of its arms: a list with the values of each seed."""
    found = {name: Solutions(values) for name, values in arms.items()}
    runs = Evidence({name: {900.0: one} for name, one in found.items()} if swept else found)
    paper = Paper.read(CLAIMS / "paper.toml", claim, "fast", problem)
    return judgement(CASES[claim, f"fast-{problem}"], runs, paper)


def digits(count=60, seed=1000):
    data = datasets.find("digits").draw(count, seed)
    parts = data.train_images, data.train_labels, data.test_images[:100], data.test_labels[:100]
    return Instance(Sample(*parts, data.max_value, data.classes), seed, "cpu", lambda done, of: None)


def errors(count, at=0, tested=900):
    """Which of the test images are wrong: `count` of them, from the image `at` on."""
    flags = np.zeros(tested, dtype=bool)
    flags[at : at + count] = True
    return packed(flags)
