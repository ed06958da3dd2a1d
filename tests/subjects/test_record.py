"""The record of an own audit has the schema's shape, renders everywhere, and counts as the exit code says."""

import json

import numpy as np
import pytest
from sklearn.tree import DecisionTreeClassifier

from rethinking_audit import AuditRefuted, check
from rethinking_audit.fixtures.record.reading import fault_of, read_audit
from rethinking_audit.reports import junit, markdown
from rethinking_audit.reports.render import render

DRAW = np.random.default_rng(0)
X = DRAW.normal(size=(90, 4))
Y = (X[:, 0] > 0).astype(int)
SECONDS = 12  # exact checks take less, even on a busy machine; those on noise may stay undecided


def selects_by_test_labels(X, y, X_test, seed, test_labels):
    """Predicts the test labels, as code does that has them by mistake."""
    return test_labels


@pytest.fixture(scope="module")
def leaking():
    return check(selects_by_test_labels, data=(X, Y), seconds=SECONDS)


@pytest.fixture(scope="module")
def honest():
    return check(DecisionTreeClassifier(), data=(X, Y), seconds=SECONDS)


def test_the_record_has_the_shape_of_the_schema(leaking, tmp_path):
    assert fault_of(json.loads(json.dumps(leaking.record))) is None
    leaking.to_json(tmp_path / "audit.json")
    assert read_audit(tmp_path / "audit.json")["subject"] == "selects_by_test_labels on data"


def test_every_export_renders_it(leaking):
    page = render(leaking.record)
    assert "Is there a mistake in" in page
    assert "Test labels are used" in page
    assert "not looked at" in page
    assert "own/e1" in markdown.summary(leaking.record)
    assert "Test labels are used" in junit.junit(leaking.record)


def test_a_leak_refutes_and_raises(leaking):
    assert leaking["E1"].verdict == "REFUTED"
    assert leaking.exit_code == 1
    with pytest.raises(AuditRefuted, match="Test labels are used"):
        leaking.raise_if_refuted()


def test_an_honest_estimator_raises_nothing(honest):
    honest.raise_if_refuted()
    assert honest["E3"].verdict == "HELD"
    assert honest.exit_code in (0, 10)
    assert honest["L1"].verdict == "NOT RUN"


def test_what_is_expected_is_no_news_and_turns_red_when_it_holds():
    told = {"E1": "the labels are shown on purpose", "R2": "so they are here"}
    found = check(selects_by_test_labels, data=(X, Y), seconds=SECONDS, expected=told)
    found.raise_if_refuted()
    assert found.exit_code != 1
    other = check(DecisionTreeClassifier(), data=(X, Y), seconds=SECONDS, expected={"E3": "it never did"})
    assert other.untrue == ["E3"]
    assert other.exit_code == 1
    with pytest.raises(AuditRefuted, match="expected to be refuted and is not: E3"):
        other.raise_if_refuted()


def test_a_reason_is_asked_for_and_a_code_must_exist():
    for expected in ({"E9": "x"}, {"E1": " "}):
        with pytest.raises(ValueError, match="expected a code"):
            check(DecisionTreeClassifier(), data=(X, Y), expected=expected)
