"""The audit is plugged in, for the claims and for the tests of the suite."""

pytest_plugins = ["rethinking_audit.wiring"]
