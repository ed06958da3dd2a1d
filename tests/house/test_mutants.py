"""What mutation testing found is judged: what was noticed, what is listed with a reason, and what nobody explains."""

import json
import tomllib
from pathlib import Path

import pytest

from tests import mutants, mutate
from tests.builders.places import ROOT
from tests.mutants import Mutant, Score, entries, group_of, judge, results

TABLES = tomllib.loads(mutants.LIST.read_text(encoding="utf-8"))


def mutant(code, number=1, path="rethinking_audit/fixtures/runs/store.py"):
    return Mutant(f"rethinking_audit.fixtures.runs.store.xǁStoreǁread__mutmut_{number}", path, code)


def test_a_mutant_is_named_by_its_function():
    assert mutant(0).function == "rethinking_audit.fixtures.runs.store.Store.read"
    assert Mutant("reports.words.x__private__mutmut_12", "reports/words.py", 0).function == "reports.words._private"
    assert Mutant("a.b.xǁSessionǁ__init____mutmut_3", "a/b.py", 0).function == "a.b.Session.__init__"


def test_what_the_tests_notice_counts_and_what_is_listed_does_not():
    found = [mutant(1), mutant(36, 2), mutant(0, 3), mutant(33, 4), mutant(0, 5)]
    listed = {
        ("rethinking_audit.fixtures.runs.store.Store.read", "change 3"),
        ("rethinking_audit.fixtures.runs.store.Store.read", "change 9"),
    }
    scores, unexplained, met = judge(found, listed, lambda one: f"change {one.name[-1]}")
    assert scores == {"rethinking_audit/fixtures/runs/store.py": Score(mutants=5, noticed=2, listed=1)}
    assert [change for _, change in unexplained] == ["change 4", "change 5"]
    assert met == {("rethinking_audit.fixtures.runs.store.Store.read", "change 3")}
    assert scores["rethinking_audit/fixtures/runs/store.py"].share == 0.5
    assert Score(3, 0, 3).share == 1.0


def test_results_are_read_from_where_mutmut_leaves_them(tmp_path):
    meta = tmp_path / "rethinking_audit" / "fixtures" / "runs" / "store.py.meta"
    meta.parent.mkdir(parents=True)
    meta.write_text(json.dumps({"exit_code_by_key": {mutant(0).name: 0, mutant(0, 2).name: None}}))
    assert list(results(tmp_path)) == [mutant(0), mutant(None, 2)]


def test_the_judgement_is_printed_and_the_exit_code(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(mutants, "RESULTS", tmp_path)
    monkeypatch.setattr(mutants, "changed", lambda one: "- a\n+ b")
    meta = tmp_path / "rethinking_audit" / "fixtures" / "runs" / "store.py.meta"
    meta.parent.mkdir(parents=True)
    name = "rethinking_audit.fixtures.runs.store.x_nobody_listed__mutmut_"
    for killed, code in ((98, 0), (90, 1)):
        codes = {f"{name}{number}": int(number < killed) for number in range(100)}
        meta.write_text(json.dumps({"exit_code_by_key": codes}))
        assert mutants.main(["store", "--judge"]) == code
        said = capsys.readouterr().out
        assert f"{killed} of 100 mutants noticed" in said
        assert "rethinking_audit.fixtures.runs.store.nobody_listed (99)\n- a\n+ b" in said


def test_a_group_that_is_none_is_quoted(capsys):
    with pytest.raises(SystemExit, match="2"):
        mutants.main(["colours"])
    assert "the group 'colours' is unknown, expected one of" in capsys.readouterr().err


def test_every_listed_survivor_has_a_reason_and_a_function_that_exists():
    for entry in TABLES["survivor"]:
        assert len(entry["reason"]) > 10, entry
        module, _, name = entry["function"].rpartition(".")
        module = module if (ROOT / f"{module.replace('.', '/')}.py").exists() else module.rpartition(".")[0]
        text = (ROOT / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")
        assert f"def {name}(" in text, entry["function"]
        for change in entry["changes"]:
            gone = [line[2:] for line in change.strip().splitlines() if line.startswith("- ")]
            assert all(line in text for line in gone), change
    assert len(entries(TABLES)) == sum(len(entry["changes"]) for entry in TABLES["survivor"])


def test_every_file_of_a_group_and_every_test_exists():
    files = [file for group in TABLES["group"].values() for file in group["files"]]
    for pattern in (*files, *TABLES["spared"], *TABLES["tests"]):
        assert list(ROOT.glob(pattern)), pattern
    assert all(group_of(file, TABLES["group"]) for file in TABLES["spared"])


def test_mutmut_is_told_the_files_and_the_tests_of_the_list(monkeypatch):
    """Always of all groups, and of those alone that are run it is told the names of the mutants."""
    settings, told = pytest.importorskip("mutmut.configuration").config(), []
    monkeypatch.setattr("mutmut.__main__.cli", told.append)
    for name in ("only_mutate", "do_not_mutate", "pytest_add_cli_args_test_selection", "also_copy"):
        monkeypatch.setattr(settings, name, list(getattr(settings, name)))
    mutate.main(["contracts"])
    assert settings.pytest_add_cli_args_test_selection == TABLES["tests"]
    assert settings.should_mutate("rethinking_audit/fixtures/statistics/trends.py")
    assert not settings.should_mutate("rethinking_audit/reports/charts.py")
    assert Path("rethinking_audit/__init__.py") in settings.also_copy
    assert Path("rethinking_audit/fixtures") not in settings.also_copy
    names = ["rethinking_audit.fixtures.data.contracts.*", "rethinking_audit.fixtures.training.contracts.*"]
    assert told == [["run", "--max-children", "1", *names]]


def test_a_mutant_has_the_name_of_the_module_that_is_imported():
    """Else mutmut would find no test that calls it."""
    from rethinking_audit.fixtures.runs import store

    (pattern,) = mutate.names_of(["rethinking_audit/fixtures/runs/store.py"])
    assert pattern == f"{store.__name__}.*"
