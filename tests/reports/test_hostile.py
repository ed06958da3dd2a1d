"""Nothing in a record is markup, a command or a formula in what is made of it, and a record of another shape is refused."""

import csv
import io
import json
import re
from xml.etree import ElementTree

import jsonschema
import pytest

from rethinking_audit.fixtures.record.reading import READERS, UnreadableAudit, read_audit
from rethinking_audit.fixtures.record.shape import KEYWORDS, faults
from rethinking_audit.fixtures.record.words import UNSEEN
from rethinking_audit.reports.__main__ import EXPORTS, main
from rethinking_audit.reports.compare import compare
from rethinking_audit.reports.comparison import told
from rethinking_audit.reports.junit import junit
from rethinking_audit.reports.markdown import differences, summary
from rethinking_audit.reports.measurements import COLUMNS
from rethinking_audit.reports.render import render
from tests.builders.places import ROOT
from tests.builders.records import give, synthetic

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
                    judged.update(quantity=text, rule=text, notes=[text], values={text: [0.1, None, 10**99, -1e99]})
    return audit


def read(folder, audit):
    """The audit as a file of it is read."""
    (folder / "audit.json").write_text(json.dumps(audit))
    return read_audit(folder / "audit.json")


# Hostile records


@pytest.mark.parametrize(
    "text", [*HOSTILE[:-1], pytest.param(HOSTILE[-1], marks=pytest.mark.lengthy)], ids=range(len(HOSTILE))
)
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
    text = text.replace('"low": 0.', f'"low": {10**90}, "x": 0.', 1).replace('"alpha": 0.01', '"alpha": 0.01, "y": NaN')
    (tmp_path / "audit.json").write_text(text)
    audit = read_audit(tmp_path / "audit.json")
    assert audit["claims"][0]["cases"][0]["judgement"]["measured"] is None
    assert "1e+92 to" in summary(audit)
    assert "1e+92 to" in render(audit)


@pytest.mark.parametrize(
    ("place", "value", "fault"),
    [
        (("claims", 0, "cases", 0, "judgement", "measured"), "<b>", "'measured' is string, expected"),
        (("claims", 0, "cases", 0, "verdict"), "FINE", "'verdict' is 'FINE', expected one of"),
        (("claims", 0, "id"), "../../x", "'id' is '../../x', expected"),
        (("claims", 0, "cases"), [], "'cases' has 0 items"),
        (("summary", "HELD"), -1, "'HELD' is -1, expected at least 0"),
        (("runs",), [], "'runs' is array, expected object"),
        (("created",), "yesterday", "'created' is 'yesterday', expected"),
        (("provenance", "engine"), None, "'engine' is null, expected string"),
        (("seconds",), True, "'seconds' is boolean, expected number"),
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
