"""An audit with a fault says so, turns red, and stays away from honest runs."""

import json
import os
import subprocess
import sys

import jsonschema
import pytest

from rethinking_audit.fixtures.data import paths
from rethinking_audit.fixtures.sabotage import plugin
from rethinking_audit.fixtures.sabotage.table import audits, find
from tests.builders.places import ROOT


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """The folder in which honest audits keep their runs."""
    monkeypatch.setattr(paths, "store_folder", lambda: tmp_path / "cache" / "rethinking-audit")
    return tmp_path / "cache" / "rethinking-audit"


def test_a_sabotaged_audit_needs_a_store_of_its_own(cache, tmp_path):
    with pytest.raises(ValueError, match="--store is not given"):
        plugin._check_store(None)
    for place in (cache, cache / "inside"):
        with pytest.raises(ValueError, match="where honest audits keep their runs"):
            plugin._check_store(str(place))
    honest = tmp_path / "honest"
    (honest / "runs").mkdir(parents=True)
    (honest / "runs" / "a.json").touch()
    with pytest.raises(ValueError, match="which holds runs of honest audits, expected a new folder"):
        plugin._check_store(str(honest))
    void = tmp_path / "void"
    plugin._check_store(str(void))
    (void / "runs").mkdir()
    (void / "runs" / "a.json").touch()
    plugin._check_store(str(void))  # to go on where it was


def pytest_of(tmp_path, *words):
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *audits()["labels"], "-m", "fast", *words]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [*command, "--report", str(tmp_path)], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    return done.returncode, done.stdout + done.stderr


def test_a_sabotaged_audit_says_so_and_turns_red(tmp_path):
    words = (
        "-p",
        "rethinking_audit.fixtures.sabotage.plugin",
        "--sabotage",
        "labels-not-corrupted",
        "--store",
        str(tmp_path / "store"),
    )
    code, output = pytest_of(tmp_path, *words)
    assert code == 5, output
    assert output.count("SABOTAGED, every verdict is void: labels-not-corrupted: the labels called random are") == 2
    audit = json.loads((tmp_path / "audit.json").read_text())
    jsonschema.validate(audit, json.loads((ROOT / "fixtures" / "record" / "audit.schema.json").read_text()))
    assert audit["sabotage"] == find("labels-not-corrupted").to_dict()
    assert {case["contract"] for claim in audit["claims"] for case in claim["cases"]} == {"label corruption"}
    assert "Sabotaged, every verdict is void" in (tmp_path / "audit.html").read_text()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--sabotage", "no-step"), "unrecognized arguments: --sabotage"),
        (("-p", "rethinking_audit.fixtures.sabotage.plugin"), "--sabotage: no fault is called ''"),
        (("-p", "rethinking_audit.fixtures.sabotage.plugin", "--sabotage", "no-step"), "--sabotage: --store is not given"),
    ],
)
def test_nobody_sabotages_by_accident(tmp_path, words, told):
    code, output = pytest_of(tmp_path, *words)
    assert code == 4
    assert told in output
