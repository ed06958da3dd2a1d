"""What ci/run.sh and the scripts for Slurm do, run here with stubs for pytest, python and the GPU."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest

from rethinking_audit.fixtures.claimkit.tier_file import read
from tests.builders.checkouts import Checkout, program
from tests.builders.constraints import OF_TORCH, TEXT, pins
from tests.builders.places import ROOT
from tests.builders.programs import check

RUN = (ROOT / "ci" / "run.sh").read_text()
SLURM = (ROOT / "ci" / "slurm.sh").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()


@pytest.fixture
def checkout(tmp_path):
    return Checkout(tmp_path)


# An audit, with and without a GPU


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("absent", "No GPU: there is no nvidia-smi here."),
        ("present", "NVIDIA H200, 580.65.06, 143771 MiB"),
        ("failing", "couldn't communicate with the NVIDIA driver\nNo GPU: nvidia-smi fails here."),
    ],
)
def test_an_audit_runs_without_a_gpu_and_says_so(checkout, state, said):
    done = checkout.gpu(state).run("audit", "fast")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == said
    out = "reports/out"
    assert checkout.calls == [
        f"pytest claims -m fast -n auto --minutes 50 --report {out} --junitxml {out}/junit.xml",
        f"python -m reports markdown {out}/audit.json",
    ]
    assert checkout.report("summary.md").read_text() == "# The summary\n"


@pytest.mark.parametrize(
    ("state", "why"), [("absent", "there is no nvidia-smi here."), ("failing", "nvidia-smi fails here.")]
)
@pytest.mark.parametrize("required", ["1", "true"])
def test_a_missing_gpu_is_an_error_where_one_is_required(checkout, state, why, required):
    done = checkout.gpu(state).run("audit", "paper", REQUIRE_GPU=required)
    assert done.returncode == 4
    assert done.stderr.strip() == f"A GPU is required, but {why}"
    assert not checkout.calls


def test_pytest_too_is_told_that_a_gpu_is_required(checkout):
    done = checkout.gpu("present").run("audit", "paper", "-k", "memorize", REQUIRE_GPU="true", STORE="somewhere")
    assert done.returncode == 0
    fetched, audited, _ = checkout.calls
    assert fetched == "python -m rethinking_audit.fixtures.data.fetch cifar10 mnist"
    assert audited.endswith("--store somewhere --require-gpu -k memorize")


def test_what_cannot_be_fetched_is_left_to_the_audit_to_tell(checkout):
    done = checkout.run("audit", "paper", UNFETCHED="10")
    assert done.returncode == 0
    assert "Not every data set could be had." in done.stderr
    assert any(call.startswith("pytest ") for call in checkout.calls)


def test_the_tiers_are_those_of_the_claims(checkout):
    for tier in read(ROOT / "claims" / "tiers.toml"):
        assert checkout.run("audit", tier).returncode == 0


# How it ends


@pytest.mark.parametrize("code", [1, 2, 3, 5, 10])
def test_the_exit_code_is_the_audits_and_the_summary_is_written_all_the_same(checkout, code):
    summary = checkout.folder / "step"
    summary.write_text("earlier\n")
    done = checkout.run("audit", "fast", VERDICT=str(code), GITHUB_STEP_SUMMARY=str(summary))
    assert done.returncode == code
    assert summary.read_text() == "earlier\n# The summary\n"


def test_an_earlier_audit_does_not_pass_for_this_one(checkout):
    assert checkout.run("audit", "fast").returncode == 0
    assert checkout.run("audit", "fast", VERDICT="4").returncode == 4
    assert not checkout.report("audit.json").exists()
    assert checkout.report("summary.md").read_text() == "No audit was written; the log says why.\n"


def test_a_summary_that_cannot_be_made_does_not_change_the_verdict(checkout):
    assert checkout.run("audit", "fast", UNREADABLE="4").returncode == 0
    assert "could not be summarized" in checkout.report("summary.md").read_text()


@pytest.mark.parametrize(("minutes", "seconds"), [(None, 3300), ("50", 3300), ("0.5", 300), (".5", 300), ("08.75", 780)])
def test_an_audit_knows_its_time_and_is_interrupted_some_minutes_later(checkout, minutes, seconds):
    (checkout.path / "timeout").unlink()
    program(checkout.path / "timeout", '#!/usr/bin/env bash\necho "timeout $*" >>"$CALLS"\n')
    assert checkout.run("audit", "fast", **({"MINUTES": minutes} if minutes else {})).returncode == 0
    called = f"timeout --verbose --preserve-status --signal=TERM --kill-after=60 {seconds} .venv/bin/pytest claims"
    assert checkout.calls[0].startswith(f"{called} -m fast -n auto --minutes {minutes or 50} ")


def test_a_late_audit_is_interrupted_as_by_ctrl_c(checkout):
    done = checkout.run("audit", "fast", SLOW="1", MINUTES="0.01", GRACE="1")
    assert done.returncode == 2
    assert checkout.calls[1] == "interrupted"
    assert "sending signal TERM" in done.stderr


@pytest.mark.usefixtures("no_nohup")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_who_ends_the_script_ends_the_audit_and_gets_its_summary(checkout, name):
    process = checkout.start("audit", "fast", SLOW="1")
    while not any(call.startswith("pytest ") for call in checkout.calls):
        time.sleep(0.05)
    time.sleep(0.3)  # until the audit has set its trap
    process.send_signal(getattr(signal, name))
    assert process.wait(timeout=20) == 2
    assert "interrupted" in checkout.calls
    assert checkout.report("summary.md").exists()
    assert not subprocess.run(["pgrep", "-g", str(process.pid)], capture_output=True).stdout  # noqa: S607 -- as the system finds it


@pytest.mark.parametrize(("verdict", "regressed", "code"), [(0, 0, 0), (0, 1, 1), (10, 1, 10), (0, 4, 4)])
@pytest.mark.parametrize("given", [True, False], ids=["BASELINE", "the tier's own"])
def test_an_audit_that_held_ends_with_the_code_of_the_comparison(checkout, given, verdict, regressed, code):
    file = checkout.folder / "reports" / "baselines" / ("mine" if given else "ci-fast") / "audit.json"
    file.parent.mkdir(parents=True)
    file.write_text("{}")
    variables = {"BASELINE": "reports/baselines/mine/audit.json"} if given else {}
    done = checkout.run("audit", "fast", VERDICT=str(verdict), REGRESSED=str(regressed), **variables)
    assert done.returncode == code
    name = file.relative_to(checkout.folder)
    assert checkout.calls[-1] == f"python -m reports compare {name} reports/out/audit.json"
    assert checkout.report("comparison.txt").read_text() == "The comparison\n"
    assert checkout.report("summary.md").read_text().endswith(f"\nCompared with {name}:\n\n    The comparison\n")


@pytest.mark.parametrize(
    ("words", "variables", "said"),
    [
        ([], {}, "usage: ci/run.sh"),
        (["deploy"], {}, "usage: ci/run.sh"),
        (["audit"], {}, "The tier is '', expected fast, small, paper or imagenet."),
        (["audit", "fats"], {}, "The tier is 'fats', expected fast, small, paper or imagenet."),
        (["audit", "fast"], {"REQUIRE_GPU": "yes"}, "REQUIRE_GPU is 'yes', expected 1 or 0"),
        (["audit", "fast"], {"MINUTES": "an hour"}, "MINUTES is 'an hour', expected a positive number."),
        (["audit", "fast"], {"BASELINE": "gone.json"}, "BASELINE is 'gone.json', expected an audit.json."),
    ],
)
def test_bad_input_is_quoted_before_anything_is_run(checkout, words, variables, said):
    done = checkout.run(*words, **variables)
    assert done.returncode == 4
    assert said in done.stderr
    assert not checkout.calls


@pytest.mark.parametrize(("words", "command"), [(("audit", "fast"), "setup"), (("site",), "setup-site")])
def test_what_needs_an_environment_says_how_to_get_one(checkout, words, command):
    shutil.rmtree(checkout.folder / ".venv")
    done = checkout.run(*words)
    assert done.returncode == 4
    assert f"expected 'ci/run.sh {command}'" in done.stderr


def test_a_tiny_audit_runs_end_to_end(tmp_path):
    """No stub: one network, one file of claims."""
    checkout = Checkout(tmp_path)
    for name in ("fixtures", "reports", "rethinking_audit"):
        (checkout.folder / name).symlink_to(ROOT / name)
    claims = checkout.folder / "claims"
    claims.mkdir()
    for name in ("__init__.py", "figures.csv", "paper.toml", "tiers.toml", "test_random_labels.py"):
        shutil.copy(ROOT / "claims" / name, claims)
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / name, checkout.folder)
    program(checkout.folder / ".venv/bin/pytest", f'#!/usr/bin/env bash\nexec {sys.executable} -m pytest "$@"\n')
    program(checkout.folder / ".venv/bin/python", f'#!/usr/bin/env bash\nexec {sys.executable} "$@"\n')
    done = checkout.run(
        *("audit", "fast", "-n0", "-p", "no:cacheprovider", "-k", "training_error", "--networks", "mlp-1x512"),
        *("--train-size", "30", "--seeds", "2"),
        **{"STORE": str(tmp_path / "store"), "REPORT": str(tmp_path / "report"), "HOME": str(tmp_path)},
    )
    assert done.returncode in (0, 1, 5, 10), done.stdout + done.stderr  # a verdict, whichever
    for name in ("audit.json", "audit.html", "junit.xml", "summary.md"):
        assert (tmp_path / "report" / name).stat().st_size, name
    assert list((tmp_path / "store" / "runs").glob("*.json"))


# The other commands


def test_lint_test_and_bench_are_those_of_the_makefile(checkout):
    names = ("lint", "test", "bench")
    for name in names:
        assert checkout.run(name).returncode == 0
        assert f"\n{name}: " in MAKEFILE
    assert checkout.calls == [f"make {name}" for name in names]


@pytest.mark.parametrize(("url", "words"), [(None, ""), ("https://example.org/a", " --url https://example.org/a")])
def test_the_site_is_that_of_the_committed_audits(checkout, url, words):
    assert checkout.run("site", **({"SITE_URL": url} if url else {})).returncode == 0
    assert checkout.calls == [f"python -m reports site reports/baselines --into public{words}"]


@pytest.mark.parametrize("torch", [None, "2.11.0"])
def test_setup_takes_the_pinned_torch_or_another(checkout, torch):
    done = checkout.with_installers().run("setup", **({"TORCH": torch} if torch else {}))
    assert done.returncode == 0, done.stderr
    file = ".constraints" if torch else "ci/constraints.txt"
    assert checkout.calls == ["python3 -m venv .venv", f"pip install --constraint {file} --editable .[dev]"]
    assert (checkout.folder / ".venv" / ".installed").exists()
    pinned = pins((checkout.folder / file).read_text())
    whole = pins(TEXT)
    if torch:
        assert pinned.pop("torch") == torch
        assert pinned == {name: version for name, version in whole.items() if not OF_TORCH.match(name)}
    else:
        assert pinned == whole


def test_the_site_is_set_up_without_torch(checkout):
    assert checkout.with_installers().run("setup-site").returncode == 0
    packages = "jinja2 markdown-it-py rich"
    assert checkout.calls == ["python3 -m venv .venv", f"pip install --constraint ci/constraints.txt {packages}"]
    assert not (checkout.folder / ".venv" / ".installed").exists()


def test_setup_installs_as_make_does():
    wanted = '--constraint ci/constraints.txt --editable ".[dev]"'
    assert wanted in MAKEFILE
    assert wanted in RUN.replace('"$constraints"', "ci/constraints.txt")


# Slurm


def test_four_slurm_tasks_share_one_store_and_keep_their_reports_apart(checkout):
    checkout.gpu("present")
    for task in range(2):
        done = checkout.run(
            *("-k", "memorize"), script="slurm.sh", SLURM_SUBMIT_DIR=str(checkout.folder), SLURM_ARRAY_TASK_ID=str(task)
        )
        assert done.returncode == 0, done.stderr
        assert checkout.report(f"{task}/summary.md").exists()
    audits = [call for call in checkout.calls if call.startswith("pytest ")]
    store = f"--store {checkout.folder}/.audit/store --require-gpu -k memorize"
    assert [audit.endswith(store) for audit in audits] == [True, True]
    assert "srun ci/run.sh audit paper -k memorize" in checkout.calls


def test_slurm_tasks_that_share_nothing_judge_a_part_each(checkout):
    checkout.gpu("present")
    array = {"SLURM_SUBMIT_DIR": str(checkout.folder), "SLURM_ARRAY_TASK_ID": "2", "SLURM_ARRAY_TASK_COUNT": "4"}
    assert checkout.run("-x", script="shards.sh", **array).returncode == 0
    assert checkout.report("2/summary.md").exists()
    (audit,) = [call for call in checkout.calls if call.startswith("pytest ")]
    assert audit.endswith(f"--store {checkout.folder}/.audit/stores/2 --require-gpu --shard 2/4 -x")


def test_a_skypilot_task_judges_a_part():
    yaml = pytest.importorskip("ruamel.yaml", reason="ruamel.yaml is not installed; the extra dev has it")
    task = yaml.YAML(typ="safe").load(ROOT / "ci" / "shards.sky.yaml")
    asked = set(re.findall(r"\$(\w+)", task["run"]))
    assert task["setup"].strip() == "ci/run.sh setup"
    assert '--shard "$PART/$PARTS"' in task["run"]
    assert asked <= task["envs"].keys()


def test_a_slurm_task_is_interrupted_before_its_time_is_up():
    hours, minutes, _ = map(int, re.search(r"--time=(\d+):(\d+):(\d+)", SLURM).groups())
    grace = int(re.search(r"GRACE:-(\d+)", RUN)[1]) / 60
    assert int(re.search(r"MINUTES:-(\d+)", SLURM)[1]) + grace + 5 <= 60 * hours + minutes


# What they call


@pytest.mark.parametrize("option", ["--minutes", "--report", "--junitxml", "--store", "--require-gpu"])
def test_every_option_of_an_audit_exists(pytestconfig, option):
    assert option in RUN
    groups = [pytestconfig._parser._anonymous, *pytestconfig._parser._groups]
    assert option in {name for group in groups for known in group.options for name in known.names()}


@pytest.mark.parametrize("command", ["markdown", "compare"])
def test_every_command_on_a_record_exists(command, capsys):
    from rethinking_audit.reports.__main__ import main

    assert f"-m reports {command} " in RUN
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0, capsys.readouterr().err


def test_the_scripts_are_clean_and_can_be_run():
    scripts = sorted((ROOT / "ci").glob("*.sh"))
    for script in scripts:
        assert os.access(script, os.X_OK)
    check("shellcheck", *scripts)
