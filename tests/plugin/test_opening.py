"""What a user sees first, and what one is told of a mistyped tier."""

import os
import pty
import subprocess
import sys

import pytest

from rethinking_audit.fixtures.plugin.marked import unknown
from rethinking_audit.fixtures.plugin.opening import SIGN
from tests.builders.places import ROOT

PYTEST = [sys.executable, "-m", "pytest", "claims", "-p", "no:cacheprovider"]


def clean(**more):
    """The environment without pytest's own variables."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")} | more


class Config:
    def __init__(self, expression):
        self.option = type("Option", (), {"markexpr": expression})

    def getini(self, name):
        return ["fast: quick", "small: few", "paper: all", "skipif(condition): pytest's own"]


@pytest.mark.parametrize("expression", ["", "fast", "fast or small", "not (paper and skipif)", "True", "1x", "fast and"])
def test_markers_that_there_are_are_accepted(expression):
    assert unknown(Config(expression), ["fast", "small", "paper"]) == ""


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("fsat", "-m 'fsat': nothing is marked 'fsat', expected fast or small or paper; did you mean fast?"),
        ("not papr", "-m 'not papr': nothing is marked 'papr', expected fast or small or paper; did you mean paper?"),
        ("nightly", "-m 'nightly': nothing is marked 'nightly', expected fast or small or paper"),
    ],
)
def test_another_is_bad_input(expression, told):
    assert unknown(Config(expression), ["fast", "small", "paper"]) == told


@pytest.mark.lengthy
def test_a_marker_of_another_plugin_is_one(tmp_path):
    done = subprocess.run(
        [*PYTEST, "-m", "fast and not xdist_group", "-k", "test_accuracy_is_chance", "--plan", "--store", str(tmp_path)],
        cwd=ROOT,
        env=clean(),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, "distinct runs" in done.stdout) == (0, True), done.stdout + done.stderr


@pytest.mark.lengthy
def test_a_terminal_shows_a_sign_of_life_first():
    ours, theirs = pty.openpty()
    command = [*PYTEST, "--plan", "-m", "fsat"]
    # No encoding of the terminal stops it.
    with subprocess.Popen(command, cwd=ROOT, stdout=theirs, stderr=theirs, env=clean(PYTHONIOENCODING="latin-1")) as ran:
        os.close(theirs)
        first = os.read(ours, 1000).decode()
        while True:  # until the program closes the terminal
            try:
                if not os.read(ours, 1000):
                    break
            except OSError:
                break
    os.close(ours)
    assert first.startswith(SIGN)
    assert ran.returncode == 4
