"""The pytest plugins of an audit. `conftest.py` loads this file in a checkout, `pytest.toml` in an installation."""

from rethinking_audit.fixtures.training.numerics import use_one_thread

use_one_thread()  # before anything imports numpy or torch, here and in xdist's workers

pytest_plugins = [
    "rethinking_audit.fixtures.plugin",  # first, so that pytest rewrites the assertions of all its modules
    "rethinking_audit.fixtures.plugin.opening",  # before whatever loads torch
    "rethinking_audit.fixtures.plugin.other_plugins",  # before whatever adds an option
    "rethinking_audit.fixtures.plugin.outlet",
    "rethinking_audit.fixtures.plugin.signals",
    "rethinking_audit.fixtures.plugin.guests",  # before the options, which ask it
    "rethinking_audit.fixtures.plugin.runner",
    "rethinking_audit.fixtures.plugin.options",
    "rethinking_audit.fixtures.plugin.marked",
    "rethinking_audit.fixtures.plugin.cases",
    "rethinking_audit.fixtures.plugin.controls",
    "rethinking_audit.fixtures.plugin.shard",
    "rethinking_audit.fixtures.plugin.selection",
    "rethinking_audit.fixtures.plugin.minutes",
    "rethinking_audit.fixtures.plugin.looks",
    "rethinking_audit.fixtures.plugin.calibrate",
    "rethinking_audit.fixtures.plugin.watch",
    "rethinking_audit.fixtures.plugin.ends",
    "rethinking_audit.fixtures.plugin.warned",
    "rethinking_audit.fixtures.plugin.stage",
    "rethinking_audit.fixtures.plugin.progress",
    "rethinking_audit.fixtures.plugin.record",
    "rethinking_audit.fixtures.plugin.terminal",
    "rethinking_audit.reports.plugin",
    "rethinking_audit.subject_options",
    "rethinking_audit.fixtures.plugin.way_out",
]
