"""Mutated texts bring nothing but the documented exceptions out of a parser; `python -m tests.attacks N` tries more."""

import pytest

from rethinking_audit.fixtures.guests import strings
from rethinking_audit.fixtures.runs.store import DamagedRecord, Store
from rethinking_audit.fixtures.subjects import script
from tests.attacks.__main__ import ATTACKS, main
from tests.attacks.text_parsers import PARSERS


@pytest.mark.parametrize("name", PARSERS)
def test_a_parser_refuses_mutated_texts_as_it_says(name):
    assert PARSERS[name](60, 1) == []


def test_a_fault_is_counted_and_told(monkeypatch, capsys):
    monkeypatch.setitem(ATTACKS, "recipe", lambda count, seed: [f"one of {count}"])
    assert main(["3", "recipe"]) == 1
    assert capsys.readouterr().out == "recipe: 3 inputs, 1 faults\none of 3\n"
    assert main(["3", "shard"]) == 0
    for words in (["many"], ["3", "nobody"], []):
        with pytest.raises(SystemExit):
            main(words)


@pytest.mark.parametrize(
    ("text", "said"),
    [("(a{999999999999})", "the repetition number is too large"), ("(" * 5000, "is no regular expression")],
)
def test_a_regular_expression_that_python_cannot_hold_is_refused(text, said):
    with pytest.raises(script.BadGiven, match=said):
        script.pattern(text)


def test_a_figure_of_infinitely_many_rows_is_refused():
    found = script.pattern(r"(\w+)/(\w+)").search("3/inf")
    with pytest.raises(script.BadSubject, match="says 3 right of inf, expected no more than there are"):
        script.read(found)


def test_the_home_of_nobody_is_part_of_a_files_name():
    reference = strings.parse("~nobody-of-that-name/a.py:net")
    assert (reference.path.name, reference.public_name) == ("a.py", "a.py:net")
    assert strings.parse("~\ud800a.py:net").path.name == "~\ud800a.py"


def test_a_stored_run_of_nested_brackets_is_damaged(tmp_path):
    store = Store(tmp_path)
    store.path("a" * 64).write_text("[" * 100_000)
    with pytest.raises(DamagedRecord, match="is not a stored run; move it away to measure again"):
        store.read("a" * 64)
