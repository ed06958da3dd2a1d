"""What mutation testing found is judged: what was noticed, what is listed with a reason, and what nobody explains."""

import json
import tomllib

import pytest

from tests import mutants
from tests.mutants import Mutant, Score, entries, group_of, judge, results

TABLES = tomllib.loads(mutants.LIST.read_text(encoding="utf-8"))


def mutant(code, number=1, path="fixtures/runs/store.py"):
    return Mutant(f"fixtures.runs.store.xǁStoreǁread__mutmut_{number}", path, code)


def test_a_mutant_is_named_by_its_function():
    assert mutant(0).function == "fixtures.runs.store.Store.read"
    assert Mutant("reports.words.x__private__mutmut_12", "reports/words.py", 0).function == "reports.words._private"
    assert Mutant("a.b.xǁSessionǁ__init____mutmut_3", "a/b.py", 0).function == "a.b.Session.__init__"


def test_what_the_tests_notice_counts_and_what_is_listed_does_not():
    found = [mutant(1), mutant(36, 2), mutant(0, 3), mutant(33, 4), mutant(0, 5)]
    listed = {("fixtures.runs.store.Store.read", "change 3"), ("fixtures.runs.store.Store.read", "change 9")}
    scores, unexplained, met = judge(found, listed, lambda one: f"change {one.name[-1]}")
    assert scores == {"fixtures/runs/store.py": Score(mutants=5, noticed=2, listed=1)}
    assert [change for _, change in unexplained] == ["change 4", "change 5"]
    assert met == {("fixtures.runs.store.Store.read", "change 3")}
    assert scores["fixtures/runs/store.py"].share == 0.5
    assert Score(3, 0, 3).share == 1.0


def test_results_are_read_from_where_mutmut_leaves_them(tmp_path):
    meta = tmp_path / "fixtures" / "runs" / "store.py.meta"
    meta.parent.mkdir(parents=True)
    meta.write_text(json.dumps({"exit_code_by_key": {mutant(0).name: 0, mutant(0, 2).name: None}}))
    assert list(results(tmp_path)) == [mutant(0), mutant(None, 2)]


def test_the_judgement_is_printed_and_the_exit_code(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(mutants, "RESULTS", tmp_path)
    monkeypatch.setattr(mutants, "changed", lambda one: "- a\n+ b")
    meta = tmp_path / "fixtures" / "runs" / "store.py.meta"
    meta.parent.mkdir(parents=True)
    name = "fixtures.runs.store.x_nobody_listed__mutmut_"
    for killed, code in ((98, 0), (90, 1)):
        codes = {f"{name}{number}": int(number < killed) for number in range(100)}
        meta.write_text(json.dumps({"exit_code_by_key": codes}))
        assert mutants.main(["store", "--judge"]) == code
        said = capsys.readouterr().out
        assert f"{killed} of 100 mutants noticed" in said
        assert "fixtures.runs.store.nobody_listed (99)\n- a\n+ b" in said


def test_a_group_that_is_none_is_quoted(capsys):
    with pytest.raises(SystemExit, match="2"):
        mutants.main(["colours"])
    assert "the group 'colours' is unknown, expected one of" in capsys.readouterr().err


def test_every_listed_survivor_has_a_reason_and_a_function_that_exists():
    for entry in TABLES["survivor"]:
        assert len(entry["reason"]) > 10, entry
        module, _, name = entry["function"].rpartition(".")
        module = (
            module if (mutants.LIST.parents[1] / f"{module.replace('.', '/')}.py").exists() else module.rpartition(".")[0]
        )
        text = (mutants.LIST.parents[1] / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")
        assert f"def {name}(" in text, entry["function"]
        for change in entry["changes"]:
            gone = [line[2:] for line in change.strip().splitlines() if line.startswith("- ")]
            assert all(line in text for line in gone), change
    assert len(entries(TABLES)) == sum(len(entry["changes"]) for entry in TABLES["survivor"])


def test_every_file_that_is_mutated_is_of_a_group():
    settings = tomllib.loads((mutants.LIST.parents[1] / "pyproject.toml").read_text())["tool"]["mutmut"]
    assert all(group_of(path.replace("*", "x"), TABLES["group"]) for path in settings["only_mutate"])
    for test in settings["pytest_add_cli_args_test_selection"]:
        assert (mutants.LIST.parents[1] / test.removeprefix("--deselect=").partition("::")[0]).exists()
