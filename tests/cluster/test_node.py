"""What a node does: it trusts no machine to compute like another, and tells what came of each run."""

from dataclasses import replace

import pytest

from rethinking_audit.fixtures.cluster import node
from rethinking_audit.fixtures.cluster.facts import Facts, code
from rethinking_audit.fixtures.cluster.ray_cluster import ClusterUnusable, check_alike, cores
from rethinking_audit.fixtures.data.dataset import DataUnavailable
from rethinking_audit.fixtures.runs import prepare
from rethinking_audit.fixtures.runs.identity import key
from rethinking_audit.fixtures.runs.session import DATA, ERROR
from rethinking_audit.fixtures.tasks.target import Target
from rethinking_audit.fixtures.tasks.task import Task
from rethinking_audit.fixtures.training.engine import REFERENCE
from tests.builders.specs import SPEC

TARGET = Target(engine=REFERENCE)
FACTS = Facts("node1", "AMD AVX2", None, {}, {}, {"torch": "2.15", "numpy": "2.4"}, None)


def runs_on(target):
    return {key(SPEC, target): SPEC}


def test_news_have_the_records_of_all_runs():
    made = [record["spec"] for news in node.make(runs_on(TARGET), TARGET, ()) for record in news.records.values()]
    assert made == [SPEC.to_dict()]


def test_news_say_why_a_run_failed(monkeypatch):
    def fails(*_):
        raise RuntimeError("boom")

    monkeypatch.setattr(prepare, "carry_out", fails)
    (failure,) = [why for news in node.make(runs_on(TARGET), TARGET, ()) for why in news.failures.values()]
    assert failure.kind == ERROR
    assert "boom" in failure.message


def test_a_node_with_other_instructions_makes_nothing():
    elsewhere = replace(TARGET, processor="SomeoneElse AVX512")
    with pytest.raises(node.Unlike, match="has other code, data, packages or instructions than the audit"):
        next(node.make(runs_on(elsewhere), elsewhere, ()))


def test_data_that_a_node_lacks_fail_their_runs_alone(monkeypatch):
    runs = runs_on(TARGET)

    def lacks(task, target):
        raise DataUnavailable("digits are not here")

    monkeypatch.setattr(Task, "context", lacks)
    (failure,) = node.absent(runs, TARGET, ()).values()
    assert failure.kind == DATA
    assert failure.message.endswith("digits are not here")


def test_a_network_that_a_node_lacks_is_said():
    with pytest.raises(node.Unlike, match=r"does not have the user's network: .*nowhere\.py"):
        node.absent({}, TARGET, (("nowhere.py:make", "0"),))


def test_nodes_that_compute_alike_are_taken():
    check_alike([FACTS, replace(FACTS, host="node2"), replace(FACTS, host="node3", card="9.0")], FACTS.code)


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"code": {"torch": "2.14", "numpy": "2.4"}}, "^the node node2 has torch 2.14, expected 2.15 as on this machine$"),
        ({"processor": "Intel AVX512"}, "their processor is 'AMD AVX2' on node1 and 'Intel AVX512' on node2, expected"),
    ],
)
def test_nodes_that_do_not_are_refused(other, told):
    with pytest.raises(ClusterUnusable, match=told):
        check_alike([FACTS, replace(FACTS, host="node2", **other)], FACTS.code)


def test_the_code_has_the_sources_and_the_packages_of_all_runs():
    assert {"the training code", "the theory code", "torch", "numpy"} <= code().keys()


def test_a_process_has_a_core():
    assert cores() >= 1
