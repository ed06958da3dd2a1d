"""`audited` in somebody else's test-suite, under strict settings: each check a test, all of them by one audit."""

import pytest

SETTINGS = """
[pytest]
strict = true
filterwarnings = ["error"]
addopts = ["-p", "no:benchmark", "-p", "no:cacheprovider", "-ra"]
"""
TESTS = """
import warnings
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from rethinking_audit import audited

def data():
    with open("audits.txt", "a") as file:
        file.write("one\\n")
    X = np.random.default_rng(0).normal(size=(60, 4))
    return X, (X[:, 0] > 0).astype(int)

@audited(data=data, seconds=8, expected={"E2": "all rows are scaled together", "E0": "nobody knows"})
def test_mine(X, y, X_test, seed):
    warnings.warn("what would be an error in a test")
    scale = np.concatenate([X, X_test]).std(0)
    return LogisticRegression().fit(X / scale, y).predict_proba(X_test / scale)

kept = []

def remembering(X, y, X_test, seed):
    kept.extend(zip(X, y))
    return GaussianNB().fit(*map(np.array, zip(*kept))).predict_proba(X_test)

test_remembering = audited(remembering, data=data, seconds=8)
test_estimator = audited(GaussianNB(), data="wine", seconds=8)
test_nothing = audited(GaussianNB(), data="whine")
"""


@pytest.fixture
def suite(tmp_path):
    (tmp_path / "pytest.toml").write_text(SETTINGS)
    (tmp_path / "test_theirs.py").write_text(TESTS)
    return tmp_path


@pytest.fixture
def tried(with_wheel, suite):
    def run(*words):
        return with_wheel.run("python", "-m", "pytest", "-n", "0", *words, cwd=suite)

    return run


def chosen(name, *codes):
    return [f"test_theirs.py::{name}[{code}]" for code in codes]


@pytest.mark.lengthy
def test_a_check_is_a_test_and_one_audit_serves_all(tried, suite):
    code, said = tried(*chosen("test_mine", "E0", "E1", "E2", "E3", "D1", "L1"))
    assert code == 1, said
    assert "1 failed, 2 passed, 2 skipped, 1 xfailed" in said, said
    assert "FAILED test_theirs.py::test_mine[E0] - Failed: expected to be refuted and is not (nobody knows)" in said
    assert "XFAIL test_theirs.py::test_mine[E2] - all rows are scaled together: Predictions depend on" in said
    assert "NOT RUN: your code uses no torch" in said
    assert (suite / "audits.txt").read_text() == "one\n"


@pytest.mark.lengthy
def test_a_refuted_check_fails_with_its_sentence_and_where_it_is_explained(tried):
    code, said = tried(*chosen("test_remembering", "E3"))
    assert code == 1, said
    assert "\nSomething survives from one training to the next: after another one, " in said
    assert "\nrethinking-audit explain E3\n" in said
    assert "Traceback" not in said


@pytest.mark.lengthy
def test_an_estimator_is_audited_on_data_of_a_name(tried):
    code, said = tried(*chosen("test_estimator", "E2", "D2"))
    assert code == 0, said


def test_data_that_cannot_be_used_fail_with_one_sentence(tried):
    code, said = tried(*chosen("test_nothing", "E0"))
    assert code == 1
    assert "\n'whine' names no data" in said


def test_collecting_trains_nothing(tried, suite):
    code, said = tried("--collect-only", "-q")
    assert code == 0, said
    assert "test_theirs.py::test_mine[E2]" in said
    assert not (suite / "audits.txt").exists()
