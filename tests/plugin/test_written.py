"""The record and the report of an audit, when one of them cannot be as it should."""

import json
import shutil

from tests.builders.projects import Project

ONLY = ("-m", "fast", "-k", "training_error")
THIRD_SHAPE = """
from rethinking_audit.fixtures.tasks.training import Training
Training.told = classmethod(lambda cls, result: {"shape": "a third"})
"""


def test_a_report_that_cannot_be_written_changes_no_verdict(finished, tmp_path):
    project = Project(tmp_path / "report")
    shutil.copytree(finished.store, project.store)
    (project.folder / "out" / "audit.json").mkdir(parents=True)
    code, output = project.run(*ONLY)
    assert code == 0
    assert "report: not written: IsADirectoryError" in output
    assert (project.folder / "out" / "audit.json").is_dir()


def test_a_record_that_is_not_as_its_schema_says_is_a_bug_in_the_suite(finished, tmp_path):
    project = Project(tmp_path / "shape")
    shutil.copytree(finished.store, project.store)
    with (project.folder / "conftest.py").open("a") as file:
        file.write(THIRD_SHAPE)
    code, output = project.run(*ONLY)
    assert code == 3
    assert "is not an audit of schema 1: the record, 'runs'" in output
    audit = json.loads((project.folder / "out" / "audit.json").read_text())
    assert audit["exit_code"] == 3
    assert {case["verdict"] for claim in audit["claims"] for case in claim["cases"]} == {"HELD"}
