"""What tests of more than one file use."""

import io
import signal
from pathlib import Path

import pytest

from rethinking_audit.fixtures.calibration import record
from rethinking_audit.fixtures.data import listing, source
from rethinking_audit.fixtures.networks import NETWORKS
from rethinking_audit.fixtures.runs.cards import listed
from tests.builders.places import CLAIMS

CALIBRATION = CLAIMS / "calibration.toml"


def forget():
    """Forget what a new process would not know of the data sets."""
    for cached in (source.describe, source.load, source.digest, listing.listing):
        cached.cache_clear()


@pytest.fixture
def new_process():
    """What makes this process forget the data sets that it has seen."""
    forget()
    yield forget
    forget()


# Torch says of CUDA once in a process what nobody here can help; it names where it was triggered.
WARNINGS = ["error", *(["default:.*Triggered internally"] if listed() else [])]


def pytest_collection_modifyitems(items):
    """Let warnings be errors in the tests, and there alone: in an audit they are counted and recorded."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            for warning in reversed(WARNINGS):
                item.add_marker(pytest.mark.filterwarnings(warning), append=False)


@pytest.fixture
def calibration():
    """What `--calibrate` found of the fast tier as it is."""
    if not CALIBRATION.exists():
        pytest.skip("the fast tier has not been calibrated since its trainings changed: pytest claims -m fast --calibrate")
    return record.read(CALIBRATION)


@pytest.fixture
def own_folders(monkeypatch, tmp_path, new_process):
    """A data folder and a cache of the test's own; returns the data folder."""
    monkeypatch.setenv("RETHINKING_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("RETHINKING_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


@pytest.fixture
def no_guest_stays():
    """Forget the users' networks that a test makes known."""
    known = dict(NETWORKS)
    yield
    NETWORKS.clear()
    NETWORKS.update(known)


@pytest.fixture
def encodings_named(monkeypatch):
    """No file is opened in the machine's own encoding, which may be another elsewhere."""

    def named(encoding, stacklevel=2):
        assert encoding is not None, "a file is opened in the machine's own encoding"
        return encoding

    monkeypatch.setattr(io, "text_encoding", named)


@pytest.fixture
def no_nohup():
    """Heed SIGHUP as a program does that was not started by nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)
