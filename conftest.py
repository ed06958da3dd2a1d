"""One screen: what is plugged in."""

from fixtures.training.numerics import use_one_thread

use_one_thread()  # before anything imports numpy or torch, here and in xdist's workers

pytest_plugins = [
    "fixtures.plugin",  # first, so that pytest rewrites the assertions of all its modules
    "fixtures.plugin.options",
    "fixtures.plugin.cases",
    "fixtures.plugin.controls",
    "fixtures.plugin.shard",
    "fixtures.plugin.minutes",
    "fixtures.plugin.looks",
    "fixtures.plugin.calibrate",
    "fixtures.plugin.ends",
    "fixtures.plugin.warned",
    "fixtures.plugin.stage",
    "fixtures.plugin.progress",
    "fixtures.plugin.record",
    "fixtures.plugin.terminal",
    "reports.plugin",
]
