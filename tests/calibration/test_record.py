"""The file of a calibration: read as it was written, printed, and refused in one sentence."""

import math
import re
import subprocess
import sys
from dataclasses import replace

import pytest

from rethinking_audit.fixtures.calibration.__main__ import main
from rethinking_audit.fixtures.calibration.record import Calibration, Design, Rate, read
from rethinking_audit.fixtures.record.words import SUFFIXES
from tests.builders.places import ROOT

WHOLE = Calibration(
    {
        **{"date": "2026-11-21", "seeds": 30, "first_seed": 3000, "audits": 10_000, "torch": "2.15", "device": "cpu"},
        **{"data": {"digits": "0" * 64}, "engine": "1" * 64, "theory": "2" * 64},
    },
    Rate(0.0, 0.0, 0.3688),
    Rate(8.4, 6.706, 10.39),
    [
        Design(
            **{"claim": "family/one", "case": "fast-mlp-1x512", "seeds": 5, "quantity": "error", "unit": "%"},
            **{
                "mean": 0.01,
                "deviation": 0.001,
                "alpha": Rate(0.0, 0.0, 0.0004),
                "undecided": Rate(0.1, 0.09, 0.11),
                "limit": 0.02,
                "wrong": 0.05,
            },
            **{"delta": 0.03, "beta": Rate(0.0, 0.0, 0.0004), "power": Rate(0.9, 0.89, 0.91), "expected": "REFUTED"},
        ),
        Design("family/two", "fast-lemma", 0, "distance", "", math.inf, 0.0, Rate(0.0, 0.0, 0.0), Rate(0.0, 0.0, 0.0)),
    ],
)


@pytest.mark.parametrize("unit", SUFFIXES)
def test_the_file_is_read_as_it_was_written(tmp_path, unit):
    whole = replace(WHOLE, designs=[replace(WHOLE.designs[0], unit=unit), *WHOLE.designs[1:]])
    (tmp_path / "calibration.toml").write_text(whole.text())
    assert read(tmp_path / "calibration.toml") == whole


def test_the_table_and_the_false_alarms_are_printed_from_the_file(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    (tmp_path / "calibration.toml").write_text(WHOLE.text())
    assert main([str(tmp_path / "calibration.toml")]) == 0
    printed = capsys.readouterr().out
    row = next(line for line in printed.splitlines() if line.startswith("family/one"))
    assert "fast-mlp-1x512 (REFUTED expected)" in row
    assert " ".join(row.split("expected)")[1].split()) == (
        "5 1 % 0.1 % 2 % 5 % 3 % 10.00 % 0.00 % (≤ 0.04) 0.00 % (≤ 0.04) 90.00 % (≥ 89.00)"
    )
    assert "false alarms: 0 [0, 0.3688] per 1,000 audits; undecided: 8.4 [6.706, 10.39]" in printed
    assert "10,000 audits of 2 cases, resampled from 30 seeds of each arm, 2026-11-21, torch 2.15, cpu" in printed


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            WHOLE.text().replace("seeds = 5\n", ""),
            "['family/one'.fast-mlp-1x512] has no seeds, expected a whole number from 0 to 1000000000",
        ),
        (WHOLE.text().replace("[suite]", "[sweet]"), "has no suite, expected a table"),
        ("made = ", "is not a TOML file: Invalid value (at end of document)"),
    ],
)
def test_a_damaged_file_is_told_in_one_sentence(tmp_path, capsys, text, message):
    (tmp_path / "calibration.toml").write_text(text)
    with pytest.raises(ValueError, match=rf"^calibration.toml,? {re.escape(message)}$"):
        read(tmp_path / "calibration.toml")
    assert main([str(tmp_path / "calibration.toml")]) == 4
    assert message in capsys.readouterr().err


def test_no_file_is_told_with_the_command_that_writes_it(tmp_path, capsys):
    assert main([str(tmp_path / "none.toml")]) == 4
    assert "expected what `pytest claims -m fast --calibrate` writes" in capsys.readouterr().err
    assert main(["a", "b"]) == 4


def test_the_table_needs_neither_scipy_nor_torch():
    code = "import sys; import rethinking_audit.fixtures.calibration.__main__; print({'scipy', 'torch'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "set()"
