"""The page of one audit with everything in it, and that of a history, as a reader has them: kept in `tests/texts`."""

import json

import jsonschema

from rethinking_audit.reports.__main__ import main
from rethinking_audit.reports.markdown import summary
from rethinking_audit.reports.render import render
from tests.builders.everything import everything
from tests.builders.pages import Told
from tests.builders.places import ROOT, TEXTS
from tests.builders.records import give, synthetic


def kept(name, text):
    """Whether it is as it was read."""
    assert text.strip() == (TEXTS / name).read_text(encoding="utf-8").strip()


def test_the_record_of_the_page_has_the_schema():
    jsonschema.validate(
        json.loads(json.dumps(everything())), json.loads((ROOT / "fixtures" / "record" / "audit.schema.json").read_text())
    )


def test_the_page_is_as_it_was_read():
    kept("page.txt", str(Told(render(everything()))))


def test_the_summary_of_everything_is_as_it_was_read():
    kept("everything.md", summary(everything()))


def test_the_page_of_a_comparison_is_as_it_was_read(tmp_path, capsys):
    """A reading that came to hold, a limit, a claim that is gone and one that is new, and runs that got slower."""
    old, new = everything(), everything()
    new["readings"][0]["cases"][0]["verdict"] = "HELD"
    new["claims"][3]["cases"][0]["judgement"]["accepted"]["low"] = -0.03
    new["claims"][1]["id"] = "family/another"
    new["provenance"]["packages"]["torch"] = "2.16.0"
    for run in new["runs"].values():
        run["seconds"] *= 2 + 0.01 * run["spec"]["seed"]
    for name, record in (("old", old), ("new", new)):
        (tmp_path / f"{name}.json").write_text(json.dumps(record))
    places = [str(tmp_path / name) for name in ("old.json", "new.json")]
    assert main(["compare", *places, f"--html={tmp_path / 'page'}"]) == 1
    kept("comparison-page.txt", str(Told((tmp_path / "page").read_text())))


def test_the_page_of_a_history_is_as_it_was_read(tmp_path, capsys):
    """Ten nights: one case drifts from the sixth on, one changes its experiment then, one is not judged in the last."""
    folder = tmp_path / "nightly"
    for night in range(10):
        made = synthetic(2, draw=night, first_seed=5 * night, networks=("alexnet",))
        made["created"] = f"2026-11-{night + 1:02}T08:00:00Z"
        drifting, changed = (claim["cases"][0] for claim in made["claims"])
        for case, far in ((drifting, 0.05), (changed, 0.3)):
            values = case["judgement"]["values"]["by seed"]
            case["judgement"]["values"]["by seed"] = [*values[:4], *([values[4] + far] if night > 4 else []), None]
        changed["judgement"]["quantity"] = "training error" if night > 4 else "test error"
        changed.update({"judgement": None, "verdict": "NOT RUN", "reason": "no GPU"} if night == 9 else {})
        drifting["judgement"]["values"]["other"] = [0.5 - 0.02 * max(0, night - 6) + 0.001 * seed for seed in range(5)]
        (folder / f"{night}").mkdir(parents=True)
        (folder / f"{night}" / "audit.json").write_text(json.dumps(made))
    (folder / "3" / "audit.html").touch()
    (folder / "broken.json").write_text("{")
    assert main(["history", str(folder)]) == 1
    assert capsys.readouterr().out == f"{folder / 'index.html'}\n"
    kept("history.txt", str(Told((folder / "index.html").read_text())).replace(str(tmp_path), "..."))


def test_the_matrix_of_faults_is_as_it_was_read(tmp_path, capsys, monkeypatch):
    """A fault that the right check caught, one that another did, one that nothing did, and a red without a fault."""
    monkeypatch.setenv("COLUMNS", "150")
    clean = give(synthetic(2, networks=("alexnet",), runs=False), 1, "alexnet", verdict="REFUTED", reason="by chance")
    broken = {"verdict": "NOT RUN", "contract": "label corruption", "reason": "run: label corruption:\n30 labels differ"}
    faults = {
        "caught": (give(clean, 0, "alexnet", **broken), ["label corruption", "family/claim-0"]),
        "by-accident": (give(clean, 0, "alexnet", verdict="REFUTED"), ["label corruption"]),
        "missed": (give(clean, 1, "alexnet"), ["family/claim-1", "shape"]),
    }
    audits = {"clean": clean}
    for name, (audit, caught_by) in faults.items():
        audits[name] = {
            **audit,
            "sabotage": {"id": name, "what": f"is {name}", "source": "a paper", "caught_by": caught_by},
        }
    for name, audit in audits.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "audit.json").write_text(json.dumps(audit))
    (tmp_path / "caught" / "audit.html").touch()
    assert main(["sabotage", str(tmp_path)]) == 1
    told = capsys.readouterr().out
    assert told.endswith(f"{tmp_path / 'sabotage.html'}\n")
    page = str(Told((tmp_path / "sabotage.html").read_text()))
    kept("matrix.txt", "\n".join([*map(str.rstrip, told.splitlines()[:-1]), "", page]))
