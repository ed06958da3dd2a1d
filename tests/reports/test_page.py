"""The page as a reader has it: nothing from outside, a table behind every chart, links, headings, and what axe says."""

import base64
import hashlib
import json
import re
import time
from itertools import pairwise

import jsonschema
import pytest

from rethinking_audit.fixtures.record.shape import faults
from rethinking_audit.reports.render import render
from tests.builders.full import full
from tests.builders.pages import Page
from tests.builders.places import ROOT
from tests.builders.records import synthetic

SCHEMA = json.loads((ROOT / "fixtures" / "record" / "audit.schema.json").read_text())
FROM_THE_PAPER = ("figures", "tables", "open", "consistency")


def one_line(html):
    return " ".join(html.split())


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


def test_a_record_with_everything_has_the_schema():
    record = json.loads(json.dumps(full()))
    jsonschema.validate(record, SCHEMA)
    assert list(faults(record, SCHEMA, SCHEMA)) == []


def test_nothing_comes_from_outside(html, page):
    assert not {tag for tag, _ in page.elements} & {"link", "img", "iframe", "object", "embed", "form", "base", "image"}
    for _, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name in ("src", "srcset", "action", "style")]
        shown = [value or "" for name, value in attributes.items() if name != "content"]
        assert not [value for value in shown if re.search(r"https?:|//|javascript:|data:", value)]
    assert not re.search(r"url\(|@import", html)
    assert page.named("meta")[0]["http-equiv"] == "Content-Security-Policy"


def test_the_one_script_is_the_one_that_the_policy_names(html, page):
    (script,) = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = page.named("meta")[0]["content"]
    assert policy.startswith("default-src 'none'; ")
    assert f"script-src 'sha256-{digest}';" in policy
    assert not re.search(r"fetch|XMLHttp|import|innerHTML|eval|cookie|localStorage", script)


def test_without_a_script_nothing_is_hidden_but_its_own_tools(page):
    hidden = [(tag, attributes.get("class")) for tag, attributes in page.elements if "hidden" in attributes]
    assert hidden == [("div", "tools")]


def test_every_link_has_its_place_and_every_place_is_one(page):
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = {attributes["href"] for _, attributes in page.elements if "href" in attributes}
    assert {link[1:] for link in links} <= set(ids)
    assert {"#family-claim-0", "#figure-1a", "#table-4", "#provenance", "#replication"} <= links


def test_headings_are_in_order(page):
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_a_table_stands_behind_every_chart(html):
    charts = re.findall(r"<figure.*?</figure>", html, re.DOTALL)
    assert len(charts) > 8
    for chart in charts:
        assert re.search(r'<svg[^>]* role="img" aria-label="[^"]+"', chart)
        assert chart.count("<tr>") >= 3
    drawn = re.sub(r"<figure.*?</figure>", "", html, flags=re.DOTALL)
    pictures = re.findall(r"<svg [^>]*>", drawn)
    assert pictures
    assert all('aria-hidden="true"' in picture for picture in pictures), "the cells beside them have their numbers"


def test_the_first_screen_tells_what_was_audited_and_what_is_undecided_and_why(html):
    first = one_line(html[: html.index('id="paper"')])
    for part in ("cifar10", "inception", "HELD", "its interval straddles the limit", "no plateau forms"):
        assert part in first
    assert first.count("<tr data-v=") == 4
    assert '<b class="badge refuted">REFUTED</b> <b class="badge expected">known since 2026-11-21</b>' in first


def test_all_figures_and_tables_of_the_paper_are_there(page):
    ids = {attributes.get("id") for attributes in page.named("article")}
    assert {f"figure-{name}" for name in ("1a", "1b", "1c", "2a", "2b")} <= ids
    assert {f"table-{number}" for number in range(1, 5)} <= ids


@pytest.mark.parametrize(
    ("current", "end"), [(True, "of all seeds may do."), (False, "code that makes the numbers has changed since.")]
)
def test_the_page_says_how_often_an_audit_is_wrong(current, end):
    rates = {
        "false_alarms": {"value": 0.1, "low": 0.0, "high": 0.56},
        "undecided": {"value": 8.4, "low": 6.7, "high": 10.4},
    }
    told = {"tiers": ["fast"], **rates, "seeds": 30, "audits": 10_000, "date": "2026-11-21", "current": current}
    audit = json.loads(json.dumps(full() | {"calibration": told}))
    jsonschema.validate(audit, SCHEMA)
    assert list(faults(audit, SCHEMA, SCHEMA)) == []
    text = one_line(render(audit))
    assert (
        "Of 1,000 audits of the tier fast, as it is declared, 0.10 raise a false alarm (95 % interval 0.00 to 0.56) and 8.4"
        " leave something undecided: 10,000 were resampled from 30 seeds of each run on 2026-11-21; what none"
        " of 30 seeds did, up to 11.6 % of all seeds may do."
    ) in text
    assert f"{end}</p>" in text


def test_markup_in_the_paper_as_data_stays_text(page):
    text = "<img src=x onerror=alert(1)>"
    audit = full()
    audit["open"] = [{"what": text, "choice": text, "reason": text}] * len(audit["open"])
    audit["tables"] = json.loads(json.dumps(audit["tables"]).replace("inception", text))
    audit["replication"][0].update(network=text, why=text, agrees=None)
    assert not Page(render(audit)).named("img")
    assert not [1 for _, attributes in Page(render(audit)).elements for name in attributes if name.startswith("on")]


@pytest.mark.lengthy
def test_a_thousand_claims_of_five_seeds_render_in_five_seconds_and_two_megabytes():
    audit = synthetic(claims=1000) | {name: full()[name] for name in FROM_THE_PAPER}
    start = time.process_time()
    page = render(audit)
    assert time.process_time() - start <= 5
    assert len(page.encode()) <= 2_000_000
    assert page.count('class="card"') == 1000


def test_what_is_for_the_ear_alone_makes_no_page_wider(html):
    """A table that scrolls holds its unseen words; without a place of its own they would stretch a phone's page."""
    (rule,) = re.findall(r"^\.scroll \{(.*?)\}", html, re.MULTILINE)
    assert "position: relative" in rule
    assert re.search(r"^\.unseen \{ position: absolute", html, re.MULTILINE)
