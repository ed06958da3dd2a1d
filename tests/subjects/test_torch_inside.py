"""What torch's hooks see of a training: the network is found, and its steps are counted, with little time lost."""

import numpy as np
import pytest
import torch

from tests.subjects.judged import findings

DRAW = np.random.default_rng(0)
X = DRAW.normal(size=(90, 4))
DATA = X, (X[:, 0] > 0).astype(int)


def fit_predict(X, y, X_test, seed):
    X, y, X_test = torch.tensor(X).float(), torch.tensor(y), torch.tensor(X_test).float()
    net = torch.nn.Linear(4, 2)
    optimizer = torch.optim.Adam(net.parameters(), 0.1)
    for _ in range(5):
        for rows in torch.randperm(len(X)).split(20):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(net(X[rows]), y[rows]).backward()
            optimizer.step()
    return net(X_test).detach()


@pytest.mark.lengthy
def test_the_hooks_see_a_training_and_break_nothing():
    """torch.optim deletes its attribute `optimizer`, so that the module must be taken from sys.modules."""
    found = {one.code: one for one in findings("L6", fit_predict, data=DATA)}
    assert found["E0"].verdict == found["L1"].verdict == found["L3"].verdict == found["L5"].verdict == "HELD"
    assert "Every one of 2 parameter tensors" in found["L3"].sentence


def with_a_printed_loss(X, y, X_test, seed):
    """After each epoch the loss of all rows is printed, in evaluation mode and with gradients on."""
    X, y, X_test = torch.tensor(X).float(), torch.tensor(y), torch.tensor(X_test).float()
    net, loss = torch.nn.Sequential(torch.nn.Linear(4, 2), torch.nn.BatchNorm1d(2)), torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(net.parameters(), 0.1)
    for _ in range(5):
        net.train()
        for rows in torch.randperm(len(X)).split(21):
            optimizer.zero_grad()
            loss(net(X[rows]), y[rows]).backward()
            optimizer.step()
        net.eval()
        print(loss(net(X), y))
    return net(X_test).detach()


@pytest.mark.lengthy
def test_a_loss_that_is_only_printed_is_no_training():
    found = {one.code: one for one in findings("L5", with_a_printed_loss, data=DATA)}
    assert found["L2"].verdict == "HELD"
    assert "Training mode for 15 steps" in found["L2"].sentence
    assert found["L1"].verdict == found["L5"].verdict == "HELD"
