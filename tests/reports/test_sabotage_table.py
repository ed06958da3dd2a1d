"""The matrix of faults in a terminal."""

import io
import itertools
import os
import re
import sys

import pytest

from rethinking_audit.reports.sabotage import matrix
from rethinking_audit.reports.sabotage_table import show
from tests.builders.records import give, synthetic


def faulty(passed, name="a-fault", reason="it was REFUTED"):
    """A matrix of one fault that was caught or missed, and where it was missed a red without one."""
    clean = synthetic(1, networks=("a",), runs=False)
    fault = {"id": name, "what": "x", "source": "y", "caught_by": ["family/claim-0"]}
    sick = (give(clean, 0, "a", verdict="REFUTED", reason=reason) if passed else clean) | {"sabotage": fault}
    alarm = clean if passed else give(synthetic(2, networks=("a",), runs=False), 1, "a", verdict="REFUTED", reason=reason)
    return matrix([(alarm, None), (sick, None)])


class Terminal(io.StringIO):
    """What is written to a terminal 100 wide."""

    def isatty(self):
        return True


def shown(found, monkeypatch, terminal, **environment):
    """What is printed of a matrix."""
    for name in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"TERM": "xterm", "COLORTERM": "", **environment}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(os, "get_terminal_size", lambda *_: os.terminal_size((100, 30)))
    out = Terminal() if terminal else io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    show(found)
    return out.getvalue().splitlines()


def test_a_terminal_shows_what_passed_in_green_and_what_did_not_in_bold_red(monkeypatch):
    green, bold_green, bold_red, plain = "\x1b[32m", "\x1b[1;32m", "\x1b[1;31m", "\x1b[0m"
    *_, row, headline = shown(faulty(True), monkeypatch, True)
    assert f"{green}caught: family/claim-0{plain}" in row
    assert headline == f"{bold_green}1 of 1 fault caught by the right check, nothing red in 1 audit without one{plain}"
    first, *_, row, alarm, headline = shown(faulty(False), monkeypatch, True)
    assert f"{bold_red}NOT CAUGHT, expected family/claim-0{plain}" in row
    assert alarm == f"{bold_red}red without a fault: family/claim-1: it was REFUTED{plain}"
    assert headline == f"{bold_red}0 of 1 fault caught by the right check, 1 red in 1 audit without one{plain}"
    assert first == "  1 claim    family/claim-0"  # numbers are not coloured


@pytest.mark.parametrize(
    ("terminal", "environment", "width"), [(True, {}, 100), (False, {}, 165), (False, {"COLUMNS": "60"}, 60)]
)
def test_a_matrix_is_as_wide_as_its_terminal_or_as_it_is_told(monkeypatch, terminal, environment, width):
    lines = shown(faulty(False, reason="so " * 100), monkeypatch, terminal, **environment)
    lines = [re.sub("\x1b\\[[0-9;]*m", "", line) for line in lines]
    assert width - 3 <= max(map(len, lines)) <= width


def test_a_narrow_matrix_keeps_the_names_of_faults_and_cuts_nothing(monkeypatch):
    name = "the-labels-of-one-class-are-those-of-another"
    lines = shown(faulty(False, name), monkeypatch, False, COLUMNS="60")
    assert any(line.startswith(name) for line in lines)
    table = itertools.dropwhile(lambda line: "outcome" not in line, lines)
    rows = itertools.takewhile(lambda line: not line.startswith("red"), table)
    told = "".join(line[len(name) + 1 :].strip() for line in [*rows][1:])
    assert told.replace(" ", "").removeprefix("?") == "NOTCAUGHT,expectedfamily/claim-0"
