"""The verdicts on a terminal: headings, columns in line, and what goes if the terminal is narrow."""

import io

import pytest
from rich.console import Console

from rethinking_audit.fixtures.plugin import terminal, verdict_table
from rethinking_audit.fixtures.plugin.grouped_table import Columns, Group, Row
from tests.builders.records import give, synthetic

NAMES = Columns(("", "verdict", "measured", "paper"), ("paper", "measured"))


def printed(columns, groups, width):
    out = io.StringIO()
    columns.show(Console(file=out, width=width), groups)
    return out.getvalue().splitlines()


def rows(audit, width=80):
    return printed(verdict_table.COLUMNS, verdict_table.claims(audit), width)


def test_a_claim_is_a_heading_and_its_cases_are_rows():
    audit = synthetic(1, networks=("mlp", "inception"), runs=False)
    assert rows(audit) == [
        "             verdict  measured  interval     accepted      paper",
        "family/claim-0",
        "  mlp        ✓ HELD   10.27     9.27…11.27   at most 50 %  30.00 %",
        "  inception  ✓ HELD   11.12     10.12…12.12  at most 50 %  30.00 %",
    ]


@pytest.mark.parametrize(
    ("width", "names"),
    [
        (31, ["verdict", "measured", "paper"]),
        (26, ["verdict", "measured", "paper"]),
        (25, ["verdict", "measured"]),
        (14, ["verdict"]),
    ],
)
def test_what_is_too_wide_goes_column_by_column(width, names):
    first, *_ = printed(NAMES, [Group("claim", [Row(("a", "HELD", "1", "2"))])], width)
    assert [name for name in NAMES.names if name and name in first] == names


def test_a_column_without_a_cell_is_left_out():
    first, *_ = printed(NAMES, [Group("claim", [Row(("a", "HELD", "", "2"))])], 80)
    assert first == "     verdict  paper"


def test_the_last_column_goes_on_in_a_second_line():
    text = "a long description of what the runs have in common, which no terminal has room for"
    lines = printed(Columns(("seeds", "cached", "of"), ()), [Group("data", [Row(("3", "0", text))])], 60)
    assert all(len(line) <= 60 for line in lines)
    assert " ".join(" ".join(lines).split()).endswith(text)


def test_a_deviation_is_told_below_its_case():
    known = {"verdict": "REFUTED", "reason": "no plateau forms", "since": "2026-11-20"}
    audit = give(synthetic(1, networks=("mlp",), runs=False), 0, "mlp", verdict="REFUTED", deviation=known)
    assert rows(audit)[-1] == "    expected REFUTED since 2026-11-20: no plateau forms"
    audit = give(audit, 0, "mlp", verdict="HELD")
    assert rows(audit)[-1] == "    expected REFUTED since 2026-11-20, no longer: HELD: no plateau forms"


def test_what_was_not_run_has_no_row():
    audit = give(synthetic(1, networks=("mlp",), runs=False), 0, "mlp", verdict="NOT RUN", reason="no GPU")
    assert rows(audit) == []


def reading(verdict):
    """A reading that was judged on two networks, and what became of it."""
    (claim,) = synthetic(1, networks=("mlp", "inception"), runs=False)["claims"]
    cases = [{**case, "verdict": verdict, "expected": "REFUTED"} for case in claim["cases"]]
    return {"readings": [{**claim, "verdict": verdict, "expected": "REFUTED", "cases": cases}]}


def test_a_reading_that_was_rejected_is_one_line_and_another_has_its_rows():
    assert printed(verdict_table.COLUMNS, verdict_table.readings(reading("REFUTED")), 80) == [
        "✓ rejected: “Statement 0.” (mlp, inception)"
    ]
    assert "! HELD, must be REFUTED" in printed(verdict_table.COLUMNS, verdict_table.readings(reading("HELD")), 80)[-1]


def test_cases_controls_and_readings_are_counted_apart():
    audit = synthetic(2, networks=("mlp",), runs=False) | reading("REFUTED")
    assert terminal.counts(audit) == "2 cases: 2 HELD; 3 of 3 controls came out as they must; 1 of 1 reading rejected"
    assert terminal.counts(audit | reading("HELD")).endswith("; 0 of 1 reading rejected")


def test_a_reading_that_held_is_named():
    told = [
        text for text, _ in terminal.why(synthetic(1, networks=("mlp",), runs=False) | reading("HELD"), "out", ["pytest"])
    ]
    assert told[0] == "HELD, must be REFUTED: family/claim-0 [fast-mlp]"


def test_what_did_not_hold_says_why_and_how_to_run_it_again():
    audit = give(synthetic(1, networks=("mlp",), runs=False), 0, "mlp", verdict="REFUTED", reason="it is 30 %")
    lines = [text for text, _ in terminal.why(audit, "out/audit.html", ["pytest", "claims"])]
    assert lines == [
        "REFUTED: family/claim-0 [fast-mlp]: it is 30 %",
        "  why:       out/audit.html#family-claim-0",
        f"  run again: pytest claims -k '{audit['claims'][0]['cases'][0]['nodeid'].rpartition('::')[2]}'",
    ]


def test_a_report_that_was_not_written_is_no_place_to_look():
    audit = give(synthetic(1, networks=("mlp",), runs=False), 0, "mlp", verdict="REFUTED", reason="it is 30 %")
    told = [text for text, _ in terminal.why(audit, "not written: IsADirectoryError: out/audit.html", ["pytest"])]
    assert [text.split(":")[0].strip() for text in told] == ["REFUTED", "run again"]


def test_wide_characters_leave_the_columns_in_line():
    lines = printed(NAMES, [Group("claim", [Row(("模型", "HELD", "1", "2")), Row(("mlp", "HELD", "1", "2"))])], 80)
    assert lines[-2:] == ["  模型  HELD     1         2", "  mlp   HELD     1         2"]


def test_of_much_that_did_not_hold_the_first_few_say_how_to_go_on():
    audit = synthetic(5, networks=("mlp",), runs=False)
    for place in range(5):
        audit = give(audit, place, "mlp", verdict="REFUTED", reason="no")
    assert len([text for text, _ in terminal.why(audit, "out", ["pytest"])]) == 5 + 2 * terminal.MOST_AGAIN
