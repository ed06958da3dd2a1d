"""Images and rows of any range are taken, and what is no image is refused by its name."""

import numpy as np
import pytest
import torch

from rethinking_audit.fixtures.data.preprocessing import standardize
from rethinking_audit.fixtures.data.values import values

BYTES = np.random.default_rng(0).integers(0, 256, (6, 9, 9), dtype=np.uint8)
NAMED = ("train", "test")


def taken(images):
    return values(images[:4], images[4:], NAMED)


@pytest.mark.parametrize("kind", ["u1", "i2", ">u2", "i8", "u8"])
def test_whole_numbers_are_bytes(kind):
    found = taken(BYTES.astype(kind))
    assert (found.train.dtype, found.max_value) == (np.uint8, 255)
    assert np.array_equal(found.train[:, 0], BYTES[:4])
    assert taken(BYTES // 16).max_value == 15
    assert taken(BYTES > 9).max_value == taken(BYTES * 0).max_value == 1
    assert taken(torch.as_tensor(BYTES)).max_value == 255


@pytest.mark.parametrize(
    ("change", "scale"),
    [
        (lambda x: x / 255, 1),
        (lambda x: x / 127.5 - 1, 1),
        (lambda x: x.astype(float), 1),
        (lambda x: (x / 255).astype("f2"), 1),
        (lambda x: x.astype(np.int16) * 16, 1),
        (lambda x: x.astype(np.int16) - 128, 1),
        (lambda x: x / 1e6, 255e-6),
        (lambda x: x * 1e300, 255e300),
    ],
    ids=["0 to 1", "-1 to 1", "0 to 255", "float16", "12 bits", "signed", "tiny", "huge"],
)
def test_other_numbers_are_floats(change, scale):
    found, before = taken(change(BYTES)), change(BYTES).astype(np.float64)
    assert (found.train.dtype, found.max_value) == (np.float32, 1)
    assert np.allclose(found.train[:, 0], before[:4] / scale, rtol=1e-6)
    assert np.allclose(standardize(torch.as_tensor(found.train)).std((1, 2, 3), correction=0), 1, atol=1e-3)


def test_the_same_scale_is_taken_from_both_splits():
    train, test = BYTES[:4] * 1e-6, BYTES[4:] * 1e-5
    found = values(train, test, NAMED)
    assert np.allclose(found.test[:, 0] / 10, BYTES[4:] * 1e-6 / test.max(), rtol=1e-5)
    assert values(BYTES[:4], BYTES[4:].astype(int) * 300, NAMED).train.dtype == np.float32


def test_rows_are_signals_of_floats():
    found = taken(BYTES.reshape(6, -1))
    assert (found.train.shape, found.train.dtype, found.max_value) == ((4, 1, 1, 81), np.float32, 1)


@pytest.mark.parametrize(
    ("train", "said"),
    [
        (BYTES[:4] / 255, "train are float64 1x9x9, test uint8 1x9x9; expected the same"),
        (BYTES[:4, :8], "train are uint8 1x8x9, test uint8 1x9x9; expected the same"),
        (np.where(BYTES > 200, np.inf, BYTES), "train have numbers that are not finite"),
        (np.where(BYTES > 200, np.nan, BYTES), "train have numbers that are not finite"),
        (BYTES.astype("U3"), "train are of type <U3, such as .*; expected numbers"),
        (BYTES * 1j, "train are of type complex128"),
        (BYTES.astype(object), "train are of type object"),
        (BYTES[:, :7], r"train are uint8 \(6, 7, 9\), expected \(n, d\), \(n, height, width\)"),
        (BYTES[:, 0, 0], r"train are uint8 \(6,\), expected"),
        (BYTES[:0], r"train are uint8 \(0, 9, 9\), expected"),
        (np.stack([BYTES] * 2, 3), r"train are uint8 \(6, 9, 9, 2\), expected"),
        (np.stack([BYTES] * 4, 1), r"train are uint8 \(6, 4, 9, 9\), expected"),
    ],
    ids=[
        "type",
        "shape",
        "inf",
        "nan",
        "text",
        "complex",
        "objects",
        "small",
        "one",
        "none",
        "two channels",
        "four channels",
    ],
)
def test_what_is_no_image_is_refused(train, said):
    with pytest.raises(ValueError, match=f"^{said}"):
        values(train, BYTES, NAMED)
