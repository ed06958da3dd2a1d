"""The matrix of faults from synthetic audits: what counts as caught, by what, and how it is shown."""

import copy
import json

import pytest

from rethinking_audit.reports.__main__ import main
from rethinking_audit.reports.sabotage import CRASH, matrix, read_matrix
from rethinking_audit.reports.sabotage_table import sign
from tests.builders.pages import Page
from tests.builders.records import give, outcome, synthetic

CLEAN = synthetic(claims=2, networks=("mlp-1x512",), runs=False)
CLAIM, OTHER = (claim["id"] for claim in CLEAN["claims"])
CONTRACT = "label corruption"
ACCIDENT = f"caught by accident: {CLAIM}, expected {OTHER} or {CONTRACT}"


def sabotaged(*caught_by, of=CLEAN, name="a-fault", **fields):
    """An audit with a fault, one case of which came out otherwise."""
    audit = give(of, 0, "mlp-1x512", **fields) if fields else copy.deepcopy(of)
    audit["sabotage"] = {"id": name, "what": "what it is", "source": "where from", "caught_by": list(caught_by)}
    return audit


def rows(*audits, clean=CLEAN):
    return matrix([(audit, None) for audit in [*audits, *([clean] if clean else [])]])


BROKEN = {"verdict": "NOT RUN", "contract": CONTRACT, "reason": f"run: {CONTRACT}: the labels"}


@pytest.mark.parametrize(
    ("audit", "told", "passed"),
    [
        (sabotaged(CLAIM, verdict="REFUTED"), f"caught: {CLAIM}", True),
        (sabotaged(CONTRACT, **BROKEN), f"caught: {CONTRACT}", True),
        (sabotaged(OTHER, CONTRACT, **BROKEN), f"caught: {CONTRACT}", True),
        (sabotaged(CONTRACT, control={**outcome([0.9]), **BROKEN}), f"caught: {CONTRACT}", True),
        (sabotaged(CLAIM), f"NOT CAUGHT, expected {CLAIM}", False),
        (sabotaged(CLAIM, verdict="INCONCLUSIVE"), f"NOT CAUGHT, expected {CLAIM}", False),
        (sabotaged(CLAIM, verdict="NOT RUN"), f"NOT CAUGHT, expected {CLAIM}", False),
        (
            sabotaged(OTHER, CONTRACT, verdict="REFUTED"),
            ACCIDENT,
            False,
        ),
        (sabotaged(CLAIM, verdict="ERROR"), f"caught by accident: {CRASH}, expected {CLAIM}", False),
        (sabotaged(CLAIM, verdict="REFUTED", deviation={"verdict": "REFUTED"}), f"NOT CAUGHT, expected {CLAIM}", False),
    ],
    ids=[
        "claim",
        "contract",
        "one of two",
        "a contract of the control",
        "green",
        "inconclusive",
        "not run for another reason",
        "another claim",
        "a crash",
        "expected anyway",
    ],
)
def test_only_what_the_table_names_catches_a_fault(audit, told, passed):
    found = rows(audit)
    assert found.rows[0].outcome == told
    assert found.passed is passed
    assert found.missed == ([] if passed else found.rows)


def test_an_error_because_the_control_was_not_refuted_is_the_claims_own():
    audit = sabotaged(CLAIM, verdict="REFUTED")
    audit["claims"][0]["cases"][0].update(verdict="ERROR", reason="its control was HELD, expected REFUTED")
    assert rows(audit).passed


def test_a_red_counts_only_where_audits_without_the_fault_are_green():
    audit = sabotaged(CLAIM, verdict="REFUTED")
    found = rows(audit, clean=None)
    assert (found.passed, found.rows[0].outcome) == (False, "no audit without a fault has these cases")
    other = synthetic(claims=2, networks=("alexnet",), runs=False)
    assert rows(audit, clean=other).rows[0].outcome == "no audit without a fault has these cases"
    alarm = rows(audit, clean=give(CLEAN, 1, "mlp-1x512", verdict="REFUTED"))
    assert (alarm.passed, [red.column for red in alarm.false_alarms]) == (False, [OTHER])
    assert alarm.headline == "1 of 1 fault caught by the right check, 1 red in 1 audit without one"


def test_the_columns_are_the_contracts_and_then_the_claims():
    found = rows(sabotaged(CONTRACT, **BROKEN), sabotaged(OTHER, name="b", verdict="REFUTED"))
    assert found.columns == [CONTRACT, CLAIM, OTHER]
    assert [[sign(row, name) for name in found.columns] for row in found.rows] == [["✗", "", ""], ["", "·", "?"]]
    both = rows(sabotaged(CONTRACT, CLAIM, verdict="REFUTED"))
    assert [sign(both.rows[0], name) for name in both.columns] == ["", "✗"]


@pytest.fixture
def folder(tmp_path):
    """A folder as the runner leaves it."""

    def write(**audits):
        for name, audit in audits.items():
            (tmp_path / name).mkdir()
            (tmp_path / name / "audit.json").write_text(json.dumps(audit))
        return tmp_path

    return write


def test_the_command_prints_and_renders_the_matrix(folder, capsys):
    where = folder(clean=CLEAN, one=sabotaged(CONTRACT, name="one", **BROKEN))
    (where / "one" / "audit.html").touch()
    assert main(["sabotage", str(where)]) == 0
    printed = capsys.readouterr().out
    assert f"1 contract {CONTRACT}" in printed
    assert f"caught: {CONTRACT}" in printed
    assert "1 of 1 fault caught by the right check, nothing red in 1 audit without one" in printed
    page = Page((where / "sabotage.html").read_text())
    assert page.open == []
    assert page.named("meta")[0]["content"].startswith("default-src 'none'")
    assert not page.named("script")
    links = {attributes["href"] for attributes in page.named("a")}
    assert links == {"#one", "one/audit.html"}
    text = " ".join("".join(page.text).split())
    for part in ("1 of 1 faults caught", "what it is", "where from", "run: label corruption: the labels"):
        assert part in text


def test_a_fault_that_is_missed_ends_with_1(folder, capsys, tmp_path):
    where = folder(clean=CLEAN, one=sabotaged(CONTRACT, name="one"))
    assert main(["sabotage", str(where), str(tmp_path / "page.html")]) == 1
    assert f"NOT CAUGHT, expected {CONTRACT}" in capsys.readouterr().out
    assert "NOT CAUGHT" in (tmp_path / "page.html").read_text()


def test_a_red_without_a_fault_ends_with_1(folder, capsys):
    where = folder(clean=give(CLEAN, 0, "mlp-1x512", verdict="REFUTED"), one=sabotaged(CLAIM, verdict="REFUTED"))
    assert main(["sabotage", str(where)]) == 1
    assert f"red without a fault: {CLAIM}: it was REFUTED" in capsys.readouterr().out
    assert "Red without a fault:" in (where / "sabotage.html").read_text()


@pytest.mark.parametrize(
    ("audits", "told"),
    [({}, "holds no sabotaged audit"), ({"clean": CLEAN}, "expected a folder of python -m"), ({"x": 1}, "schema None")],
)
def test_a_folder_without_faults_is_bad_input(folder, capsys, audits, told):
    assert main(["sabotage", str(folder(**audits))]) == 4
    assert told in capsys.readouterr().err


def test_what_a_record_says_is_escaped(folder):
    where = folder(clean=CLEAN, one=sabotaged("<script>alert(1)</script>", name="<b>", **BROKEN))
    main(["sabotage", str(where)])
    page = Page((where / "sabotage.html").read_text())
    assert not page.named("script")
    assert not page.named("b")
    assert read_matrix(where).rows[0].fault["id"] == "<b>"


@pytest.mark.parametrize(
    "words", [("compare", 1, 0), ("compare", 0, 1), ("merge", 1, "-o", 2), ("markdown", 1), ("badge", 1)], ids=str
)
def test_void_verdicts_are_neither_compared_nor_counted(folder, capsys, words):
    where = folder(clean=CLEAN, one=sabotaged(CLAIM, name="one", verdict="REFUTED"))
    places = [where / "clean" / "audit.json", where / "one" / "audit.json", where / "out.json"]
    assert main([word if isinstance(word, str) else str(places[word]) for word in words]) == 4
    assert "is sabotaged (one), expected an audit without a fault" in capsys.readouterr().err
    assert not places[2].exists()


def test_a_history_leaves_void_audits_out_and_says_so(folder):
    where = folder(clean=CLEAN, one=sabotaged(CLAIM, name="one", verdict="REFUTED"))
    assert main(["history", str(where)]) == 0
    text = (where / "index.html").read_text()
    assert "is sabotaged (one)" in text
    assert "Audits (1)" in text
