"""`--baseline` and `--shard` from the outside: one claim on a few images, run as a user runs it."""

import json
import os
import subprocess
import sys
from types import SimpleNamespace

import jsonschema
import pytest

from rethinking_audit.reports.__main__ import main
from rethinking_audit.reports.plugin import Regression, narrowed
from tests.builders.places import ROOT
from tests.builders.records import give, synthetic
from tests.builders.rooms import room

SCALE = ["--networks", "mlp-1x512,mlp-3x512", "--seeds", "2", "--train-size", "60"]


@pytest.fixture(scope="module")
def audited(tmp_path_factory):
    """Runs the audit of one claim file; the store is filled once."""
    folder = tmp_path_factory.mktemp("audited")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}

    def run(report, *arguments):
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "claims/test_random_labels.py", "-m", "fast"]
        places = ["--store", str(folder / "store"), "--report", str(folder / report)]
        done = subprocess.run(
            [*command, *SCALE, *places, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
        )
        return done.returncode, done.stdout + done.stderr, folder / report / "audit.json"

    run.whole = run("whole")
    return run


def without_seconds(audit):
    """What a record says but how long the judging took."""
    return json.loads(json.dumps(room(audit)), object_hook=lambda item: {k: v for k, v in item.items() if k != "seconds"})


@pytest.mark.lengthy
def test_two_shards_merged_equal_the_audit(audited, tmp_path):
    _, _, whole = audited.whole
    parts = [audited(f"part-{index}", "--shard", f"{index}/2", *extra)[2] for index, extra in ((1, ()), (2, ("-n", "2")))]
    schema = json.loads((ROOT / "fixtures" / "record" / "audit.schema.json").read_text())
    for part in parts:
        audit = json.loads(part.read_text())
        jsonschema.validate(audit, schema)
        assert {case["network"] for claim in audit["claims"] for case in claim["cases"]} < {"mlp-1x512", "mlp-3x512"}
    assert main(["merge", str(parts[1]), str(parts[0]), "-o", str(tmp_path / "merged.json")]) == 0
    merged = json.loads((tmp_path / "merged.json").read_text())
    jsonschema.validate(merged, schema)
    assert len(merged.pop("shards")) == 2
    assert without_seconds(merged) == without_seconds(json.loads(whole.read_text()))
    assert main(["merge", str(parts[0]), "-o", str(tmp_path / "half.json")]) == 4


@pytest.mark.lengthy
def test_a_regression_is_printed_stored_and_the_exit_code(audited, tmp_path):
    code, _, whole = audited.whole
    again, output, path = audited("again", "--baseline", str(whole))
    assert again == code
    assert "against the baseline" in output
    assert "nothing regressed" in output
    better = json.loads(whole.read_text())
    case = next(claim for claim in better["claims"] if claim["id"] == "random-labels/chance-test-accuracy")["cases"][0]
    case["judgement"]["values"]["by seed"] = [0.5, 0.500001]
    (tmp_path / "better.json").write_text(json.dumps(better))
    code, output, path = audited("worse", "--baseline", str(tmp_path / "better.json"))
    assert code == json.loads(path.read_text())["exit_code"] == 1
    assert "REGRESSED moved: random-labels/chance-test-accuracy [fast, mnist1d, mlp-1x512]" in output
    assert json.loads(path.with_name("audit-compare.json").read_text())["regressed"] is True
    assert "1 regression" in path.with_name("audit-compare.md").read_text()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--baseline", "nowhere.json"], "--baseline: 'nowhere.json' cannot be read: No such file or directory"),
        (["--baseline", "pyproject.toml"], "--baseline: 'pyproject.toml' is not JSON"),
        (["--shard", "3/2"], "--shard is '3/2', expected i/n with i from 1 to n"),
    ],
)
@pytest.mark.lengthy
def test_bad_input_is_one_sentence_and_exit_4(audited, arguments, sentence):
    code, output, _ = audited("bad", *arguments)
    assert code == 4
    assert sentence in output
    assert "Traceback" not in output


def configuration(**options):
    return SimpleNamespace(args=["claims"], option=SimpleNamespace(collectonly=False, plan=False, **options))


@pytest.mark.parametrize(
    ("config", "parts"),
    [
        (configuration(), False),
        (configuration(keyword="", networks="", shard=None), False),
        (configuration(keyword="chance"), True),
        (configuration(networks="alexnet"), True),
        (configuration(shard="1/2"), True),
    ],
)
def test_whether_an_audit_was_asked_for_some_claims_only(config, parts):
    assert narrowed(config) is parts
    config.args = ["claims/test_x.py::test_y"]
    assert narrowed(config) is True


@pytest.mark.parametrize(("before", "after"), [(0, 1), (10, 1), (5, 1), (1, 1), (2, 2), (3, 3)])
def test_a_regression_outweighs_what_is_milder_and_is_the_code_of_the_record(before, after):
    audit = give(synthetic(), 0, "alexnet", verdict="REFUTED") | {"exit_code": before}
    Regression(synthetic(), narrowed=False).pytest_audit_judged(audit)
    assert audit["exit_code"] == after


@pytest.mark.parametrize(("before", "after"), [(0, 10), (1, 1), (5, 5), (2, 2)])
def test_an_audit_that_was_not_compared_is_not_green(monkeypatch, before, after):
    monkeypatch.setattr("rethinking_audit.reports.plugin.compare", lambda *_: 1 / 0)
    audit, regression = synthetic() | {"exit_code": before}, Regression(synthetic(), narrowed=False)
    regression.pytest_audit_judged(audit)
    assert audit["exit_code"] == after
    assert regression.failure.startswith("ZeroDivisionError")
    session = SimpleNamespace(config=configuration(), exitstatus=before)
    Regression(synthetic(), narrowed=False).pytest_sessionfinish(session)
    assert session.exitstatus == after


def test_a_tier_that_was_not_asked_for_is_not_missing():
    baseline = synthetic()
    for case in baseline["claims"][0]["cases"]:
        case["tier"] = "paper"
    regression = Regression(baseline, narrowed=False)
    regression.pytest_audit_judged(synthetic())
    assert regression.comparison.of("missing") == []
