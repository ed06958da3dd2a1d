"""Table 2 beside the streamed runs of an audit: which runs repeat a row, and what of them is shown."""

import pytest

from rethinking_audit.reports.imagenet import accuracies, repeats

ROW = {"labels": "true", "augmentation": False, "dropout": False, "weight_decay": True}


def training(seed=0, width=1.0, train_size=None, **recipe):
    curves = {"train_error": [0.9, 0.5], "test_error": [0.9, 0.4, 0.6], "test_top5_error": [0.5, 0.2, None]}
    spec = {"network": "inception-v3", "corruption": 0.0, "seed": seed, "width": width, "train_size": train_size}
    return {"spec": {**spec, "recipe": {"weight_decay": 1e-4, **recipe}}, "curves": curves}


def audit(*runs, tier="imagenet"):
    keys = {"arm": {"0.0": [str(place) for place in range(len(runs))]}}
    cases = [{"tier": tier, "runs": keys}]
    return {"claims": [{"cases": cases}], "runs": {str(place): run for place, run in enumerate(runs)}}


def test_a_row_is_repeated_by_runs_with_its_regularizers():
    runs = training(0), training(1), training(2, dropout=0.2), training(3, weight_decay=0.0), training(4, crop=True)
    assert [run["spec"]["seed"] for run in repeats(audit(*runs), ROW)] == [0, 1]


def test_the_widest_network_on_the_most_images_counts():
    runs = training(0, 0.5), training(1, 1.0, 100), training(2, 1.0)
    assert [run["spec"]["seed"] for run in repeats(audit(*runs), ROW)] == [2]


@pytest.mark.parametrize("row", [{**ROW, "labels": "random"}, {**ROW, "network": "AlexNet"}])
def test_another_row_is_not_repeated(row):
    assert repeats(audit(training()), row) == []


def test_another_tiers_runs_repeat_nothing():
    assert repeats(audit(training(), tier="paper"), ROW) == []


@pytest.mark.parametrize(
    ("column", "expected"),
    [("train_top1", [0.5]), ("test_top1", [0.4]), ("best_top1", [0.6]), ("best_top5", [0.8]), ("train_top5", [])],
)
def test_what_a_column_shows(column, expected):
    assert accuracies([training()], column) == pytest.approx(expected)
