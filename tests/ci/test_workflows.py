"""The files of GitHub and GitLab: valid, safe, pinned, and calling nothing but ci/run.sh."""

import itertools
import re

import pytest
from packaging.requirements import Requirement

from tests.builders.constraints import declared
from tests.builders.places import ROOT
from tests.builders.programs import check

GITLAB = ROOT / "ci" / "gitlab-ci.yml"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def test_the_workflows_follow_the_published_schema():
    check("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *WORKFLOWS)


def test_the_gitlab_file_follows_the_published_schema():
    check("check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", GITLAB)


def test_the_workflows_are_safe():
    check("zizmor", "--offline", "--no-progress", "--min-severity", "medium", *WORKFLOWS)


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
    gitlab = read(GITLAB)
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
    gitlab = read(GITLAB)
    there = itertools.chain.from_iterable(
        job.get(key, []) for job in gitlab.values() if isinstance(job, dict) for key in ("before_script", "script")
    )
    commands = {f"ci/run.sh {name}" for name in ("setup", "setup-site", "lint", "test", "bench", "site", 'audit "$TIER"')}
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
    audit = read(GITLAB)[".audit"]
    assert audit["artifacts"]["when"] == "always"
    assert {cache["when"] for cache in audit["cache"]} == {"always"}


def test_an_audit_is_interrupted_in_time_for_its_report():
    audit = jobs()["audit/audit"]
    minutes = [jobs()["nightly/audit"]["with"]["minutes"]]
    minutes.append(read(ROOT / ".github/workflows/audit.yml")["on"]["workflow_call"]["inputs"]["minutes"]["default"])
    assert max(minutes) + 20 <= audit["timeout-minutes"]
    paper = read(GITLAB)["paper"]
    assert int(paper["variables"]["MINUTES"]) + 20 <= 60 * int(paper["timeout"].removesuffix(" hours"))


def test_the_site_is_published_only_where_it_is_asked_for_and_by_a_job_that_runs_nothing_else():
    build, publish = jobs()["site/build"], jobs()["site/publish"]
    assert "PUBLISH_SITE" in build["if"]
    assert build["permissions"] == {"contents": "read", "pages": "read"}
    assert publish["needs"] == "build"
    assert [step["uses"].partition("@")[0] for step in publish["steps"]] == ["actions/deploy-pages"]
    gitlab = read(GITLAB)["pages"]
    assert all("$PUBLISH_SITE && " in rule["if"] for rule in gitlab["rules"])
    (handed,) = [step for step in build["steps"] if "upload-pages-artifact" in step.get("uses", "")]
    assert [handed["with"]["path"]] == gitlab["artifacts"]["paths"]


def test_the_gpu_is_required_where_one_is_expected():
    assert jobs()["nightly/audit"]["with"]["require-gpu"] is True
    assert read(GITLAB)["paper"]["variables"]["REQUIRE_GPU"] == "1"


def test_every_python_that_is_tested_is_one_that_the_project_supports():
    tested = {row["python"] for row in jobs()["checks/test"]["strategy"]["matrix"]["include"]}
    assert tested == {"3.11", "3.12", "3.13"}
    floor = Requirement(next(line for line in declared() if line.startswith("torch>")))
    assert str(floor.specifier) == ">=2.11"
    assert "2.11.0" in {row["torch"] for row in jobs()["checks/test"]["strategy"]["matrix"]["include"]}
