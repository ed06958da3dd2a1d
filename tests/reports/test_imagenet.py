"""Table 2 and Figure 2a beside the streamed runs of an audit: which runs repeat a row, and what of them is shown."""

import pytest

from rethinking_audit.fixtures.claimkit.paper import figure, section
from rethinking_audit.reports.figures import figures
from rethinking_audit.reports.repeated import imagenet_tier, on_imagenet, paper_tier
from rethinking_audit.reports.tables import tables
from tests.builders.full import BOOK, POINTS

NONE, ALL = (), ("augmentation", "dropout", "weight decay")


def training(seed=0, width=1.0, corruption=0.0, classes=None, **recipe):
    curves = {"train_loss": [2.3, 1.0], "train_error": [0.9, 0.5], "tested_epochs": [0, 10, 20]}
    curves |= {"test_error": [0.9, 0.4, 0.6], "test_top5_error": [0.5, 0.2, None]}
    spec = {"network": "inception-v3", "corruption": corruption, "seed": seed, "width": width, "train_size": None}
    spec |= {"recipe": recipe, "stream": {"side": 299, "classes": classes}}
    return {"spec": spec, "curves": curves, "steps_per_epoch": 500}


def audit(*arms, tier="imagenet", stand_in=True):
    """An audit whose one claim trained these arms, each a list of seeds."""
    runs = {f"{arm} {seed}": run for arm, seeds in enumerate(arms) for seed, run in enumerate(seeds)}
    keys = {f"{arm}": {"0.0": [f"{arm} {seed}" for seed in range(len(seeds))]} for arm, seeds in enumerate(arms)}
    case = {"tier": tier, "data": "imagenet", "network": "inception-v3", "runs": keys}
    about = {"title": "a folder", "stand_in": stand_in}
    return {
        "claims": [{"id": "imagenet/regularizers", "source": "section 3, Table 2, Figure 2a", "cases": [case]}],
        "runs": runs,
        "data": {"imagenet": about},
        "figures": {"2a": figure(POINTS, "2a", 80)},
        "tables": section(BOOK, "tables"),
    }


@pytest.mark.parametrize(
    ("regularizers", "random", "expected"),
    [
        (NONE, False, [0]),
        (("weight decay",), False, [1]),
        (("dropout", "weight decay"), False, [2]),
        (ALL, False, [3]),
        (NONE, True, [4]),
        (("augmentation",), False, []),
        (("weight decay",), True, []),
    ],
)
def test_a_row_is_repeated_by_runs_with_its_regularizers_and_labels(regularizers, random, expected):
    decay = {"weight_decay": 4e-5}
    arms = training(0), training(1, **decay), training(2, dropout=0.2, **decay)
    arms += training(3, crop=True, dropout=0.2, **decay), training(4, corruption=1.0)
    stage = imagenet_tier(audit(*([arm] for arm in arms)))
    runs = stage.runs("Table 2", on_imagenet(regularizers, random=random))
    assert [run["spec"]["seed"] for run in runs] == expected


def test_the_widest_network_counts():
    stage = imagenet_tier(audit([training(0, 0.5)], [training(1), training(2)]))
    assert [run["spec"]["seed"] for run in stage.runs("Table 2", on_imagenet(NONE, random=False))] == [1, 2]


def test_each_tier_repeats_its_own_experiments():
    assert imagenet_tier(audit([training()], tier="paper")) is None
    assert paper_tier(audit([training()])) is None
    assert paper_tier(audit([training()], tier="paper")).tier == "paper"


@pytest.mark.parametrize(
    ("stand_in", "fields", "note"),
    [
        (False, {}, "Ours: a folder, tier imagenet."),
        (
            True,
            {"width": 0.5, "classes": 10},
            "Ours: a folder, tier imagenet; not the paper's experiment: a stand-in for the data set, 10 classes, "
            "networks narrowed to 0.5 of their width.",
        ),
    ],
)
def test_the_page_says_how_the_experiment_differs(stand_in, fields, note):
    assert imagenet_tier(audit([training(**fields)], stand_in=stand_in)).note == note


def test_table_2_has_what_was_measured_at_the_end_and_at_best():
    (two,) = (one for one in tables(audit([training()])) if one.name == "2")
    rows = {tuple(names): pairs for names, pairs in two.rows}
    ours = [pair.ours for pair in rows["Inception v3", "true", "no", "no", "no"]]
    assert ours == ["50.00 %", "", "40.00 %", "80.00 %", "60.00 %", "80.00 %"]
    assert [pair.ours for pair in rows["AlexNet (Krizhevsky et al. 2012)", "true", "–", "–", "–"]] == [""] * 6
    assert "a stand-in for the data set" in two.note


def test_figure_2a_has_our_curves_beside_the_papers():
    (shown,) = figures(audit([training()], [training(crop=True, dropout=0.2, weight_decay=4e-5)]))
    paper, ours, *_ = shown.charts
    assert (paper.title, ours.title) == ("Figure 2a, the paper's", "Figure 2a, ours")
    lines = {line.name for line in ours.lines}
    assert lines == {
        f"{names}, {of}, ours" for names in ("nothing", "augmentation, weight decay, dropout") for of in ("train", "test")
    }
    (difference,) = (row for row in shown.differences if row.what.endswith("nothing"))
    assert difference.ours == "40.00 %"


def test_figure_2a_of_the_papers_experiment_has_our_curves_over_the_papers():
    (shown,) = figures(audit([training()], stand_in=False))
    assert shown.charts[0].title == "Figure 2a: lines ours, marks the paper's"
    assert shown.same


def test_figure_2a_without_a_training_is_the_papers_alone():
    (shown,) = figures(audit([training()], tier="paper"))
    assert shown.note == "ImageNet, Inception v3: not trained in this audit; the paper's curves alone."
    assert not shown.ours
