"""What one takes away: the figures as SVG and PDF, the certificate, and how to cite."""

import hashlib
import html
import json
import re
import sys
from xml.etree import ElementTree

import pytest

from rethinking_audit.fixtures.record.reading import read_audit
from rethinking_audit.reports.__main__ import main
from rethinking_audit.reports.certificate import certificate
from rethinking_audit.reports.charts import STYLES
from rethinking_audit.reports.citation import bibtex
from rethinking_audit.reports.drawings import LOOKS, as_pdf, drawings
from tests.builders.places import ROOT
from tests.builders.records import synthetic

FAST = ROOT / "reports" / "baselines" / "fast-2-core-cpu" / "audit.json"


@pytest.fixture(scope="module")
def fast():
    return read_audit(FAST)


def test_each_figure_is_a_drawing_that_stands_alone(fast):
    made = dict(drawings(fast))
    assert list(made) == [f"figure-{name}" for name in ("1a", "1b", "1c", "2a", "2b")]
    for svg in made.values():
        root = ElementTree.fromstring(svg)
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert {element.tag.partition("}")[2] for element in root.iter()} <= {"svg", "title", "rect", "text", "g", "path"}
        assert not re.search(r"class=|var\(", svg)  # no style sheet is at hand


def test_every_style_has_a_look():
    assert set(LOOKS) == set(STYLES)


def test_the_colours_are_those_of_the_page():
    style = (ROOT / "reports" / "templates" / "style.css").read_text()
    assert {look.colour for look in LOOKS.values()} <= set(re.findall(r"#[0-9a-f]{6}", style))


def test_no_text_leaves_the_drawing(fast):
    """By the widths of Helvetica, which reportlab has."""
    width = pytest.importorskip("reportlab.pdfbase.pdfmetrics").stringWidth
    for name, svg in drawings(fast):
        across = float(ElementTree.fromstring(svg).get("width"))
        for line in re.finditer(r'<text x="12" y="[\d.]+" font-size="(\d+)"( font-weight="bold")?[^>]*>([^<]+)<', svg):
            assert (
                12 + width(html.unescape(line[3]), "Helvetica-Bold" if line[2] else "Helvetica", int(line[1])) < across
            ), name
        names = re.findall(r'<text x="33" y="4" font-size="11">([^<]+)<', svg)
        starts = [
            float(x)
            for x in re.findall(
                r'<g transform="translate\(([\d.]+) [\d.]+\)">\n<path (?:d="M0 0H26"|transform="translate\(13 0\)")', svg
            )
        ]
        assert len(names) == len(starts) > 0, name
        wide = max(width(html.unescape(one), "Helvetica", 11) for one in names)
        apart = sorted(set(starts))
        assert wide + 33 < (apart[1] - apart[0] if len(apart) > 1 else across - apart[0]), name


def test_without_the_library_there_is_no_pdf(monkeypatch):
    monkeypatch.setitem(sys.modules, "svglib.svglib", None)
    assert as_pdf("<svg xmlns='http://www.w3.org/2000/svg'/>") is None


def test_with_it_each_drawing_is_a_pdf(fast):
    pytest.importorskip("svglib")
    for _, svg in drawings(fast):
        assert as_pdf(svg).startswith(b"%PDF-")


def test_the_commands_write_the_figures_and_the_certificate(tmp_path, capsys):
    assert main(["figures", str(FAST), str(tmp_path / "new" / "folder")]) == 0
    assert len(list((tmp_path / "new" / "folder").glob("figure-*.svg"))) == 5
    assert main(["certificate", str(FAST), str(tmp_path / "one.html")]) == 0
    page = (tmp_path / "one.html").read_text()
    assert hashlib.sha256(FAST.read_bytes()).hexdigest() in page
    record = json.loads(FAST.read_text())
    assert page.count('<li><b class="badge') == len(record["claims"]) + len(record["readings"])
    assert capsys.readouterr().out.splitlines()[-1] == str(tmp_path / "one.html")


def test_a_record_without_figures_is_told(tmp_path, capsys):
    record = tmp_path / "audit.json"
    record.write_text(json.dumps(synthetic(1) | {"figures": {}}))
    assert main(["figures", str(record), str(tmp_path / "new")]) == 4
    assert capsys.readouterr().err == f"{str(record)!r} has no figures, expected an audit of the paper's claims\n"
    assert not (tmp_path / "new").exists()


def test_a_certificate_names_no_torch_that_was_not_there():
    audit = synthetic(1)
    audit["provenance"]["packages"] = {}
    assert "torch" not in certificate(audit, b"").partition("<dt>on</dt>")[2].partition("</dl>")[0]


def test_the_paper_and_the_audit_are_cited(fast):
    text = bibtex(fast)
    assert "author = {Chiyuan Zhang and Samy Bengio and Moritz Hardt and Benjamin Recht and Oriol Vinyals}" in text
    day = fast["created"][:10]
    entries = re.findall(r"^@(\w+)\{([\w-]+),$", text, re.M)
    assert entries == [("inproceedings", "zhang2017"), ("misc", f"rethinking-audit-{day}")]
    assert "year = {2017}" in text


def test_an_audit_of_training_code_cites_no_paper():
    text = bibtex(synthetic(1) | {"subject": "mine.py:fit"})
    assert text.count("@") == 1
    assert "an audit of mine.py:fit}" in text


def test_a_number_that_is_no_year_is_none():
    audit = synthetic(1)
    audit = audit | {"paper": audit["paper"] | {"venue": "arXiv:1611.03530"}}
    assert "year" not in bibtex(audit).partition("@misc")[0]


def test_what_latex_would_read_is_escaped():
    audit = synthetic(1)
    audit = audit | {"paper": audit["paper"] | {"title": "100 % of {x} & \\input~"}}
    assert r"title = {100 \% of \{x\} \& \textbackslash{}input\textasciitilde{}}" in bibtex(audit)
