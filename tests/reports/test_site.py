"""The site of the committed audits: every link leads somewhere, nothing comes from outside, and every page is one."""

import re
from itertools import pairwise

import pytest

from rethinking_audit.fixtures.record.reading import read_audit
from rethinking_audit.reports.__main__ import main
from rethinking_audit.reports.answer import answer
from rethinking_audit.reports.glossary import TERMS, anchor_of
from tests.builders.places import ROOT
from tests.builders.sites import Site

BASELINES = ROOT / "reports" / "baselines"
RECORDS = sorted(BASELINES.glob("*/audit.json"))


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    assert main(["site", str(BASELINES), "--into", str(folder)]) == 0
    return Site(folder)


def test_every_link_leads_to_a_page_and_to_a_place_in_it(site):
    assert list(site.dead()) == []


def test_every_page_is_reached_from_the_front_page(site):
    assert site.reached() == set(site.pages)


def test_every_page_has_every_page_of_the_menu(site):
    for name, page in site.pages.items():
        here = [one for one in page.named("a") if "aria-current" in one]
        assert len(here) == 1, name
        assert {"index.html", "claims.html", "readings.html", "glossary.html"} <= {file for file, _ in site.links(name)}


def test_every_page_is_smaller_than_a_megabyte(site):
    assert max(map(len, site.texts.values())) < 1_000_000


def test_nothing_comes_from_outside_and_only_a_report_has_a_script(site):
    for name, page in site.pages.items():
        assert page.named("meta")[0]["http-equiv"] == "Content-Security-Policy"
        assert not {tag for tag, _ in page.elements} & {"iframe", "object", "embed", "form", "base", "image"}
        assert [one["rel"] for one in page.named("link")] == ["alternate"]
        sources = [one.get(what, "") for _, one in page.elements for what in ("src", "srcset", "action", "xlink:href")]
        assert not [source for source in sources if source and not source.startswith("data:image/png;base64,")], name
        assert not re.search(r"url\(|@import", site.texts[name])
        assert len(page.named("script")) == name.startswith("audits/")


def test_every_page_is_whole_with_one_heading_and_ids_of_its_own(site):
    for name, page in site.pages.items():
        assert page.open == [], name
        levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h\d", tag)]
        assert levels[0] == 1 == levels.count(1), name
        assert all(after <= before + 1 for before, after in pairwise(levels)), name
        ids = [one["id"] for _, one in page.elements if "id" in one]
        assert len(ids) == len(set(ids)), name
        assert re.search(r"<title>[^<]+</title>", site.texts[name])


def test_the_front_page_has_the_answer_of_every_experiment(site):
    told = site.told("index.html")
    for record in RECORDS:
        assert answer(read_audit(record)).sentence in told
        assert f"audits/{record.parent.name}/audit.html" in site.texts["index.html"]


def test_a_claim_has_its_verdicts_in_all_experiments_on_one_page(site):
    told = site.told("claims/random-labels/chance-test-accuracy.html")
    for part in (
        "What was memorized from random labels tells nothing about new images.",
        "section 2.1, Table 1",
        "would be wrong if a test accuracy that differs from 1/N by more than chance explains",
        "the same networks trained on the true labels: the same check must refute it.",
        "10.11 % 9.41 to 10.80 % 7 to 13 % 10.61 %",
        "8.57 % 5.89 to 11.25 % 4 to 16 % 10.61 %",
        "10.00 % 9.21 to 10.79 % 8.5 to 11.5 % 10.61 %",
    ):
        assert part in told
    links = set(site.links("claims/random-labels/chance-test-accuracy.html"))
    cards = {(file, anchor) for file, anchor in links if anchor == "random-labels-chance-test-accuracy"}
    claims = [{claim["id"] for claim in read_audit(record)["claims"]} for record in RECORDS]
    assert len(cards) == sum("random-labels/chance-test-accuracy" in ids for ids in claims)


def test_the_misreadings_and_the_contradictions_have_a_page(site):
    rejected = [one for path in RECORDS for one in read_audit(path).get("readings", []) if one["verdict"] == "REFUTED"]
    assert site.texts["readings.html"].count('<span class="held">rejected</span>') == len(rejected)
    assert "Generalization error falls as label noise rises." in site.told("readings.html")
    assert "almost certainly a slip for about 99.60 %" in site.told("contradictions.html")


def test_the_lecture_goes_through_the_five_figures_and_back(site):
    name, seen = "lecture/1a.html", []
    while name:
        seen.append(name)
        after = [one["href"] for one in site.pages[name].named("a") if one.get("rel") == "next"]
        name = f"lecture/{after[0]}" if after else None
    assert seen == [f"lecture/{figure}.html" for figure in ("1a", "1b", "1c", "2a", "2b")]
    back = [[one["href"] for one in site.pages[name].named("a") if one.get("rel") == "prev"] for name in seen]
    assert back == [[], ["1a.html"], ["1b.html"], ["1c.html"], ["2a.html"]]
    assert [site.texts[name].count("<figure") for name in seen] == [2] * 5


def test_the_glossary_has_a_place_for_every_word(site):
    terms = [term for group in TERMS.values() for term in group]
    ids = [one["id"] for one in site.pages["glossary.html"].named("dt")]
    assert ids == [anchor_of(term) for term in terms]
    assert {"HELD", "REFUTED", "INCONCLUSIVE", "ERROR", "NOT RUN"} <= set(terms)


def test_the_matrix_has_a_column_for_every_claim_and_a_row_for_every_audit(site):
    page = site.texts["claims.html"]
    assert page.count('<th class="turned">') == len([name for name in site.pages if name.startswith("claims/")])
    assert [page.count(f"<small>{record.parent.name}</small>") for record in RECORDS] == [1] * len(RECORDS)
