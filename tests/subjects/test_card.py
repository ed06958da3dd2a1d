"""Code that uses a card, on an emulated one: a copy of a process that has used it is refused, as torch.cuda does it."""

import pytest
import torch

from rethinking_audit.fixtures.subjects import card
from rethinking_audit.own import check
from tests.builders.hostile import HEAD, X, Y, errors, writer

CARD = f"""
import os, random, torch, numpy as np
USED = []
torch.cuda._is_in_bad_fork = lambda: any(one != os.getpid() for one in USED)
torch.cuda.device_count = lambda: 1
def use():
    if torch.cuda._is_in_bad_fork():
        raise RuntimeError("{card.REFUSAL}. To use CUDA with multiprocessing, you must use the 'spawn' start method")
    USED.append(os.getpid())
"""
TRAINS = """
def fit_predict(X, y, X_test, seed):
    use()
    nearest = ((X_test[:, None] - X) ** 2).sum(-1).argmin(-1)
    return y[nearest]
def data():
    draw = random.SystemRandom()
    return np.array([[draw.gauss(0, 1) + 4 * (i % 2), draw.gauss(0, 1)] for i in range(80)]), np.arange(80) % 2
"""


@pytest.fixture
def written(tmp_path, monkeypatch):
    return writer(tmp_path, monkeypatch)


def test_code_that_uses_the_card_in_each_training_is_loaded_once(written, tmp_path):
    log = tmp_path / "log"
    found, check = errors(written(f"open({str(log)!r}, 'a').write('x')\n{CARD}{TRAINS}"))
    assert (found, check["E0"].verdict, log.read_text()) == ([], "HELD", "x")


def test_code_that_uses_it_while_it_is_loaded_is_loaded_anew_by_each_training_on_the_same_rows(written):
    where = written(f"{CARD}use()\n{TRAINS}")
    found, check = errors(where, data=f"{where.rpartition(':')[0]}:data")
    assert (found, check["E0"].verdict, check["G2"].verdict) == ([], "HELD", "HELD")


def test_code_that_asks_for_a_card_where_there_is_none_is_loaded_once(written, tmp_path):
    log = tmp_path / "log"
    asked = f"open({str(log)!r}, 'a').write('x')\n{CARD}USED.append(os.getpid())\ntorch.cuda.device_count = lambda: 0\n"
    found, check = errors(written(asked + TRAINS.replace("use()", "pass")))
    assert (found, check["E0"].verdict, log.read_text()) == ([], "HELD", "x")


def test_where_the_users_own_process_has_used_it_the_sentence_says_what_to_do(monkeypatch):
    for name in ("_is_in_bad_fork", "device_count"):
        monkeypatch.setattr(torch.cuda, name, getattr(torch.cuda, name))  # the code below puts its own there
    here = {}
    exec(f"{CARD}use()\n{TRAINS}", here)
    found = check(here["fit_predict"], data=(X, Y), seconds=10.0)
    assert f"{card.REFUSAL}" in found["E0"].sentence
    assert found["E0"].sentence.endswith(card.ADVICE)


def test_cards_are_counted_without_using_them(written):
    asked = "raise ValueError(__import__('os').environ['PYTORCH_NVML_BASED_CUDA_CHECK'])"
    assert "ValueError: 1" in errors(written(HEAD + asked))[0][0]
