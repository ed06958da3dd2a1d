"""`pytest claims -m own --subject CODE --data DATA`: in a checkout, the audit of your own code by the suite's command.

It is the audit of `rethinking-audit check`, with the suite's `--report` and exit codes. No claim is collected.
"""

from __future__ import annotations

import pytest

OWN = "own"  # the tier


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("audit", "audit of the claims")
    group.addoption("--subject", metavar="CODE", default=None, help="your own training code: file.py:fit_predict (-m own)")
    group.addoption("--data", metavar="DATA", default=None, help="the labelled rows of the subject: npz:FILE, digits, ...")
    group.addoption("--groups", metavar="FILE", default=None, help="the group of each row of the subject")
    group.addoption("--seconds", metavar="S", type=float, default=None, help="how long the audit of the subject may take")
    group.addoption("--augments", action="store_true", help="the subject augments its training rows")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Audit the subject in place of the claims; return its exit code, or None where there is no subject.

    Raises:
        pytest.UsageError: the subject and `-m own` come without each other, or the subject has no data.
    """
    option = config.option
    if option.subject is None and option.markexpr != OWN:
        return None
    if option.subject is None or option.data is None or option.markexpr != OWN:
        raise pytest.UsageError("an audit of your own code needs all of -m own, --subject CODE and --data DATA")
    from rethinking_audit.checking import main

    words = [option.subject, "--data", option.data, "--report", option.report]
    for name in ("groups", "seconds"):
        if (value := getattr(option, name)) is not None:
            words += [f"--{name}", str(value)]
    return main([*words, *(["--augments"] if option.augments else [])])
