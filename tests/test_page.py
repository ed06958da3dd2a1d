"""The page as a reader has it: nothing from outside, a table behind every chart, links, headings, and what axe says."""

import base64
import hashlib
import json
import re
import shutil
import subprocess
import time
from itertools import pairwise
from pathlib import Path

import jsonschema
import pytest

from rethinking_audit.fixtures.claimkit.paper import figure, section
from rethinking_audit.fixtures.record.shape import faults
from rethinking_audit.reports.background import background
from rethinking_audit.reports.figures import figures
from rethinking_audit.reports.overview import tolerance, undecided
from rethinking_audit.reports.render import render
from rethinking_audit.reports.tables import tables
from tests.pages import Page
from tests.records import give, key_of, synthetic

ROOT = Path(__file__).parent.parent
SCHEMA = json.loads((ROOT / "fixtures" / "record" / "audit.schema.json").read_text())
BOOK, POINTS = ROOT / "claims" / "paper.toml", ROOT / "claims" / "figures.csv"
FROM_THE_PAPER = ("figures", "tables", "open", "consistency")
DEVIATION = {
    "claim": "family/claim-2",
    "tier": "fast",
    "network": "alexnet",
    "data": "digits",
    "verdict": "REFUTED",
    "since": "2026-11-21",
    "reason": "no plateau forms",
}


def training(data, seed, *, network="inception", corruption=0.0, inputs="true", subset=None, **recipe):
    """A finished training with all curves."""
    spec = {"data": data, "network": network, "corruption": corruption, "inputs": inputs, "seed": seed, "width": 1.0}
    spec |= {"subset": subset, "recipe": {"budget": 100, **recipe}}
    loss = [round(2.3 * (0.7 - 0.3 * (corruption == 0)) ** epoch, 5) for epoch in range(12)]
    return key_of(spec), {
        "spec": spec,
        "status": "fit",
        "epochs": 11,
        "steps_per_epoch": 391,
        "fit_loss": 5 + seed + round(10 * corruption),
        "fit_exact": 11,
        "curves": {
            "train_loss": loss,
            "train_error": [*(min(0.9, value) for value in loss[:-1]), 0.0],
            "online_error": loss[1:],
            "tested_epochs": [5, 11],
            "test_error": [0.3, 0.9 * corruption + 0.1 * (1 - corruption)],
        },
        "confusion": [[45, 45], [45, 761]],
        "parameters": 100,
        "labels_digest": "0" * 64,
        "inputs_digest": "0" * 64,
        "divergence": None,
        "seconds": 3.0,
    }


def full(data="cifar10", subset=None):
    """An audit with everything that a record can have: the paper's points, its tables, and runs that repeat them."""
    audit = give(synthetic(claims=4), 2, "alexnet", verdict="REFUTED", deviation=DEVIATION)
    audit = give(audit, 3, "alexnet", verdict="INCONCLUSIVE", reason="its interval straddles the limit")
    arms = [
        {f"level {level:g}": [training(data, seed, corruption=level, subset=subset) for seed in range(3)]}
        for level in (0.0, 0.5, 1.0)
    ]
    arms += [
        {kind: [training(data, seed, inputs=kind, subset=subset) for seed in range(3)]} for kind in ("gaussian", "random")
    ]
    arms.append({"end": [training(data, seed, to_the_end=True, subset=subset) for seed in range(3)]})
    arms.append({"decay": [training(data, 0, corruption=1.0, weight_decay=1e-4, subset=subset)]})
    case = audit["claims"][0]["cases"][0]
    case.update(data=data, tier="paper", network="inception", runs={})
    for arm in arms:
        for name, pairs in arm.items():
            case["runs"][name] = {"0.0": [key for key, _ in pairs]}
            audit["runs"].update(pairs)
    audit["data"][data] = {**audit["data"]["digits"], "title": data}
    return audit | {
        "figures": {name: figure(POINTS, name, 80) for name in ("1a", "1b", "1c", "2a", "2b")},
        **{name: section(BOOK, name) for name in ("tables", "open", "consistency")},
        "replication": [
            {"place": "Table 1", "network": "inception", "what": "test accuracy, random labels", "paper": 0.0978}
            | {"measured": 0.1, "seeds": 3, "low": 0.09, "high": 0.11, "agrees": True, "why": None}
        ],
    }


def one_line(html):
    return " ".join(html.split())


@pytest.fixture(scope="module")
def html():
    return render(full())


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
    for part in ("cifar10", "inception", "a CPU", "HELD", "its interval straddles the limit", "no plateau forms"):
        assert part in first
    assert first.count("<tr data-v=") == 4
    assert "expected since 2026-11-21" in first
    assert '<b class="badge refuted">REFUTED</b> <b class="badge expected">expected</b>' in first


def test_cases_of_one_reason_are_told_once():
    audit = synthetic(claims=6)
    for place in range(6):
        audit = give(audit, place, "alexnet", verdict="NOT RUN", reason="needs a GPU")
    (idle,) = undecided(audit)
    assert (idle.verdict, idle.reason, idle.since) == ("NOT RUN", "needs a GPU", None)
    assert idle.cases[-1] == "and 4 other cases"


def test_all_figures_and_tables_of_the_paper_are_there(page):
    ids = {attributes.get("id") for attributes in page.named("article")}
    assert {f"figure-{name}" for name in ("1a", "1b", "1c", "2a", "2b")} <= ids
    assert {f"table-{number}" for number in range(1, 5)} <= ids


@pytest.mark.parametrize(
    ("data", "subset", "over"), [("cifar10", None, True), ("cifar10", 300, False), ("digits", None, False)]
)
def test_ours_are_drawn_over_the_papers_points_where_the_scales_compare(data, subset, over):
    found = {one.name: one for one in figures(full(data, subset))}
    titles = {name: [chart.title for chart in one.charts] for name, one in found.items()}
    assert titles["1c"][0] == "Figure 1c: lines ours, marks the paper's"
    assert titles["1a"][0] == ("Figure 1a: lines ours, marks the paper's" if over else "Figure 1a, the paper's")
    assert titles["2a"] == ["Figure 2a, the paper's"]
    assert ("not the paper's experiment" in found["1a"].note) is not over
    assert all(one.differences for name, one in found.items() if name != "2a")


def test_a_band_shows_the_seeds():
    chart = next(one for one in figures(full()) if one.name == "1b").charts[0]
    ours, paper = (next(line for line in chart.lines if line.name == f"inception, {who}") for who in ("ours", "the paper"))
    assert ours.band
    assert ours.path
    assert not paper.path
    assert len(paper.marks) == 11


def test_a_table_has_the_papers_number_ours_and_the_replications_word():
    one, two, three, four = tables(full())
    rows = {tuple(names): pairs for names, pairs in one.rows}
    train, test = rows["inception", "random", "no", "no"]
    assert (test.paper, test.ours, test.less, test.agrees) == ("9.78 %", "10.00 %", "+0.22", True)
    assert train.agrees is None
    assert rows["alexnet", "random", "no", "no"][1].ours == ""
    assert not two.ours
    assert not three.ours
    assert four.rows[0][1][0].ours == "100.00 %"
    assert four.rows[1][1][0].paper == "failed to converge"


@pytest.mark.parametrize("name", ["figures", "tables", "open", "consistency", "replication"])
def test_a_record_of_before_renders(name):
    audit = {key: value for key, value in full().items() if key != name}
    assert Page(render(audit)).open == []


def judged(low, high, unit="%", interval=(0.1, 0.3)):
    ends = {"low": interval[0], "high": interval[1]}
    return {"accepted": {"low": low, "high": high}, "unit": unit, "interval": ends, "measured": 0.2}


@pytest.mark.parametrize(
    ("judgement", "value", "place"),
    [
        (judged(None, 0.4), 0.4, 1),
        (judged(-1, 0.4), 0.2, 0.5),
        (judged(0, 10, "x"), 10, 1),
        (judged(0, 0.4, ""), 0, 0),
        (judged(0.04, 0.16), 0.16, 1),
        (judged(0.04, 0.16), 0.04, -1),
        (judged(0.768, None), 0.768, -1),
        (judged(0.768, None), 1, 0),
        (judged(0.33, 1.0, ""), 0.33, -1),
        (judged(0, None), 0, -1),
        (judged(0, None), 0.1, 0),
        (judged(1, None, "x"), 1, -1),
    ],
)
def test_a_limit_lies_at_one_tolerance(judgement, value, place):
    assert tolerance(judgement)(value) == pytest.approx(place)


@pytest.mark.parametrize("accepted", [(None, None), (0.5, None)])
def test_what_has_no_tolerance_is_not_drawn(accepted):
    assert tolerance(judged(*accepted, unit="x", interval=(None, None))) is None


def test_a_check_that_did_not_turn_red_is_told_among_a_thousand():
    audit = synthetic(claims=100)
    assert background(audit).controls == []
    audit["claims"][70]["cases"][0]["control"]["verdict"] = "HELD"
    assert background(audit).controls == [("family/claim-70", ["! HELD", "✓"])]
    assert background(audit).caught == 99


@pytest.mark.parametrize(
    ("current", "end"), [(True, "on 2026-11-21."), (False, "code that makes the numbers has changed since.")]
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
        " leave something undecided: 10,000 were resampled from 30 seeds of each run on 2026-11-21."
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


def test_a_thousand_claims_of_five_seeds_render_in_five_seconds_and_two_megabytes():
    audit = synthetic(claims=1000) | {name: full()[name] for name in FROM_THE_PAPER}
    start = time.perf_counter()
    page = render(audit)
    assert time.perf_counter() - start <= 5
    assert len(page.encode()) <= 2_000_000
    assert page.count('class="card"') == 1000


# In a browser

AXE = "axe.run(document).then(found => { document.documentElement.innerHTML = '<pre></pre>';"
AXE += "document.querySelector('pre').textContent = JSON.stringify(found.violations.map(v => [v.id, v.nodes[0].html])); })"


@pytest.fixture(scope="module")
def browser():
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        pytest.skip("no Chromium here")
    return found


@pytest.fixture(scope="module")
def axe():
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node here, which knows where axe-core is")
    asked = [node, "-p", "require.resolve('axe-core/axe.min.js')"]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("no axe-core here: npm install axe-core, or NODE_PATH to where it is")
    return Path(done.stdout.strip()).read_text(encoding="utf-8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 500])
def test_axe_finds_no_violation(browser, axe, html, tmp_path, scheme, width):
    opened = html.replace("<details>", "<details open>")
    opened = re.sub(r"<meta http-equiv[^>]*>", "", opened, count=1)
    opened = opened.replace("</body>", f"<script>{axe}</script><script>{AXE}</script></body>")
    (tmp_path / "page.html").write_text(opened, encoding="utf-8")
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    look = [f"--blink-settings=preferredColorScheme={int(scheme == 'light')}", f"--window-size={width},900"]
    command = [
        browser,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        *quiet,
        *look,
        f"--user-data-dir={tmp_path / 'user'}",
    ]
    command += ["--virtual-time-budget=60000", "--dump-dom", (tmp_path / "page.html").as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert re.search(r"<pre>(.*?)</pre>", done.stdout, re.DOTALL)[1] == "[]"
