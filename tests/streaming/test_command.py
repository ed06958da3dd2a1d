"""`rethinking-audit train`: runs of the imagenet tier go into the store; bad input is one sentence and exit code 4."""

from contextlib import contextmanager

import pytest

from rethinking_audit import training
from rethinking_audit.fixtures.runs.identity import key
from rethinking_audit.fixtures.runs.store import Store
from rethinking_audit.fixtures.streaming.group import Group
from rethinking_audit.fixtures.tasks.streamed import Streamed
from rethinking_audit.fixtures.tasks.target import Target
from tests.builders.trees import run

NARROW = ("--networks", "inception-v3-narrow")


def refused(capsys, *words):
    """The one line on standard error of a command that was refused."""
    assert training.main(list(words)) == 4
    told = capsys.readouterr()
    assert told.out == ""
    (line,) = told.err.splitlines()
    return line


def test_a_folder_that_does_not_exist_is_refused(capsys, tmp_path):
    line = refused(capsys, "--dataset", f"folder:{tmp_path / 'gone'}", "--store", str(tmp_path / "store"))
    assert "gone: it is no folder" in line
    assert "expected" in line


def test_a_data_set_that_is_no_folder_is_refused(capsys, tmp_path):
    line = refused(capsys, "--dataset", "cifar10", "--store", str(tmp_path / "store"))
    assert line.endswith("--dataset is cifar10, expected folder:PATH for runs that read their images as they train")


def test_processes_that_do_not_divide_a_batch_are_refused(capsys, folder, tmp_path, monkeypatch):
    @contextmanager
    def three(device):
        yield Group(0, 3), device

    monkeypatch.setattr(training, "joined", three)
    line = refused(capsys, "--dataset", f"folder:{folder}", "--store", str(tmp_path / "store"), "--device", "cpu")
    assert "3 processes cannot share 8 parts of a batch of 256 equally, expected 1 or 2 or 4 or 8" in line


def test_a_width_that_the_network_cannot_have_is_refused(capsys, folder, tmp_path):
    words = ("--width", "0.3", "--store", str(tmp_path / "store"), "--device", "cpu")
    assert "width of Inception v3 is 0.3, expected a multiple of 1/16" in refused(
        capsys, "--dataset", f"folder:{folder}", *NARROW, *words
    )


def test_finished_runs_are_in_the_store_and_are_not_made_again(folder, tmp_path, monkeypatch, capsys):
    task = run(folder)
    monkeypatch.setattr(training, "tasks", lambda asked: [task])
    words = ["--dataset", f"folder:{folder}", "--store", str(tmp_path / "store"), "--device", "cpu"]
    assert training.main(words) == 0
    assert "1 run, 1 to make in 1 process on cpu" in capsys.readouterr().out
    assert training.main(words) == 0
    assert "1 run, 0 to make" in capsys.readouterr().out
    (record,) = (tmp_path / "store" / "runs").rglob("*.json")
    kept = Store(tmp_path / "store").read(record.stem)
    assert (kept["task"], kept["spec"]["network"], kept["spec"]["stream"]["parts"]) == (Streamed.KIND, "inception-v3", 2)


def test_a_run_that_an_audit_is_making_is_left_to_it(folder, tmp_path, monkeypatch, capsys):
    task = run(folder)
    monkeypatch.setattr(training, "tasks", lambda asked: [task])
    store = Store(tmp_path / "store")
    with store.hold(key(task, Target("cpu"))) as held:
        assert held
        assert training.main(["--dataset", f"folder:{folder}", "--store", str(store.folder), "--device", "cpu"]) == 0
    assert "another command makes it" in capsys.readouterr().out
    assert not list((store.folder / "runs").rglob("*.json"))


@pytest.mark.parametrize("words", [[], ["--dataset", "folder:x", "--epochs", "3"]])
def test_an_unknown_option_or_none_is_refused(words, capsys):
    assert training.main(words) == 4
