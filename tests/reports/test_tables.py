"""Which runs of an audit repeat the paper's, and what its tables say of them; the files of a report on any machine."""

import base64
import hashlib
import io
import itertools
import json
import random
import re
from importlib.resources import files

import pytest

from rethinking_audit.fixtures.record.files import write
from rethinking_audit.fixtures.record.reading import UnreadableAudit, read_honest, read_json
from rethinking_audit.reports.render import _template, render
from rethinking_audit.reports.repeated import paper_tier, trainings
from rethinking_audit.reports.tables import Pair, _as_in_table_1, _pair, tables
from tests.builders.records import run, synthetic


def trained(*claims, data="digits", train_size=None, width=1.0, **described):
    """An audit whose claims have so many trainings each, by source and tier."""
    audit = synthetic(len(claims), networks=("alexnet",), seeds=1, runs=False)
    audit["data"] = described
    for number, (source, tier, count) in enumerate(claims):
        audit["claims"][number]["source"] = source
        (case,) = audit["claims"][number]["cases"]
        case.update(tier=tier, data=data, runs={"random": {}})
        for place in range(count):
            key = f"{number}{place}"
            audit["runs"][key] = run("alexnet", place, random.Random(0))[1]
            audit["runs"][key]["spec"].update(train_size=train_size, width=width)
            case["runs"]["random"][str(place)] = [key]
    return audit


def test_what_was_not_finished_is_no_training():
    runs = {"a": {"curves": {}}, "b": {"values": {}}}
    case = {"runs": {"one": {"0.0": ["a", "b", "gone"]}, "two": {"0.0": ["b"], "1.0": ["gone"]}}}
    assert list(trainings(case, {"runs": runs})) == [[{"curves": {}}]]
    assert paper_tier(synthetic(2, runs=False)) is None


def test_the_tier_with_the_most_trainings_is_shown_unless_another_is_on_the_papers_data():
    audit = trained(("a", "zero", 1), ("b", "fast", 3), ("c", "zero", 1))
    assert paper_tier(audit).tier == "fast"
    audit["claims"][0]["cases"][0]["data"] = "cifar10"
    assert paper_tier(audit).tier == "zero"


def test_what_differs_from_the_papers_experiment_is_told():
    def note(**fields):
        found = paper_tier(trained(("a", "fast", 1), **fields))
        return found.note, found.same, found.images

    start = "Ours: digits, tier fast; not the paper's experiment: "
    assert note() == (f"{start}another data set than CIFAR-10.", False, None)
    assert note(data="cifar10") == ("Ours: cifar10, tier fast.", True, None)
    described = {"cifar10": {"title": "CIFAR-10", "stand_in": True}}
    assert note(data="cifar10", train_size=1, width=0.25, **described) == (
        "Ours: CIFAR-10, tier fast; not the paper's experiment: a stand-in for the data set, at most 1 training image, "
        "networks narrowed to 0.25 of their width.",
        False,
        1,
    )


def test_a_claim_that_names_the_place_comes_first():
    audit = trained(("section 2", "fast", 1), ("Table 1", "fast", 1), ("Table 4", "fast", 1), data="cifar10")
    for key, found in audit["runs"].items():
        found["spec"]["seed"] = key
    stage = paper_tier(audit)
    assert [stage.runs(place, lambda spec: True)[0]["spec"]["seed"] for place in ("Table 1", "Table 4", "x")] == [
        "10",
        "20",
        "00",
    ]
    assert stage.runs("Table 1", lambda spec: spec["seed"] == "00") == [audit["runs"]["00"]]
    assert stage.runs("Table 1", lambda spec: False) == []


# The tables


@pytest.mark.parametrize(
    ("spec", "wanted"),
    [
        ({}, ("alexnet", False, False, False)),
        ({"inputs": "original"}, ("alexnet", False, False, False)),
        ({"inputs": "gaussian"}, None),
        ({"network": "lenet"}, ("lenet", False, False, False)),
        ({"corruption": 1.0}, ("alexnet", True, False, False)),
        ({"corruption": 0.5}, None),
        ({"recipe": None}, ("alexnet", False, False, False)),
        ({"recipe": {"crop": True}}, ("alexnet", False, True, False)),
        ({"recipe": {"weight_decay": 1e-4}}, ("alexnet", False, False, True)),
        ({"recipe": {"crop": True, "weight_decay": 1e-4}}, ("alexnet", False, True, True)),
        ({"recipe": {"flip": True}}, None),
        ({"recipe": {"crop": True, "rotation": 25.0}}, None),
    ],
)
def test_a_training_is_in_the_row_of_table_1_that_it_repeats(spec, wanted):
    spec = {"network": "alexnet", "corruption": 0.0, **spec}
    rows = itertools.product(("alexnet", "lenet"), *[(False, True)] * 3)
    assert [row for row in rows if _as_in_table_1(*row)(spec)] == [wanted] * (wanted is not None)


def test_a_share_without_the_papers_is_shown_alone():
    assert _pair(None, [0.5, 0.7]) == Pair("\u2013", "60.00 %", "50.00 % to 70.00 %", "", None, None)
    assert _pair(None, []) == Pair("\u2013")
    assert _pair(0.5, [0.25]) == Pair("50.00 %", "25.00 %", "", "\u221225.00", None, (50.0, 25.0, 25.0, 25.0))


def paper(number, *rows):
    return {number: {"title": "t", "rows": list(rows)}}


TABLE_1 = {"network": "alexnet", "labels": "true", "crop": False, "weight_decay": False, "train": 1.0, "test": 0.8}


def test_a_table_of_an_audit_without_trainings_has_the_papers_numbers_alone():
    row = {"network": "alexnet", "regularizer": "weight decay", "train": 0.9}
    audit = synthetic(1, runs=False) | {"tables": paper("1", TABLE_1) | paper("4", row)}
    for table, drawn in zip(tables(audit), ([Pair("100.00 %"), Pair("80.00 %")], [Pair("90.00 %")]), strict=True):
        assert (table.note, table.ours, table.drawn) == (
            "No run of this audit repeats it; the paper's numbers alone.",
            False,
            False,
        )
        assert [pairs for _, pairs in table.rows] == [drawn]


def test_table_1_takes_the_runs_of_the_claim_that_names_it():
    audit = trained(("section 2", "fast", 1), ("Table 1", "fast", 1), train_size=300) | {"tables": paper("1", TABLE_1)}
    for key, (train, test) in {"00": (0.5, 0.5), "10": (0.0, 0.25)}.items():
        audit["runs"][key]["spec"].update(corruption=0.0)
        audit["runs"][key]["curves"].update(train_error=[train], test_error=[test])
    (table,) = tables(audit)
    ((named, (training, tested)),) = table.rows
    assert (named, training.ours, tested.ours) == (["alexnet", "true", "no", "no"], "100.00 %", "75.00 %")
    audit["runs"]["10"]["spec"]["train_size"] = 100
    assert tables(audit)[0].rows[0][0][0] == "alexnet (100 images)"


def test_table_4_takes_the_runs_on_random_labels_by_what_regularizes_them():
    arms = {
        "weight decay": {"weight_decay": 1e-4},
        "random cropping": {"crop": True, "weight_decay": 1e-4},
        "flips and rotations to 25 degrees": {"rotation": 25.0},
    }
    rows = [{"network": "alexnet", "regularizer": name, "train": 0.5} for name in (*arms, "dropout")]
    rows += [{"network": "lenet", "regularizer": "weight decay"}, {"network": "alexnet", "regularizer": "weight decay"}]
    audit = trained(*[(f"section {number}", "fast", 1) for number in range(3)], ("Table 4", "fast", 1))
    for number, recipe in enumerate([*arms.values(), {"weight_decay": 1e-4}]):
        spec = audit["runs"][f"{number}0"]["spec"]
        spec.update(corruption=1.0, recipe=recipe)
        audit["runs"][f"{number}0"]["curves"].update(train_error=[0.1 * number], online_error=[0.2 * number])
    again = {**audit["runs"]["30"], "curves": {"train_error": [0.4], "online_error": [0.9]}}
    audit["runs"]["31"] = {**again, "spec": {**again["spec"], "seed": 1}}
    audit["claims"][3]["cases"][0]["runs"]["random"]["0"].append("31")
    found = {"place": "Table 4", "network": "alexnet", "what": "training accuracy, weight decay", "agrees": True}
    (table,) = tables(
        audit | {"tables": paper("4", *rows), "replication": [{**found, "place": "Table 1", "agrees": False}, found]}
    )
    assert [(named, pair.paper, pair.ours, pair.agrees) for named, (pair,) in table.rows] == [
        (["alexnet", "weight decay"], "50.00 %", "65.00 %", True),  # of the claim that names the table
        (["alexnet", "random cropping"], "50.00 %", "80.00 %", None),  # of the images as they were trained on
        (["alexnet", "flips and rotations to 25 degrees"], "50.00 %", "60.00 %", None),
        (["alexnet", "dropout"], "50.00 %", "", None),
        (["lenet", "weight decay"], "failed to converge", "", None),
        (["alexnet", "weight decay"], "failed to converge", "65.00 %", None),
    ]
    assert [pair.range for _, (pair,) in table.rows] == ["60.00 % to 70.00 %", "", "", "", "", "60.00 % to 70.00 %"]
    audit["runs"]["30"]["spec"]["corruption"] = 0.5
    assert tables(audit | {"tables": paper("4", rows[0])})[0].rows[0][1][0].ours == "100.00 %"
    audit["runs"]["00"]["spec"]["recipe"] = None
    assert tables(audit | {"tables": paper("4", rows[0])})[0].rows[0][1][0].ours == ""


def test_table_3_takes_the_largest_problem_that_was_solved():
    audit = synthetic(2, networks=("raw", "raw-full", "gabor", "raw-colour", "random-filters"), seeds=2, runs=False)
    audit["data"]["other"] = {"title": "Another"}
    kernel = audit["claims"][1]
    kernel["id"] = "kernel/interpolates-and-generalizes"
    solves = (
        [{"images": 9, "test_error": 0.1}, {"images": 10, "test_error": 0.5}],
        [{"images": 10, "test_error": error, "l2_test_error": 0.25} for error in (0.25, 0.75)],
        [{"images": 10, "test_error": 0.125}],
        [],
        [{"images": 10, "norm": 1.0}],
    )
    for case, values in zip(kernel["cases"], solves, strict=True):
        keys = [f"{case['network']}-{place}" for place in range(len(values))]
        case["runs"] = {arm: {"0.0": keys} for arm in ("machine", "simple")}
        audit["runs"] |= {key: {"values": one} for key, one in zip(keys, values, strict=True)}
    kernel["cases"][2]["data"], kernel["cases"][0]["data"] = "other", "unknown"
    compared = {"place": "Table 3", "network": "gabor-full", "what": "test error", "agrees": False}
    audit["replication"] = [compared, {**compared, "network": "raw-full", "agrees": True}]
    named = ("mnist", "none"), ("mnist", "Gabor filters"), ("cifar10", "none")
    named += (("cifar10", "random convolutional net, 32,000 filters"), ("cifar10", "another"))
    rows = [{"data": data, "preprocessing": how, "l2": False, "test_error": 0.5} for data, how in named]
    (table,) = tables(audit | {"tables": paper("3", *rows, {**rows[0], "l2": True, "norm": 30.5})})
    assert [(names[2:], pair.ours, pair.range, pair.agrees) for names, (pair,) in table.rows] == [
        (["no", "\u2013"], "50.00 %", "25.00 % to 75.00 %", True),
        (["no", "\u2013"], "12.50 %", "", False),
        (["no", "\u2013"], "", "", None),
        (["no", "\u2013"], "", "", None),
        (["no", "\u2013"], "", "", None),
        (["yes", "30.5"], "25.00 %", "", None),
    ]
    assert table.note == (
        "Ours: unknown, digits, Another; the largest size that the audit solved, which the claim's card names."
    )


# The files of a report


def test_files_are_read_and_written_alike_on_every_machine(tmp_path, monkeypatch):
    """Where nobody says otherwise Python takes the machine's own encoding: here one that has no dashes."""
    monkeypatch.setattr(io, "text_encoding", lambda encoding, stacklevel=2: encoding or "ascii")
    write(tmp_path / "x.json", '"\u2013\n"')
    assert (tmp_path / "x.json").read_bytes() == b'"\xe2\x80\x93\n"'
    (tmp_path / "y.json").write_bytes(b'"\xe2\x80\x93"')
    assert read_json(tmp_path / "y.json") == "\u2013"
    assert _template("sabotage.html") == (files("reports") / "templates" / "sabotage.html").read_bytes().decode("utf-8")


def test_a_page_has_its_style_and_its_script_and_names_the_script_by_its_hash():
    page = render(synthetic(1))
    assert _template("style.css") in page
    assert f"<script>{_template('page.js')}</script>" in page
    digest = base64.b64encode(hashlib.sha256(_template("page.js").encode()).digest()).decode()
    assert re.search(r"script-src '([^']*)'", page)[1].replace("&#43;", "+") == f"sha256-{digest}"


def test_a_sabotaged_audit_is_named_with_its_fault(tmp_path):
    fault = {"id": "a-fault", "what": "x", "source": "y", "caught_by": ["z"]}
    write(tmp_path / "audit.json", json.dumps(synthetic(1) | {"sabotage": fault}))
    with pytest.raises(UnreadableAudit) as error:
        read_honest(tmp_path / "audit.json")
    assert str(error.value) == f"{str(tmp_path / 'audit.json')!r} is sabotaged (a-fault), expected an audit without a fault"
