"""`python -m reports identical`: the same runs and cases to the bit, or each difference in a line."""

import copy
import json

import pytest

from rethinking_audit.reports.__main__ import main
from rethinking_audit.reports.identical import identical
from tests.builders.records import give, key_of, synthetic


@pytest.fixture
def audit():
    return synthetic(1, networks=("alexnet",), seeds=2)


def first_run(audit):
    return next(iter(audit["runs"].values()))


def rekeyed(audit):
    """The same audit by another version of the code: every run has another key and took another time."""
    made = copy.deepcopy(audit)
    new = {key: key_of([key]) for key in made["runs"]}
    made["runs"] = {new[key]: {**run, "seconds": 2 * run["seconds"]} for key, run in reversed(made["runs"].items())}
    for claim in made["claims"]:
        for case in claim["cases"]:
            case["runs"] = {
                arm: {level: [new[key] for key in keys] for level, keys in levels.items()}
                for arm, levels in case["runs"].items()
            }
    return made


def test_runs_are_matched_by_what_was_run_and_not_by_their_keys(audit):
    found = identical(audit, rekeyed(audit))
    assert found.headline == "2 of 2 runs and 1 of 1 case are the same"
    assert found.differences == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda run: run["curves"].update(test_error=[0.9000000000000001]), "curves.test_error at 0: 0.9 before, 0.900"),
        (lambda run: run["curves"].update(test_error=[0.9, 0.8]), "curves.test_error has 1 values before, 2 now"),
        (lambda run: run["curves"].update(online_error=[0.5]), "curves.online_error is new"),
        (lambda run: run["curves"].pop("test_error"), "curves.test_error is missing now"),
        (lambda run: run["confusion"].__setitem__(0, [44, 46]), "confusion at 0: [45, 45] before, [44, 46] now"),
        (lambda run: run.update(status="stalled"), 'status is "fit" before, "stalled" now'),
        (lambda run: run.update(epochs=run["epochs"] + 1), "epochs is "),
        (lambda run: run.update(labels_digest="1" * 64), "labels_digest is "),
    ],
)
def test_a_number_that_differs_is_told_in_one_line(audit, change, told):
    other = rekeyed(audit)
    change(first_run(other))
    found = identical(audit, other)
    (text,) = found.differences
    assert told in text
    assert text.startswith('run data "digits", network "alexnet", recipe.batch 64, recipe.max_epochs 300, seed ')
    assert (found.runs, found.same_runs, found.same_cases) == (2, 1, 1)


def test_a_zero_has_a_sign_and_a_whole_number_is_no_fraction(audit):
    first_run(audit)["curves"]["test_error"] = [0.0, 1]
    for values in ([-0.0, 1], [0.0, 1.0]):
        other = rekeyed(audit)
        next(run for run in other["runs"].values() if len(run["curves"]["test_error"]) == 2)["curves"]["test_error"] = (
            values
        )
        assert len(identical(audit, other).differences) == 1


def test_the_values_of_a_solve_are_compared(audit):
    spec = {
        "problem": "sgd",
        "data": "digits",
        "seed": 0,
        "train_size": None,
        "corruption": 0.0,
        "parameters": {"points": 20},
    }
    old, new = copy.deepcopy(audit), copy.deepcopy(audit)
    old["runs"]["a" * 64] = {"spec": spec, "values": {"norm": 1.5, "drawn": {"x": [1.0]}}, "seconds": 1.0}
    new["runs"]["b" * 64] = {"spec": spec, "values": {"norm": 1.5, "drawn": {"x": [1.5]}}, "seconds": 2.0}
    (text,) = identical(old, new).differences
    assert text.endswith("values.drawn.x at 0: 1.0 before, 1.5 now")
    assert "parameters.points 20" in text


def test_a_field_that_one_spec_lacks_counts_as_its_default(audit):
    other = rekeyed(audit)
    for run in other["runs"].values():
        run["spec"]["recipe"]["dropout"] = 0.0
        run["spec"]["inputs"] = "original"
        del run["spec"]["width"]
    assert identical(audit, other).differences == []
    for name, value in (("dropout", 0.5), ("unheard", 0)):  # not its default; no default is known
        changed = copy.deepcopy(other)
        first_run(changed)["spec"]["recipe"][name] = value
        assert [text.rpartition(": ")[2] for text in identical(audit, changed).differences] == ["missing now", "new"]


def test_two_runs_of_one_spec_are_matched_by_their_numbers(audit):
    old, new = copy.deepcopy(audit), copy.deepcopy(audit)
    again = {**first_run(audit), "epochs": 99}
    old["runs"]["a" * 64] = again
    new["runs"] = {"0" * 64: again, **new["runs"]}
    assert identical(old, new).differences == []
    new["runs"]["0" * 64] = {**again, "epochs": 98}
    assert len(identical(old, new).differences) == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"verdict": "REFUTED"}, 'verdict is "HELD" before, "REFUTED" now'),
        ({"judgement": {"measured": 0.25}}, "measured is "),
        ({"judgement": {"interval": {"low": 0.1, "high": None}}}, "interval.high is "),
        ({"judgement": {"accepted": {"low": None, "high": 0.6}}}, "accepted.high is 0.5 before, 0.6 now"),
    ],
)
def test_a_case_is_the_same_with_its_verdict_estimate_interval_and_limit(audit, change, told):
    other = rekeyed(audit)
    (case,) = other["claims"][0]["cases"]
    if "judgement" in change:
        case["judgement"].update(change["judgement"])
    else:
        case.update(change)
    found = identical(audit, other)
    assert all(text.startswith("family/claim-0 [fast, digits, alexnet]: ") for text in found.differences)
    assert any(told in text for text in found.differences)
    assert (found.same_runs, found.same_cases) == (2, 0)


def test_a_case_that_is_gone_or_was_not_judged_is_a_difference(audit):
    gone = rekeyed(audit)
    gone["claims"] = []
    assert identical(audit, gone).differences == ["family/claim-0 [fast, digits, alexnet]: missing now"]
    assert identical(gone, audit).differences == ["family/claim-0 [fast, digits, alexnet]: new"]
    idle = give(audit, 0, "alexnet", verdict="NOT RUN")
    assert (
        len(identical(audit, idle).differences) == 6
    )  # the verdict, and what was measured, the interval, what is accepted


def test_the_command_prints_what_differs_and_its_exit_code_says_so(audit, tmp_path, capsys):
    other = rekeyed(audit)
    first_run(other)["status"] = "stalled"
    names = [str(tmp_path / f"{name}.json") for name in ("old", "same", "new", "none")]
    for name, made in zip(names, (audit, rekeyed(audit), other), strict=False):
        (tmp_path / name).write_text(json.dumps(made))
    assert main(["identical", names[0], names[1]]) == 0
    assert capsys.readouterr().out == "2 of 2 runs and 1 of 1 case are the same\n"
    assert main(["identical", names[0], names[2]]) == 1
    headline, difference = capsys.readouterr().out.splitlines()
    assert headline == "1 of 2 runs and 1 of 1 case are the same"
    assert difference.endswith('status is "fit" before, "stalled" now')
    assert main(["identical", names[0], names[3]]) == 4
    assert capsys.readouterr().err == f"{names[3]!r} cannot be read: No such file or directory; expected an audit.json\n"
    (tmp_path / "void.json").write_text(
        json.dumps({**audit, "sabotage": {"id": "x", "what": "w", "source": "s", "caught_by": ["c"]}})
    )
    assert main(["identical", names[0], str(tmp_path / "void.json")]) == 4
    assert "is sabotaged (x)" in capsys.readouterr().err
