"""A pickle of arrays is read as Python 2 and Python 3 wrote it, without numpy's own types, and nothing else is."""

import pickle
import sys

import numpy as np
import pytest

from rethinking_audit.fixtures.data import pickles
from rethinking_audit.fixtures.data.dataset import DataUnavailable
from tests.attacks.make_pickle import python2_pickle


def read(content):
    return pickles.array(pickles.read(content, "batch")["data"], "batch")


class OfPython2:
    """An array as numpy of Python 2 reduced it: its type called with 0 and 1, without a state."""

    def __init__(self, content, shape, kind):
        self.parts = (1, shape, OfPython2Type(kind), False, content)

    def __reduce__(self):
        return np._core.multiarray._reconstruct, (np.ndarray, (0,), b"b"), self.parts


class OfPython2Type:
    def __init__(self, kind):
        self.kind = kind

    def __reduce__(self):
        return np.dtype, (self.kind, 0, 1)


@pytest.mark.parametrize("protocol", range(5))
@pytest.mark.parametrize("order", "CF")
@pytest.mark.parametrize("kind", ["u1", "i8", ">i4", "<u2"])
def test_arrays_are_read(protocol, order, kind):
    array = np.asarray(np.arange(6).reshape(2, 3), kind, order=order)
    found = read(pickle.dumps({"data": array}, protocol))
    assert (found.dtype, found.tolist()) == (array.dtype, array.tolist())


@pytest.mark.filterwarnings("error")
def test_what_krizhevskys_script_wrote_is_read():
    """NumPy 2.4.0 to 2.4.4 warn of such a type, and called sound data damaged."""
    content = pickle.dumps({"data": OfPython2(b"abcdef", (2, 3), "u1"), "labels": [1, 2]}, protocol=2)
    assert read(content).tobytes() == b"abcdef"
    assert read(python2_pickle({b"data": np.arange(4, dtype=np.uint8)})).tolist() == [0, 1, 2, 3]


def test_no_object_of_numpys_is_made_while_a_pickle_is_read():
    called = []
    content = pickle.dumps({"data": np.arange(6, dtype=np.uint8)}, protocol=2)
    sys.setprofile(lambda frame, event, function: called.append(function) if event == "c_call" else None)
    try:
        pickles.read(content, "batch")
    finally:
        sys.setprofile(None)
    assert called
    assert not {np.dtype, np.ndarray, np._core.multiarray._reconstruct} & set(map(id, called))


DEEP = 40_000


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (pickle.dumps({"data": OfPython2(b"abcde", (2, 3), "u1")}, 2), "5 bytes are no u1"),
        (pickle.dumps({"data": OfPython2(b"a", (0, 2**40), "u1")}, 2), "its shape is no tuple of sizes"),
        (pickle.dumps({"data": OfPython2(b"a", (-1, 0), "u1")}, 2), "its shape is no tuple of sizes"),
        (pickle.dumps({"data": OfPython2(b"a", (0,) * 64, "u1")}, 2), "its shape is no tuple of sizes"),
        (pickle.dumps({"data": OfPython2(b"abcdefgh", (1,), "O")}, 2), "its type is not one of integers"),
        (pickle.dumps({"data": OfPython2(b"abcdefgh", (1,), "f8")}, 2), "its type is not one of integers"),
        (pickle.dumps({"data": [1, 2.5]}), "holds list"),
        (pickle.dumps({"data": [True]}), "holds list"),
        (pickle.dumps({"data": [2**70]}), "holds list"),
        (pickle.dumps({"data": {1, 2}}), "EMPTY_SET is no part of a pickle of arrays"),
        (pickle.dumps({"data": OfPython2}), "asks for .*OfPython2; refused"),
        (pickle.dumps({"data": np.float64}), "asks for numpy.float64; refused"),
        (pickle.dumps({"data": np.arange(3.0)}, 2), "its type is not one of integers"),
        (b"\x80\x02}(" + b")" + b"\x85" * DEEP + b"K\x01u.", "tuple as a key"),
        (b"\x80\x02}(U\x04data)" + b"\x85" * DEEP + b"u.", "holds tuple"),
        (b"\x80\x02}U\x04data" + b"]" + b"2a" * 2_000 + b"s.", "DUP is no part"),
        (b"\x80\x02}q\x00(U\x04datah\x00u.", "holds dict"),
        (b"\x80\x02cnumpy\ndtype\n}b.", "a state for Found"),
        (b"\x80\x02K\x01)R.", "a call of int"),
        (b"\x80\x02]K\x01K\x02s.", "int as a key of list"),
        (b"\x80\x02}\x8a\xff" + b"\x01" * 255 + b"K\x01s.", "int as a key"),
        (b"\x80\x02a.", "IndexError"),
        (b"\x80\x02c\nnumpy\n_no_such_name\n.", "refused|cannot be read"),
        (b"\x80\x04\x8c\x06\nnumpy\x8c\x01x\x93.", "asks for numpy.x; refused"),
    ],
    ids=range(24),
)
def test_what_is_no_array_is_refused(content, said):
    with pytest.raises(DataUnavailable, match=said) as caught:
        read(content)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300
