"""The matrix of faults is made once, and says beforehand how long it takes."""

import json
import subprocess
from pathlib import Path

import pytest

from rethinking_audit.fixtures.sabotage import __main__ as runner
from rethinking_audit.fixtures.sabotage.table import find
from rethinking_audit.fixtures.tasks.sources import sha256, training_digest


@pytest.fixture
def commands(monkeypatch):
    """The commands that would be run: an audit leaves a record, and what reads them says 0."""
    ran = []

    def run(command, **_):
        ran.append(command)
        if "pytest" in command:
            folder = Path(command[command.index("--report") + 1])
            fault = find(command[command.index("--sabotage") + 1]) if "--sabotage" in command else None
            engine = training_digest()
            record = {"provenance": {"engine": engine}, "exit_code": 0}
            if fault:
                record["provenance"]["engine"] = sha256(["sabotaged", fault.id, engine])
                record["sabotage"] = fault.to_dict()
            if "breaks" not in str(folder):
                (folder / "audit.json").write_text(json.dumps(record))
        return subprocess.CompletedProcess(command, 0, "what it said", "")

    monkeypatch.setattr(runner.subprocess, "run", run)
    return ran


def test_the_matrix_is_made_once_and_says_beforehand_how_long_it_takes(tmp_path, commands, capsys):
    arguments = ["no-step", "rows-only", "--into", str(tmp_path)]
    assert runner.main(arguments) == 0
    said = capsys.readouterr().out
    assert said.startswith("4 audits, 0 of them kept: about 36 s\n1/4 without-fault-labels: 0 s, about 0 s left\n")
    assert [command[2] for command in commands] == ["pytest"] * 4 + ["reports"]
    assert all(
        ("--sabotage" in command) == ("rethinking_audit.fixtures.sabotage.plugin" in command) for command in commands
    )
    stores = [command[command.index("--store") + 1] for command in commands[:4]]
    assert stores[0] == stores[1]
    assert len(set(stores)) == 3

    assert runner.main([*arguments[:1], "no-step", *arguments[2:]]) == 0
    assert capsys.readouterr().out == "2 audits, 2 of them kept: about 0 s\n"
    assert [command[2] for command in commands[5:]] == ["reports"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda record: {**record, "exit_code": 2},
        lambda record: {**record, "provenance": {"engine": "0" * 64}},
        lambda record: {**record, "sabotage": {**record["sabotage"], "caught_by": ["something else"]}},
        lambda record: [],
    ],
    ids=["interrupted", "of other code", "of another table", "no record"],
)
def test_a_record_that_does_not_answer_the_question_is_made_again(tmp_path, commands, spoil):
    runner.main(["no-step", "--into", str(tmp_path)])
    path = tmp_path / "no-step" / "audit.json"
    path.write_text(json.dumps(spoil(json.loads(path.read_text()))))
    runner.main(["no-step", "--into", str(tmp_path)])
    assert [command[2] for command in commands] == ["pytest", "pytest", "reports", "pytest", "reports"]


def test_an_audit_that_leaves_no_record_is_a_bug_of_the_suite(tmp_path, commands, capsys):
    assert runner.main(["no-step", "--into", str(tmp_path / "breaks")]) == 3
    assert "no-step left no record: what it said" in capsys.readouterr().err


def test_an_unknown_fault_is_bad_input(tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        runner.main(["gremlins", "--into", str(tmp_path)])
    assert ended.value.code == 4
    assert "no fault is called 'gremlins'" in capsys.readouterr().err
