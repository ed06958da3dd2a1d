"""What the options mean where no session is needed to see it."""

from types import SimpleNamespace

import pytest

from fixtures.plugin import options


@pytest.mark.parametrize(("device", "workers"), [("cpu", None), ("cuda:0", 1)])
def test_auto_is_one_worker_on_a_gpu_and_one_for_each_core_on_a_cpu(monkeypatch, device, workers):
    monkeypatch.setattr(options, "resolve", lambda chosen: device)
    config = SimpleNamespace(option=SimpleNamespace(device="auto"))
    assert options.pytest_xdist_auto_num_workers(config) is workers


def test_auto_leaves_a_device_that_is_none_to_the_session():
    config = SimpleNamespace(option=SimpleNamespace(device="gpu"))
    assert options.pytest_xdist_auto_num_workers(config) is None
