"""Which runs of an audit repeat the paper's, and what its tables say of them; the files of a report on any machine."""

import base64
import hashlib
import io
import json
import random
import re
from importlib.resources import files

import pytest

from reports.record import UnreadableAudit, read_honest, read_json, write
from reports.render import _template, render
from reports.repeated import scene, trainings
from tests.records import run, synthetic


def trained(*claims, data="digits", subset=None, width=1.0, **described):
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
            audit["runs"][key]["spec"].update(subset=subset, width=width)
            case["runs"]["random"][str(place)] = [key]
    return audit


def test_what_was_not_finished_is_no_training():
    runs = {"a": {"curves": {}}, "b": {"values": {}}}
    case = {"runs": {"one": {"0.0": ["a", "b", "gone"]}, "two": {"0.0": ["b"], "1.0": ["gone"]}}}
    assert list(trainings(case, {"runs": runs})) == [[{"curves": {}}]]
    assert scene(synthetic(2, runs=False)) is None


def test_the_tier_with_the_most_trainings_is_shown_unless_another_is_on_the_papers_data():
    audit = trained(("a", "zero", 1), ("b", "fast", 3), ("c", "zero", 1))
    assert scene(audit).tier == "fast"
    audit["claims"][0]["cases"][0]["data"] = "cifar10"
    assert scene(audit).tier == "zero"


def test_what_differs_from_the_papers_experiment_is_told():
    def note(**fields):
        found = scene(trained(("a", "fast", 1), **fields))
        return found.note, found.same, found.images

    start = "Ours: digits, tier fast; not the paper's experiment: "
    assert note() == (f"{start}another data set than CIFAR-10.", False, None)
    assert note(data="cifar10") == ("Ours: cifar10, tier fast.", True, None)
    described = {"cifar10": {"title": "CIFAR-10", "stand_in": True}}
    assert note(data="cifar10", subset=1, width=0.25, **described) == (
        "Ours: CIFAR-10, tier fast; not the paper's experiment: a stand-in for the data set, at most 1 training image, "
        "networks narrowed to 0.25 of their width.",
        False,
        1,
    )


def test_a_claim_that_names_the_place_comes_first():
    audit = trained(("section 2", "fast", 1), ("Table 1", "fast", 1), ("Table 4", "fast", 1), data="cifar10")
    for key, found in audit["runs"].items():
        found["spec"]["seed"] = key
    stage = scene(audit)
    assert [stage.runs(place, lambda spec: True)[0]["spec"]["seed"] for place in ("Table 1", "Table 4", "x")] == [
        "10",
        "20",
        "00",
    ]
    assert stage.runs("Table 1", lambda spec: spec["seed"] == "00") == [audit["runs"]["00"]]
    assert stage.runs("Table 1", lambda spec: False) == []


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
