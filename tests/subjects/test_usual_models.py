"""Usual models and splits come out as everybody knows them to be."""

import importlib.util
from functools import partial

import numpy as np
import pytest
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import GroupKFold, KFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from tests.subjects.judged import findings

draw = np.random.default_rng(0)
X = draw.normal(size=(900, 4))
Y = (X[:, 0] > 0).astype(int)
PERSON = np.repeat(np.arange(300), 4)
PEOPLE = draw.normal(size=(300, 5))
OF_PEOPLE = PEOPLE[PERSON] + 0.1 * draw.normal(size=(1200, 5)), (PEOPLE[:, 0] > 0)[PERSON].astype(int)


def judged(code, subject, data=(X, Y), **more):
    """The finding of a code."""
    return findings(code, subject, data=data, **more)[-1]


@pytest.mark.lengthy
@pytest.mark.parametrize(
    ("model", "memorizes"),
    [
        (DecisionTreeClassifier(), "HELD"),
        (KNeighborsClassifier(1), "HELD"),
        (KNeighborsClassifier(5), "REFUTED"),
        (RidgeClassifier(), "REFUTED"),
    ],
    ids=str,
)
def test_trees_and_the_nearest_neighbour_memorize_and_ridge_regression_does_not(model, memorizes):
    assert judged("R1", model).verdict == memorizes


@pytest.mark.lengthy
@pytest.mark.parametrize("model", [DecisionTreeClassifier(), KNeighborsClassifier(1)], ids=str)
def test_what_memorizes_learns_nothing_from_noise_and_a_planted_leak_is_seen(model):
    found = judged("R2", model)
    assert found.verdict == "HELD", found.sentence
    assert found.control.verdict == "REFUTED"


def folded(folds, X, y, seed, groups):
    """Predict every row by the folds without it."""
    parts = list(folds.split(X, y, groups))
    said = [KNeighborsClassifier(1).fit(X[train], y[train]).predict(X[test]) for train, test in parts]
    return np.concatenate(said), np.concatenate([test for _, test in parts])


@pytest.mark.lengthy
@pytest.mark.parametrize(
    ("folds", "verdict"), [(GroupKFold(3), "HELD"), (KFold(3, shuffle=True, random_state=0), "REFUTED")], ids=str
)
def test_folds_by_person_are_green_and_folds_by_row_are_red(folds, verdict):
    found = judged("R3", partial(folded, folds), OF_PEOPLE, groups=PERSON)
    assert found.verdict == verdict, found.sentence


BOOSTED = {
    "xgboost": (
        "XGBClassifier",
        {"n_estimators": 100, "max_depth": 12, "min_child_weight": 0, "reg_lambda": 0, "nthread": 1},
    ),
    "lightgbm": ("LGBMClassifier", {"n_estimators": 200, "min_child_samples": 1, "num_threads": 1, "verbose": -1}),
}


@pytest.mark.lengthy
@pytest.mark.parametrize("library", BOOSTED)
def test_enough_boosted_trees_memorize(library):
    if importlib.util.find_spec(library) is None:
        pytest.skip(f"{library} is not installed")
    name, settings = BOOSTED[library]
    model = getattr(importlib.import_module(library), name)(**settings)
    found = judged("R1", model)
    assert found.verdict == "HELD", found.sentence
