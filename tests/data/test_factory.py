"""A user's data set from code is read as it is, or refused in one sentence that quotes the code's place."""

import numpy as np
import pytest

from rethinking_audit.fixtures.data import factory
from rethinking_audit.fixtures.data.checked import checked
from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.guests.strings import Refused
from tests.builders.guests import write_code

HEAD = """
import numpy as np
import torch
from PIL import Image

draw = np.random.default_rng(3)
images = draw.integers(0, 256, (18, 9, 12, 3), dtype=np.uint8)
rows = draw.normal(size=(18, 11))
y = np.arange(18) % 3

class Set:
    def __init__(self, X, y):
        self.X, self.y = X, y

    def __len__(self):
        return len(self.X)

    def __getitem__(self, index):
        return self.X[index], self.y[index]

def split(X, y=y):
    return (X[:12], y[:12]), (X[12:], y[12:])

def sets(X, y=y):
    return Set(X[:12], y[:12]), Set(X[12:], y[12:])
"""


def source(folder, body):
    return find(f"{write_code(folder, HEAD + body)}:data")


def returned(folder, value):
    return source(folder, f"def data():\n    return {value}")


@pytest.mark.parametrize(
    ("value", "shape", "crop", "kind"),
    [
        ("split(images)", (3, 9, 12), (7, 10), np.uint8),
        ("split(images.transpose(0, 3, 1, 2))", (3, 9, 12), (7, 10), np.uint8),
        ("split(images[..., 0])", (1, 9, 12), (7, 10), np.uint8),
        ("split(images[..., :1].astype(int))", (1, 9, 12), (7, 10), np.uint8),
        ("split(images / 255)", (3, 9, 12), (7, 10), np.float32),
        ("split(images.astype(int) * 256)", (3, 9, 12), (7, 10), np.float32),
        ("split(torch.as_tensor(images), torch.as_tensor(y))", (3, 9, 12), (7, 10), np.uint8),
        ("split(rows)", (1, 1, 11), (1, 11), np.float32),
        ("split(rows.tolist(), y.tolist())", (1, 1, 11), (1, 11), np.float32),
        ("split(rows[:, None, None])", (1, 1, 11), (1, 11), np.float32),
        ("split(rows, y[:, None])", (1, 1, 11), (1, 11), np.float32),
        ("sets([Image.fromarray(one) for one in images])", (3, 9, 12), (7, 10), np.uint8),
        ("sets([Image.fromarray(one[..., 0]) for one in images])", (1, 9, 12), (7, 10), np.uint8),
        ("sets([Image.fromarray(one).convert('CMYK') for one in images])", (3, 9, 12), (7, 10), np.uint8),
        ("sets([torch.as_tensor(one).permute(2, 0, 1) / 255 for one in images])", (3, 9, 12), (7, 10), np.float32),
        ("sets(rows, [int(one) for one in y])", (1, 1, 11), (1, 11), np.float32),
        ("sets(rows, torch.as_tensor(y))", (1, 1, 11), (1, 11), np.float32),
        ("[list(sets(rows)[0]), list(sets(rows)[1])]", (1, 1, 11), (1, 11), np.float32),
    ],
)  # fmt: skip
def test_a_factory_is_read(tmp_path, value, shape, crop, kind):
    found = returned(tmp_path, value)
    data, about = found.load(), found.about
    assert (data.train_images.shape, data.test_images.shape) == ((12, *shape), (6, *shape))
    assert (data.train_images.dtype, data.max_value) == (kind, 255 if kind == np.uint8 else 1)
    assert data.test_labels.tolist() == [0, 1, 2, 0, 1, 2]
    assert (about.train, about.test, about.channels, about.shape, about.crop, about.classes) == (
        12,
        6,
        shape[0],
        shape[1:],
        crop,
        3,
    )
    assert found.digest() == data.digest
    assert (about.drawn, about.stand_in) == (False, None)


def test_the_pixels_are_the_users(tmp_path):
    data = returned(tmp_path, "split(images)").load()
    draw = np.random.default_rng(3)
    images = draw.integers(0, 256, (18, 9, 12, 3), dtype=np.uint8)
    assert np.array_equal(data.train_images, images[:12].transpose(0, 3, 1, 2))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("None", r"returned NoneType, expected \(train, test\)"),
        ("(images, y, images, y)", r"returned 4 things, expected \(train, test\)"),
        ("{'train': 1, 'test': 2}", "returned dict, expected"),
        ("(images, y)", "returned ndarray as train, expected"),
        ("(iter([]), iter([]))", r"returned \w+ as train, expected"),
        ("([], [])", "returned an empty data set as train"),
        ("(Set(list(images), y), None)", "returned NoneType as test"),
        ("sets(images)[:1] * 2", r"no test image is new: 12 test images are training images too, left out: test\[0\]"),
        ("split(images[:, :5])", r"train images are uint8 \(12, 5, 12, 3\), expected"),
        ("split(rows[:, :5])", r"train images are float64 \(12, 5\), expected .* at least 8"),
        ("split(rows[0])", r"train images are float64 \(11,\)|train images are"),
        ("split(np.where(rows > 2, np.inf, rows))", "numbers that are not finite"),
        ("split(rows.astype(str))", "train images are of type <U32, such as .*; expected numbers"),
        ("split(rows.astype(object))", "train images are of type object"),
        ("split(rows * 1j)", "train images are of type complex128"),
        ("split(rows, y / 2)", "train labels are float64, such as 0.5; expected whole numbers from 0"),
        ("split(rows, np.array(list('abc') * 6))", "train labels are of type <U1, such as .*'a'"),
        ("split(rows, np.eye(3)[y].astype(int))", r"train labels are one-hot, int64 \(12, 3\); expected"),
        ("split(rows, y + 1)", "train labels name 3 classes from 1 to 3, expected 0 to 2"),
        ("split(rows, y - 1)", "train labels name 3 classes from -1 to 1, expected 0 to 2"),
        ("(split(rows)[0], (rows[12:], y[12:] + 1))", "test labels are from 1 to 3, expected 0 to 2"),
        ("((rows[:12], y[:11]), (rows[12:], y[12:]))", "train images are 12, train labels 11; expected one"),
        ("(split(rows)[0], split(images)[1])", "train images are float64 1x1x11, test images uint8 3x9x12; expected"),
        ("(split(rows)[0], split(rows)[0])", "no test image is new: 12 test images are training images too"),
        ("(list(images), list(images))", r"item 0 of train is ndarray, expected \(image, class\)"),
        ("sets([images[0]] * 5 + [images[0][:8]] * 13)", r"train images are of shapes \(9, 12, 3\) and \(8, 12, 3\)"),
        ("1 / 0", r"data\(\) raises ZeroDivisionError: division by zero \("),
        ("exit()", r"data\(\) exits"),
    ],
)  # fmt: skip
def test_what_is_no_data_set_is_refused(tmp_path, value, said):
    found = returned(tmp_path, value)
    with pytest.raises(Refused, match=said) as caught:
        found.load()
    assert str(tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_item_that_raises_is_the_users(tmp_path):
    set_of = "class Bad(Set):\n    def __getitem__(self, index): raise OSError('gone')\n"
    body = f"{set_of}def data(): return Bad(rows, y), Bad(rows, y)"
    with pytest.raises(Refused, match=r"reading the data set of .* raises OSError: gone \("):
        source(tmp_path, body).load()


def test_a_data_set_has_the_name_of_its_file_and_factory(tmp_path):
    found = returned(tmp_path, "split(rows)")
    name = found.public_name
    assert str(found) == f"{tmp_path}/{name}"
    assert find(str(found)) == found
    assert found.load().name == name
    assert found.about.title == f"signals from {name} (12 + 6 signals of 1x11)"


def test_a_factory_that_draws_anew_is_noticed_and_one_that_draws_from_the_global_generator_does_not(tmp_path):
    drawn = "split(rows + np.random.default_rng().normal(size=rows.shape))"
    assert factory.changes(returned(tmp_path, drawn).path)
    for steady in (
        "split(rows)",
        "split(rows + np.random.normal(size=rows.shape))",
        "split(rows + torch.rand(18, 11).numpy())",
    ):
        assert not factory.changes(returned(tmp_path, steady).path)


def test_two_factories_differ_in_their_digest(tmp_path):
    assert returned(tmp_path, "split(rows)").digest() != returned(tmp_path, "split(rows + 1)").digest()


ROWS = """
def data():
    X = np.random.default_rng(4).normal(size=(720, 11))
    return (X[:600], np.arange(600) % 3), (X[600:], np.arange(120) % 3)
"""


def test_an_experiment_on_rows_keeps_its_contracts(tmp_path):
    experiment, kept = checked(source(tmp_path, ROWS), 300, "original", 1.0, 0)
    assert experiment.inputs.shape == (300, 1, 1, 11)
    assert len(kept) > 5
