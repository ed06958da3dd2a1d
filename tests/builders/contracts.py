"""Experiments on the digits, and checks that a contract reports what is wrong with one."""

import re

import numpy as np
import pytest

from rethinking_audit.fixtures.data.contracts import ContractBroken
from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.data.experiment import prepare

RNG = np.random.default_rng(0)


def says(check, *arguments, text):
    with pytest.raises(ContractBroken, match=f"^{re.escape(text)}$"):
        check(*arguments)


def experiment(kind="original", corruption=1.0, train_size=None):
    return prepare(find("digits"), train_size, kind, corruption, seed=0)


def broken(check, *arguments, contract, reason):
    with pytest.raises(ContractBroken, match=reason) as caught:
        check(*arguments)
    assert caught.value.contract == contract
