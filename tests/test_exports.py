"""What is made of a record besides its page: nothing in it is markup, a command or a formula anywhere."""

import csv
import io
import json
import re
import time
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest

from rethinking_audit.fixtures.record.reading import READERS, UnreadableAudit, read_audit
from rethinking_audit.fixtures.record.shape import KEYWORDS, faults
from rethinking_audit.fixtures.record.words import UNSEEN
from rethinking_audit.reports.__main__ import EXPORTS, main
from rethinking_audit.reports.annotations import MOST, workflow_commands
from rethinking_audit.reports.badge import badge
from rethinking_audit.reports.compare import compare
from rethinking_audit.reports.comparison import told
from rethinking_audit.reports.history import read_folder
from rethinking_audit.reports.junit import junit
from rethinking_audit.reports.markdown import MOST_BYTES, differences, escape, summary
from rethinking_audit.reports.measurements import COLUMNS, table
from rethinking_audit.reports.render import render
from tests.records import give, synthetic

ROOT = Path(__file__).parent.parent
SCHEMA = json.loads((ROOT / "fixtures" / "record" / "audit.schema.json").read_text())
HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "\" onload='x' %0A::error::x",
    "\u202egnp.exe\u200b\x1b[31m\x00\ufffe\ud800",
    "]]>--><b>&amp;",
    "a\r\n::error title=x::y\n# heading\n| cell | `code` | [link](javascript:x) ![i](http://x) **b** <details>",
    "=HYPERLINK(1)",
    "@SUM(1)",
    "+1-1",
    "x" * 1_000_000,
]


def hostile(text):
    """A record that says `text` wherever text may stand."""
    audit = give(synthetic(claims=2), 0, "alexnet", verdict="ERROR")
    audit = give(audit, 1, "alexnet", verdict="REFUTED")
    audit["command"] = audit["paper"]["title"] = audit["data"]["digits"]["title"] = text
    audit["provenance"]["machine"]["processor"] = audit["provenance"]["packages"]["torch"] = text
    audit["not_run"] = [{"reason": text, "cost": text}]
    for claim in audit["claims"]:
        claim.update(statement=text, explanation=text, source=text, refuted_by=text, control=text)
        for case in claim["cases"]:
            case.update(nodeid=text, tier=text, network=case["network"] + text)
            for outcome in (case, case["control"]):
                outcome.update(reason=text, paper={"value": None, "where": text, "origin": text})
                if judged := outcome["judgement"]:
                    judged.update(quantity=text, rule=text, notes=[text], values={text: [0.1, None, 10**200, -1e300]})
    return audit


def read(folder, audit):
    """The audit as a file of it is read."""
    (folder / "audit.json").write_text(json.dumps(audit))
    return read_audit(folder / "audit.json")


# Hostile records


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_record_stays_text_in_every_export(tmp_path, text):
    audit = read(tmp_path, hostile(text))
    comparison = compare(synthetic(claims=3), audit)
    texts = {name: export(audit) for name, (_, export) in EXPORTS.items()}
    texts |= {"page": render(audit), "told": told(comparison), "differences": differences(comparison)}
    for name, made in texts.items():
        assert len(made) < 1_000_000, name
        assert not UNSEEN.search(made), name
    for name in ("junit", "badge"):
        ElementTree.fromstring(texts[name])
    for name in ("markdown", "differences"):
        assert not re.search(r"(?<!\\)<(?!/?details>|/?summary>)", re.sub(r"`[^`]*`", "", texts[name]))
    commands = texts["annotations"].splitlines()
    assert [line[:8] for line in commands] == ["::error "] * 2
    assert all(len(re.findall("::", line.replace("nodeid", ""))) >= 2 for line in commands)
    for row in csv.reader(io.StringIO(texts["csv"])):
        assert len(row) == len(COLUMNS)
        assert not any(cell.startswith(("=", "+", "@")) for cell in row)


@pytest.mark.parametrize("text", HOSTILE[:6], ids=range(6))
def test_a_hostile_record_makes_the_same_elements(tmp_path, text):
    tame, wild = (junit(read(tmp_path, hostile(words))) for words in ("word", text))
    assert [element.tag for element in ElementTree.fromstring(wild).iter()] == [
        element.tag for element in ElementTree.fromstring(tame).iter()
    ]
    comparison = compare(synthetic(claims=3), read(tmp_path, hostile(text)))
    (tmp_path / "old.json").write_text(json.dumps(synthetic(claims=3)))
    assert main(["compare", str(tmp_path / "old.json"), str(tmp_path / "audit.json"), f"--html={tmp_path / 'page'}"]) == 1
    html = (tmp_path / "page").read_text()
    assert html.count("<dt>") == 3 + len(comparison.findings)
    assert "<img" not in html
    assert "<script" not in html


def test_numbers_that_are_none_become_null_and_huge_ones_are_told(tmp_path):
    text = json.dumps(synthetic(claims=1)).replace('"measured": 0.', '"measured": 1e999, "x": 0.', 1)
    text = text.replace('"low": 0.', f'"low": {10**250}, "x": 0.', 1).replace('"alpha": 0.01', '"alpha": 0.01, "y": NaN')
    (tmp_path / "audit.json").write_text(text)
    audit = read_audit(tmp_path / "audit.json")
    assert audit["claims"][0]["cases"][0]["judgement"]["measured"] is None
    assert "1e+252 % to" in summary(audit)
    assert "1e+252 % to" in render(audit)


@pytest.mark.parametrize(
    ("place", "value", "fault"),
    [
        (("claims", 0, "cases", 0, "judgement", "measured"), "<b>", "'measured' is str, expected"),
        (("claims", 0, "cases", 0, "verdict"), "FINE", "'verdict' is 'FINE', expected one of"),
        (("claims", 0, "id"), "../../x", "'id' is '../../x', expected"),
        (("claims", 0, "cases"), [], "'cases' has 0 items"),
        (("summary", "HELD"), -1, "'HELD' is -1, expected more"),
        (("runs",), [], "'runs' is list, expected object"),
        (("created",), "yesterday", "'created' is 'yesterday', expected"),
        (("provenance", "engine"), None, "'engine' is NoneType, expected string"),
        (("seconds",), True, "'seconds' is bool, expected number"),
    ],
)
def test_a_record_of_another_shape_is_refused_by_name(tmp_path, place, value, fault):
    audit = synthetic(claims=1)
    inner = audit
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    with pytest.raises(UnreadableAudit, match=rf"audit.json' is not an audit of schema 1: .*{re.escape(fault)}"):
        read(tmp_path, audit)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(audit, SCHEMA)


def test_a_record_that_is_nested_too_deeply_is_refused(tmp_path):
    (tmp_path / "audit.json").write_text("[" * 200_000)
    with pytest.raises(UnreadableAudit, match="nested too deeply"):
        read_audit(tmp_path / "audit.json")


# The schema


def test_the_schema_uses_no_keyword_that_the_reader_ignores():
    def keywords(schema):
        yield from schema
        for name in ("properties", "$defs"):
            for part in schema.get(name, {}).values():
                yield from keywords(part)
        for name in ("items", "additionalProperties"):
            if isinstance(schema.get(name), dict):
                yield from keywords(schema[name])
        for part in [*schema.get("allOf", ()), *schema.get("anyOf", ())]:
            yield from keywords(part)

    for name, _ in READERS.values():
        assert set(keywords(json.loads((ROOT / "fixtures" / "record" / name).read_text()))) <= KEYWORDS


def test_a_record_of_the_schema_is_read_with_fields_that_it_does_not_know(tmp_path):
    audit = synthetic(claims=1)
    jsonschema.validate(audit, SCHEMA)
    case = audit["claims"][0]["cases"][0]
    case.update(network="two-layer", runs={}, replication={"agrees": True}, deviation=None)
    assert list(faults(audit | {"open": [], "consistency": []}, SCHEMA, SCHEMA)) == []
    for _, export in EXPORTS.values():
        assert export(read(tmp_path, audit)) is not None


# Markdown


def test_a_summary_tells_the_worst_first_and_folds_what_held():
    audit = give(give(synthetic(claims=2), 0, "alexnet", verdict="INCONCLUSIVE"), 1, "alexnet", verdict="REFUTED")
    text = summary(audit)
    assert text.index("### ✗ REFUTED (1)") < text.index("### ? INCONCLUSIVE (1)") < text.index("✓ HELD (2)")
    assert "## Audit: ✗ 1 REFUTED, ? 1 INCONCLUSIVE, ✓ 2 HELD" in text
    assert text.count("<details>") == text.count("</details>") == 1


def test_a_summary_is_cut_in_time_and_says_so():
    audit = give(synthetic(claims=3000, runs=False), 0, "alexnet", verdict="REFUTED")
    for claim in audit["claims"]:
        for case in claim["cases"]:
            case["reason"] = "ü" * 400
            case["verdict"] = "ERROR"
    text = summary(audit)
    assert len(text.encode()) < MOST_BYTES + 200 < 1024 * 1024
    assert text.endswith("**Cut here: a summary may not be longer.** The rest is in audit.html.\n")


def test_markdown_has_no_meaning_in_escaped_text():
    assert escape("*a* _b_ `c` <d> [e](f) |g| #h") == r"\*a\* \_b\_ \`c\` \<d\> \[e\]\(f\) \|g\| \#h"
    assert escape("a\n# b") == r"a \# b"


# Annotations


def test_only_what_was_refuted_or_broke_is_annotated():
    audit = synthetic(claims=5)
    for place, verdict in enumerate(("REFUTED", "ERROR", "INCONCLUSIVE", "NOT RUN")):
        audit = give(audit, place, "alexnet", verdict=verdict)
    audit = give(audit, 4, "alexnet", verdict="REFUTED", deviation={"verdict": "REFUTED", "reason": "known"})
    assert workflow_commands(audit) == (
        "::error file=claims/test_x.py,title=REFUTED::family/claim-0 [fast, digits, alexnet]: it was REFUTED\n"
        "::error file=claims/test_x.py,title=ERROR::family/claim-1 [fast, digits, alexnet]: it was ERROR\n"
    )


def test_an_annotation_is_escaped_as_github_reads_it():
    audit = give(synthetic(claims=1), 0, "alexnet", verdict="ERROR", reason="100 %\nof it", nodeid="a,b:c::d")
    assert workflow_commands(audit) == (
        "::error file=a%2Cb%3Ac,title=ERROR::family/claim-0 [fast, digits, alexnet]: 100 %25 of it\n"
    )


def test_github_shows_ten_annotations_so_the_last_one_counts_the_rest():
    audit = synthetic(claims=12)
    for place in range(12):
        audit = give(audit, place, "alexnet", verdict="REFUTED")
    lines = workflow_commands(audit).splitlines()
    assert len(lines) == MOST
    assert lines[-1] == "::error title=more::3 more cases were refuted or broke; see the report"


def test_as_many_annotations_as_github_shows_need_no_last_one():
    audit = synthetic(claims=MOST)
    for place in range(MOST):
        audit = give(audit, place, "alexnet", verdict="REFUTED", nodeid="claims/test_x.py::TestClass::test_y[a::b]")
    lines = workflow_commands(audit).splitlines()
    assert len(lines) == MOST
    assert all(line.startswith("::error file=claims/test_x.py,title=REFUTED::family/claim-") for line in lines)


# JUnit, CSV, badge


def test_junit_counts_and_carries_the_figures():
    audit = synthetic(claims=5)
    for place, verdict in enumerate(("REFUTED", "ERROR", "INCONCLUSIVE", "NOT RUN")):
        audit = give(audit, place, "alexnet", verdict=verdict)
    audit = give(audit, 4, "alexnet", verdict="REFUTED", deviation={"verdict": "REFUTED", "reason": "known"})
    root = ElementTree.fromstring(junit(audit))
    assert {name: root.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "10",
        "failures": "1",
        "errors": "1",
        "skipped": "3",
    }
    case = root.find("testsuite/testcase")
    assert (case.get("classname"), case.get("name")) == ("family.claim-0", "fast-digits-alexnet")
    figures = {item.get("name"): item.get("value") for item in case.iter("property")}
    judged = audit["claims"][0]["cases"][0]["judgement"]
    assert float(figures["measured"]) == judged["measured"]
    assert [float(value) for value in figures["by seed"].split()] == judged["values"]["by seed"]
    assert figures["accepted in words"] == "at most 50.00 %"
    assert case.find("failure").get("type") == "REFUTED"
    assert [item.get("type") for item in root.iter("skipped")] == ["INCONCLUSIVE", "NOT RUN", "expected deviation"]


def test_the_table_has_every_measurement_of_claims_and_controls():
    audit = synthetic(claims=3)
    rows = list(csv.DictReader(io.StringIO(table(audit))))
    assert len(rows) == 3 * 2 * 2 * 5
    mine = [
        row for row in rows if (row["claim"], row["network"], row["runs"]) == ("family/claim-2", "alexnet", "the claim's")
    ]
    assert [float(row["value"]) for row in mine] == audit["claims"][2]["cases"][0]["judgement"]["values"]["by seed"]


@pytest.mark.parametrize(
    ("verdict", "fields", "text"),
    [
        ("HELD", {}, "4 held"),
        ("REFUTED", {}, "1 refuted, 3 held"),
        ("REFUTED", {"deviation": {"verdict": "REFUTED", "reason": "known"}}, "3 held"),
        ("NOT RUN", {}, "1 not run, 3 held"),
    ],
)
def test_a_badge_says_the_worst_and_what_held(verdict, fields, text):
    root = ElementTree.fromstring(badge(give(synthetic(claims=2), 0, "alexnet", verdict=verdict, **fields)))
    assert root.get("aria-label") == f"audit: {text}"


@pytest.mark.parametrize("name", EXPORTS)
def test_exports_are_printed_or_written(tmp_path, capsys, name):
    (tmp_path / "audit.json").write_text(json.dumps(give(synthetic(), 0, "alexnet", verdict="ERROR")))
    assert main([name, str(tmp_path / "audit.json")]) == 0
    printed = capsys.readouterr().out
    assert main([name, str(tmp_path / "audit.json"), str(tmp_path / "out")]) == 0
    assert (tmp_path / "out").read_text() == printed
    assert main([name, str(tmp_path / "audit.json"), str(tmp_path / "nowhere" / "out")]) == 4
    assert f"{str(tmp_path / 'nowhere' / 'out')!r} cannot be written: No such file" in capsys.readouterr().err


# History


def test_a_folder_of_audits_has_an_index(tmp_path, capsys):
    for night in range(12):
        audit = synthetic(claims=2, draw=night, first_seed=5 * night)
        audit["created"] = f"2026-11-{night + 1:02}T08:00:00Z"
        if night >= 9:
            for case in audit["claims"][0]["cases"][:1]:
                values = case["judgement"]["values"]
                values["by seed"] = [value + 0.02 for value in values["by seed"]]
        (tmp_path / f"{night}").mkdir()
        (tmp_path / f"{night}" / "audit.json").write_text(json.dumps(audit))
    (tmp_path / "3" / "audit.html").write_text("a page")
    (tmp_path / "3" / "audit-compare.json").write_text(json.dumps(compare(audit, audit).to_dict()))
    (tmp_path / "broken.json").write_text("{")
    assert main(["history", str(tmp_path)]) == 1
    html = (tmp_path / "index.html").read_text()
    assert html.count('href="3/audit.html"') == html.count("href=") == 1
    assert "drifted:</span> <code>family/claim-0 [fast, digits, alexnet]</code>" in html
    assert html.count("drifted:") == 1
    assert "broken.json&#39; is not JSON" in html
    assert html.count("audit-compare") == 0
    audits, refused = read_folder(tmp_path)
    assert (len(audits), len(refused)) == (12, 1)


def test_another_experiment_begins_another_series(tmp_path):
    for night in range(8):
        audit = synthetic(claims=1, draw=night, first_seed=5 * night)
        audit["created"] = f"2026-11-{night + 1:02}T08:00:00Z"
        if night >= 4:
            audit["data"]["digits"]["digest"] = "1" * 64
            for case in audit["claims"][0]["cases"]:
                case["judgement"]["values"]["by seed"] = [value + 0.3 for value in case["judgement"]["values"]["by seed"]]
        (tmp_path / f"{night}.json").write_text(json.dumps(audit))
    assert main(["history", str(tmp_path), str(tmp_path / "page.html")]) == 0
    assert "Nothing drifts." in (tmp_path / "page.html").read_text()


def test_a_folder_without_an_audit_is_refused_by_name(tmp_path, capsys):
    assert main(["history", str(tmp_path)]) == 4
    assert f"{str(tmp_path)!r} holds no audit.json" in capsys.readouterr().err


def test_a_thousand_claims_are_told_in_five_seconds(tmp_path):
    audit = synthetic(claims=1000, networks=("alexnet",))
    (tmp_path / "audit.json").write_text(json.dumps(audit))
    started = time.process_time()
    read = read_audit(tmp_path / "audit.json")
    for make in (render, *(export for _, export in EXPORTS.values())):
        make(read)
    assert compare(audit, read).regressions == []
    assert time.process_time() - started < 5
