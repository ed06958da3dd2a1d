"""What a user hands in: rows, labels, groups and a split, and one sentence where they cannot be used."""

import numpy as np
import pytest

from rethinking_audit.fixtures.subjects.given import BadGiven, given

X, Y = np.arange(60.0).reshape(30, 2), np.tile(["a", "b", "c"], 10)


def test_labels_have_codes_in_order():
    found = given(X, Y)
    assert found.classes.tolist() == ["a", "b", "c"]
    assert found.labels(found.codes).tolist() == Y.tolist()


def test_a_third_of_each_class_is_held_out():
    train, test = given(X, Y).split()
    assert (len(train), len(test)) == (21, 9)
    assert sorted([*train, *test]) == list(range(30))
    assert np.unique(Y[test], return_counts=True)[1].tolist() == [3, 3, 3]


def test_whole_groups_are_held_out():
    groups = np.repeat(np.arange(6), 5)
    train, test = given(X, Y, groups).split()
    assert not set(groups[train]) & set(groups[test])


def test_a_split_is_the_users_own():
    found = given(X, Y, split=(np.arange(10), np.arange(30) >= 20))
    assert found.split()[1].tolist() == list(range(20, 30))


def test_a_quantity_is_no_class():
    assert given(X, np.linspace(0, 1, 30)).classes is None
    assert given(X, np.tile([0.0, 1.0, 2.0], 10)).classes.tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"X": X, "y": Y[:5]}, "30 rows and targets of shape (5,), expected one target a row"),
        ({"X": X[:4], "y": Y[:4]}, "4 rows, expected at least 20"),
        ({"X": X, "y": np.zeros(30, int)}, "one label only"),
        ({"X": X, "y": np.where(np.arange(30) == 3, np.nan, 1.0)}, "no numbers (NaN)"),
        ({"X": X, "y": [str(one) for one in range(30)]}, "30 classes in 30 rows"),
        ({"X": X, "y": Y, "groups": [1, 2]}, "the groups have the shape (2,), expected one group for each of 30 rows"),
        ({"X": X, "y": Y, "split": ([0, 1], [1, 2])}, "row 1 of data is both a training and a test row"),
        ({"X": X, "y": Y, "split": ([0, 99], [1])}, "the training rows of data are [0, 99], expected places from 0 to 29"),
    ],
)
def test_data_that_cannot_be_used_are_refused_in_a_sentence(fields, said):
    with pytest.raises(BadGiven) as caught:
        given(**fields)
    assert said in str(caught.value).replace("np.int64(0)", "0").replace("np.int64(99)", "99")
