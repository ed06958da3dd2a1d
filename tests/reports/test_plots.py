"""What the plots of the paper's figures take from a record."""

import copy

import pytest

from rethinking_audit.reports.charts import Series
from rethinking_audit.reports.figures import _less
from rethinking_audit.reports.plots import PLOTS
from rethinking_audit.reports.repeated import paper_tier
from tests.builders.full import full


def drawn(**recipe):
    """The lines of ours in Figure 2b, if the trainings that went on after their fit have this recipe."""
    audit = copy.deepcopy(full())
    for run in audit["runs"].values():
        if run["spec"].get("recipe", {}).pop("to_the_end", None):
            run["spec"]["recipe"] |= recipe
    return [series.name for series in PLOTS["2b"].ours(paper_tier(audit), audit["figures"]["2b"])]


@pytest.mark.parametrize("on", [{"to_the_end": True}, {"after_fit": 10}])
def test_figure_2b_shows_the_trainings_that_went_on_after_their_fit(on):
    assert drawn(**on) == ["inception, test, ours", "inception, train, ours"]


@pytest.mark.parametrize("other", [{}, {"crop": True}, {"weight_decay": 0.001}])
def test_figure_2b_leaves_out_trainings_that_stopped_or_have_a_regularizer(other):
    assert drawn(**({"after_fit": 10} if other else {}), **other) == []


@pytest.mark.parametrize(("name", "rows"), [("1c", ["0", "1"]), ("2b", ["0", "0.5", "1"])])
def test_levels_that_we_did_not_train_have_no_difference_from_the_paper_and_curves_are_joined(name, rows):
    ours = [Series("inception, ours", "inception", [(0.0, 0.2), (1.0, 0.8)])]
    chart = _less(name, PLOTS[name], ours, {"inception": [(0.0, 0.1), (0.5, 0.4), (1.0, 0.9)]})
    assert [x for x, _ in chart.table] == rows
