"""What a browser makes of the pages: what axe says of them, wide and narrow, light and dark, and how they are printed."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from rethinking_audit.fixtures.record.reading import read_audit
from rethinking_audit.reports.certificate import certificate
from rethinking_audit.reports.compare import compare
from rethinking_audit.reports.comparison import KINDS
from rethinking_audit.reports.render import page, render
from tests.builders.everything import everything
from tests.builders.full import full
from tests.builders.places import ROOT
from tests.builders.records import give, synthetic
from tests.builders.sites import at, site

FAST = ROOT / "reports" / "baselines" / "fast-2-core-cpu" / "audit.json"
AXE = "axe.run(document).then(found => { document.documentElement.innerHTML = '<pre></pre>';"
AXE += "document.querySelector('pre').textContent = JSON.stringify(found.violations.map(v => [v.id, v.nodes[0].html])); })"

PAGES = {
    "audit": lambda: render(read_audit(FAST)),
    "audit since a baseline": lambda: render(everything(), compare(synthetic(4), everything())),
    "comparison": lambda: page("comparison.html", comparison=compare(synthetic(4), everything()), kinds=KINDS),
    "certificate": lambda: certificate(everything(), b""),
}
MENU = ("index", "claims", "readings", "contradictions", "sabotage", "releases", "glossary", "lecture/1b")
OF_A_SITE = [*(f"{name}.html" for name in MENU), "claims/family/claim-1.html"]


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


@pytest.fixture(scope="module")
def small_site(tmp_path_factory):
    """A site with a page of every kind."""
    red = at(give(full(), 1, "alexnet", verdict="REFUTED"), 2, packages={"torch": "2.16.0"})
    reading = at(full(), 1)
    reading["readings"] = [reading["claims"].pop() | {"id": "readings/three", "expected": "REFUTED"}]
    void = synthetic(2) | {"sabotage": {"id": "no-step", "what": "no step", "source": "a paper", "caught_by": ["labels"]}}
    return site(tmp_path_factory.mktemp("site"), red=red, reading=reading, void=void)


def violations(browser, axe, html, folder, scheme, width):
    """What axe finds in a page whose details are open."""
    opened = re.sub(r'<details( class="body")?>', "<details open>", html)
    opened = re.sub(r"<meta http-equiv[^>]*>", "", opened, count=1)
    opened = opened.replace("</body>", f"<script>{axe}</script><script>{AXE}</script></body>")
    look = [f"--blink-settings=preferredColorScheme={int(scheme == 'light')}", f"--window-size={width},900"]
    told = opened_in(browser, folder, opened, *look, "--virtual-time-budget=60000", "--dump-dom")
    return re.search(r"<pre>(.*?)</pre>", told, re.DOTALL)[1]


def opened_in(browser, folder, html, *options):
    """Open a page without a window and return what the browser prints."""
    (folder / "page.html").write_text(html, encoding="utf-8")
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", *quiet, f"--user-data-dir={folder / 'user'}"]
    command += [*options, (folder / "page.html").as_uri()]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 500])
@pytest.mark.parametrize("shown", PAGES)
def test_axe_finds_no_violation(browser, axe, tmp_path, shown, scheme, width):
    assert violations(browser, axe, PAGES[shown](), tmp_path, scheme, width) == "[]"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", OF_A_SITE)
def test_axe_finds_no_violation_in_a_site(browser, axe, small_site, tmp_path, name, scheme):
    width = 1280 if scheme == "light" else 500
    assert violations(browser, axe, small_site.texts[name], tmp_path, scheme, width) == "[]"


@pytest.mark.parametrize("record", sorted(FAST.parent.parent.glob("*/audit.json")), ids=lambda path: path.parent.name)
def test_a_certificate_is_printed_on_one_page(browser, tmp_path, record):
    opened_in(browser, tmp_path, certificate(read_audit(record), b""), f"--print-to-pdf={tmp_path / 'page.pdf'}")
    assert len(re.findall(rb"/Type\s*/Page\b", (tmp_path / "page.pdf").read_bytes())) == 1


FOLD = "const facts = [...document.querySelectorAll('.first > .facts > dt')].map(name => [name.textContent,"
FOLD += " name.nextElementSibling.getBoundingClientRect().bottom]);"
FOLD += (
    "document.documentElement.innerHTML = '<pre></pre>'; document.querySelector('pre').textContent = JSON.stringify(facts)"
)


@pytest.mark.parametrize("record", sorted(FAST.parent.parent.glob("*/audit.json")), ids=lambda path: path.parent.name)
def test_what_did_not_hold_is_read_without_scrolling(browser, tmp_path, record):
    """At 1280 x 800: the answer, the evidence, how we know, and what did not hold."""
    html = re.sub(r"<meta http-equiv[^>]*>", "", render(read_audit(record)), count=1)
    html = html.replace("</body>", f"<script>{FOLD}</script></body>")
    told = opened_in(browser, tmp_path, html, "--window-size=1280,800", "--dump-dom")
    facts = dict(json.loads(re.search(r"<pre>(.*?)</pre>", told, re.DOTALL)[1]))
    read = {"evidence", "how we know", "did not hold"} & facts.keys()
    assert {"evidence", "how we know"} <= read
    assert max(facts[name] for name in read) <= 800
