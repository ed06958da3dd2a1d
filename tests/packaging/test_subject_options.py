"""`pytest claims -m own --subject`: the audit of the user's own code by the suite's command, in a checkout."""

import json
import os
import subprocess
import sys

import pytest

from tests.builders.places import ROOT


def tried(*words):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    command = [sys.executable, "-m", "pytest", "claims", "-p", "no:cacheprovider", *map(str, words)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.lengthy
def test_a_subject_is_audited_and_recorded(tmp_path):
    demo = "fixtures/subjects/demo.py"
    words = ("--subject", f"{demo}:leaking", "--data", f"{demo}:data", "--seconds", 8, "--report", tmp_path)
    code, said = tried("-m", "own", *words)
    assert code == 1, said
    assert "✗ REFUTED       Test labels are used" in said
    audit = json.loads((tmp_path / "audit.json").read_text())
    assert {claim["id"]: claim["verdict"] for claim in audit["claims"]}["own/e1"] == "REFUTED"
    assert (tmp_path / "audit.html").exists()


@pytest.mark.lengthy
@pytest.mark.parametrize("words", [("-m", "own"), ("--subject", "a.py:b"), ("-m", "own", "--subject", "a.py:b")])
def test_half_of_a_command_is_one_sentence_and_exit_4(words):
    code, said = tried(*words)
    assert code == 4
    assert said.strip() == "ERROR: an audit of your own code needs all of -m own, --subject CODE and --data DATA"


@pytest.mark.lengthy
def test_a_file_that_is_not_there_is_exit_4():
    code, said = tried("-m", "own", "--subject", "gone.py:fit", "--data", "digits")
    assert code == 4
    assert "there is no file 'gone.py'" in said
