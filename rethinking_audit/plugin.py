"""What an installed audit adds to other projects' tests: one marker, and one option for the record of an audit.

A test marked with the id of a claim runs if the record says that the claim held, and is skipped otherwise. This file
imports nothing heavy, because pytest loads it in every session.
"""

from __future__ import annotations

from pathlib import Path

import pytest

VERDICTS: pytest.StashKey[dict[str, str]] = pytest.StashKey()  # the record's, by claim


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    group = parser.getgroup("rethinking-audit", "record of an audit")
    # Before pytest has loaded this option, it takes the next word for a folder of tests, and may read another pytest.toml.
    told = "the audit.json that decides which tests marked `rethinking` run; write it with `=`"
    group.addoption("--rethinking-record", metavar="FILE", default=None, help=told)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker and read the record.

    Raises:
        pytest.UsageError: the file is not a record of an audit; the message quotes it.
    """
    config.addinivalue_line("markers", "rethinking(claim): run where the record of the audit says that the claim held")
    if (name := config.option.rethinking_record) is None:
        return
    from rethinking_audit.fixtures.record.reading import UnreadableAudit, read_honest

    try:
        audit = read_honest(Path(name))
    except UnreadableAudit as error:
        raise pytest.UsageError(f"--rethinking-record: {error}") from error
    config.stash[VERDICTS] = {claim["id"]: claim["verdict"] for claim in audit["claims"]}


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a marked test if its claim did not hold."""
    for marker in item.iter_markers("rethinking"):
        if len(marker.args) != 1 or marker.kwargs:
            pytest.fail(f"the marker is {marker}, expected rethinking(claim) with the id of a claim", pytrace=False)
        if (why := missing(item.config, marker.args[0])) is not None:
            pytest.skip(why)


def missing(config: pytest.Config, claim: str) -> str | None:
    """Return why the session cannot rely on a claim; None if the record says that it held."""
    if (verdicts := config.stash.get(VERDICTS, None)) is None:
        return f"{claim} needs the record of an audit, and --rethinking-record names none"
    if (verdict := verdicts.get(claim)) is None:
        return f"the record of the audit has no claim {claim!r}"
    return None if verdict == "HELD" else f"the audit found {claim} {verdict}"
