"""Workers that end before their time, and warnings: the audit goes on, and says what was."""

import pytest

from rethinking_audit.fixtures.record.reading import read_audit
from rethinking_audit.reports.render import render
from tests.builders.projects import Project

FEW = ("-m", "fast", "-k", "error_reaches_zero and not noise", "--engine", "reference")
LOSES = """
from pathlib import Path
from rethinking_audit.fixtures.runs import prepare
from rethinking_audit.fixtures.tasks import training
from rethinking_audit.fixtures.training.numerics import DeviceLost

trained, lost = training._alone, []

def train(spec, *rest):
    if spec.network == "mlp-1x512" and Path("loses").exists():
        Path("loses").unlink()
        lost.append(spec)
        raise RuntimeError("CUDA error: device-side assert triggered")
    return trained(spec, *rest)

def check(device):
    if lost:
        raise DeviceLost("cuda:0 no longer answers this process: CUDA error: device-side assert triggered")

training._alone, prepare.check_device = train, check
"""
KILLS = """
import os, signal
from rethinking_audit.fixtures.tasks import training

trained = training._alone

def train(spec, *rest):
    if spec.network == "mlp-1x512" and spec.seed == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return trained(spec, *rest)

training._alone = train
"""
WARNS = """
import warnings
from rethinking_audit.fixtures.tasks import training

trained, TOLD = training._alone, "deterministic is slower (Triggered internally at somewhere)"

def train(spec, *rest):
    warnings.warn(TOLD, UserWarning)
    return trained(spec, *rest)

training._alone = train
"""


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path / "project")


def change(project, text):
    with (project.folder / "conftest.py").open("a") as file:
        file.write(text)


def verdicts(audit):
    return {case["verdict"] for claim in audit["claims"] for case in claim["cases"]}


def reasons(audit):
    return " ".join(str(case["reason"]) for claim in audit["claims"] for case in claim["cases"])


def test_a_worker_that_loses_its_device_is_replaced_and_its_tests_come_again(project):
    change(project, LOSES)
    (project.folder / "loses").touch()
    code, output = project.run(*FEW, "-n", "1")
    audit = project.audit()
    assert "gw0 ends: it lost its device: cuda:0 no longer answers this process" in output
    assert "replacing crashed worker gw0" in output
    (remark,) = audit["remarks"]
    assert remark.startswith("gw0 lost its device: cuda:0 no longer answers")
    assert verdicts(audit) == {"ERROR"}, "of the run that lost the device, and of no test that waited in its worker"
    assert "device-side assert" in reasons(audit)
    assert "its worker crashed" not in reasons(audit)
    assert code == 5
    assert remark in render(read_audit(project.folder / "out" / "audit.json"))
    code, _ = project.run(*FEW, "-n", "1")
    assert (code, verdicts(project.audit())) == (0, {"HELD"})
    assert "remarks" not in project.audit()


def test_one_process_that_loses_its_device_judges_what_there_is(project):
    change(project, LOSES)
    (project.folder / "loses").touch()
    code, output = project.run(*FEW)
    audit = project.audit()
    assert audit["remarks"] == [
        "main lost its device: cuda:0 no longer answers this process: CUDA error: device-side assert triggered"
    ]
    assert code == 5
    assert "INTERNALERROR" not in output
    code, _ = project.run(*FEW)
    assert (code, verdicts(project.audit())) == (0, {"HELD"})


def test_a_run_that_kills_its_worker_is_given_up_after_the_second_and_no_test_is_blamed(project):
    change(project, KILLS)
    code, output = project.run(*FEW, "-n", "1")
    audit = project.audit()
    assert output.count("replacing crashed worker") == 2
    assert verdicts(audit) == {"ERROR"}
    assert "2 workers ended while they were at it" in reasons(audit)
    assert "its worker crashed" not in reasons(audit)
    assert code == 5
    assert {record["spec"]["seed"] for record in project.records().values()} >= {0}


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_a_warning_ends_no_audit_and_is_counted_and_said_once(project, workers):
    change(project, WARNS)
    code, output = project.run(*FEW, *workers)
    audit = project.audit()
    assert (code, verdicts(audit)) == (0, {"HELD"})
    (warning,) = audit["warnings"]
    assert warning["kind"] == "UserWarning"
    assert warning["count"] >= 1
    assert output.count("deterministic is slower") == 1
    assert "deterministic is slower" in render(read_audit(project.folder / "out" / "audit.json"))
