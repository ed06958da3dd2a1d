"""`--calibrate` from the outside: what it writes, and what it refuses."""

import pytest

from rethinking_audit.fixtures.calibration.record import read
from tests.builders.projects import Project

FEW = 200  # audits, where how many there are is not the point


@pytest.fixture
def project(tmp_path):
    made = Project(tmp_path / "project")
    made.edit("tiers.toml", ("train_size = 300", "train_size = 60"), ("max_epochs = 250", "max_epochs = 30"))
    (made.folder / "claims" / "calibration.toml").unlink(missing_ok=True)
    with (made.folder / "conftest.py").open("a") as conftest:
        conftest.write(f"from rethinking_audit.fixtures.calibration import design\ndesign.AUDITS = {FEW}\n")
    return made


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--seeds", "29"), "--calibrate has --seeds 29, expected at least 30"),
        (("--width", "0.5"), "--calibrate has --width 0.5, expected the tiers as they are declared, and no --width"),
        (
            ("--dataset", "mnist"),
            "--calibrate has --dataset mnist, expected the tiers as they are declared, and no --dataset",
        ),
    ],
)
def test_what_cannot_be_calibrated_is_bad_input(project, arguments, message):
    code, output = project.run("-m", "fast", "--calibrate", *arguments)
    assert code == 4
    assert message in output
    assert not list(project.store.glob("runs/*"))


def test_tiers_with_different_first_seeds_are_not_calibrated_together(project):
    with (project.folder / "claims" / "seeds.toml").open("a") as seeds:
        seeds.write("tiers = { other = 50 }\n")
    tiers = project.folder / "claims" / "tiers.toml"
    tiers.write_text(tiers.read_text() + tiers.read_text().replace("fast", "other"))
    code, output = project.run("-m", "fast or other", "--calibrate")
    assert code == 4
    assert "--calibrate has tiers with different first seeds, fast from 0, other from 50, expected one of them" in output


def test_a_first_seed_for_an_unknown_tier_is_bad_input(project):
    with (project.folder / "claims" / "seeds.toml").open("a") as seeds:
        seeds.write("tiers = { fats = 50 }\n")
    code, output = project.run("-m", "fast")
    assert code == 4
    assert "seeds.toml has verdicts.tiers.fats, expected one of fast" in output.replace("\n", "")


def test_calibrating_writes_the_file_asks_for_review_and_the_next_audit_tells_of_it(project):
    with (project.folder / "claims" / "seeds.toml").open("a") as seeds:
        seeds.write("tiers = { fast = 50 }\n")
    code, output = project.run("-m", "fast", "--calibrate", "-k", "accuracy_is_chance", "-n", "2")
    assert code == 10, output
    assert "calibration: 30 seeds of each arm, 90 runs to make, about " in output
    assert "claims/calibration.toml was written: review it before you commit it" in output
    assert not (project.folder / "out").exists(), "nothing was judged"
    written = read(project.folder / "claims" / "calibration.toml")
    assert [(one.claim, one.case, one.seeds) for one in written.designs] == [
        ("random-labels/chance-test-accuracy", "fast-mlp-1x512", 7)
    ]
    assert (written.made["seeds"], written.made["first_seed"]) == (30, 50)
    assert written.designs[0].power.value > 0.5

    project.run("-m", "fast", "-k", "accuracy_is_chance")
    told = project.audit()["calibration"]
    assert (told["tiers"], told["seeds"], told["audits"], told["current"]) == (["fast"], 30, FEW, True)
    assert told["false_alarms"] == {"value": written.red.value, "low": written.red.low, "high": written.red.high}
    assert "of 1,000 audits of the tier fast" in (project.folder / "out" / "audit.html").read_text().lower()

    (project.folder / "claims" / "calibration.toml").write_text("[made]\n")
    code, output = project.run("-m", "fast", "-k", "accuracy_is_chance")
    assert code == 4
    assert "calibration.toml has no suite, expected a table" in output


def test_with_workers_the_main_process_writes_the_file_and_a_failed_run_leaves_it_alone(project):
    command = ("-m", "fast", "--calibrate", "-k", "accuracy_is_chance", "--engine", "reference")
    code, output = project.run(*command, "-n", "1")
    assert code == 10, output
    assert "calibration: 30 seeds of each arm" in output
    written = (project.folder / "claims" / "calibration.toml").read_text()

    damaged = next((project.store / "runs").iterdir())
    damaged.write_text("{}")
    code, output = project.run(*command)
    assert code == 10
    assert "claims/calibration.toml was not written:" in output
    assert damaged.name in output.replace("\n", "")
    assert (project.folder / "claims" / "calibration.toml").read_text() == written
