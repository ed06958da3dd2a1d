"""Whatever the schema accepts, everything that the reports make of a record comes out."""

import copy
import json
import random

import jsonschema
import pytest

from rethinking_audit.fixtures.record.shape import faults
from rethinking_audit.reports.__main__ import main
from rethinking_audit.reports.render import render
from rethinking_audit.reports.speed import timings
from tests.attacks import records
from tests.attacks.attack import tried
from tests.attacks.drawn import SCHEMA, Drawer
from tests.builders.full import full
from tests.builders.records import synthetic


@pytest.mark.lengthy
def test_everything_can_be_made_of_fifty_drawn_records(tmp_path):
    assert [one.fault for one in tried("records", records.drawn(tmp_path), 25) if one.fault] == []  # pairs


def test_drawn_records_are_records_of_the_schema():
    for record in Drawer(random.Random(2)).pair():
        assert list(faults(record, SCHEMA, SCHEMA)) == []
        jsonschema.validate(record, SCHEMA)


# What the first drawn records broke


@pytest.mark.parametrize(
    ("place", "value", "fault"),
    [
        (("tables", "1", "rows"), [{"network": "a"}], "'tables', '1', 'rows', item 0 has no 'labels'"),
        (("tables", "3", "rows", 0, "test_error"), "x", "'test_error' is string, expected number"),
        (("tables", "4", "rows", 0, "train"), 1.5, "'train' is 1.5, expected at most 1"),
        (("provenance", "machine"), {}, "'provenance', 'machine' has no 'processor'"),
        (("claims", 0, "cases", 0, "seconds"), -1, "'seconds' is -1, expected at least 0"),
    ],
)
def test_a_record_that_no_page_can_show_is_refused_by_place(tmp_path, capsys, place, value, fault):
    audit = copy.deepcopy(full())
    inner = audit
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    (tmp_path / "audit.json").write_text(json.dumps(audit))
    assert main(["render", str(tmp_path / "audit.json")]) == 4
    assert fault in capsys.readouterr().err


def of_a_solve(**values):
    """An audit of a solve with these values, for the charts of each claim about problems."""
    audit = synthetic(claims=3, networks=("two-layer",), seeds=1)
    names = "expressivity/two-layer", "kernel/interpolates-and-generalizes", "kernel/minimum-norm-not-predictive"
    for claim, name in zip(audit["claims"], names, strict=True):
        claim["id"] = name
    for key, run in audit["runs"].items():
        spec = {
            "problem": "two-layer",
            "data": "digits",
            "seed": 0,
            "train_size": None,
            "corruption": 0.0,
            "parameters": {},
        }
        audit["runs"][key] = {"spec": {**spec, "parameters": {}}, "values": values, "seconds": run["seconds"]}
    return audit


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"images": 3},
        {"test_error": 0.5},
        {"kind": "linear", "norms": [1.0, None]},
        {"norms": [1.0], "test_errors": [None]},
        {"drawn": {"corner_x": [0.0], "corner_y": [], "x": [1.0, 2.0], "y": [1.0]}},
        {"drawn": {"corner_x": [0.0, 5e-324], "corner_y": [1e99, 1e99], "x": [], "y": []}},
        {"drawn": {"corner_x": [-1e99, 1e99], "corner_y": [0.0, 1e-12], "x": [3.0], "y": [3.0]}},
    ],
    ids=str,
)
def test_a_solve_is_shown_with_what_it_has(values):
    audit = of_a_solve(**values)
    assert list(faults(audit, SCHEMA, SCHEMA)) == []
    assert "solves" in render(audit)


def test_a_run_that_took_no_measurable_time_is_not_compared_in_speed():
    one, other = synthetic(claims=1), synthetic(claims=1, draw=1)
    for run in other["runs"].values():
        run["seconds"] = 5e-324
    reasons = {"the runs are the baseline's own, from the store": [], "one seed": []}
    assert [timing.what for timing in timings(one, other, reasons) if timing.what == "seconds per step"] == []
