"""One run in two processes that torchrun started, against one process, and after a process was killed."""

import json
import os
import subprocess
import sys

import pytest

from rethinking_audit.fixtures.streaming.checkpoint import NAME
from tests.builders.places import ROOT

pytestmark = pytest.mark.lengthy
PATIENCE = 300  # seconds: each process loads torch, on a machine that may be busy


def train(folder, out, *more, processes=2, every=1000):
    """Train in so many processes; return the result, None if it was not written."""
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
    command = [*torchrun, "-m", "tests.builders.share", str(folder), str(out), str(every), *more]
    alone = {name: value for name, value in os.environ.items() if name not in ("WORLD_SIZE", "RANK", "LOCAL_RANK")}
    how = {"cwd": ROOT, "env": {**alone, "OMP_NUM_THREADS": "1"}, "timeout": PATIENCE, "capture_output": True}
    subprocess.run(command, check=False, **how)
    return json.loads(out.read_text()) if out.exists() else None


@pytest.fixture
def one(folder, tmp_path):
    """The result of one process."""
    return train(folder, tmp_path / "one.json", processes=1)


def test_two_processes_end_with_the_weights_of_one_to_the_bit(folder, tmp_path, one):
    """Each takes one of two parts. A sum of two numbers does not depend on their order; with more parts it may."""
    two = train(folder, tmp_path / "two.json")
    assert two["weights"] == one["weights"]
    assert two["predictions"] == one["predictions"]
    losses = (result["curves"]["train_loss"] for result in (two, one))
    assert next(losses) == pytest.approx(next(losses), rel=1e-12)  # sums in float64, in another order


def test_a_run_whose_process_was_killed_goes_on_to_the_same_weights(folder, tmp_path, one):
    pytest.importorskip("safetensors", reason="safetensors is not installed: pip install '.[imagenet]'")
    out = tmp_path / "killed.json"
    assert train(folder, out, "5", every=2) is None
    assert (tmp_path / "killed.json.kept" / NAME).exists()
    assert train(folder, out, every=2)["weights"] == one["weights"]
