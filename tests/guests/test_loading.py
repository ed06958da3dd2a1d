"""A user's code is imported quietly, keeps the state of the process, and fails in one sentence."""

import random
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from rethinking_audit.fixtures.guests import loading
from rethinking_audit.fixtures.guests.loading import load, running
from rethinking_audit.fixtures.guests.strings import Refused
from tests.builders.guests import write_code


def made(folder, text):
    return load(f"{write_code(folder, text)}:net").call({}, keeps_state=True)


def refused(folder, text, factory="net"):
    path = write_code(folder, text)
    with pytest.raises(Refused) as caught:
        load(f"{path}:{factory}").call({}, keeps_state=True)
    assert "\n" not in str(caught.value)
    return str(caught.value).replace(str(path), "FILE").replace(path.name, "FILE")


@pytest.mark.parametrize("text", ["model", "os:system; ls", "model.py:net()"])
def test_a_malformed_string_is_quoted_with_the_forms(text):
    with pytest.raises(Refused, match=r"is not of the form module:factory or file\.py:factory") as caught:
        load(text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def other(): pass\nclass Third: pass", "FILE has no 'net'; expected one of other, Third"),
        ("x = 1", "FILE has no 'net'; expected one of its functions, but it defines none"),
        (
            "def __getattr__(name):\n    raise RuntimeError(name)",
            "importing FILE raises RuntimeError: net (FILE, line 2)",
        ),
        ("net = 3", "FILE:net is of type int, expected a function or a class"),
        (
            "import no_such_module",
            "importing FILE raises ModuleNotFoundError: No module named 'no_such_module' (FILE, line 1)",
        ),
        ("x = 1\n1 / 0", "importing FILE raises ZeroDivisionError: division by zero (FILE, line 2)"),
        ("def net(:", "importing FILE raises SyntaxError: invalid syntax (FILE, line 1)"),
        ("raise SystemExit(3)", "importing FILE exits (sys.exit(3)), expected code that returns"),
        ("import argparse; argparse.ArgumentParser().parse_args(['-x'])", "importing FILE exits (sys.exit(2))"),
        ("def net():\n    raise ValueError", "FILE:net() raises ValueError (FILE, line 2)"),
        ("def net():\n    raise ValueError('a\\n  b')", "FILE:net() raises ValueError: a b (FILE, line 2)"),
        ("import sys\ndef net(): sys.exit('gone')", "FILE:net() exits (sys.exit('gone')), expected code that returns"),
        ("def net(one): pass", "FILE:net() raises TypeError: net() missing 1 required positional argument: 'one'"),
        ("class Odd(BaseException): pass\ndef net(): raise Odd('?')", "FILE:net() raises Odd: ? (FILE, line 2)"),
        ("import warnings\ndef net(): warnings.warn('!'); return 1 / 0", "FILE:net() raises ZeroDivisionError"),
    ],
)
def test_what_is_wrong_with_code_is_one_sentence(tmp_path, text, said):
    assert refused(tmp_path, text).startswith(said)


def test_a_long_error_is_cut(tmp_path):
    assert len(refused(tmp_path, "raise ValueError('x' * 5000)")) < 400


def test_a_file_or_module_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(Refused, match=r"gone\.py', which does not exist"):
        load(f"{tmp_path}/gone.py:net")
    with pytest.raises(Refused, match="which does not exist"):
        load(f"{'x' * 5000}.py:net")
    with pytest.raises(Refused, match="no module is named 'no_such_package'"):
        load("no_such_package.part:net")
    with pytest.raises(Refused, match=r"no module is named 'json\.gone'"):
        load("json.gone:net")


def test_a_broken_module_is_not_a_missing_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = write_code(tmp_path, "import no_such_module")
    with pytest.raises(
        Refused, match=f"importing {path.stem} raises ModuleNotFoundError: No module named 'no_such_module'"
    ):
        load(f"{path.stem}:net")


def test_a_file_is_found_from_the_callers_folder_and_finds_what_lies_beside_it(tmp_path, monkeypatch):
    beside = write_code(tmp_path, "VALUE = 5")
    path = write_code(tmp_path, f"from {beside.stem} import VALUE\ndef net():\n    import {beside.stem}\n    return VALUE")
    before = sys.path[:]
    monkeypatch.chdir(tmp_path)
    assert load(f"{path.name}:net").call({}, keeps_state=True) == 5
    assert sys.path == before


def test_a_file_with_the_name_of_a_loaded_module_takes_no_place(tmp_path):
    path = write_code(tmp_path, "def net(): return 7", name="json")
    assert load(f"{path}:net").call({}, keeps_state=True) == 7
    assert sys.modules["json"].__name__ == "json"
    assert not sys.modules["json"].__file__.startswith(str(tmp_path))


def test_a_factory_is_imported_once(tmp_path):
    path = write_code(tmp_path, "import itertools\nof = itertools.count()\ndef net(): return next(of)")
    assert [load(f"{path}:net").call({}, keeps_state=True) for _ in range(3)] == [0, 1, 2]


def test_what_code_prints_does_not_reach_the_terminal(tmp_path, capsys):
    text = "import sys, warnings\nprint('one')\ndef net():\n    print('two', file=sys.stderr)\n    warnings.warn('three')"
    made(tmp_path, text)
    assert capsys.readouterr() == ("", "")


CHANGES = """
import os, random
import numpy as np
import torch
def change():
    torch.manual_seed(1), np.random.seed(1), random.seed(1)
    torch.set_default_dtype(torch.float64), torch.set_grad_enabled(False), torch.set_num_threads(3)
    torch.set_deterministic_debug_mode("warn"), torch.set_float32_matmul_precision("high")
    os.chdir("/")
change()
def net():
    change()
"""


def test_the_state_of_the_process_is_kept(tmp_path):
    def found():
        drawn = torch.get_rng_state().tolist(), np.random.get_state()[1].tolist(), random.getstate()
        modes = torch.get_default_dtype(), torch.is_grad_enabled(), torch.get_num_threads()
        return *drawn, *modes, torch.get_deterministic_debug_mode(), torch.get_float32_matmul_precision(), Path.cwd()

    before = found()
    made(tmp_path, CHANGES)
    assert found() == before


def test_draws_from_the_global_generators_are_the_same_in_every_process(tmp_path):
    text = "import random, torch\nimport numpy as np\n"
    text += "def net(): return random.random(), np.random.rand(), float(torch.rand(()))"
    first = made(tmp_path, text)
    np.random.rand(), random.random(), torch.rand(())
    assert made(tmp_path, text) == first


def test_what_is_waited_for_is_said(monkeypatch, tmp_path, capfd):
    monkeypatch.setattr(loading, "PATIENCE", 0.05)
    path = write_code(tmp_path, "import time\ntime.sleep(0.3)\ndef net(): pass")
    load(f"{path}:net")
    assert f"still waiting for the user's code: importing {path}; Ctrl-C stops it" in capfd.readouterr().err


def test_ctrl_c_is_no_error_of_the_users_code():
    with pytest.raises(KeyboardInterrupt), running("a test"):
        raise KeyboardInterrupt


def test_nothing_is_said_of_code_that_ends(monkeypatch, capfd):
    monkeypatch.setattr(loading, "PATIENCE", 0.05)
    with running("a test"):
        pass
    time.sleep(0.1)
    assert capfd.readouterr().err == ""
