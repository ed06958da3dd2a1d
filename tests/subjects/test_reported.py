"""R4 compares a rounded figure by its digits, and an average in single precision by its error."""

from types import SimpleNamespace

import numpy as np
import pytest

from rethinking_audit.fixtures.subjects.learns import reported
from rethinking_audit.fixtures.subjects.trial import Answer

LABELS = np.arange(300) % 10
RIGHT = 68


def finding(figure):
    predicted = np.where(np.arange(300) < RIGHT, LABELS, (LABELS + 1) % 10)
    answer = Answer(np.arange(300), predicted, reported=figure)
    bench = SimpleNamespace(
        base=lambda: answer, given=SimpleNamespace(classes=np.arange(10)), plain=SimpleNamespace(labels=LABELS)
    )
    return reported(bench)


@pytest.mark.parametrize("figure", [68 / 300, 0.227, 22.67, float(np.float32(68 / 300)), float(100 * np.float32(68 / 300))])
def test_the_same_accuracy_in_other_digits_is_the_same(figure):
    assert finding(figure).verdict == "HELD"


@pytest.mark.parametrize(
    ("figure", "told"),
    [(0.22, "22.0 %, that of the predictions 22.7 %"), (22.68, "22.680 %, that of the predictions 22.667 %")],
)
def test_another_accuracy_is_told_with_the_digits_that_differ(figure, told):
    found = finding(figure)
    assert found.verdict == "REFUTED"
    assert told in found.sentence
