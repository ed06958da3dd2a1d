"""An audit of problems, as a user runs it."""

import json
import os
import subprocess
import sys

import jsonschema

from tests.builders.places import ROOT


def test_problems_are_judged_and_recorded_as_a_user_runs_them(tmp_path):
    places = ["--store", str(tmp_path / "store"), "--report", str(tmp_path)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "claims/test_linear_models.py", "-m", "fast", *places],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout
    audit = json.loads((tmp_path / "audit.json").read_text())
    jsonschema.validate(audit, json.loads((ROOT / "fixtures" / "record" / "audit.schema.json").read_text()))
    controls = {case["control"]["verdict"] for claim in audit["claims"] for case in claim["cases"]}
    assert controls == {"REFUTED"}
    assert all({"spec", "values", "seconds"} == set(run) for run in audit["runs"].values())
    assert "20 points in 64 dimensions" in (tmp_path / "audit.html").read_text()
