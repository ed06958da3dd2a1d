"""Broken or hostile code costs one sentence: exit 4 where it cannot be loaded, and one ERROR where it gives no answer."""

import numpy as np
import pytest
import torch

from rethinking_audit import own
from rethinking_audit.__main__ import main
from rethinking_audit.fixtures.subjects.given import given
from rethinking_audit.fixtures.subjects.locate import load_subject, place
from rethinking_audit.fixtures.subjects.nursery import KEPT, Nursery
from rethinking_audit.fixtures.subjects.trial import plain_trial
from rethinking_audit.own import BAD, check
from tests.builders.hostile import HEAD, HONEST, LOOP, X, Y, errors, writer


@pytest.fixture
def written(tmp_path, monkeypatch):
    return writer(tmp_path, monkeypatch)


# -- what cannot be loaded

MALFORMED = [
    "", ":", "code", "code.py", "code:", ":fit", "code:fit:", "a b:fit", "1code:fit", "code:1fit", "code.:fit", ".code:fit",
    "a..b:fit", "code:fit()", "code:f;import os", "code/part:fit", "gone.py:fit", "code.py:fit it",
    "~nobody-here/code.py:fit", f"{'x' * 300}.py:fit", "a\0b.py:fit",
]  # fmt: skip


@pytest.mark.parametrize("text", MALFORMED, ids=[repr(text[:20]) for text in MALFORMED])
def test_a_place_that_is_none_is_quoted(text, capsys):
    assert main(["check", text, "--data", "iris"]) == 4
    (sentence,) = [line for line in capsys.readouterr().err.splitlines() if " on iris, " not in line]
    assert repr(text)[1:-1] in sentence
    assert "expected" in sentence


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import no_such_library\n", "No module named 'no_such_library', in subject.py line 1"),
        ("def fit_predict(:\n", "SyntaxError"),
        ("1 / 0\n", "it raised ZeroDivisionError: division by zero, in subject.py line 1"),
        ("import sys; sys.exit(3)\n", r"it called sys.exit(3), in subject.py line 1"),
        ("import os; os._exit(0)\n", "it ended its process with code 0"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)\n", "it was ended by SIGSEGV"),
        ("name = input()\n", "EOFError"),
        ("class Odd(Exception):\n    def __str__(self): raise self\nraise Odd\n", "it raised Odd"),
        ("raise KeyboardInterrupt\n", "it raised KeyboardInterrupt"),
        ("def other(): ...\n", "has no 'fit_predict', expected one of other"),
        ("fit_predict = None\n", "NoneType, expected"),
        ("def fit_predict(a, b, c, d, e, f): ...\n", "asks for a, b, c, d, e, f, expected"),
    ],
    ids=lambda text: " ".join(text.split())[:40],
)
def test_what_cannot_be_loaded_is_one_sentence(text, said, written, capsys):
    assert main(["check", written(text), "--data", "iris"]) == 4
    sentences = capsys.readouterr().err.splitlines()
    assert len(sentences) == 2
    assert said in sentences[1]


def test_a_module_that_does_not_exist_is_named():
    with pytest.raises(BAD, match="No module named 'no_such_module'"):
        check("no_such_module:fit", data=(X, Y))


def test_loading_that_hangs_is_stopped(written, monkeypatch):
    monkeypatch.setattr(own, "PATIENCE", 0.5)
    with pytest.raises(BAD, match=r"loading it took longer than [01] s"):
        check(written("import time\ntime.sleep(60)\n" + HONEST), data=(X, Y))


@pytest.mark.parametrize(
    "rows",
    [
        "class Row: ...\ndata = [Row() for _ in range(40)], [0, 1] * 20\n",
        "data = [(lambda: 0) for _ in range(40)], [0, 1] * 20\n",
        "data = [open(__file__) for _ in range(40)], [0, 1] * 20\n",
    ],
)
def test_rows_that_cannot_leave_their_process_are_named(rows, written):
    where = written(rows + HONEST)
    with pytest.raises(BAD, match="expected arrays, tables, or lists of plain values"):
        check(where, data=where.replace("fit_predict", "data"))


# -- what gives no answer


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("while True: pass", "a training took longer than 1 s, expected less"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSTOP)", "a training took longer than 1 s, expected less"),
        ("import sys; sys.exit()", "it called sys.exit(None), in subject.py line 2, expected a call that returns"),
        ("import os; os._exit(0)", "it ended its process with code 0, expected a call that returns"),
        ("import os; os.abort()", "it was ended by SIGABRT, expected a call that returns"),
        ("import os; os.kill(os.getppid(), 9)", "it stopped the process that started it, expected a call that returns"),
        ("import os; os.closerange(0, 500)", "it closed file descriptors that are not its own, and its answer with them"),
        ("import numpy; numpy.ones(1 << 50)", "MemoryError"),
        ("raise BaseExceptionGroup('two', [SystemExit(), KeyError()])", "it raised BaseExceptionGroup"),
        ("def deep(): deep()\n    deep()", "it raised RecursionError"),
        ("return input()", "it raised EOFError"),
        ("return None", "the code returned NoneType, expected one prediction for each of 20 test rows"),
        ("return 0.9", "the code returned float, expected one prediction for each of 20 test rows"),
        ("return [0] * 7", "the predictions have the shape (7,), expected one for each of 20 test rows"),
        ("return [[0], [1, 2]]", "the predictions are no array"),
        ("return [[0.5] * 3] * len(X_test)", "the predictions have 3 columns, expected one for each of 2 classes"),
        ("return [[float('nan')] * 2] * len(X_test)", "values that are no numbers (NaN)"),
        ("return [float('nan')] * len(X_test)", "the code predicted nan, expected one of the labels 0, 1"),
        ("return [2.5] * len(X_test)", "labels 0, 1; whole numbers are taken for classes: if the targets are a quantity,"),
        ("return 0, 0.5", "the predictions are int, expected one for each of 20 test rows"),
        ("return [7] * len(X_test)", "the code predicted 7, expected one of the labels 0, 1"),
        ("return ['a'] * len(X_test)", "the code predicted 'a', expected one of the labels 0, 1"),
        ("return [None] * len(X_test)", "the code predicted None, expected one of the labels 0, 1"),
        ("import numpy; numpy.linalg.inv(numpy.zeros((2, 2)))", "LinAlgError: Singular matrix, in subject.py line 2"),
        ("return object()", "the code returned object, expected one prediction"),
        ("return len(X_test) * [0], 1, 2", "the code returned a tuple of 3, expected one prediction"),
    ],
    ids=lambda text: text[:40],
)
def test_code_without_an_answer_is_one_error(body, said, written):
    sentences, found = errors(written(HEAD + body), seconds=1.0 if "took longer" in said else 30.0)
    assert len(sentences) == 1
    assert said in sentences[0]
    assert found["D1"].verdict == found["D2"].verdict == "HELD"
    assert found["E2"].sentence == "your code gave no answer (E0)"
    assert found.exit_code == 10


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ("None", "returned NoneType, expected an estimator with fit and predict"),
        ("type('E', (), {'fit': None, 'predict': None})()", "returned E, expected an estimator with fit and predict"),
        ("Made([0])", "the predictions have the shape (1,), expected one for each of 20 test rows"),
        ("Made(np.full(20, np.nan))", "the code predicted nan, expected one of the labels 0, 1"),
        ("Made(np.full(20, 9))", "the code predicted 9, expected one of the labels 0, 1"),
        ("1 / 0", "it raised ZeroDivisionError: division by zero, in subject.py line 8"),
    ],
)
def test_a_bad_factory_is_one_error(made, said, written):
    stub = "import numpy as np\nclass Made:\n    def __init__(self, said): self.said = said\n"
    stub += "    def fit(self, X, y): ...\n    def predict(self, X): return self.said\n\n"
    sentences, _ = errors(written(f"{stub}def make():\n    return {made}\n", "make"))
    assert len(sentences) == 1
    assert said in sentences[0]


def test_a_quantity_that_is_no_number_is_one_error(written):
    sentences, _ = errors(written(HEAD + "return [float('nan')] * len(X_test)"), data=(X, np.linspace(0.0, 1.0, 60)))
    assert len(sentences) == 1
    assert "no numbers (NaN), expected one quantity for each test row" in sentences[0]


# -- what gives an answer all the same

ANSWERS = {
    "forks": "import os\n    if os.fork() == 0: return [1] * len(X_test)\n",
    "forks a copy that stays": "import os, time\n    if os.fork() == 0: time.sleep(100)\n",
    "prints": "import os\n    for _ in range(64): os.write(1, b'x' * (1 << 20))\n",
    "closes descriptors": "import os; os.closerange(0, 51)\n",
    "closes its streams": "import sys; sys.stdout.close(); sys.stderr = None\n",
    "leaks threads": "import threading\n    for _ in range(9): threading.Thread(target=threading.Event().wait).start()\n",
    "patches numpy": "import numpy; numpy.asarray = numpy.random.default_rng = None; X.flags.writeable = False\n",
    "seeds": "import random, numpy, torch\n    random.seed(1); numpy.random.seed(1); torch.manual_seed(1)\n",
    "patches torch": "import torch\n    for name in dir(torch):\n        if name[0] != '_': setattr(torch, name, None)\n",
    "sets the dtype": "import torch; torch.set_default_dtype(torch.float64); torch.set_grad_enabled(False)\n",
    "changes folder": "import os; os.chdir('/'); os.environ.clear(); os.umask(0)\n",
    "warns": "import warnings\n    warnings.simplefilter('error')\n",
    "changes its rows": "X[:] = 0; y[:] = 1; X_test[:] = 0\n",
    "catches all": "import signal\n    for s in (1, 2, 15): signal.signal(s, signal.SIG_IGN)\n",
    "deletes itself": "import os; os.path.exists(__file__) and os.unlink(__file__)\n",
    "runs a loop": LOOP,
}


@pytest.mark.parametrize("name", [name for name in ANSWERS if not name.startswith("patches")])
def test_an_answer_is_heard(name, written):
    where = written(f"{HEAD}{ANSWERS[name]}    return [0] * len(X_test)\n")
    sentences, found = errors(where)
    assert sentences == []
    assert found["E0"].verdict == "HELD"
    assert "the same 20 predictions" in found["E0"].sentence


def test_a_gigabyte_of_print_is_read_and_its_end_kept(written):
    code = place(
        written(f"{HEAD}import os\n    for _ in range(1024): os.write(1, b'x' * (1 << 20))\n    return [0] * 20\n")
    )
    with Nursery(lambda: (load_subject(code), given(X, Y)), 60) as nursery:
        answer = nursery.make(plain_trial(nursery.given), 120)
    assert answer.predicted.tolist() == [0] * 20
    assert answer.said == "x" * KEPT


@pytest.mark.parametrize("name", [name for name in ANSWERS if name.startswith("patches")])
def test_patches_stay_with_the_code(name, written):
    """The audit itself needs what the code has patched away if it makes two trainings in one process."""
    before = np.asarray, torch.manual_seed, torch.equal
    sentences, _ = errors(written(f"{HEAD}{ANSWERS[name]}    return [0] * len(X_test)\n"))
    assert (np.asarray, torch.manual_seed, torch.equal) == before
    assert len(sentences) == 1
    assert "'NoneType' object is not callable" in sentences[0]


def test_a_copy_of_the_process_that_loads_makes_no_trials(written):
    sentences, found = errors(written("import os\nos.fork()\n" + HONEST))
    assert sentences == []
    assert found["E0"].verdict == "HELD"


def test_code_that_kills_its_parent_while_loading_kills_no_user(written):
    sentences, found = errors(written("import os\nos.kill(os.getppid(), 9)\n" + HONEST))
    assert sentences == []
    assert found["E0"].verdict == "HELD"


def test_a_failure_costs_its_own_training_alone(written):
    """One row in a training of another size is fatal: E2 alone withholds rows."""
    where = written(HEAD + "import os\n    len(X_test) == 20 or os.kill(os.getppid(), 9)\n    return [0] * len(X_test)\n")
    found = check(where, data=(X, Y), seconds=30)
    assert [one.code for one in found if one.verdict == "ERROR"] in (["E2"], ["E2", "R1"])
    assert found["E0"].verdict == found["E3"].verdict == "HELD"


def test_a_file_that_is_gone_when_it_is_loaded_again_loses_nothing_else(written):
    gone = ANSWERS["deletes itself"]
    found = check(
        written(f"{HEAD}{gone}    len(X_test) == 20 or os.kill(os.getppid(), 9)\n    return [0] * len(X_test)\n"),
        data=(X, Y),
        seconds=30,
    )
    assert found["E0"].verdict == "HELD"
    assert "stopped the process that started it" in found["E2"].sentence
    assert "it cannot be loaded a second time: " in found["E3"].sentence
