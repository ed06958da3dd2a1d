"""The demonstration finds the leak, and nothing in the mended pipeline."""

import inspect

import pytest

from rethinking_audit.__main__ import main
from rethinking_audit.fixtures.subjects.demo import leaking, mended


@pytest.mark.lengthy
def test_the_demonstration_shows_a_leak_and_its_end(capsys):
    assert main(["demo"]) == 0
    said = capsys.readouterr().out
    first, second = said.split("The same, mended")
    assert inspect.getsource(leaking) in first
    assert inspect.getsource(mended) in second
    assert "✗ REFUTED       Test labels are used" in first
    assert "✗ REFUTED" not in second
    assert "✓ HELD          Test labels are not used" in second
    assert "Red before: E1, E2" in second
    assert "Red after: nothing." in second


def test_the_demonstration_takes_no_arguments(capsys):
    assert main(["demo", "fast"]) == 4
    told = capsys.readouterr()
    assert told.err == "rethinking-audit demo: 'fast' is too much, expected nothing.\n"
    assert told.out == ""
