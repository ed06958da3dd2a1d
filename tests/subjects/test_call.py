"""Each form of subject is recognized, called with what it names, and its answer is read."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from rethinking_audit.fixtures.subjects.call import BadSubject, subject
from rethinking_audit.fixtures.subjects.given import given
from rethinking_audit.fixtures.subjects.trial import plain_trial

DRAW = np.random.default_rng(0)
X = DRAW.normal(size=(60, 3))
Y = np.where(X[:, 0] > np.median(X[:, 0]), "yes", "no")  # 30 of each, so that 20 rows are tested
GIVEN = given(X, Y)


def answer(code, **changes):
    return subject(code).answer(GIVEN, plain_trial(GIVEN).but(**changes))


def test_an_estimator_gives_predictions_and_probabilities():
    found = answer(LogisticRegression())
    assert found.scores.shape == (20, 2)
    assert set(found.predicted) <= {0, 1}


def test_an_estimator_gets_the_seed():
    asked = []

    class Own(DecisionTreeClassifier):
        def fit(self, X, y):
            asked.append(self.random_state)
            return super().fit(X, y)

    answer(Own(), seed=5)
    assert asked == [5]


def test_a_function_gets_what_it_names_and_nothing_else():
    seen = {}

    def code(X, y, X_test, seed, test_labels, regularizers=True):
        seen.update(rows=len(X), labels=set(y), tested=test_labels, seed=seed, regularizers=regularizers)
        return np.full(len(X_test), "yes")

    found = answer(code, seed=3, bare=True)
    assert (seen["rows"], seen["seed"]) == (40, 3)
    assert seen["labels"] == {"no", "yes"}
    assert seen["regularizers"] is False
    assert seen["tested"].tolist() == Y[found.test].tolist()
    assert found.predicted.tolist() == [1] * 20


def test_a_function_without_a_seed_is_called_without_one():
    assert len(answer(lambda X, y, X_test: ["no"] * len(X_test)).predicted) == 20


def test_code_that_splits_says_which_rows_it_tested():
    found = answer(lambda X, y, seed: (y[:7], np.arange(7), 0.5))
    assert found.test.tolist() == list(range(7))
    assert found.reported == 0.5
    assert subject(lambda X, y, seed: None).splits


def test_an_accuracy_and_a_number_of_rows_are_an_answer():
    found = answer(lambda X, y, seed: (0.75, 20))
    assert (found.reported, found.tested, len(found.predicted)) == (0.75, 20, 0)


def test_a_factory_makes_an_estimator_for_each_training():
    assert len(answer(DecisionTreeClassifier).predicted) == 20


def test_one_probability_is_enough_for_two_classes():
    found = answer(lambda X, y, X_test, seed: np.linspace(0, 1, len(X_test)))
    assert found.scores.shape == (20, 2)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (7, "7 is int, expected fit_predict"),
        (lambda classes: 3.5, "returned float, expected an estimator"),
        (lambda a, b, c, d, e: a, "asks for a, b, c, d, e"),
        (lambda: 3, "returned int, expected an estimator"),
        (lambda X, y, X_test, seed: y[:3], "the shape (3,), expected one for each of 20 test rows"),
        (lambda X, y, X_test, seed: ["maybe"] * len(X_test), "predicted 'maybe', expected one of the labels"),
        (lambda X, y, X_test, seed: np.zeros((len(X_test), 5)), "5 columns, expected one for each of 2 classes"),
        (lambda X, y, X_test, seed: np.full((len(X_test), 2), np.nan), "no numbers (NaN)"),
        (lambda X, y, seed: y, "returned ndarray, expected (predictions, places of the test rows)"),
        (lambda X, y, seed: (y[:2], [0, 99]), "expected their places from 0 to 59"),
    ],
)
def test_what_is_no_subject_and_no_answer_is_refused_in_a_sentence(code, said):
    with pytest.raises(BadSubject) as caught:
        answer(code)
    assert said in str(caught.value)
