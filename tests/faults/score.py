"""The tests of the scorecard and of the table of inputs, run once: which rows pass."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from tests.builders.places import ROOT

SCORECARD = Path(__file__).with_name("scorecard.toml")
INTAKE = "tests/docs/test_documented_data.py"


def scorecard():
    """Return the rows by their number."""
    return tomllib.loads(SCORECARD.read_text(encoding="utf-8"))


def passed(folder, processes):
    """Run all tests of the rows; return the outcome of each test by its address: passed, skipped or failed."""
    tests = sorted({test for row in scorecard().values() for test in row["tests"]} | {INTAKE})
    report = folder / "faults.xml"
    workers = ["-n", str(processes)] if processes > 1 else []
    options = ["-q", "--benchmark-disable", "-p", "no:cacheprovider", f"--junitxml={report}", *workers]
    subprocess.run([sys.executable, "-m", "pytest", *tests, *options], cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
    return outcomes(report.read_text(encoding="utf-8")) if report.exists() else {}


def outcomes(report):
    """Return what became of each test, by its address without parameters: of each of its cases."""
    found = {}
    for case in ElementTree.fromstring(report).iter("testcase"):
        *parts, module = case.get("classname").split(".")
        address = f"{'/'.join([*parts, module])}.py::{case.get('name').partition('[')[0]}"
        kinds = {child.tag for child in case}
        outcome = "failed" if kinds & {"failure", "error"} else "skipped" if "skipped" in kinds else "passed"
        found.setdefault(address, []).append(outcome)
    return found


def not_right(row, found):
    """Return the tests of a row that failed or did not run. A skipped case counts only beside one that passed."""
    wrong = []
    for test in row["tests"]:
        own = {name: came for name, came in found.items() if name == test or name.startswith((f"{test}::", f"{test}/"))}
        failed = [name for name, came in own.items() if "failed" in came]
        ran = any("passed" in came for came in own.values())
        wrong += failed or ([] if ran else [f"{test} did not run"])
    return wrong
