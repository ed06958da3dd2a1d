"""Pickles as Python 2 wrote CIFAR-10's, and pickles that try to act."""

import io
import os
import pickle


class _Python2Pickler(pickle._Pickler):
    """Writes byte strings as Python 2's `str`, and numpy's functions under the names they had then."""

    dispatch = dict(pickle._Pickler.dispatch)  # noqa: RUF012  # the base class fills it as methods are defined

    def save_bytes(self, value):
        self.write(pickle.BINSTRING + len(value).to_bytes(4, "little") + value)
        self.memoize(value)

    dispatch[bytes] = save_bytes

    def save_global(self, value, name=None):
        module = value.__module__.replace("numpy._core", "numpy.core")
        self.write(pickle.GLOBAL + f"{module}\n{value.__qualname__}\n".encode())
        self.memoize(value)

    dispatch[type] = save_global
    dispatch[type(len)] = save_global


def python2_pickle(value):
    """Return the value pickled by protocol 2, byte strings as Python 2's `str`."""
    file = io.BytesIO()
    _Python2Pickler(file, protocol=2).dump(value)
    return file.getvalue()


class _Acts:
    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def hostile_pickles(marker):
    """Return pickles that would leave the file `marker` behind if they were loaded as usual, by what they ask for."""
    command = f"touch {marker}"
    return {
        "system": pickle.dumps({b"data": _Acts(os.system, command)}, protocol=2),
        "eval": pickle.dumps(_Acts(eval, f"open({str(marker)!r}, 'w')"), protocol=4),
        "getattr": pickle.dumps(_Acts(getattr, "", "join"), protocol=2),
        # The allowed module, and a dotted name that climbs out of it.
        "dtype.__class__": b"\x80\x04\x8c\x05numpy\x8c\x0fdtype.__class__\x93.",
    }
