"""What one takes away: the figures as SVG and PDF, the certificate, and how to cite."""

import hashlib
import json
import re
import sys
from xml.etree import ElementTree

import pytest

from rethinking_audit.fixtures.record.reading import read_audit
from rethinking_audit.reports.__main__ import main
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
    assert page.count('<li><b class="badge') == len(json.loads(FAST.read_text())["claims"])
    assert capsys.readouterr().out.splitlines()[-1] == str(tmp_path / "one.html")


def test_a_record_without_figures_has_none():
    assert list(drawings(synthetic(1) | {"figures": {}})) == []


def test_the_paper_and_the_audit_are_cited(fast):
    text = bibtex(fast)
    assert "author = {Chiyuan Zhang and Samy Bengio and Moritz Hardt and Benjamin Recht and Oriol Vinyals}" in text
    assert re.findall(r"^@(\w+)\{(\w+),$", text, re.M) == [("inproceedings", "paper"), ("misc", "audit")]
    assert "year = {2017}" in text


def test_what_latex_would_read_is_escaped():
    audit = synthetic(1)
    audit = audit | {"paper": audit["paper"] | {"title": "100 % of {x} & \\input~"}}
    assert "title = {100 \\% of \\{x\\} \\& input}" in bibtex(audit)
