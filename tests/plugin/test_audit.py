"""The audit from the outside: a small project of one network, run as a user runs it."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from rethinking_audit.fixtures.claimkit.case import cases
from rethinking_audit.fixtures.claimkit.tier_file import read
from tests.builders.claims import CLAIM_FILES, import_file
from tests.builders.projects import PAPER_TIER, TIERS, Project


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """The cases of every declared claim and reading that is judged of an MLP."""
    path = tmp_path_factory.mktemp("count") / "tiers.toml"
    path.write_text(TIERS)
    tests = [test for file in CLAIM_FILES for test in vars(import_file(file)).values() if hasattr(test, "claim")]
    return [found for test in tests if (found := cases(test.claim, read(path)))]


@pytest.fixture(scope="module")
def count(judged):
    """How many claims those are, without the readings, of which it is expected that they are refuted."""
    return sum(found[0].claim.expected == "HELD" for found in judged)


def verdicts(audit):
    return {case["nodeid"]: case["verdict"] for claim in audit["claims"] for case in claim["cases"]}


def test_every_claim_is_decided_as_expected_and_its_control_refuted(finished, count):
    cases = [case for claim in finished.first["claims"] for case in claim["cases"]]
    expected = [(case["deviation"] or {"verdict": "HELD"})["verdict"] for case in cases]
    assert len(finished.first["claims"]) == count
    assert {case["control"]["verdict"] for case in cases} == {"REFUTED"}
    assert all(case["judgement"] for case in cases)
    assert [case["verdict"] for case in cases] == expected
    assert finished.code == finished.first["exit_code"] == 0


def test_the_terminal_shows_a_table_and_where_the_report_lies(finished):
    assert re.search(
        r"\nrandom-labels/zero-training-error\n  mlp-1x512 +✓ HELD +100.00 +[\d.]+…100.00 +50 to 100 % +100.00 %\n",
        finished.output,
    )
    assert f"report: {finished.folder / 'out' / 'audit.html'}" in finished.output
    assert (finished.folder / "out" / "audit.html").exists()


def test_one_process_makes_the_same_records(finished, tmp_path):
    """Same verdicts, same run keys, byte-identical records apart from how they were made."""
    alone = Project(tmp_path / "alone")
    code, _ = alone.run("-m", "fast")
    assert code == finished.code
    assert verdicts(alone.audit()) == verdicts(finished.first)
    strip = {"made": None, "sha256": None}
    assert {key: {**record, **strip} for key, record in alone.records().items()} == {
        key: {**record, **strip} for key, record in finished.records().items()
    }


def test_a_full_store_is_only_judged(finished, tmp_path):
    project = Project(tmp_path / "again")
    shutil.copytree(finished.store, project.store)
    before = {path: path.stat().st_mtime_ns for path in (project.store / "runs").iterdir()}
    code, output = project.run("-m", "fast")
    assert code == finished.code
    assert "training:" not in output
    assert verdicts(project.audit()) == verdicts(finished.first)
    assert {path: path.stat().st_mtime_ns for path in (project.store / "runs").iterdir()} == before


def test_a_damaged_record_is_an_error_of_its_claims_alone(finished, tmp_path):
    project = Project(tmp_path / "damaged")
    shutil.copytree(finished.store, project.store)
    claim = next(claim for claim in finished.first["claims"] if claim["id"] == "random-inputs/zero-training-error")
    key = claim["cases"][0]["runs"]["shuffled"]["0.0"][0]
    path = project.store / "runs" / f"{key}.json"
    path.write_text(path.read_text().replace('"status":"fit"', '"status":"fat"'))
    code, output = project.run("-m", "fast")
    damaged = {nodeid for nodeid, verdict in verdicts(project.audit()).items() if verdict == "ERROR"}
    assert damaged == {nodeid for nodeid in verdicts(finished.first) if "on_noise" in nodeid}
    assert code == 10
    assert f"{key}.json is damaged: checksum" in output


def test_sigkill_in_the_prepare_stage_and_again(project):
    process = project.start("-m", "fast")
    deadline = time.monotonic() + 60
    while len(project.records() if (project.store / "runs").exists() else {}) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    kept = project.records()
    assert len(kept) >= 3
    code, _ = project.run("-m", "fast")
    assert code == 0
    assert {key: project.records()[key]["made"] for key in kept} == {key: record["made"] for key, record in kept.items()}


def test_ctrl_c_exits_2_and_what_is_finished_stays(project):
    process = project.start("-m", "fast")
    deadline = time.monotonic() + 60
    while len(project.records() if (project.store / "runs").exists() else {}) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 2
    assert len(project.records()) >= 3


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["-m", "fats"], "fats"),
        (["--device", "cuda:9"], "--device is 'cuda:9', but this machine has"),
        (["--networks", "resnet"], "--networks has 'resnet', expected some of mlp-1x512"),
        (["--train-size", "3"], "--train-size is 3, expected 10 to 901 images of digits"),
        (["--train-size", "-3"], "--train-size is -3, expected a positive number"),
        (["--seeds", "0"], "--seeds is 0, expected a positive number"),
        (["--first-seed", "-1"], "--first-seed is -1, expected 0 or a positive number"),
        (["--max-seeds", "9"], "--max-seeds is 9 without --until-decided, expected both"),
        (["--max-seeds", "7", "--until-decided"], "--max-seeds is 7, expected more than the 7 seeds that are declared"),
        (["--dataset", "svhn"], "no data set is named 'svhn'"),
        (["--dataset", "imagenet"], "--dataset is imagenet, expected one that fits in memory for the fast tier"),
        (["--dataset", "folder:/nowhere"], "folder:/nowhere: it is no folder"),
        (["--device", "gpu"], "--device is 'gpu', expected auto, cpu, cuda"),
        (["--store", "/proc/nowhere"], "the store '/proc/nowhere' cannot be written to"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_4(project, arguments, sentence):
    code, output = project.run(*arguments)
    assert code == 4
    assert sentence in output
    assert "Traceback" not in output


def test_nothing_selected_and_everything_skipped_exit_5(project, count):
    project.edit("tiers.toml", (TIERS, TIERS + PAPER_TIER))
    assert project.run("-m", "fast", "-k", "nothing_is_called_so")[0] == 5
    code, output = project.run("-m", "paper", "--device", "auto")
    assert code == 5
    assert project.audit()["summary"]["NOT RUN"] == count
    assert "the paper tier needs a GPU" in output


def test_a_tier_that_cannot_run_here_says_why_and_what_it_would_cost(finished, tmp_path, count):
    project = Project(tmp_path / "both")
    shutil.copytree(finished.store, project.store)
    project.edit("tiers.toml", (TIERS, TIERS + PAPER_TIER))
    code, output = project.run("-n", "2")
    assert code == 10
    assert re.search(r"NOT RUN: the paper tier needs a GPU; its \d+ runs cost up to", output)
    reasons = [case["reason"] for claim in project.audit()["claims"] for case in claim["cases"] if case["tier"] == "paper"]
    assert len(reasons) == count
    pattern = (
        r"the paper tier needs a GPU; its \d+ runs cost up to \d\.\de\+\d\d FLOPs, about \d+ (s|min|h|days) on one core"
    )
    assert all(re.match(pattern, reason) for reason in reasons)


def test_a_claim_whose_control_is_not_refuted_cannot_be_believed(finished, tmp_path):
    project = Project(tmp_path / "control")
    shutil.copytree(finished.store, project.store)
    project.edit("test_random_labels.py", ('{"random": Arm(corruption=0.0)}', "{}"))
    code, output = project.run("-m", "fast", "-k", "accuracy_is_chance")
    (case,) = project.audit()["claims"][0]["cases"]
    assert code == 5
    assert case["verdict"] == "ERROR"
    assert "its control was HELD, expected REFUTED: the check cannot be believed" in output


def test_a_refuted_claim_exits_1(finished, tmp_path):
    project = Project(tmp_path / "refuted")
    shutil.copytree(finished.store, project.store)
    project.edit("test_random_labels.py", ('runs={"random": Arm(corruption=1.0)}', 'runs={"random": Arm(corruption=0.0)}'))
    code, output = project.run("-m", "fast", "-k", "accuracy_is_chance")
    assert code == 1
    assert re.search(r"REFUTED: test accuracy is \d", output)


def test_a_broken_contract_leaves_its_claims_not_run_with_the_reason(project):
    """Labels that one permutation of the classes produced."""
    with (project.folder / "conftest.py").open("a") as file:
        file.write(
            "\nimport numpy\nfrom rethinking_audit.fixtures.data import experiment\n"
            "experiment.corrupt_labels = lambda labels, classes, p, *_: (labels + (3 if p else 0)) % classes\n"
        )
    code, output = project.run("-m", "fast", "-k", "error_reaches_zero and not noise or without_regularizers")
    (memorized, regularized) = (claim["cases"][0] for claim in project.audit()["claims"])
    assert memorized["verdict"] == "NOT RUN"
    assert "label corruption: the labels do not depend on the classes as a uniform corruption" in memorized["reason"]
    assert regularized["judgement"]["verdict"] == "HELD"  # it rests on true labels, but its control does not
    assert regularized["verdict"] == "INCONCLUSIVE"
    assert regularized["reason"].startswith("no control of the claim was judged")
    assert code == 5
    assert "label corruption" in output


def test_a_gpu_that_is_required_and_absent_is_bad_input(project):
    code, output = project.run("-m", "fast", "--require-gpu", "--device", "cpu")
    assert code == 4
    assert "--require-gpu, but --device is 'cpu'" in output


def test_a_crashed_worker_is_an_error_and_the_others_are_judged(finished, tmp_path):
    project = Project(tmp_path / "crash")
    shutil.copytree(finished.store, project.store)
    project.edit(
        "test_regularizers.py",
        ("    without, regularized = runs", "    import os; os._exit(1)\n    without, regularized = runs"),
    )
    code, _ = project.run(
        "-m", "fast", "-n", "2", "-k", "error_reaches_zero and not noise or (without_regularizers and not control)"
    )
    (memorized, regularized) = (claim["cases"][0] for claim in project.audit()["claims"])
    assert memorized["verdict"] == "HELD"
    assert regularized["verdict"] == "ERROR"
    assert "crashed" in regularized["reason"]
    assert code == 10


def test_a_plan_is_printed_and_nothing_is_made(project, judged):
    code, output = project.run("-m", "fast", "--plan", "-n", "2")
    assert code == 0
    count = sum(map(len, judged))
    summary = rf"(\d+ distinct runs) for {count} cases, 0 of them cached\.\nAll of them take about (.+) at most (\d+ \w+), "
    first, last = re.findall(summary, output)  # before the table and after it
    assert first == last
    assert project.records() == {}
    assert not (project.folder / "out").exists()


def test_a_tier_on_other_images_at_another_scale(project):
    """Noise in an npz file, with labels that mean nothing: memorized all the same."""
    draw = np.random.default_rng(0)
    arrays = {
        f"{split}_{what}": draw.integers(0, high, (count, *shape), dtype=kind)
        for split, count in (("train", 120), ("test", 200))
        for what, high, shape, kind in (("images", 256, (8, 8), np.uint8), ("labels", 10, (), np.int64))
    }
    np.savez(project.folder / "noise.npz", **arrays)
    dataset = f"npz:{project.folder / 'noise.npz'}"
    code, output = project.run(
        "-m", "fast", "--dataset", dataset, "--train-size", "100", "--seeds", "7", "-k", "training_error"
    )
    (case,) = project.audit()["claims"][0]["cases"]
    assert len(case["runs"]["random"]["1.0"]) == 7
    assert case["verdict"] in ("HELD", "ERROR"), output  # softmax regression may memorize a hundred images too
    assert case["judgement"]["verdict"] == "HELD"
    assert code in (0, 5)


def test_collection_imports_neither_torch_nor_scikit_learn(project):
    heavy = "{'torch', 'sklearn'} & set(sys.modules)"
    program = f"import sys, pytest; pytest.main(['claims', '--collect-only', '-q']); print({heavy})"
    done = subprocess.run([sys.executable, "-c", program], cwd=project.folder, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "set()"
