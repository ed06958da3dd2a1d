"""Damaged inputs of each parser of data end in the documented error. `python -m tests.attacks.fuzz` tries more of them."""

import pytest

from tests.attacks.data_parsers import PARSERS
from tests.attacks.fuzz import fuzz

FEW = 40


@pytest.mark.parametrize("name", PARSERS)
def test_only_documented_errors_come(tmp_path, name):
    folder = tmp_path / "of-the-parser"
    folder.mkdir()
    outcomes = fuzz(name, FEW, 0, folder)
    assert outcomes.total() == FEW
    assert outcomes["refused"] > 0


def test_another_error_is_told_with_what_makes_it_again(tmp_path, monkeypatch):
    def broken(place):
        parser = PARSERS["idx"](place)
        parser.read = lambda content: 1 // 0
        return parser

    monkeypatch.setitem(PARSERS, "broken", broken)
    with pytest.raises(AssertionError, match=r"^broken, seed 7, input 0: ZeroDivisionError.*, expected DataUnavailable"):
        fuzz("broken", 1, 7, tmp_path)


def test_a_file_that_is_left_is_told(tmp_path, monkeypatch):
    def leaving(place):
        parser = PARSERS["idx"](place)
        parser.read = lambda content: (tmp_path / "left").write_bytes(content)
        return parser

    monkeypatch.setitem(PARSERS, "leaving", leaving)
    (tmp_path / "of-the-parser").mkdir()
    with pytest.raises(AssertionError, match="leaving, seed 0 left other files"):
        fuzz("leaving", 1, 0, tmp_path / "of-the-parser")
