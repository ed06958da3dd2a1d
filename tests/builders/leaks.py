"""Pipelines that leak, and honest ones: each a world of rows, code, and the codes that must be red."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

from rethinking_audit.fixtures.subjects.given import Given, given

ROWS, COLUMNS = 200, 20
PEOPLE = 20  # in the world of groups, each with ROWS / PEOPLE rows that are alike
SETTINGS = 20


def plain(seed: int) -> Given:
    """Rows whose first column tells the class, with noise."""
    draw = np.random.default_rng(seed)
    X = draw.normal(size=(ROWS, COLUMNS))
    return given(X, (X[:, 0] + 0.5 * draw.normal(size=ROWS) > 0).astype(int))


def wide(seed: int) -> Given:
    """Ten times more columns than rows."""
    draw = np.random.default_rng(seed)
    X = draw.normal(size=(ROWS, 2000))
    return given(X, (X[:, 0] + 0.5 * draw.normal(size=ROWS) > 0).astype(int))


def rare(seed: int) -> Given:
    """One class in eight."""
    draw = np.random.default_rng(seed)
    X = draw.normal(size=(ROWS, COLUMNS))
    return given(X, (X[:, 0] + 0.5 * draw.normal(size=ROWS) > 1.3).astype(int))


def copied(seed: int) -> Given:
    """A quarter of the rows are copies of others; a group is a row with its copies."""
    draw = np.random.default_rng(seed)
    X = draw.normal(size=(ROWS, COLUMNS))
    y = (X[:, 0] + 0.5 * draw.normal(size=ROWS) > 0).astype(int)
    source, groups = draw.integers(0, 150, 50), np.arange(ROWS)
    X[150:], y[150:], groups[150:] = X[source], y[source], source
    return given(X, y, groups)


def people(seed: int) -> Given:
    """Twenty people with ten rows each; a person has one label."""
    draw = np.random.default_rng(seed)
    groups = np.repeat(np.arange(PEOPLE), ROWS // PEOPLE)
    X = draw.normal(size=(PEOPLE, COLUMNS))[groups] + 0.3 * draw.normal(size=(ROWS, COLUMNS))
    return given(X, np.repeat(draw.permutation([0, 1] * (PEOPLE // 2)), ROWS // PEOPLE), groups)


def lr() -> LogisticRegression:
    """Logistic regression, as most people use it."""
    return LogisticRegression(max_iter=200)


def nearest() -> KNeighborsClassifier:
    """One nearest neighbour."""
    return KNeighborsClassifier(1)


def halves(y: Any, seed: int) -> tuple[Any, Any]:
    """Return the places of the training and test rows."""
    return tuple(train_test_split(np.arange(len(y)), test_size=0.5, random_state=seed))


def fitted(X: Any, y: Any, seed: int, model: Any) -> tuple[Any, Any]:
    """Train on one half and return the predicted probabilities of the other, and its places."""
    train, test = halves(y, seed)
    return model.fit(X[train], y[train]).predict_proba(X[test]), test


# Code that splits by itself


def honest(X: Any, y: Any, seed: int) -> Any:
    """Nothing wrong."""
    return fitted(X, y, seed, lr())


def honest_neighbour(X: Any, y: Any, seed: int) -> Any:
    """Nothing wrong, and everything memorized."""
    return fitted(X, y, seed, nearest())


def quick(X: Any, y: Any, seed: int) -> Any:
    """Nothing wrong: the label of the nearest row, without a library, so that thousands of audits take minutes."""
    train, test = np.split(np.random.default_rng(seed).permutation(len(y)), 2)
    return y[train][_nearest_row(X[train], X[test])], test


def by_person(X: Any, y: Any, seed: int, groups: Any) -> Any:
    """Nothing wrong: a person is on one side of the split."""
    names = np.random.default_rng(seed).permutation(np.unique(groups))
    side = np.isin(groups, names[: len(names) // 2])
    train, test = np.flatnonzero(~side), np.flatnonzero(side)
    return nearest().fit(X[train], y[train]).predict_proba(X[test]), test


def selected_inside(X: Any, y: Any, seed: int) -> Any:
    """Columns selected by the training rows alone."""
    train, test = halves(y, seed)
    chosen = SelectKBest(f_classif, k=10).fit(X[train], y[train])
    return lr().fit(chosen.transform(X[train]), y[train]).predict_proba(chosen.transform(X[test])), test


def scaled_before(X: Any, y: Any, seed: int) -> Any:
    """A scaler that has seen the test rows."""
    return fitted(StandardScaler().fit_transform(X), y, seed, lr())


def selected_before(X: Any, y: Any, seed: int) -> Any:
    """Columns selected before the split."""
    return fitted(SelectKBest(f_classif, k=10).fit_transform(X, y), y, seed, lr())


def oversampled_before(X: Any, y: Any, seed: int) -> Any:
    """Rare rows repeated before the split."""
    draw, counts = np.random.default_rng(seed), np.bincount(y)
    few = np.flatnonzero(y == counts.argmin())
    rows = np.concatenate([np.arange(len(y)), draw.choice(few, counts.max() - counts.min())])
    scores, test = fitted(X[rows], y[rows], seed, nearest())
    return scores, rows[test]


def encoded_before(X: Any, y: Any, seed: int) -> Any:
    """A category replaced by its mean label before the split."""
    return fitted(np.c_[X, _mean_labels(y)], y, seed, lr())


def best_of_many(X: Any, y: Any, seed: int) -> Any:
    """The best of twenty settings by the test labels."""
    train, test = halves(y, seed)
    return _best(X[train], y[train], X[test], y[test], seed), test


def _nearest_row(X: Any, others: Any) -> Any:
    return ((X**2).sum(1) - 2 * others @ X.T).argmin(1)


def _mean_labels(y: Any) -> Any:
    category = np.random.default_rng(0).integers(0, 60, len(y))
    return np.array([y[category == one].mean() if (category == one).any() else 0.5 for one in range(60)])[category]


def _best(X: Any, y: Any, X_test: Any, y_test: Any, seed: int) -> Any:
    draw, found = np.random.default_rng(seed), []
    for _ in range(SETTINGS):
        columns = draw.choice(X.shape[1], 5, replace=False)
        found.append(lr().fit(X[:, columns], y).predict_proba(X_test[:, columns]))
    return max(found, key=lambda scores: (scores.argmax(1) == y_test).mean())


# Code that is handed the split, and the test labels for what it calls validation


def trained(X: Any, y: Any, X_test: Any, seed: int, test_labels: Any) -> Any:
    """Nothing wrong."""
    return lr().fit(X, y).predict_proba(X_test)


def trained_neighbour(X: Any, y: Any, X_test: Any, seed: int, test_labels: Any) -> Any:
    """Nothing wrong, and everything memorized."""
    return nearest().fit(X, y).predict_proba(X_test)


def trained_quickly(X: Any, y: Any, X_test: Any, seed: int, test_labels: Any) -> Any:
    """Nothing wrong: the label of the nearest row, without a library."""
    return y[_nearest_row(X, X_test)]


def trained_by_blocks(X: Any, y: Any, X_test: Any, seed: int, test_labels: Any, regularizers: bool) -> Any:
    """Nothing wrong: the neighbour by the sum of the differences, or the vote of three as a regularizer."""
    return KNeighborsClassifier(3 if regularizers else 1, p=1).fit(X, y).predict_proba(X_test)


def scaled(X: Any, y: Any, X_test: Any, seed: int, test_labels: Any) -> Any:
    """A scaler that has seen the test rows."""
    scaler = StandardScaler().fit(np.vstack([X, X_test]))
    return lr().fit(scaler.transform(X), y).predict_proba(scaler.transform(X_test))


def selected(X: Any, y: Any, X_test: Any, seed: int, test_labels: Any) -> Any:
    """Columns selected by all rows."""
    chosen = SelectKBest(f_classif, k=10).fit(np.vstack([X, X_test]), np.concatenate([y, test_labels]))
    return lr().fit(chosen.transform(X), y).predict_proba(chosen.transform(X_test))


def encoded(X: Any, y: Any, X_test: Any, seed: int, test_labels: Any) -> Any:
    """A category replaced by its mean label over all rows."""
    column = _mean_labels(np.concatenate([y, test_labels]))
    return lr().fit(np.c_[X, column[: len(X)]], y).predict_proba(np.c_[X_test, column[len(X) :]])


def best(X: Any, y: Any, X_test: Any, seed: int, test_labels: Any) -> Any:
    """The best of twenty settings by the test labels."""
    return _best(X, y, X_test, test_labels, seed)


def dipped(X: Any, y: Any, X_test: Any, seed: int, test_labels: Any) -> Any:
    """A tenth of the test rows trained on."""
    some = len(X_test) // 10
    return nearest().fit(np.vstack([X, X_test[:some]]), np.concatenate([y, test_labels[:some]])).predict_proba(X_test)


def by_batch(X: Any, y: Any, X_test: Any, seed: int, test_labels: Any) -> Any:
    """Test rows standardized by their own batch, as BatchNorm does in training mode."""
    model = lr().fit((X - X.mean(0)) / X.std(0), y)
    batches = np.array_split(X_test, max(1, len(X_test) // 25))
    return np.concatenate([model.predict_proba((batch - batch.mean(0)) / batch.std(0)) for batch in batches])


@dataclass(frozen=True)
class Case:
    """One row of the table. `red` are the codes that must be red, `may` those that may be too."""

    name: str
    world: Callable[[int], Given]
    code: Callable[..., Any]
    red: tuple[str, ...] = ()
    may: tuple[str, ...] = ()


MEMORY = ("R1",)  # a linear model memorizes nothing
CASES = (
    Case("honest, logistic regression", plain, honest),
    Case("honest, one nearest neighbour", plain, honest_neighbour, may=("G2",)),
    Case("honest, the nearest row", plain, quick, may=("G2",)),
    Case("selection inside the split", wide, selected_inside),
    Case("split by person, one nearest neighbour", people, by_person, may=("G2",)),
    Case("scaler before the split", plain, scaled_before, ("E2",)),
    Case("selection before the split", wide, selected_before, ("R2",), ("E1", "E2")),
    Case("oversampling before the split", rare, oversampled_before, ("R2",), ("E1", "E2", "D2")),
    Case("target encoding before the split", plain, encoded_before, ("R2",), ("E1", "E2")),
    Case("best of 20 by test labels", plain, best_of_many, ("R2",), ("E1", "E2")),
    Case("copies across the split, one nearest neighbour", copied, honest_neighbour, ("D1", "R3"), ("G2",)),
    Case("people across the split, one nearest neighbour", people, honest_neighbour, ("R3",), ("G2",)),
    Case("people across the split, logistic regression", people, honest, ("R3",), ("G2",)),
    Case("split given: honest, logistic regression", plain, trained, (), MEMORY),
    Case("split given: honest, one nearest neighbour", plain, trained_neighbour, (), ("G2",)),
    Case("split given: honest, the nearest row", plain, trained_quickly, (), ("G2",)),
    Case("split given: honest, one or three neighbours", plain, trained_by_blocks, (), ("R1", "G2")),
    Case("split given: scaler on all rows", plain, scaled, ("E2",), MEMORY),
    Case("split given: selection on all rows", wide, selected, ("E1",), ("R1", "R2", "E2")),
    Case("split given: target encoding on all rows", plain, encoded, ("E1",), ("R1", "R2", "E2")),
    Case("split given: best of 20 by test labels", plain, best, ("E1",), ("R1", "R2", "E2")),
    Case("split given: a tenth of the test rows trained on", plain, dipped, ("E1",), ("R2", "E2", "G2")),
    Case("split given: no eval(), BatchNorm", plain, by_batch, ("E2",), MEMORY),
)
