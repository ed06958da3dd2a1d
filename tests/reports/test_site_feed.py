"""The feed of red audits: Atom as its specification says, with names that stay."""

import json
import re
from urllib.parse import urljoin
from xml.etree import ElementTree

import pytest

from rethinking_audit.reports.__main__ import main
from rethinking_audit.reports.site.feed import MOST, id_of, red_cases, reds
from rethinking_audit.reports.site.shown import shown
from tests.builders.full import DEVIATION
from tests.builders.records import give, synthetic
from tests.builders.sites import at

ATOM = "{http://www.w3.org/2005/Atom}"
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def red(day):
    return at(give(synthetic(2, draw=day), 1, "alexnet", verdict="REFUTED"), day)


def feed(folder, audits, *words):
    for name, audit in audits.items():
        (folder / f"{name}.json").write_text(json.dumps(audit))
    assert main(["site", str(folder), *words]) == 0
    return ElementTree.fromstring((folder / "site" / "feed.xml").read_text())


def text(element, name):
    (found,) = element.findall(ATOM + name)
    return found.text


def test_a_feed_has_what_atom_asks_for(tmp_path):
    found = feed(tmp_path, {"green": at(synthetic(2), 4), "a": red(2), "b": red(3)})
    assert found.tag == f"{ATOM}feed"
    assert text(found, "updated") == "2026-11-04T08:00:00Z"
    assert found.find(f"{ATOM}author/{ATOM}name").text
    entries = found.findall(f"{ATOM}entry")
    assert [text(entry, "updated") for entry in entries] == ["2026-11-03T08:00:00Z", "2026-11-02T08:00:00Z"]
    names = [text(one, "id") for one in (found, *entries)]
    assert len(set(names)) == 3
    assert all(re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", name) for name in names)
    for one in (found, *entries):
        assert text(one, "title")
        assert DATE.fullmatch(text(one, "updated"))
    assert "REFUTED family/claim-1 [fast, digits, alexnet]" in text(entries[0], "summary")


def test_without_an_address_the_links_are_relative_and_lead_to_files(tmp_path):
    found = feed(tmp_path, {"night #1": red(2)})
    links = [link.attrib for link in found.iter(f"{ATOM}link")]
    assert [link["rel"] for link in links] == ["alternate", "alternate"]
    for link in links:
        place = urljoin((tmp_path / "site" / "feed.xml").as_uri(), link["href"])
        assert any(file.as_uri() == place for file in (tmp_path / "site").rglob("*.html"))


@pytest.mark.parametrize("base", ["https://example.org/audits", "https://example.org/audits/"])
def test_with_an_address_the_links_are_absolute_and_the_feed_knows_its_own(tmp_path, base):
    found = feed(tmp_path, {"a": red(2)}, "--url", base)
    assert text(found, "id") == "https://example.org/audits/feed.xml"
    assert {link.attrib["rel"]: link.attrib["href"] for link in found.findall(f"{ATOM}link")} == {
        "alternate": "https://example.org/audits/index.html",
        "self": "https://example.org/audits/feed.xml",
    }
    (link,) = found.findall(f"{ATOM}entry/{ATOM}link")
    assert link.attrib["href"] == "https://example.org/audits/audits/a.html"


def test_a_record_keeps_its_name_and_no_other_has_it():
    assert id_of(red(2)) == id_of(json.loads(json.dumps(red(2))))
    assert id_of(red(2)) != id_of(red(3))


def test_what_is_expected_or_undecided_is_no_news():
    known = give(synthetic(3), 2, "alexnet", verdict="REFUTED", deviation=DEVIATION)
    assert red_cases(known) == []
    assert red_cases(give(synthetic(2), 1, "alexnet", verdict="INCONCLUSIVE")) == []
    assert red_cases(give(synthetic(2), 1, "alexnet", verdict="ERROR")) == ["ERROR family/claim-1 [fast, digits, alexnet]"]


def test_a_misreading_that_held_is_red():
    audit = synthetic(2)
    audit["readings"] = [{**audit["claims"].pop(), "expected": "REFUTED"}]
    for case in audit["readings"][0]["cases"]:
        case["expected"] = "REFUTED"
    assert red_cases(audit)[0] == "REFUTED family/claim-1 [fast, digits, alexnet]"


def test_a_feed_has_the_latest_audits_and_the_first_cases_of_each(tmp_path):
    many = synthetic(20)
    for number in range(20):
        many = give(many, number, "alexnet", verdict="REFUTED")
    (found,) = reds(shown([(tmp_path / "a.json", many)], tmp_path))
    assert (len(found.cases), found.more) == (10, 10)
    assert len(reds(shown([(tmp_path / "a.json", many)] * (MOST + 1), tmp_path))) == MOST
    assert "and 10 more" in text(feed(tmp_path, {"a": many}).find(f"{ATOM}entry"), "summary")


@pytest.mark.parametrize("words", ["]]>&<b>", "\x00\u202e\ud800\ufffe"])
def test_a_feed_of_a_hostile_record_is_xml(tmp_path, words):
    audit = red(2)
    audit["paper"]["title"] = audit["data"]["digits"]["title"] = audit["provenance"]["machine"]["gpu"] = words
    for case in audit["claims"][1]["cases"]:
        case["network"] += words
    assert len(feed(tmp_path, {"a": audit}).findall(f"{ATOM}entry")) == 1
