"""Published mistakes, each re-created in a few lines of our own; tests/subjects/published.py says where they were made."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from sklearn.feature_selection import SelectKBest
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from torch import nn


def blobs(rows: int = 240, columns: int = 6, classes: int = 2) -> tuple[Any, Any]:
    """Rows whose first columns tell the class."""
    draw = np.random.default_rng(0)
    X = draw.normal(size=(rows, columns))
    return X, X[:, :classes].argmax(1)


def many() -> tuple[Any, Any]:
    """Enough rows to tell one learner from another."""
    return blobs(1200)


def wide() -> tuple[Any, Any]:
    """Few rows of many columns."""
    return blobs(200, 1000)


def quantity() -> tuple[Any, Any]:
    """A regression."""
    X, _ = blobs()
    return X, X[:, 0] + 0.5 * np.random.default_rng(1).normal(size=len(X))


def halves(y: Any, seed: int) -> tuple[Any, Any]:
    """Training and test places, by row."""
    return tuple(train_test_split(np.arange(len(y)), test_size=0.4, random_state=seed))


def network(X, y, X_test, *, order=None, net=None, parameters=None, loss=None, labels=None, shown=None, evaluates=True):
    """A loop in torch with one thing changed; returns the scores of the test rows."""
    X, y, X_test = torch.tensor(np.asarray(X)).float(), torch.tensor(y), torch.tensor(np.asarray(X_test)).float()
    net = net or nn.Linear(X.shape[1], 2)
    optimizer = torch.optim.SGD((parameters or net.parameters)(), 0.1)
    for epoch in range(4):
        for rows in (order or (lambda: torch.randperm(len(X))))().split(23):
            optimizer.zero_grad()
            scores = net(shown(X[rows], epoch) if shown else X[rows])
            given = labels(y[rows], epoch) if labels else y[rows]
            (loss or nn.functional.cross_entropy)(scores, given).backward()
            optimizer.step()
    return net.train(not evaluates)(X_test).detach()


def never_shuffled(X, y, X_test, seed):
    return network(X, y, X_test, order=lambda: torch.arange(len(X)))


def scored_on_corrupted_labels(X, y, X_test, seed, test_labels):
    corrupted = np.random.default_rng(seed).permutation(test_labels)
    predicted = KNeighborsClassifier(1).fit(X, y).predict(X_test)
    return predicted, float((predicted == corrupted).mean())


def best_epoch_reported(X, y, X_test, seed, test_labels):
    models = [KNeighborsClassifier(epoch).fit(X, y) for epoch in range(1, 12)]
    return models[-1].predict(X_test), max(model.score(X_test, test_labels) for model in models)


def trees_by_the_test_set(X, y, X_test, seed, test_labels):
    models = [DecisionTreeRegressor(max_depth=depth, random_state=seed).fit(X, y) for depth in range(1, 9)]
    return min((model.predict(X_test) for model in models), key=lambda one: ((one - test_labels) ** 2).mean())


def split_twice(X, y, seed):
    train, _ = halves(y, seed)
    _, test = halves(y, seed + 1)
    return KNeighborsClassifier(1).fit(X[train], y[train]).predict(X[test]), test


kept = GaussianNB()


def model_outside_of_the_folds(X, y, X_test, seed):
    return kept.partial_fit(X, y, classes=np.unique(y)).predict_proba(X_test)


weights: list[Any] = []


def weights_between_folds(X, y, X_test, seed):
    weights.append(weights[-1] if weights else nn.Linear(X.shape[1], 2))
    return network(X, y, X_test, net=weights[-1])


def oversampled(X, y, seed):
    draw, rare = np.random.default_rng(seed), np.flatnonzero(y == 1)
    rows = draw.permutation(np.append(np.arange(len(y)), draw.choice(rare, len(y) - 2 * len(rare))))
    train, test = np.split(rows, [len(rows) * 2 // 3])
    return KNeighborsClassifier(1).fit(X[train], y[train]).predict(X[test]), test


def imbalanced() -> tuple[Any, Any]:
    X, _ = blobs(1500)
    return X, (X[:, 0] > 0.8).astype(int)


def selected_before(X, y, seed):
    X = SelectKBest(k=10).fit_transform(X, y)
    train, test = halves(y, seed)
    return GaussianNB().fit(X[train], y[train]).predict(X[test]), test


def by_row(X, y, seed):
    train, test = halves(y, seed)
    return KNeighborsClassifier(1).fit(X[train], y[train]).predict(X[test]), test


def trials() -> tuple[Any, Any]:
    draw, trial = np.random.default_rng(0), np.repeat(np.arange(300), 4)
    centres = draw.normal(size=(300, 5))
    return centres[trial] + 0.1 * draw.normal(size=(1200, 5)), (centres[:, 0] > 0)[trial].astype(int)


def of_trials() -> Any:
    return np.repeat(np.arange(300), 4)


def no_eval(X, y, X_test, seed):
    return network(X, y, X_test, net=nn.Sequential(nn.BatchNorm1d(X.shape[1]), nn.Linear(X.shape[1], 2)), evaluates=False)


def best_epoch_predicts(X, y, X_test, seed, test_labels):
    models = [KNeighborsClassifier(epoch).fit(X, y) for epoch in range(1, 12)]
    return max((model.predict(X_test) for model in models), key=lambda one: (one == test_labels).mean())


def sorted_split() -> tuple[Any, ...]:
    X, y = blobs(300, 6, 3)
    order = np.argsort(y, kind="stable")
    return X[order][:200], y[order][:200], X[order][200:], y[order][200:]


def neighbour(X, y, X_test, seed):
    return KNeighborsClassifier(1).fit(X, y).predict(X_test)


def shuffled_against_labels(X, y, X_test, seed, test_labels):
    predicted = KNeighborsClassifier(1).fit(X, y).predict(X_test)
    return predicted, float((np.random.default_rng(seed).permutation(predicted) == test_labels).mean())


def same_numbers_each_epoch(X, y, X_test, seed):
    noise = torch.randn(23, X.shape[1], generator=torch.Generator().manual_seed(0))
    return network(X, y, X_test, order=lambda: torch.arange(len(X)), shown=lambda rows, _: rows + 0.1 * noise[: len(rows)])


def softmax_twice(X, y, X_test, seed):
    return network(X, y, X_test, loss=lambda scores, given: nn.functional.cross_entropy(scores.softmax(1), given))


def with_copies() -> tuple[Any, Any]:
    X, y = blobs()
    return np.concatenate([X, X[:20]]), np.concatenate([y, y[:20]])


def test_in_training() -> tuple[Any, ...]:
    X, y = blobs()
    return X, y, X[:60], y[:60]


def redrawn_labels(X, y, X_test, seed):
    return network(X, y, X_test, labels=lambda given, _: torch.randint(2, given.shape))


def permuted_in_the_batch(X, y, X_test, seed):
    return network(X, y, X_test, labels=lambda given, _: given[torch.randperm(len(given))])


def one_permutation_of_the_classes(X, y, X_test, seed):
    return network(X, 1 - y, X_test)


def columns_permuted_twice(X, y, X_test, seed):
    draw = np.random.default_rng(seed)
    once, again = draw.permutation(X.shape[1]), draw.permutation(X.shape[1])
    return KNeighborsClassifier(1).fit(X[:, once], y).predict(X_test[:, again])


def mean_of_unequal_batches(X, y, X_test, seed, test_labels):
    predicted = KNeighborsClassifier(1).fit(X, y).predict(X_test)
    right = predicted == test_labels
    return predicted, float(np.mean([right[begin : begin + 7].mean() for begin in range(0, len(right), 7)]))


def without_a_seed(X, y, X_test, seed):
    state = int(np.random.default_rng().integers(2**31))
    return DecisionTreeClassifier(splitter="random", random_state=state).fit(X, y).predict(X_test)
