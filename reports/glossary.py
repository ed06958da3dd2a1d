"""The words of the reports, each in a sentence or two for a reader who has not met it."""

from __future__ import annotations

from rethinking_audit.fixtures.record.verdict import ERROR, HELD, INCONCLUSIVE, NOT_RUN, REFUTED

OF_A_REPORT = ("Verdicts", "How it is judged")  # the groups whose words every report has

# By group; a term's place in a page is its name with hyphens.
TERMS: dict[str, dict[str, str]] = {
    "Verdicts": {
        HELD: "The interval lies inside what the claim accepts, and a control showed that the check can turn red.",
        REFUTED: "The interval lies outside of what the claim accepts.",
        INCONCLUSIVE: "The interval crosses the limit, training ended too early to tell, or no control was judged."
        " More seeds may decide it; nothing is rerun silently.",
        ERROR: "A run or a check broke, or a control came out wrong. It says nothing about the paper.",
        NOT_RUN: "The case was not judged. The report gives the reason, such as a missing data set or a broken contract.",
        "expected": "A deviation that was known beforehand, with its date and reason. It keeps its verdict;"
        " the exit code ignores it.",
    },
    "How it is judged": {
        "audit": "One session that judges claims. Its record has every verdict, measurement, version and command.",
        "claim": "One statement of the paper that measurements can refute.",
        "reading": "A statement that summaries of the paper make and the paper does not. An audit must find it REFUTED.",
        "case": "A claim about one network or problem in one tier.",
        "tier": "How large the experiment is: fast, small, paper or imagenet. The claims and rules are the same in each.",
        "run": "One training, or one problem that was solved. Several claims may use the same run.",
        "seed": "A number from which a run draws its weights, its order of images and its random labels. Several seeds show"
        " how much a result scatters.",
        "interval": "The values that the seeds leave possible for what is measured. One seed gives none.",
        "limit": "The largest or smallest value that a claim accepts. It comes from the paper or from statistics, and never"
        " moves to make a run pass.",
        "alpha": "The chance that a verdict is wrong if the quantity lies exactly on its limit.",
        "control": "Runs for which the claim is false: the same check must refute them. Some controls are trivial learners"
        " for which the claim is true: the check must say that it holds.",
        "contract": "A check of the experiment before any training: that labels are random and stay the same, that no test"
        " image is in the training set, and more. A broken contract leaves its claims NOT RUN.",
        "witness": "A part of the audit that watches a training: its first weights, its steps, its losses and its result.",
        "sabotage": "An audit with a mistake put in on purpose, to see that it turns red. Its verdicts count for nothing.",
        "replication": "A number of the paper beside ours. It changes no verdict.",
        "stand-in": "Data used in place of the paper's own. The report names it wherever it matters.",
        "baseline": "A trivial learner, such as one nearest neighbour; or an earlier audit to compare a later one with.",
        "drift": "A measurement that moves from audit to audit by more than its seeds scatter.",
    },
    "What is measured": {
        "random labels": "Labels that are drawn by chance, so that they say nothing about the images.",
        "label corruption p": "The share of training labels that are drawn at random: 0 is the true labels, 1 all random.",
        "shuffled pixels": "One fixed permutation of the pixels, the same for every image.",
        "random pixels": "Another permutation of the pixels for every image.",
        "chance": "The accuracy of guessing: 10 % with ten classes.",
        "training error": "The share of training examples that the network gets wrong.",
        "test error": "The share of new examples that it gets wrong.",
        "generalization error": "Test error less training error.",
        "memorize": "To get every training label right, even if the labels are random.",
        "to fit": "To reach a training loss below 0.05.",
        "epoch": "One pass over all training examples.",
        "regularizer": "What is meant to keep a network from memorizing: weight decay, dropout, augmentation of the data.",
        "weight decay": "A pull of every weight towards zero, also called l2.",
        "early stopping": "To keep the network of the best epoch, not of the last.",
        "batch normalization": "Layers that shift and scale their inputs by the mean and the spread of the batch.",
        "Rademacher complexity": "How well the functions of a class follow random signs: 1 means perfectly.",
        "uniform stability": "How much the loss of a learner can change when one training example is replaced.",
        "interpolate": "To go exactly through every training point.",
        "minimum norm": "Of all solutions that interpolate, the one with the smallest weights.",
        "kernel machine": "A linear model on the similarities between examples, solved exactly.",
    },
}


def anchor_of(term: str) -> str:
    """Return a term's id in a page."""
    return term.lower().replace(" ", "-")
