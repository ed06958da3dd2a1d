"""`--runner`: what cannot be meant is one sentence, and so is a Ray that is not installed."""

from types import SimpleNamespace

import pytest

from rethinking_audit.fixtures.plugin import runner
from tests.builders.projects import Project


def config(**options):
    given = {"runner": "local", "ray_address": None, "device": "auto", "numprocesses": None, **options}
    return SimpleNamespace(option=SimpleNamespace(**given), stash={})


def test_this_machine_makes_the_runs_unless_another_runner_is_named():
    assert runner.join(config()) is None
    assert runner.join(config(numprocesses=2)) is None


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"runner": "dask"}, "^--runner is 'dask', expected local or ray$"),
        ({"ray_address": "here:6379"}, "^--ray-address is 'here:6379', expected --runner ray too$"),
        (
            {"runner": "ray", "numprocesses": 2},
            "^-n 2 is given, expected none with --runner ray: the cluster has the workers",
        ),
        ({"runner": "ray", "device": "cuda:1"}, "^--device is 'cuda:1', expected auto, cpu or cuda: Ray deals the cards$"),
    ],
)
def test_what_cannot_be_meant_is_quoted(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        runner.join(config(**options))


@pytest.mark.lengthy
def test_without_ray_it_says_how_to_install_it(tmp_path):
    project = Project(tmp_path / "project")
    with (project.folder / "conftest.py").open("a") as file:
        file.write("\nimport sys\nsys.modules['ray'] = None\n")
    code, output = project.run("-m", "fast", "--runner", "ray")
    assert code == 4
    assert "Ray is not installed here, expected pip install 'rethinking-audit[ray]'" in output
    assert "Traceback" not in output
