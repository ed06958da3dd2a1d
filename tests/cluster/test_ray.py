"""Audits whose runs a Ray cluster makes, of two nodes in processes of their own, on 127.0.0.1. They need Ray."""

import importlib.util
import shutil
import subprocess
import time

import pytest

from rethinking_audit.reports.identical import identical
from tests.builders.places import CLAIMS
from tests.builders.projects import Project
from tests.builders.trees import tree

pytestmark = [
    pytest.mark.lengthy,
    pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray is not installed: pip install '.[ray]'"),
    # Ray does not close the pipe of a node that ended, and the next test would get the warning.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
CHANCE = ("-m", "fast", "-k", "test_accuracy_is_chance", "--seeds")
FEW = (*CHANCE, "2")
MANY = (*CHANCE, "100")  # seconds of work on each node, so that one can die while it is at it
PATIENCE = 300  # seconds: Ray and the nodes take half a minute to start on a busy machine
SMALL = 80 * 2**20  # bytes of an object store
ENVIRONMENT = {
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # Ray then finds itself at 127.0.0.1
    "RAY_AUTH_MODE": "token",
    "RAY_AUTH_TOKEN": "0123456789abcdef" * 4,
    "RAY_GRACEFUL_SHUTDOWN_DRAIN_TIMEOUT_S": "0",
    "RAY_worker_niceness": "0",
    "RAY_USAGE_STATS_ENABLED": "0",
}


class Nodes:
    """A head without processors for tasks, and nodes with one each."""

    def __init__(self):
        from ray.cluster_utils import Cluster

        self.cluster = Cluster()
        self.add(num_cpus=0, include_dashboard=False)

    def add(self, num_cpus=1, **how):
        try:
            return self.cluster.add_node(node_ip_address="127.0.0.1", num_cpus=num_cpus, object_store_memory=SMALL, **how)
        except Exception as error:
            skip_if_slow(str(error))
            raise

    @property
    def address(self):
        return ("--runner", "ray", "--ray-address", self.cluster.address)


@pytest.fixture
def nodes(monkeypatch):
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    nodes = Nodes()
    yield nodes
    nodes.cluster.shutdown()


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path / "project")


def skip_if_slow(said):
    if "timed out during startup" in said:
        pytest.skip("this machine is too busy: Ray gives a node 30 s to start")


def run(project, *arguments):
    process = project.start(*arguments)
    output, _ = process.communicate(timeout=PATIENCE)
    return process.returncode, output


def same_numbers(one, other):
    return not identical(one.audit(), other.audit()).differences


def test_two_nodes_make_the_audit_of_one_machine(nodes, project, tmp_path):
    nodes.add()
    nodes.add()
    code, output = run(project, *FEW, *nodes.address)
    alone = Project(tmp_path / "alone")
    assert (code, project.audit()["provenance"]["workers"]) == (run(alone, *FEW)[0], "Ray, 2 nodes, 2 runs at a time"), (
        output
    )
    assert same_numbers(project, alone)
    assert project.records().keys() == alone.records().keys()


def test_a_node_makes_runs_that_read_their_images_as_they_train(nodes, project, tmp_path):
    nodes.add()
    images = f"folder:{tree(tmp_path / 'images', classes=10, train=4, test=2)}"
    few = ("-m", "imagenet", "--dataset", images, "--networks", "inception-v3-narrow", "-k", "million", "--seeds", "2")
    alone = Project(tmp_path / "alone")
    for one in (project, alone):
        shutil.copy(CLAIMS / "tiers.toml", one.folder / "claims")
    code, output = run(project, *few, *nodes.address)
    assert code == run(alone, *few)[0], output
    assert project.audit()["provenance"]["workers"].startswith("Ray, 1 node"), output
    assert same_numbers(project, alone)


def test_what_a_killed_node_was_at_is_sent_to_another_and_the_audit_says_so(nodes, project, tmp_path):
    first = nodes.add()
    audit = project.start(*MANY, *nodes.address)
    while not list(project.store.glob("runs/*.json")):
        assert audit.poll() is None, audit.communicate()[0]
        time.sleep(0.1)
    nodes.cluster.remove_node(first, allow_graceful=False)
    nodes.add()
    output, _ = audit.communicate(timeout=PATIENCE)
    alone = Project(tmp_path / "alone")
    assert audit.returncode == run(alone, *MANY)[0], output
    assert same_numbers(project, alone)
    (remark,) = [remark for remark in project.audit()["remarks"] if "cluster" in remark]
    assert "ended (NodeDiedError) while it made" in remark


def test_a_cluster_of_this_machine_starts_by_itself_where_shared_memory_is_as_small_as_in_a_container(project):
    command = project.command(*FEW, "--runner", "ray")
    small = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs -o size=64m tmpfs /dev/shm && exec "$@"', "sh"]
    if subprocess.run([*small, "true"], capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small /dev/shm")
    how = {"cwd": project.folder, "capture_output": True, "text": True, "timeout": PATIENCE, "check": False}
    made = subprocess.run([*small, *command], **how)
    skip_if_slow(made.stdout)
    assert made.returncode == project.audit()["exit_code"], made.stdout
    assert project.audit()["provenance"]["workers"].startswith("Ray, 1 node")


def test_no_cluster_at_the_address_is_one_sentence(project):
    code, output = run(project, *FEW, "--runner", "ray", "--ray-address", "127.0.0.1:1")
    assert code == 4
    assert "no Ray cluster answers at '127.0.0.1:1' (" in output
    assert "Traceback" not in output
