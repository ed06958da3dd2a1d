"""Damaged inputs bring nothing but documented errors out of a parser; `python -m tests.attacks N` tries more of them."""

import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.attacks import apart
from tests.attacks.__main__ import main
from tests.attacks.attack import LONG, Parser, tried
from tests.attacks.parsers import PARSERS

FEW, DRAWN = 30, 1  # inputs of each parser, and pairs of drawn records


@pytest.mark.parametrize("name", PARSERS)
def test_only_documented_errors_come(tmp_path, name):
    found = list(tried(name, PARSERS[name](tmp_path), DRAWN if name == "records" else FEW, seed=1))
    assert [one.fault for one in found if one.fault] == []


@pytest.mark.parametrize("name", sorted(PARSERS.keys() - {"import-string", "records"}))
def test_most_damaged_inputs_are_refused(tmp_path, name):
    """Inputs that are all read would try nothing."""
    found = [one.outcome for one in tried(name, PARSERS[name](tmp_path), FEW, seed=2)]
    assert found.count("refused") > 5


def raised(error):
    raise error


def told(read, documented=(ValueError,)):
    """The fault of a parser that does this."""
    (one,) = tried("mine", Parser(lambda draw: "input", read, documented), 1, seed=7, first=3)
    assert (one.outcome == "fault") == bool(one.fault)
    return one.fault.removeprefix("1 mine --seed 7 --first 3: ")


ACTS = {
    "an error": (lambda _: 1 // 0, "ZeroDivisionError('integer division or modulo by zero') at test_attacks.py:"),
    "an exit": (lambda _: raised(SystemExit(3)), "SystemExit(3) at test_attacks.py:"),
    "two lines": (lambda _: raised(ValueError("a\nb")), "'a\\nb' is no sentence of one line"),
    "no words": (lambda _: raised(ValueError("")), "'' is no sentence of one line"),
    "many words": (lambda _: raised(ValueError("x" * 2 * LONG)), "xxx' is no sentence of one line"),
    "a file": (lambda _: Path("written").write_text(""), "it wrote to 'written'"),
    "a folder": (lambda _: Path("made").mkdir(), "it called os.mkdir('made', "),
    "a program": (lambda _: subprocess.run([sys.executable, "-V"], check=False), "it called subprocess.Popen("),
    "a connection": (lambda _: socket.create_connection(("localhost", 9)), "it called socket.getaddrinfo("),
    "a sentence": (lambda _: raised(ValueError("a sentence")), ""),
    "the null device": (lambda _: Path(os.devnull).write_text(""), ""),
    "a file that is read": (lambda _: Path(__file__).read_text(), ""),
}


@pytest.mark.parametrize(("read", "fault"), ACTS.values(), ids=ACTS)
def test_what_a_parser_may_not_do_is_told_with_the_words_that_do_it_again(tmp_path, monkeypatch, read, fault):
    monkeypatch.chdir(tmp_path)
    said = told(read)
    assert fault in said
    assert bool(said) == bool(fault)


def test_an_input_depends_on_its_number_alone(tmp_path):
    seen = {}
    for count, first in ((5, 0), (2, 3)):
        parser = Parser(lambda draw: draw.random(), seen.setdefault(first, []).append)
        assert len(list(tried("mine", parser, count, first=first))) == count
    assert seen[0][3:] == seen[3]


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_parser_that_ends_its_process_or_hangs_is_a_fault_and_the_others_go_on(monkeypatch):
    monkeypatch.setattr(apart, "HUNG", 0.5)
    acts = (os.getpid, lambda: os.kill(os.getpid(), signal.SIGKILL), lambda: os._exit(3), lambda: time.sleep(60), os.getpid)
    inputs = {random.Random(f"mine 0 {number}").random(): act for number, act in enumerate(acts)}
    found = apart.summary("mine", lambda folder: Parser(lambda draw: draw.random(), lambda value: inputs[value]()), 5)
    assert dict(found.outcomes) == {"read": 2, "fault": 3}
    assert found.faults == [
        "1 mine --seed 0 --first 1: the process ended by SIGKILL",
        "1 mine --seed 0 --first 2: the process ended with 3",
        "1 mine --seed 0 --first 3: there was no answer in 0.5 s",
    ]


def test_the_command_counts_and_tells_faults(monkeypatch, capsys):
    monkeypatch.setitem(PARSERS, "mine", lambda folder: Parser(lambda draw: "input", lambda _: 1 // 0))
    monkeypatch.setitem(PARSERS, "other", lambda folder: Parser(lambda draw: "input", str))
    monkeypatch.setattr(apart, "_in_a_process", lambda name, make, *numbers: tried(name, make(None), *numbers))
    assert main(["12", "mine"]) == 1
    line, *faults, more = capsys.readouterr().out.splitlines()
    assert re.match(r"mine: 0 read, 0 refused, 12 fault; [\d.]+ s, slowest \d+ ms, \d+ MB more$", line)
    assert faults[0].startswith("1 mine --seed 0 --first 0: ZeroDivisionError")
    assert (len(faults), more) == (apart.FEW, "and 2 more")
    assert main(["3", "other", "--seed", "2", "--first", "5"]) == 0
    for words in (["many"], ["3", "nobody"], []):
        with pytest.raises(SystemExit):
            main(words)
