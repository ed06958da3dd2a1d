"""The paper's numbers beside ours: found, compared where they can be, and never a verdict."""

from dataclasses import dataclass, replace

import pytest

from rethinking_audit.fixtures.claimkit.arms import Arm
from rethinking_audit.fixtures.claimkit.paper_rows import paper_rows
from rethinking_audit.fixtures.claimkit.replication import foreign, replications
from rethinking_audit.fixtures.claimkit.tier_file import read
from rethinking_audit.fixtures.claimkit.tiers import Scale
from rethinking_audit.fixtures.data.dataset import Description
from rethinking_audit.fixtures.data.datasets import find as find_data
from rethinking_audit.fixtures.tasks.measurements import Runs
from rethinking_audit.fixtures.tasks.solutions import Solutions
from rethinking_audit.fixtures.tasks.solve import ProblemSolve
from rethinking_audit.fixtures.tasks.tops import Tops
from rethinking_audit.fixtures.training.result import BUDGET_EXHAUSTED, FIT, Curves, Result
from tests.builders.places import CLAIMS

BOOK = CLAIMS / "paper.toml"
PAPER, IMAGENET = (read(CLAIMS / "tiers.toml")[name] for name in ("paper", "imagenet"))


def result(train_error=0.0, test_error=0.1, fit=10, online=0.02):
    curves = Curves([2.3, 0.01], [0.9, train_error], [online], [1], [0.5], [test_error], [[test_error, test_error]])
    status = FIT if fit else BUDGET_EXHAUSTED
    return Result(status, 12, 391, fit, fit, curves, [[1, 0], [0, 1]], 1, "", 1.0, "", "", [])


def rows_of(results, tier=PAPER, place="Table 1", what="test accuracy, regularizers: none"):
    def find(tasks):
        return None if isinstance(tasks[0], ProblemSolve) else Runs(results)

    found = replications(tier, BOOK, find)
    return next(row for row in found if (row["place"], row["network"], row["what"]) == (place, "inception", what))


def test_every_number_of_the_tables_and_figures_is_there():
    rows = list(paper_rows(BOOK))
    count = {place: sum(row.place == place for row in rows) for place in {row.place for row in rows}}
    assert count == {
        "Table 1": 38,
        "Table 2": 32,
        "Table 3": 5,
        "Table 4": 5,
        "Figure 1a": 5,
        "Figure 1b": 30,
        "Figure 1c": 33,
        "Figure 2b": 2,
    }
    epochs = {row.what: row.paper for row in rows if row.place == "Figure 1a"}
    assert epochs["epochs to fit, true labels"] == 10
    assert epochs["epochs to fit, random labels"] == 36


def test_every_number_has_runs_in_a_tier_of_the_papers_size():
    for row in paper_rows(BOOK):
        tier = IMAGENET if row.place == "Table 2" else PAPER
        assert row.arm.tasks(tier, row.network), (row.place, row.network, row.what)
        assert row.over is None or row.over.tasks(tier, row.network)


def test_a_number_within_the_scatter_of_the_seeds_agrees():
    near = rows_of([result(test_error=1 - accuracy) for accuracy in (0.85, 0.86, 0.87)])
    assert near["agrees"] is True
    assert near["low"] < near["paper"] == 0.8575 < near["high"]
    far = rows_of([result(test_error=1 - accuracy) for accuracy in (0.55, 0.551, 0.552)])
    assert (far["agrees"], far["why"]) == (False, None)


def test_one_seed_and_another_experiment_are_shown_and_not_compared():
    alone = rows_of([result()])
    assert (alone["agrees"], alone["low"], alone["why"]) == (None, None, "one seed gives no interval")
    other = rows_of([result(), result(test_error=0.12)], tier=PAPER.cut(Scale(width=0.5)))
    assert (other["agrees"], other["why"]) == (None, "networks narrowed to 0.5 of their width")


def test_augmented_runs_are_compared_by_their_online_error():
    row = rows_of([result(online=0.0007)], place="Table 4", what="training accuracy, random cropping")
    assert row["measured"] == pytest.approx(0.9993)


def solved(tier=PAPER, **values):
    """The rows of Table 3, if every solve of the tier has these values."""

    def find(tasks):
        return Solutions([values]) if isinstance(tasks[0], ProblemSolve) else None

    return {(row["network"], row["what"]): row for row in replications(tier, BOOK, find)}


def test_the_errors_of_table_3_agree_within_the_scatter_of_both_test_sets():
    """1.2 % and 1.22 % of 10,000 images are alike, 1.2 % and 1.7 % are not; one solve is enough to say so."""
    for error, agrees in ((0.0122, True), (0.017, False), (0.008, False)):
        row = solved(test_error=error, l2_test_error=0.15, tested=10_000)["raw-full", "test error"]
        assert (row["paper"], row["seeds"], row["agrees"], row["why"]) == (0.012, 1, agrees, None)
    rows = solved(test_error=0.17, l2_test_error=0.15, tested=10_000)
    assert rows["random-filters-full", "test error, with l2"]["agrees"] is True
    assert [paper for paper, row in rows.items() if row["agrees"]] == [
        ("random-filters-full", "test error"),
        ("random-filters-full", "test error, with l2"),
    ]


def test_a_smaller_solve_and_one_of_other_images_are_not_compared():
    values = {"test_error": 0.46, "l2_test_error": 0.15, "tested": 10_000}
    fewer = solved(PAPER.cut(Scale(train_size=2000)), **values)["raw-colour-full", "test error"]
    assert (fewer["agrees"], fewer["why"]) == (None, "at most 2,000 training images")
    other = solved(replace(PAPER, data=find_data("digits")), **values)["raw-colour-full", "test error"]
    assert (other["agrees"], other["why"]) == (None, "another data set than cifar10")


def test_times_to_fit_are_compared_as_ratios_at_every_level_and_by_seed():
    def find(tasks):
        if isinstance(tasks[0], ProblemSolve):
            return None
        noisy = tasks[0].corruption
        return Runs([result(fit=fit) for fit in ((20, None, 33) if noisy else (10, 10, 11))])

    found = [row for row in replications(PAPER, BOOK, find) if row["place"] == "Figure 1b"]
    assert len(found) == 30
    row = next(row for row in found if (row["network"], row["paper"]) == ("inception", 1.6))
    assert row["what"] == "epochs to fit at p = 0.1 over those at 0"
    assert (row["measured"], row["seeds"]) == (2.5, 2)


def test_epochs_to_fit_are_whole_epochs_as_in_the_papers_figure():
    row = rows_of([result(fit=fit) for fit in (10, 11)], place="Figure 1a", what="epochs to fit, true labels")
    assert (row["paper"], row["measured"], row["agrees"]) == (10.0, 10.5, True)


def test_a_run_that_did_not_fit_has_no_time():
    def find(tasks):
        return None if isinstance(tasks[0], ProblemSolve) else Runs([result(fit=None)])

    places = {row["place"] for row in replications(PAPER, BOOK, find)}
    assert "Figure 1c" in places
    assert not {"Figure 1a", "Figure 1b"} & places


def test_runs_that_were_not_made_are_no_rows():
    assert replications(PAPER, BOOK, lambda specs: None) == []


def on(tier, name, stand_in=None):
    """The tier on another data set, or on a folder in the place of one."""
    about = replace(find_data("digits").about, stand_in=stand_in)
    return replace(tier, data=Source(name, about))


@dataclass(frozen=True)
class Source:
    """A data set that is only named."""

    name: str
    about: Description

    def __str__(self):
        return self.name


@pytest.mark.parametrize(
    ("tier", "network", "why"),
    [
        (PAPER, "inception", None),
        (on(PAPER, "folder:x", "CIFAR-10"), "inception", None),
        (on(PAPER, "mnist"), "inception", "another data set than CIFAR-10"),
        (PAPER.cut(Scale(width=0.5)), "inception", "networks narrowed to 0.5 of their width"),
        (PAPER.cut(Scale(train_size=2000)), "inception", "at most 2,000 training images"),
        (IMAGENET, "inception-v3", None),
        (IMAGENET, "inception-v3-narrow", "at most 100 training images"),
        (on(IMAGENET, "imagenet:images", "ImageNet"), "inception-v3", "a stand-in for the data set"),
        (on(IMAGENET, "cifar10"), "inception-v3", "another data set than ImageNet"),
    ],
)
def test_what_makes_an_experiment_another_one(tier, network, why):
    assert foreign(tier, network) == why


def test_the_rows_of_table_2_are_compared_with_all_their_seeds():
    def find(tasks):
        plain = tasks[0].recipe.weight_decay == 0
        tops = {"train_top5_error": [0.5, 0.1], "test_top5_error": [0.2, 0.3 - 0.1 * plain]}
        return Tops([result(0.05, error) for error in (0.40, 0.41, 0.42)], [tops] * 3)

    rows = {row["what"]: row for row in replications(IMAGENET, BOOK, find)}
    assert len(rows) == 32
    top_1 = rows["top-1 test accuracy, true labels, regularizers: none"]
    assert (top_1["paper"], top_1["measured"], top_1["agrees"]) == (0.598, pytest.approx(0.59), True)
    best = rows["best top-5 test accuracy, true labels, regularizers: weight decay"]
    assert (best["paper"], best["measured"], best["agrees"]) == (0.9131, pytest.approx(0.8), False)
    random = rows["top-1 training accuracy, random labels, regularizers: dropout, weight decay"]
    assert (random["paper"], random["network"]) == (0.9118, "inception-v3")


def test_the_arms_are_those_that_the_claims_train():
    rows = [row for row in paper_rows(BOOK) if row.place == "Table 1"]
    assert rows[0].arm == Arm(under=("compared", "crop-and-weight-decay"))
    assert replace(rows[8].arm, corruption=0.0) == Arm()
