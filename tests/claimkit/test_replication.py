"""The paper's numbers beside ours: found, compared where they can be, and never a verdict."""

from dataclasses import replace

import pytest

from rethinking_audit.fixtures.claimkit.arms import Arm
from rethinking_audit.fixtures.claimkit.replication import foreign, paper_rows, replications
from rethinking_audit.fixtures.claimkit.tiers import Scale, read
from rethinking_audit.fixtures.tasks.measurements import Runs
from rethinking_audit.fixtures.training.result import BUDGET_EXHAUSTED, FIT, Curves, Result
from tests.builders.places import CLAIMS

BOOK = CLAIMS / "paper.toml"
PAPER = read(CLAIMS / "tiers.toml")["paper"]


def result(train_error=0.0, test_error=0.1, fit=10, online=0.02):
    curves = Curves([2.3, 0.01], [0.9, train_error], [online], [1], [0.5], [test_error], [[test_error, test_error]])
    status = FIT if fit else BUDGET_EXHAUSTED
    return Result(status, 12, 391, fit, fit, curves, [[1, 0], [0, 1]], 1, "", "", [])


def rows_of(results, why=None, place="Table 1", network="inception", what="test accuracy, regularizers: none"):
    def find(specs):
        return Runs(results)

    found = replications(PAPER, BOOK, find, why)
    return next(row for row in found if (row["place"], row["network"], row["what"]) == (place, network, what))


def test_every_number_of_the_tables_and_figures_is_there():
    rows = list(paper_rows(BOOK))
    count = {place: sum(row.place == place for row in rows) for place in {row.place for row in rows}}
    assert count == {"Table 1": 38, "Table 4": 5, "Figure 1a": 5, "Figure 1b": 30, "Figure 1c": 33, "Figure 2b": 2}
    epochs = {row.what: row.paper for row in rows if row.place == "Figure 1a"}
    assert epochs["epochs to fit, true labels"] == 10
    assert epochs["epochs to fit, random labels"] == 36


def test_every_number_has_runs_in_the_paper_tier():
    for row in paper_rows(BOOK):
        assert row.arm.tasks(PAPER, row.network), (row.place, row.network, row.what)


def test_a_number_within_the_scatter_of_the_seeds_agrees():
    near = rows_of([result(test_error=1 - accuracy) for accuracy in (0.85, 0.86, 0.87)])
    assert near["agrees"] is True
    assert near["low"] < near["paper"] == 0.8575 < near["high"]
    far = rows_of([result(test_error=1 - accuracy) for accuracy in (0.55, 0.551, 0.552)])
    assert (far["agrees"], far["why"]) == (False, None)


def test_one_seed_and_another_experiment_are_shown_and_not_compared():
    alone = rows_of([result()])
    assert (alone["agrees"], alone["low"], alone["why"]) == (None, None, "one seed gives no interval")
    other = rows_of([result(), result(test_error=0.12)], why="networks narrowed to 0.5 of their width")
    assert (other["agrees"], other["why"]) == (None, "networks narrowed to 0.5 of their width")


def test_augmented_runs_are_compared_by_their_online_error():
    row = rows_of([result(online=0.0007)], place="Table 4", what="training accuracy, random cropping")
    assert row["measured"] == pytest.approx(0.9993)


def test_a_run_that_did_not_fit_has_no_time():
    found = replications(PAPER, BOOK, lambda specs: Runs([result(fit=None)]), None)
    assert not [row for row in found if row["place"] in ("Figure 1a", "Figure 1b")]


def test_a_slowdown_is_the_ratio_of_whole_epochs_by_seed():
    """The paper counts its epochs; its 3.6 is 36 over 10."""

    def find(tasks):
        return Runs([result(fit=fit) for fit in ((36, 40) if tasks[0].corruption == 1 else (10, 10))])

    found = replications(PAPER, BOOK, find, None)
    rows = {row["what"]: row for row in found if (row["place"], row["network"]) == ("Figure 1b", "inception")}
    assert (rows["slowdown at p = 1"]["measured"], rows["slowdown at p = 1"]["paper"]) == (3.8, 3.6)
    assert rows["slowdown at p = 0.5"]["measured"] == 1.0
    assert len(rows) == 10


def test_runs_that_were_not_made_are_no_rows():
    assert replications(PAPER, BOOK, lambda specs: None, None) == []


@pytest.mark.parametrize(
    ("tier", "data", "stand_in", "why"),
    [
        (PAPER, "cifar10", None, None),
        (PAPER, "folder:x", "CIFAR-10", None),
        (PAPER, "mnist", None, "another data set than CIFAR-10"),
        (PAPER.cut(Scale(width=0.5), 50_000), "cifar10", None, "networks narrowed to 0.5 of their width"),
        (PAPER.cut(Scale(train_size=2000), 50_000), "cifar10", None, "at most 2000 training images"),
    ],
)
def test_what_makes_an_experiment_another_one(tier, data, stand_in, why):
    assert foreign(tier, data, stand_in) == why


def test_the_arms_are_those_that_the_claims_train():
    rows = [row for row in paper_rows(BOOK) if row.place == "Table 1"]
    assert rows[0].arm == Arm(variant="table-1-both")
    assert replace(rows[8].arm, corruption=0.0) == Arm()
