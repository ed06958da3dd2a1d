"""A small project, empty or with a finished fast tier."""

import json
import shutil

import pytest
from filelock import FileLock

from tests.builders.projects import Project


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path / "project")


@pytest.fixture(scope="module")
def finished(tmp_path_factory, request):
    """A whole fast tier, made by two workers: once, also where these tests run in several processes."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if hasattr(request.config, "workerinput") else base) / "finished"
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            code, output = Project(folder).run("-m", "fast", "-n", "2")
            (folder / "first.json").write_text(json.dumps({"code": code, "output": output}))
            shutil.copy(folder / "out" / "audit.json", folder / "audit.json")
    project = Project.at(folder)
    noted = json.loads((folder / "first.json").read_text())
    project.code, project.output = noted["code"], noted["output"]
    project.first = json.loads((folder / "audit.json").read_text())
    return project
