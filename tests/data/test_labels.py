"""A user's labels are whole numbers from 0, whatever their type; anything else is named with what was expected."""

import numpy as np
import pytest
import torch

from rethinking_audit.fixtures.data import labels

Y = np.arange(12) % 3


@pytest.mark.parametrize(
    "found",
    [
        Y,
        *(Y.astype(kind) for kind in ("u1", "i2", ">i4", "u8", "f2", "f4", "f8")),
        Y[:, None],
        Y.tolist(),
        torch.tensor(Y),
        [np.int64(one) for one in Y],
    ],
    ids=[
        "int64",
        "uint8",
        "int16",
        "big-endian",
        "uint64",
        "float16",
        "float32",
        "float64",
        "column",
        "list",
        "tensor",
        "scalars",
    ],
)
def test_labels_are_taken(found):
    taken = labels.whole(found, "y")
    assert (taken.dtype, taken.tolist()) == (np.int64, Y.tolist())
    assert labels.classes(taken, taken, ("y", "y")) == 3
    assert labels.missing(taken, 3) == []
    assert labels.missing(taken[:2], 3) == ["no test image of class 2"]
    assert labels.missing(taken[:1], 6) == ["no test image of 5 classes: 1, 2, 3, …"]


def test_booleans_are_two_classes():
    assert labels.whole(Y > 0, "y").tolist() == (Y > 0).astype(int).tolist()


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Y + 1, "y name 3 classes from 1 to 3, expected 0 to 2"),
        (Y * 2, "y name 3 classes from 0 to 4, expected 0 to 2: no training image of class 1"),
        (Y - 1, "y name 3 classes from -1 to 1, expected 0 to 2"),
        (Y * 2**40, "y name 3 classes from 0 to 2199023255552, expected 0 to 2"),
        (np.full(12, np.iinfo(np.int64).max), "y are all 9223372036854775807, expected at least two classes"),
        (np.array([0, 2**64 - 1], np.uint64), "y go as far as 1.84467e[+]19, expected whole numbers from 0"),
        (np.array([0, 1e30]), "y go as far as 1e[+]30, expected"),
        (Y / 2, "y are float64, such as 0.5; expected whole numbers from 0"),
        (Y * np.nan, "y are float64, such as nan; expected"),
        (np.eye(3)[Y], r"y are one-hot, float64 \(12, 3\); expected .*, such as labels.argmax\(1\)"),
        (np.eye(3, dtype=bool)[Y], "y are one-hot, bool"),
        (np.ones((12, 3)), r"y are float64 \(12, 3\), expected whole numbers from 0, of shape \(n,\)"),
        (Y[None], r"y are int64 \(1, 12\), expected"),
        (Y[:0], r"y are int64 \(0,\), expected"),
        (np.array(["cat", "dog"]), "y are of type <U3, such as .*cat.*; expected numbers"),
        ([[1], [1, 2]], "y are no array"),
        (None, "y are of type object, such as None"),
        (np.array(["2020-01-01"], "M8[D]"), "y are of type datetime64"),
        (Y * 0, "y are all 0, expected at least two classes"),
    ],
)  # fmt: skip
def test_labels_are_refused(found, said):
    def read():
        taken = labels.whole(found, "y")
        labels.classes(taken, taken, ("y", "y"))

    with pytest.raises(ValueError, match=f"^{said}"):
        read()


@pytest.mark.parametrize("other", [[0, 3], [-1, 0], [2**40]])
def test_a_test_label_that_no_training_image_has_is_refused(other):
    with pytest.raises(ValueError, match=f"^test are from {min(other)} to {max(other)}, expected 0 to 2"):
        labels.classes(Y, np.array(other), ("train", "test"))
