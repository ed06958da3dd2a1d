"""The ci room: its files are valid, its scripts do what they say, and what they call exists."""

import itertools
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
CI = ROOT / "ci"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SCRIPTS = sorted(CI.glob("*.sh"))
CONTAINERFILE = (CI / "Containerfile").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()

PYTEST = """#!/usr/bin/env bash
echo "pytest $*" >>"$CALLS"
for word; do
  if [[ ${report:-} == next ]]; then report=$word; fi
  if [[ $word == --report ]]; then report=next; fi
done
if [[ -n ${SLOW:-} ]]; then
  trap 'echo "interrupted" >>"$CALLS"; kill $!; exit 2' INT
  sleep 10 & wait
fi
if [[ ${VERDICT:-0} != 4 ]]; then echo '{}' >"$report/audit.json"; fi
exit "${VERDICT:-0}"
"""
PYTHON = """#!/usr/bin/env bash
echo "python $*" >>"$CALLS"
case "$*" in
  *" markdown "*) echo "# The summary"; exit "${UNREADABLE:-0}" ;;
  *" compare "*) echo "The comparison"; exit "${REGRESSED:-0}" ;;
  *" fixtures.data.fetch "*) exit "${UNFETCHED:-0}" ;;
esac
"""
SMI = {
    "absent": None,
    "present": "#!/usr/bin/env bash\necho 'NVIDIA H200, 580.65.06, 143771 MiB'\n",
    "failing": '#!/usr/bin/env bash\necho "couldn\'t communicate with the NVIDIA driver"\nexit 9\n',
}
OF_TORCH = re.compile(r"(torch|torchvision|triton|setuptools|nvidia-.*|cuda-.*)$")  # another torch may want another
SYSTEM = ("bash", "cat", "dirname", "env", "grep", "mkdir", "rm", "sed", "sleep", "timeout", "touch")


def program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


class Checkout:
    """A checkout of which only ci and the Makefile are real."""

    def __init__(self, folder):
        self.folder = folder / "checkout"
        shutil.copytree(CI, self.folder / "ci")
        shutil.copy(ROOT / "Makefile", self.folder)
        self.path = folder / "bin"
        for name in SYSTEM:
            self.path.mkdir(exist_ok=True)
            (self.path / name).symlink_to(shutil.which(name))
        program(self.path / "make", '#!/usr/bin/env bash\necho "make $*" >>"$CALLS"\n')
        program(self.path / "srun", '#!/usr/bin/env bash\necho "srun $*" >>"$CALLS"\n"$@"\n')
        program(self.folder / ".venv" / "bin" / "pytest", PYTEST)
        program(self.folder / ".venv" / "bin" / "python", PYTHON)
        self.log = folder / "calls"
        self.log.touch()

    def gpu(self, state):
        if SMI[state] is not None:
            program(self.path / "nvidia-smi", SMI[state])
        return self

    def run(self, *words, script="run.sh", **variables):
        environment = {"PATH": str(self.path), "CALLS": str(self.log), **variables}
        command = [str(self.folder / "ci" / script), *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, cwd="/")

    @property
    def calls(self):
        return self.log.read_text().splitlines()

    def report(self, name):
        return self.folder / "reports" / "out" / name


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
        f"pytest claims -m fast -n auto --report {out} --junitxml {out}/junit.xml",
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
    assert fetched == "python -m fixtures.data.fetch cifar10 mnist"
    assert audited.endswith("--store somewhere --require-gpu -k memorize")


def test_what_cannot_be_fetched_is_left_to_the_audit_to_tell(checkout):
    done = checkout.run("audit", "paper", UNFETCHED="10")
    assert done.returncode == 0
    assert "Not every data set could be had." in done.stderr
    assert any(call.startswith("pytest ") for call in checkout.calls)


def test_the_tiers_are_those_of_the_claims(checkout):
    for tier in tomllib.loads((ROOT / "claims" / "tiers.toml").read_text()):
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


def test_a_long_audit_is_interrupted_as_by_ctrl_c(checkout):
    done = checkout.run("audit", "fast", SLOW="1", MINUTES="0.01")
    assert done.returncode == 2
    assert checkout.calls[1] == "interrupted"
    assert "sending signal INT" in done.stderr


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
        (["audit"], {}, "The tier is '', expected fast or paper."),
        (["audit", "fats"], {}, "The tier is 'fats', expected fast or paper."),
        (["audit", "fast"], {"REQUIRE_GPU": "yes"}, "REQUIRE_GPU is 'yes', expected 1 or 0"),
        (["audit", "fast"], {"BASELINE": "gone.json"}, "BASELINE is 'gone.json', expected an audit.json."),
    ],
)
def test_bad_input_is_quoted_before_anything_is_run(checkout, words, variables, said):
    done = checkout.run(*words, **variables)
    assert done.returncode == 4
    assert said in done.stderr
    assert not checkout.calls


def test_an_audit_without_an_environment_says_how_to_get_one(checkout):
    shutil.rmtree(checkout.folder / ".venv")
    done = checkout.run("audit", "fast")
    assert done.returncode == 4
    assert "expected 'ci/run.sh setup'" in done.stderr


def test_a_tiny_audit_runs_end_to_end(tmp_path):
    """No stub: one network, one file of claims."""
    checkout = Checkout(tmp_path)
    for name in ("fixtures", "reports"):
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
        *("--subset", "30", "--seeds", "2"),
        **{"STORE": str(tmp_path / "store"), "REPORT": str(tmp_path / "report"), "HOME": str(tmp_path)},
    )
    assert done.returncode in (0, 1, 5, 10), done.stdout + done.stderr  # a verdict, whichever
    for name in ("audit.json", "audit.html", "junit.xml", "summary.md"):
        assert (tmp_path / "report" / name).stat().st_size, name
    assert list((tmp_path / "store" / "runs").glob("*.json"))


# The other commands


def test_lint_and_test_are_those_of_the_makefile(checkout):
    for name in ("lint", "test"):
        assert checkout.run(name).returncode == 0
        assert f"\n{name}: " in MAKEFILE
    assert checkout.calls == ["make lint", "make test"]


@pytest.mark.parametrize("there", [True, False])
def test_benchmarks_are_run_where_there_are_any(checkout, there):
    (checkout.folder / "Makefile").write_text("bench: venv\n" if there else "lint: venv\n")
    done = checkout.run("bench")
    assert done.returncode == 0
    assert checkout.calls == (["make bench"] if there else [])
    assert there or "No benchmarks were run" in done.stdout


@pytest.mark.parametrize("torch", [None, "2.11.0"])
def test_setup_takes_the_pinned_torch_or_another(checkout, torch):
    program(checkout.path / "python3", '#!/usr/bin/env bash\necho "python3 $*" >>"$CALLS"\n')
    program(
        checkout.folder / ".venv/bin/pip",
        '#!/usr/bin/env bash\necho "pip $*" >>"$CALLS"\ncat "$3" >"$CALLS.constraints"\n',
    )
    done = checkout.run("setup", **({"TORCH": torch} if torch else {}))
    assert done.returncode == 0, done.stderr
    file = ".constraints" if torch else "ci/constraints.txt"
    assert checkout.calls == ["python3 -m venv .venv", f"pip install --constraint {file} --editable .[dev]"]
    assert (checkout.folder / ".venv" / ".installed").exists()
    pinned = pins(Path(f"{checkout.log}.constraints").read_text())
    whole = pins((CI / "constraints.txt").read_text())
    if torch:
        assert pinned.pop("torch") == torch
        assert pinned == {name: version for name, version in whole.items() if not OF_TORCH.match(name)}
    else:
        assert pinned == whole


def test_setup_installs_as_make_does():
    wanted = '--constraint ci/constraints.txt --editable ".[dev]"'
    assert wanted in MAKEFILE
    assert wanted in (CI / "run.sh").read_text().replace('"$constraints"', "ci/constraints.txt")


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


def test_a_slurm_task_is_interrupted_before_its_time_is_up():
    text = (CI / "slurm.sh").read_text()
    hours, minutes, _ = map(int, re.search(r"--time=(\d+):(\d+):(\d+)", text).groups())
    assert int(re.search(r"MINUTES:-(\d+)", text)[1]) + 5 <= 60 * hours + minutes


# The files


def tool(name):
    found = shutil.which(name, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if found is None:
        pytest.skip(f"{name} is not installed; the extra dev has it where it has a wheel")
    return found


def check(*command):
    done = subprocess.run([tool(command[0]), *map(str, command[1:])], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_workflows_follow_the_published_schema():
    check("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *WORKFLOWS)


def test_the_gitlab_file_follows_the_published_schema():
    check("check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", CI / "gitlab-ci.yml")


def test_the_workflows_are_safe():
    check("zizmor", "--offline", "--no-progress", "--min-severity", "medium", *WORKFLOWS)


def test_the_scripts_are_clean_and_can_be_run():
    for script in SCRIPTS:
        assert os.access(script, os.X_OK)
    check("shellcheck", *SCRIPTS)


def test_the_container_file_is_clean():
    check("hadolint", CI / "Containerfile")


def read(path):
    yaml = pytest.importorskip("ruamel.yaml", reason="ruamel.yaml is not installed; the extra dev has it")
    return yaml.YAML(typ="safe", pure=True).load(path)


def jobs():
    return {f"{path.stem}/{name}": job for path in WORKFLOWS for name, job in read(path)["jobs"].items()}


def steps():
    return [step for job in jobs().values() for step in job.get("steps", [])]


def test_every_action_is_pinned_to_a_commit_and_says_its_version():
    lines = [line for path in WORKFLOWS for line in path.read_text().splitlines() if "uses:" in line]
    own = [line for line in lines if "uses: ./" in line]
    pinned = [line for line in lines if re.search(r"uses: actions/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line)]
    assert len(own) + len(pinned) == len(lines)
    versions = {re.search(r"(actions/[\w-]+)\S*@(\w+) # (v.*)", line).groups() for line in pinned}
    assert len(versions) == len({action for action, _, _ in versions}), "one version of each action"


def test_every_own_workflow_that_is_called_gets_inputs_that_it_has():
    inputs = read(ROOT / ".github/workflows/audit.yml")["on"]["workflow_call"]["inputs"]
    assert {"runner", "tier", "torch"} <= set(inputs)
    called = [job for job in jobs().values() if "uses" in job]
    assert len(called) == 2
    for job in called:
        assert (ROOT / job["uses"]).exists()
        assert set(job["with"]) <= set(inputs)


def test_the_images_of_gitlab_are_pinned():
    gitlab = read(CI / "gitlab-ci.yml")
    assert gitlab["default"]["image"] == "python:3.12-bookworm"
    assert gitlab["test"]["image"] == "python:$PYTHON_VERSION-bookworm"
    github = jobs()["checks/test"]["strategy"]["matrix"]["include"]
    rows = [(version, row.get("TORCH", "")) for row in gitlab["test"]["parallel"]["matrix"] for version in pythons(row)]
    assert rows == [(row["python"], row["torch"]) for row in github]


def pythons(row):
    found = row["PYTHON_VERSION"]
    return found if isinstance(found, list) else [found]


def test_every_system_calls_the_same_few_commands():
    hosted = [step["run"] for step in steps() if "run" in step]
    gitlab = read(CI / "gitlab-ci.yml")
    there = [*gitlab["default"]["before_script"]]
    there += itertools.chain.from_iterable(job.get("script", []) for job in gitlab.values() if isinstance(job, dict))
    commands = {"ci/run.sh setup", "ci/run.sh lint", "ci/run.sh test", "ci/run.sh bench", 'ci/run.sh audit "$TIER"'}
    assert set(hosted) == set(there) == commands


def test_no_job_but_a_hosted_one_runs_what_a_pull_request_brings():
    for name, job in jobs().items():
        workflow = read(ROOT / ".github" / "workflows" / f"{name.partition('/')[0]}.yml")
        assert "pull_request_target" not in workflow["on"]
        if job.get("runs-on") == "${{ inputs.runner }}":
            events = re.search(r"inputs\.runner == 'ubuntu-24\.04' \|\| contains\(fromJSON\('(\[.*\])'\)", job["if"])[1]
            assert "pull_request" not in events
        elif job.get("runs-on", "ubuntu-24.04") != "ubuntu-24.04":
            assert set(workflow["on"]) == {"schedule", "workflow_dispatch"}, name


def test_the_report_and_the_runs_are_kept_whatever_happened():
    for step in steps():
        if step.get("uses", "").startswith(("actions/upload-artifact", "actions/cache/save")):
            assert "always()" in step["if"], step["name"]
    audit = read(CI / "gitlab-ci.yml")[".audit"]
    assert audit["artifacts"]["when"] == "always"
    assert {cache["when"] for cache in audit["cache"]} == {"always"}


def test_an_audit_is_interrupted_in_time_for_its_report():
    audit = jobs()["audit/audit"]
    minutes = [jobs()["nightly/audit"]["with"]["minutes"]]
    minutes.append(read(ROOT / ".github/workflows/audit.yml")["on"]["workflow_call"]["inputs"]["minutes"]["default"])
    assert max(minutes) + 20 <= audit["timeout-minutes"]
    paper = read(CI / "gitlab-ci.yml")["paper"]
    assert int(paper["variables"]["MINUTES"]) + 20 <= 60 * int(paper["timeout"].removesuffix(" hours"))


def test_the_gpu_is_required_where_one_is_expected():
    assert jobs()["nightly/audit"]["with"]["require-gpu"] is True
    assert read(CI / "gitlab-ci.yml")["paper"]["variables"]["REQUIRE_GPU"] == "1"


def test_every_python_that_is_tested_is_one_that_the_project_supports():
    tested = {row["python"] for row in jobs()["checks/test"]["strategy"]["matrix"]["include"]}
    assert tested == {"3.11", "3.12", "3.13"}
    floor = Requirement(next(line for line in declared() if line.startswith("torch>")))
    assert str(floor.specifier) == ">=2.11"
    assert "2.11.0" in {row["torch"] for row in jobs()["checks/test"]["strategy"]["matrix"]["include"]}


# What they call


@pytest.mark.parametrize("option", ["--report", "--junitxml", "--store", "--require-gpu"])
def test_every_option_of_an_audit_exists(pytestconfig, option):
    assert option in (CI / "run.sh").read_text()
    groups = [pytestconfig._parser._anonymous, *pytestconfig._parser._groups]
    assert option in {name for group in groups for known in group.options for name in known.names()}


@pytest.mark.parametrize("command", ["markdown", "compare"])
def test_every_command_on_a_record_exists(command, capsys):
    from reports.__main__ import main

    assert f"-m reports {command} " in (CI / "run.sh").read_text()
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0, capsys.readouterr().err


# The container


def test_the_container_runs_as_nobody_in_particular_from_a_pinned_base():
    base = re.search(r"^FROM (\S+)$", CONTAINERFILE, re.M)[1]
    assert re.fullmatch(r"nvidia/cuda:\d+\.\d+\.\d+-base-ubuntu\d\d\.04", base)
    pinned = pins((CI / "constraints.txt").read_text())["cuda-toolkit"]
    assert base.partition(":")[2].split(".")[:2] == pinned.split(".")[:2], "the CUDA of the pinned torch"
    user = re.findall(r"^USER (\d+)$", CONTAINERFILE, re.M)
    assert user == ["10001"]
    assert CONTAINERFILE.index("USER 10001") > CONTAINERFILE.rindex("RUN ")


def test_the_containers_folders_are_volumes_of_its_user():
    volumes = set(re.findall(r'"(/\w+)"', re.search(r"^VOLUME (.*)$", CONTAINERFILE, re.M)[1]))
    assert volumes == {"/data", "/store", "/report"}
    assert "--owner audit /data /store /report" in CONTAINERFILE
    for setting in ("RETHINKING_DATA=/data", "STORE=/store", "REPORT=/report"):
        assert setting in CONTAINERFILE


def test_the_container_copies_what_there_is():
    for words in re.findall(r"^COPY (.+)$", CONTAINERFILE, re.M):
        for name in words.split()[:-1]:
            assert (ROOT / name).exists(), name


# Constraints


def pins(text):
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines)
    return {str(canonicalize_name(name)): version for name, _, version in (line.partition("==") for line in lines)}


def declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return [*project["dependencies"], *itertools.chain.from_iterable(project["optional-dependencies"].values())]


def needed():
    """Every package that installing the project brings, as far as what is installed here can tell."""
    todo, seen = [Requirement(line) for line in declared()], set()
    while todo:
        one = todo.pop()
        extras = one.extras or {""}
        if one.marker and not one.marker.evaluate():
            continue
        yield one
        fresh = {(one.name, extra) for extra in extras} - seen
        seen |= fresh
        try:
            further = [Requirement(line) for line in requires(one.name) or []] if fresh else []
        except PackageNotFoundError:
            continue  # the extra of another environment
        for requirement in further:
            if requirement.marker is None or any(requirement.marker.evaluate({"extra": extra}) for extra in extras):
                requirement.marker = None
                todo.append(requirement)


def test_constraints_pin_every_package_to_a_version_that_is_wanted():
    pinned = pins((CI / "constraints.txt").read_text())
    for requirement in needed():
        name = canonicalize_name(requirement.name)
        if requirement.url is None and name != "rethinking-audit":
            assert name in pinned, f"{requirement} is not pinned"
            if torch_is_the_pinned_one() or not OF_TORCH.match(name):
                assert requirement.specifier.contains(pinned[name], prereleases=True), requirement


def test_constraints_pin_nothing_else():
    if not torch_is_the_pinned_one() or not all(map(is_installed, map(Requirement, declared()))):
        pytest.skip("not everything that is pinned is installed here")
    brought = {canonicalize_name(requirement.name) for requirement in needed()}
    assert set(pins((CI / "constraints.txt").read_text())) == brought


def torch_is_the_pinned_one():
    return version("torch").partition("+")[0] == pins((CI / "constraints.txt").read_text())["torch"]


def is_installed(requirement):
    try:
        return bool(version(requirement.name))
    except PackageNotFoundError:
        return False


def test_constraints_are_sorted_and_pin_each_once():
    names = [line.partition("==")[0] for line in (CI / "constraints.txt").read_text().splitlines()[1:]]
    names = [canonicalize_name(name) for name in names]
    assert names == sorted(set(names))


def test_what_is_said_of_ci_is_so():
    text = (CI / "README.md").read_text()
    for name in re.findall(r"`((?:[\w.]+/)*[\w-]+\.(?:sh|yml|txt))`", text):
        assert any((folder / name).exists() for folder in (ROOT, CI, ROOT / ".github" / "workflows")), name
