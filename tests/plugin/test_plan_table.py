"""What `--plan` tells of the runs that are missing."""

from types import SimpleNamespace

import pytest

from rethinking_audit.fixtures.claimkit.arms import Arm
from rethinking_audit.fixtures.claimkit.tier_file import read
from rethinking_audit.fixtures.claimkit.tiers import Scale
from rethinking_audit.fixtures.plugin import plan_table
from tests.builders.places import CLAIMS

STATE = SimpleNamespace(target=SimpleNamespace(device="cpu"))


@pytest.mark.parametrize(
    ("runs", "told"),
    [(16, ["8 cores or cards share them in 20 min, 64 in 10 min; no run is divided."]), (5, [])],
)
def test_only_a_long_plan_says_how_long_several_devices_take(monkeypatch, runs, told):
    tier = read(CLAIMS / "tiers.toml")["fast"].cut(Scale(seeds=runs))
    tasks = [task for seeds in Arm().tasks(tier, "alexnet").values() for task in seeds]
    monkeypatch.setattr(plan_table, "_likely", lambda missing, made, state: ([10.0] * len(missing), "by guess"))
    assert list(plan_table.summary(tasks, ["a case"], {}, STATE))[2:] == told
