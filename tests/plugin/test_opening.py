"""What a user sees first, and what one is told of a mistyped tier."""

import os
import pty
import re
import subprocess
import sys

import pytest

from rethinking_audit.fixtures.plugin.markers import expect_known
from rethinking_audit.fixtures.plugin.opening import SIGN
from tests.builders.places import ROOT


class Config:
    def __init__(self, expression):
        self.option = type("Option", (), {"markexpr": expression})

    def getini(self, name):
        return ["fast: quick", "small: few", "paper: all", "skipif(condition): pytest's own"]


@pytest.mark.parametrize("expression", ["", "fast", "fast or small", "not (paper and skipif)", "True", "1x"])
def test_markers_that_there_are_are_accepted(expression):
    expect_known(Config(expression), ["fast", "small", "paper"])


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("fsat", "-m 'fsat': nothing is marked 'fsat', expected fast or small or paper; did you mean fast?"),
        (
            "not papr",
            "-m 'not papr': nothing is marked 'papr', expected fast or small or paper; did you mean paper?",
        ),
        ("nightly", "-m 'nightly': nothing is marked 'nightly', expected fast or small or paper"),
    ],
)
def test_another_is_bad_input(expression, told):
    with pytest.raises(ValueError, match=re.escape(told) + "$"):
        expect_known(Config(expression), ["fast", "small", "paper"])


@pytest.mark.lengthy
def test_a_terminal_shows_a_sign_of_life_before_torch_is_loaded():
    ours, theirs = pty.openpty()
    program = "import sys, pytest; code = pytest.main(sys.argv[1:]); raise SystemExit(code)"
    arguments = ["claims", "--plan", "-m", "fsat", "-p", "no:cacheprovider"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    command = [sys.executable, "-c", program, *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=theirs, stderr=theirs, env=environment) as ran:
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
