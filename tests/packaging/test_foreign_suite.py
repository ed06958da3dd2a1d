"""Somebody else's tests, in an environment that has the audit installed: nothing of theirs changes."""

import json

import pytest

from tests.builders.places import ROOT

BASELINE = ROOT / "reports" / "baselines" / "fast-2-core-cpu" / "audit.json"
CLAIM = "random-labels/zero-training-error"
SETTINGS = """
[pytest]
strict = true
filterwarnings = ["error"]
pythonpath = ["."]
addopts = ["-p", "no:benchmark", "-p", "no:cacheprovider", "-ra"]
"""
CONFTEST = """
def pytest_addoption(parser):
    for option in ("--device", "--store", "--report", "--networks", "--plan"):
        parser.addoption(option, default="theirs")
"""
TESTS = """
import os, sys
import claims, ci, fixtures, reports
import pytest

def test_the_environment_is_theirs():
    assert not {"OMP_NUM_THREADS", "MKL_NUM_THREADS", "CUBLAS_WORKSPACE_CONFIG"} & set(os.environ)

def test_nothing_heavy_was_imported():
    heavy = {"torch", "numpy", "scipy", "sklearn", "jinja2", "rethinking_audit.fixtures", "rethinking_audit.reports"}
    assert not heavy & set(sys.modules)
    assert "rethinking_audit.plugin" in sys.modules

def test_the_modules_and_options_are_theirs(pytestconfig):
    assert {module.OWNER for module in (claims, ci, fixtures, reports)} == {"somebody else"}
    assert pytestconfig.getoption("--device") == "theirs"

def test_the_audit_can_be_imported_beside_them():
    import rethinking_audit.fixtures.statistics.rules, rethinking_audit.reports.render
    assert fixtures.OWNER == reports.OWNER == "somebody else"

@pytest.mark.rethinking("random-labels/zero-training-error")
def test_that_relies_on_a_claim():
    pass
"""


@pytest.fixture
def suite(tmp_path):
    """A test-suite with modules and options that are called as ours are."""
    for name in ("fixtures", "reports", "ci"):
        (tmp_path / f"{name}.py").write_text('OWNER = "somebody else"\n')
    for folder in ("claims", "tests"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "__init__.py").write_text('OWNER = "somebody else"\n')
    (tmp_path / "pytest.toml").write_text(SETTINGS)
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "tests" / "test_theirs.py").write_text(TESTS)
    return tmp_path


@pytest.mark.parametrize("processes", ["0", "2"])
def test_a_strict_suite_with_its_own_modules_and_options_passes(with_wheel, suite, processes):
    code, said = with_wheel.run("python", "-m", "pytest", "-n", processes, cwd=suite)
    assert code == 0, said
    assert "4 passed, 1 skipped" in said
    assert "needs the record of an audit, and --rethinking-record names none" in said


def test_the_plugin_adds_one_option_and_one_marker(with_wheel, suite):
    code, said = with_wheel.run("python", "-m", "pytest", "--help", cwd=suite)
    without = with_wheel.run("python", "-m", "pytest", "--help", "-p", "no:rethinking_audit", cwd=suite)[1]
    added = {line.strip() for line in said.splitlines()} - {line.strip() for line in without.splitlines()}
    assert code == 0
    assert {line.split()[0] for line in added if line.startswith("-")} == {"--rethinking-record=FILE"}
    markers = with_wheel.run("python", "-m", "pytest", "--markers", cwd=suite)[1]
    assert [line for line in markers.splitlines() if "rethinking" in line] == [
        "@pytest.mark.rethinking(claim): run where the record of the audit says that the claim held"
    ]


@pytest.mark.parametrize(
    ("verdict", "outcome"),
    [
        ("HELD", "1 passed"),
        ("REFUTED", "the audit found random-labels/zero-training-error REFUTED"),
        (None, "has no claim"),
    ],
)
def test_a_marked_test_runs_where_its_claim_held(with_wheel, suite, record, verdict, outcome):
    code, said = with_wheel.run("pytest", "-k", "relies", f"--rethinking-record={record(verdict)}", cwd=suite)
    assert code == 0, said
    assert outcome in said


@pytest.fixture
def record(tmp_path):
    """What writes the record of an audit with that verdict on one claim; None leaves the claim out."""

    def write(verdict):
        audit = json.loads(BASELINE.read_text())
        claims = audit["claims"]
        audit["claims"] = [{**claim, "verdict": verdict} for claim in claims if claim["id"] == CLAIM and verdict]
        path = tmp_path / "audit.json"
        path.write_text(json.dumps(audit))
        return str(path)

    return write


def test_a_file_that_is_no_record_is_one_sentence_and_exit_4(with_wheel, suite):
    code, said = with_wheel.run("python", "-m", "pytest", "--rethinking-record=conftest.py", cwd=suite)
    assert code == 4
    assert said.strip().startswith("ERROR: --rethinking-record: ")
    assert len(said.strip().splitlines()) == 1


def test_a_marker_without_a_claim_fails(with_wheel, suite):
    (suite / "tests" / "test_theirs.py").write_text("import pytest\n@pytest.mark.rethinking\ndef test_it(): pass\n")
    code, said = with_wheel.run("python", "-m", "pytest", cwd=suite)
    assert code == 1
    assert "expected rethinking(claim) with the id of a claim" in said
