"""What README and CONTRIBUTING say is so."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()


def test_the_commands_are_those_of_the_makefile():
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"^make (\w+)", README, re.M):
        assert f"\n{target}: " in makefile
    for command in ("claims -m fast -n auto", "tests -n auto --benchmark-disable"):
        assert f".venv/bin/pytest {command}" in README
        assert f"$(BIN)/pytest {command}" in makefile
    install = 'install --constraint ci/constraints.txt --editable ".[dev]"'
    assert install in README
    assert install in makefile.replace("--quiet ", "")


def test_every_option_that_is_named_exists(pytestconfig):
    known = {name for option in pytestconfig._parser._anonymous.options for name in option.names()}
    known |= {name for group in pytestconfig._parser._groups for option in group.options for name in option.names()}
    known |= {"--constraint", "--editable"}  # pip's
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", README)) <= known


@pytest.mark.parametrize("text", [README, CONTRIBUTING], ids=["README", "CONTRIBUTING"])
def test_every_file_that_is_named_exists(text):
    made = {"reports/out/audit.json", "reports/out/audit.html"}
    for name in re.findall(r"`((?:claims|fixtures|reports|tests|ci)/[\w./-]+)`", text):
        assert name in made or (ROOT / name).exists(), name


def test_every_exit_code_is_told():
    assert re.findall(r"^\| (\d+) \|", README, re.M) == ["0", "1", "2", "3", "4", "5", "10"]


def test_the_papers_numbers_are_those_of_the_data_file():
    tables = tomllib.loads((ROOT / "claims" / "paper.toml").read_text())
    shown = [
        ("random-labels/zero-training-error", lambda value: f"{100 * value:.2f} %"),
        ("random-labels/chance-test-accuracy", lambda value: f"{100 * value:.2f} %"),
        ("label-corruption/slowdown", lambda value: f"{value:.2f} ×"),
        ("regularizers/not-necessary", lambda value: f"{100 * value:.2f} %"),
    ]
    for name, written in shown:
        assert written(tables[name]["value"]["mlp-1x512"]) in README


def test_the_readme_is_short():
    assert len(README.splitlines()) <= 150
