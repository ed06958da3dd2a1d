"""Shards: united they are the audit, and what does not belong together is refused by name."""

import copy
import json

import pytest

from rethinking_audit.fixtures.plugin.record import exit_code as exit_code_of_audit
from rethinking_audit.fixtures.plugin.shard import Shard
from rethinking_audit.fixtures.record.exit_codes import merged_exit_code
from rethinking_audit.fixtures.record.outcome import keys_in
from rethinking_audit.fixtures.record.shape import faults
from rethinking_audit.reports.__main__ import main
from rethinking_audit.reports.merge import CannotMerge, merge
from rethinking_audit.reports.render import render
from tests.attacks.drawn import SCHEMA
from tests.builders.records import give, synthetic
from tests.builders.rooms import ROOM, room


def shards(audit, count=2):
    """The parts that an audit of so many shards would have written."""
    cases = [[claim["id"], case["nodeid"]] for claim in audit["claims"] for case in claim["cases"]]
    return [(f"shard-{index + 1}.json", shard(audit, index, count, cases)) for index in range(count)]


def shard(audit, index, count, cases):
    part = copy.deepcopy(audit)
    mine = {nodeid for place, (_, nodeid) in enumerate(cases) if place % count == index}
    for claim in part["claims"]:
        claim["cases"] = [case for case in claim["cases"] if case["nodeid"] in mine]
        verdicts = [case["verdict"] for case in claim["cases"]]
        claim["verdict"] = "REFUTED" if "REFUTED" in verdicts else "HELD"
    part["claims"] = [claim for claim in part["claims"] if claim["cases"]]
    kept = [case for claim in part["claims"] for case in claim["cases"]]
    used = {key for case in kept for levels in case["runs"].values() for keys in levels.values() for key in keys}
    verdicts = [case["verdict"] for case in kept]
    summary = {verdict: verdicts.count(verdict) for verdict in audit["summary"]}
    return part | {
        "created": f"2026-11-21T0{index}:00:00Z",
        "runs": {key: run for key, run in part["runs"].items() if key in used},
        "summary": summary,
        "exit_code": exit_code_of_audit(of_verdicts(name for name, count in summary.items() for _ in range(count))),
        "shard": {"index": index + 1, "count": count, "cases": cases},
    }


def of_verdicts(verdicts):
    """An audit of one claim with a case for each verdict."""
    return {"claims": [{"cases": [{"verdict": verdict, "deviation": None} for verdict in verdicts]}]}


@pytest.mark.parametrize("count", [1, 2, 3])
def test_shards_merged_equal_the_audit(count):
    audit = give(synthetic(networks=("a", "b", "c")), 1, "b", verdict="REFUTED")
    audit["claims"][1]["verdict"], audit["exit_code"] = "REFUTED", 1
    audit["runs"] = {key: audit["runs"][key] for key in sorted(audit["runs"])}
    merged = merge(shards(audit, count)[::-1])
    listed = merged.pop("shards")
    assert json.dumps(room(merged), sort_keys=True) == json.dumps(room(audit), sort_keys=True)
    assert [claim["id"] for claim in merged["claims"]] == [claim["id"] for claim in audit["claims"]]
    assert [tuple(part) for part in listed] == [ROOM] * count


def test_audits_of_different_cases_are_united_too(tmp_path):
    paths = []
    for tier, claims in (("fast", 2), ("paper", 3)):
        audit = synthetic(claims=claims)
        for claim in audit["claims"]:
            for case in claim["cases"]:
                case["tier"] = tier
        paths.append(tmp_path / f"{tier}.json")
        paths[-1].write_text(json.dumps(audit))
    assert main(["merge", *map(str, paths), "-o", str(tmp_path / "all.json")]) == 0
    merged = json.loads((tmp_path / "all.json").read_text())
    assert merged["summary"]["HELD"] == 10
    assert [len(claim["cases"]) for claim in merged["claims"]] == [4, 4, 2]
    assert main(["render", str(tmp_path / "all.json")]) == 0


def test_lists_of_the_whole_audit_are_not_doubled():
    parts = shards(synthetic())
    for _, part in parts:
        part["open"] = part["replication"] = [{"what": "a question"}]
    assert merge(parts)["replication"] == [{"what": "a question"}]
    assert merge(parts)["open"] == [{"what": "a question"}]
    assert "consistency" not in merge(parts)


def spoil(part, how):
    if how == "overlap":
        return shards(synthetic())[0][1]
    if how == "run":
        key = sorted(set(part["runs"]))[0]
        part["runs"][key]["labels_digest"] = "1" * 64
    elif how == "claim":
        part["claims"][0]["statement"] = "Another."
    elif how == "data":
        part["data"]["digits"]["train"] = 7
    elif how == "paper":
        part["paper"]["title"] = "Another"
    elif how == "shard":
        part["shard"]["cases"] = part["shard"]["cases"][:-1]
    else:
        part["provenance"][how] = "1" * 64
    return part


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("overlap", r"both have the case family/claim-0 \[fast, digits, alexnet\]"),
        ("run", "the run [0-9a-f]{12} is not the same in labels_digest; the machines are a CPU, torch 2.15.0, and a CPU"),
        ("claim", "the claim family/claim-0 is not the same"),
        ("data", "the data set digits is not the same"),
        ("paper", "paper differs"),
        ("shard", "they are not shards of one audit"),
        ("engine", "they are of different code, engine"),
        ("commit", "they are of different code, commit"),
    ],
)
def test_records_that_contradict_each_other_are_refused_by_name(how, reason):
    (first, one), (second, other) = shards(synthetic())
    one["runs"] = {**one["runs"], **copy.deepcopy(other["runs"])}  # both made some of the runs
    with pytest.raises(CannotMerge, match=rf"'{first}' and '{second}' cannot be merged: {reason}"):
        merge([(first, one), (second, spoil(other, how))])


def test_the_same_run_made_twice_took_two_times():
    (first, one), (second, other) = shards(synthetic())
    one["runs"] = {**one["runs"], **copy.deepcopy(other["runs"])}
    for run in other["runs"].values():
        run["seconds"] *= 2
    assert merge([(first, one), (second, other)])["summary"]["HELD"] == 10


def differing(count=2):
    """Shards of which all have all runs; the second and later ones have other numbers of the first case's runs."""
    parts = shards(synthetic(claims=2), count)
    runs = {key: run for _, part in parts for key, run in part["runs"].items()}
    mine = list(keys_in(parts[0][1]["claims"][0]["cases"][0]["runs"]))
    for place, (_, part) in enumerate(parts):
        part["runs"] = copy.deepcopy({key: runs[key] for key in sorted(runs)})
        part["provenance"]["machine"] |= {"gpu": f"card {place}", "driver": "580"}
        for key in mine:
            part["runs"][key]["fit_loss"] += place
        part["claims"][-1]["cases"][-1]["runs"] = {"random": {"0.0": mine}}
    return parts, mine


def runs_by_case(audit):
    cases = [case for claim in audit["claims"] for case in claim["cases"]]
    return {case["nodeid"]: [audit["runs"][key] for key in keys_in(case["runs"])] for case in cases}


def test_runs_that_came_out_differently_are_kept_by_each_shard_and_told():
    parts, mine = differing()
    merged = merge(parts)
    assert merged["remarks"] == [
        "5 runs came out differently in 'shard-1.json' (card 0, driver 580, torch 2.15.0) and in 'shard-2.json' (card 1, "
        f"driver 580, torch 2.15.0), the first of them {min(mine)[:12]} in fit_loss; the cases of each keep their own"
    ]
    assert runs_by_case(merged) == {**runs_by_case(parts[0][1]), **runs_by_case(parts[1][1])}
    assert len(merged["runs"]) == len(parts[0][1]["runs"]) + 5
    assert not any(faults(merged, SCHEMA, SCHEMA))
    assert "5 runs came out differently in" in render(merged)


def test_three_shards_of_which_two_agree_keep_two_results():
    parts, mine = differing(3)
    for key in mine:
        parts[2][1]["runs"][key] = parts[1][1]["runs"][key]
    merged = merge(parts)
    assert len(merged["runs"]) == len(parts[0][1]["runs"]) + 5
    assert [remark.count("shard-2") for remark in merged["remarks"]] == [1]


def test_a_control_with_other_numbers_is_told_and_with_another_verdict_refused():
    parts = shards(synthetic(claims=1, networks=("a", "b")))
    for place, (_, part) in enumerate(parts):
        control = part["claims"][0]["cases"][0]["control"]
        control |= {"description": "a linear network", "network": "linear"}
        control["judgement"]["measured"] += place / 1e9
    said = "a control of family/claim-0 on linear"
    assert merge(parts)["remarks"] == [
        f"{said} has other numbers in 'shard-1.json' and in 'shard-2.json', and the same verdict"
    ]
    control["judgement"]["verdict"] = "INCONCLUSIVE"
    came = "REFUTED on a CPU, torch 2.15.0, INCONCLUSIVE on a CPU, torch 2.15.0"
    with pytest.raises(CannotMerge, match=rf"{said} did not come out the same: {came}$"):
        merge(parts)


def test_a_shard_that_is_missing_is_named():
    parts = shards(synthetic(), 3)
    with pytest.raises(CannotMerge, match=r"4 of 10 cases are in no shard, the first of them claims/test_x.py::test_0"):
        merge(parts[1:])


@pytest.mark.parametrize("content", ['{"schema": 2}', '{"schema": 1, "project": "another"}', "{", '{"schema": true}'])
def test_a_record_cut_short_or_foreign_is_refused_by_name(tmp_path, capsys, content):
    (tmp_path / "good.json").write_text(json.dumps(synthetic()))
    (tmp_path / "bad.json").write_text(content)
    output = tmp_path / "merged.json"
    assert main(["merge", str(tmp_path / "good.json"), str(tmp_path / "bad.json"), "-o", str(output)]) == 4
    assert str(tmp_path / "bad.json") in capsys.readouterr().err
    assert not output.exists()


@pytest.mark.parametrize(
    "verdicts", [("HELD",), ("HELD", "NOT RUN"), ("NOT RUN",), ("REFUTED", "HELD"), ("ERROR", "NOT RUN")]
)
@pytest.mark.parametrize("others", [("HELD",), ("NOT RUN",), ("INCONCLUSIVE", "HELD"), ("REFUTED",)])
def test_the_exit_code_of_the_parts_is_that_of_the_whole(verdicts, others):
    one, other, whole = (exit_code_of_audit(of_verdicts(group)) for group in (verdicts, others, verdicts + others))
    assert merged_exit_code([one, other]) == whole


def test_an_interrupted_part_is_an_interrupted_whole():
    assert merged_exit_code([1, 2, 0]) == 2


@pytest.mark.parametrize("text", ["0/2", "3/2", "1", "a/b", "1/0", "-1/2", "1/2/3"])
def test_what_is_no_shard_is_refused_by_name(text):
    with pytest.raises(ValueError, match=rf"--shard is '{text}', expected i/n"):
        Shard.of(text)


# The union of shards


def test_what_parts_say_is_united_in_the_order_in_which_they_were_made():
    one, two = synthetic(1, networks=("a",)), synthetic(1, networks=("b",))
    idle = {"reason": "no GPU", "cost": "3 h"}
    one |= {"created": "2026-11-21T09:00:00Z", "seconds": 1.26, "command": "later", "exit_code": 10, "open": [1, 2]}
    two |= {"created": "2026-11-21T08:00:00Z", "seconds": 2.0, "command": "sooner", "exit_code": 0, "open": [2, 3]}
    one |= {"not_run": [idle, {"reason": "no data", "cost": "1 h"}], "replication": [4]}
    two |= {"not_run": [idle], "data": {"mnist": one["data"]["digits"], **two["data"]}}
    one["claims"][0]["verdict"], two["claims"][0]["verdict"] = "INCONCLUSIVE", "NOT RUN"
    for part, verdict in ((one, "HELD"), (two, "REFUTED")):
        reading = {**part["claims"][0], "id": "readings/r", "expected": "REFUTED", "verdict": verdict}
        part["readings"] = [{**reading, "cases": [{**reading["cases"][0], "nodeid": f"r[{verdict}]"}]}]
    merged = merge([("one", one), ("two", two)])
    assert merged["created"] == "2026-11-21T08:00:00Z"
    assert (merged["seconds"], merged["command"], merged["exit_code"]) == (3.3, "sooner; later", 10)
    assert merged["summary"] == {"HELD": 2, "NOT RUN": 0, "INCONCLUSIVE": 0, "ERROR": 0, "REFUTED": 0}
    assert merged["not_run"] == [idle, {"reason": "no data", "cost": "1 h"}]
    assert (merged["open"], merged["replication"], "consistency" in merged) == ([2, 3, 1], [4], False)
    assert [case["network"] for case in merged["claims"][0]["cases"]] == ["b", "a"]
    assert [claim["verdict"] for claim in merged["claims"]] == ["INCONCLUSIVE"]
    assert [(reading["id"], reading["verdict"]) for reading in merged["readings"]] == [("readings/r", "HELD")]
    assert list(merged["data"]) == ["digits", "mnist"]
    assert list(merged["runs"]) == sorted([*one["runs"], *two["runs"]])
    room = ("created", "seconds", "command", "provenance")
    assert merged["shards"] == [{name: part[name] for name in room} for part in (two, one)]
    three = synthetic(1, networks=("c",)) | {"created": "2026-11-21T07:00:00Z"}
    assert [part["created"][11:13] for part in merge([("both", merged), ("three", three)])["shards"]] == ["07", "08", "09"]


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        (("project",), "project differs"),
        (("paper", "title"), "paper differs"),
        (("provenance", "engine"), f"they are of different code, engine {'0' * 64} and another"),
        (("provenance", "commit"), f"they are of different code, commit {'c' * 40} and another"),
        (("claims", 0, "source"), "the claim family/claim-0 is not the same"),
        (("data", "digits", "digest"), "the data set digits is not the same"),
        (("shard",), "they are not shards of one audit"),
        (("claims", 0, "cases", 0, "network"), "both have the case family/claim-0 [fast, digits, a]"),
    ],
)
def test_parts_that_contradict_each_other_are_both_named(field, reason):
    one, two = synthetic(1, networks=("a",)), synthetic(1, networks=("b",))
    inner = two
    for step in field[:-1]:
        inner = inner[step]
    inner[field[-1]] = {"cases": []} if field == ("shard",) else "a" if field[-1] == "network" else "another"
    with pytest.raises(CannotMerge) as error:
        merge([("one", one), ("two", two)])
    assert str(error.value) == f"'one' and 'two' cannot be merged: {reason}"


# What the records and the exit codes of parts say


@pytest.mark.parametrize(
    ("codes", "code"), [([0, 0], 0), ([0, 1, 2], 2), ([10, 1], 1), ([5, 5], 5), ([0, 10], 10), ([0, 5], 10), ([3, 3], 3)]
)
def test_the_exit_code_of_the_whole(codes, code):
    assert merged_exit_code(codes) == code


def test_records_that_contradict_each_other_are_named_with_the_reason():
    one, other = synthetic(1, networks=("alexnet",)), synthetic(1, networks=("mlp-1x512",))
    other["provenance"]["commit"] = "d" * 40
    with pytest.raises(CannotMerge) as caught:
        merge([("a.json", one), ("b.json", other)])
    reason = f"they are of different code, commit {'c' * 40} and {'d' * 40}"
    assert str(caught.value) == f"'a.json' and 'b.json' cannot be merged: {reason}"
    with pytest.raises(CannotMerge, match=r"both have the case family/claim-0 \[fast, digits, alexnet\]$"):
        merge([("a", one), ("b", one)])
