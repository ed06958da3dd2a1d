"""What the tests of subjects share: the finding of one code, without waiting for the others."""

import pickle
import subprocess
import sys
import tempfile
from pathlib import Path

from rethinking_audit.own import check
from tests.builders.places import ROOT

AT_MOST = 60.0  # seconds for one code; a second is usual
PROGRAM = """
import pickle, sys
from pathlib import Path
import conftest
from tests.subjects.judged import here
place = Path(sys.argv[1])
code, subject, asked = pickle.loads(place.read_bytes())
place.write_bytes(pickle.dumps(here(code, subject, **asked)))
"""


class Settled(Exception):
    """The code that was asked for has its finding."""


def findings(code, subject, **asked):
    """The findings of an audit up to that of one code, which is the last; the audit ends with it.

    A process in which autograd has threads for a card, such as the emulated one of other tests, has no children that can
    train: the audit is then made in a new one.
    """
    return elsewhere(code, subject, **asked) if has_a_card() else here(code, subject, **asked)


def has_a_card():
    """Whether the emulated card was used in this process."""
    return "tests.builders.card" in sys.modules


def here(code, subject, **asked):
    told = []

    def tell(one):
        told.append(one)
        if one.code == code:
            raise Settled

    try:
        check(subject, **asked, seconds=AT_MOST, tell=tell)
    except Settled:
        return told
    raise AssertionError(f"the audit has no finding of {code}")


def elsewhere(code, subject, **asked):
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "asked"
        place.write_bytes(pickle.dumps((code, subject, asked)))
        subprocess.run([sys.executable, "-c", PROGRAM, str(place)], cwd=ROOT, check=True, capture_output=True, text=True)
        return pickle.loads(place.read_bytes())
