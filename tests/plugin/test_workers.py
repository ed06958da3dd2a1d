"""Audits on cards that are faked, by real workers: who sits at which card and makes what. The numbers come from the CPU."""

import pytest

from tests.builders.projects import Project

FAKED = """
import os, signal, time
from contextlib import suppress
from pathlib import Path
from rethinking_audit.fixtures.runs import cards, prepare
from rethinking_audit.fixtures.tasks import training

prepare.check_device = lambda device: None
cards.driven, cards.count, cards.work = lambda: True, lambda: 3, lambda chosen: True
cards.name, cards.memory = lambda device: "a card", lambda device: (8e10, 8e10)
cards.capability = lambda device: "9.0"
trained, who = training._alone, Path("who.txt")

def until(condition):
    while not condition():
        time.sleep(0.05)

def on_the_cpu(spec, target, *rest):
    with who.open("a") as file:
        file.write(f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')} {target.device} {cards.visible()}\\n")
    with suppress(FileNotFoundError):
        Path("dies").unlink()  # the first that trains, once both do
        until(lambda: "gw0 " in who.read_text() and "gw1 " in who.read_text())
        os.kill(os.getpid(), signal.SIGKILL)
    if Path("waits").exists():  # for the replacement, so that it finds something to do
        until(lambda: "gw2 " in who.read_text())
    return trained(spec, target.on_cpu(), *rest)

training._alone = on_the_cpu
"""
FEW = ("-m", "fast", "-k", "error_reaches_zero and not noise", "--seeds", "2", "--engine", "reference")


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,2")
    project = Project(tmp_path / "project")
    with (project.folder / "conftest.py").open("a") as file:
        file.write(FAKED)
    return project


def trainers(project):
    """The workers that trained, in the order in which they began, each with what it saw of the cards."""
    found = [line.split() for line in (project.folder / "who.txt").read_text().splitlines()]
    assert {device for _, device, _ in found} == {"cuda:0"}
    return list(dict.fromkeys((worker, card) for worker, _, card in found))


def all_made(project):
    """Whether the store has every run that the audit rests on."""
    runs = [case["runs"].values() for claim in project.audit()["claims"] for case in claim["cases"]]
    planned = {key for arms in runs for levels in arms for keys in levels.values() for key in keys}
    return planned and planned <= set(project.records())


def made_at(project, kind):
    """The cards that the records of a kind of task name."""
    return {record["made"]["card"] for record in project.records().values() if record["task"] == kind}


def test_automatic_workers_are_one_at_each_card_and_one_beside_it(project, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "GPU-a")
    _, output = project.run(*FEW, "-n", "auto")
    assert all_made(project), output
    ((_, card),) = trainers(project)
    provenance = project.audit()["provenance"]
    assert (provenance["workers"], provenance["device"], provenance["cards"]) == ("2", "cuda:0", ["GPU-a"])
    assert provenance["machine"]["gpu"] == "a card"
    assert card == "GPU-a"
    assert [made_at(project, kind) for kind in ("baseline", "training")] == [{None}, {"GPU-a"}]


def test_a_killed_workers_card_is_its_replacements_and_every_run_is_made(project):
    for name in ("dies", "waits"):
        (project.folder / name).touch()
    _, output = project.run(*FEW, "-n", "2")
    assert "replacing crashed worker" in output
    (killed, card), *others = trainers(project)
    assert killed in ("gw0", "gw1")
    assert dict(others) == {"gw2": card, {"gw0": "gw1", "gw1": "gw0"}[killed]: {"0": "2", "2": "0"}[card]}
    assert all_made(project), output


def test_one_process_sees_the_card_that_was_asked_for_by_its_place_in_the_list(project):
    _, output = project.run(*FEW, "--device", "cuda:1")
    assert all_made(project), output
    assert trainers(project) == [("main", "2")]
    assert "audit: device cuda:0 (card 2), store" in output


def test_a_card_that_is_not_in_the_list_is_bad_input(project):
    code, output = project.run(*FEW, "--device", "cuda:2", "-n", "auto")
    assert code == 4
    assert "--device is 'cuda:2', but this machine has 2 usable GPUs (CUDA_VISIBLE_DEVICES is '0,2'); expected" in output
    assert "Traceback" not in output
