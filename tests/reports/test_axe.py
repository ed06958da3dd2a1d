"""What axe says of the pages, wide and narrow, light and dark."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.builders.full import full
from tests.builders.places import ROOT
from tests.builders.records import give, synthetic
from tests.builders.sites import at, site

AXE = "axe.run(document).then(found => { document.documentElement.innerHTML = '<pre></pre>';"
AXE += "document.querySelector('pre').textContent = JSON.stringify(found.violations.map(v => [v.id, v.nodes[0].html])); })"

MENU = ("index", "claims", "readings", "contradictions", "sabotage", "releases", "glossary", "lecture/1b")
PAGES = [*(f"{name}.html" for name in MENU), "claims/family/claim-1.html"]


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
    opened = html.replace("<details>", "<details open>")
    opened = re.sub(r"<meta http-equiv[^>]*>", "", opened, count=1)
    opened = opened.replace("</body>", f"<script>{axe}</script><script>{AXE}</script></body>")
    (folder / "page.html").write_text(opened, encoding="utf-8")
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    look = [f"--blink-settings=preferredColorScheme={int(scheme == 'light')}", f"--window-size={width},900"]
    command = [
        browser,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        *quiet,
        *look,
        f"--user-data-dir={folder / 'user'}",
    ]
    command += ["--virtual-time-budget=60000", "--dump-dom", (folder / "page.html").as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return re.search(r"<pre>(.*?)</pre>", done.stdout, re.DOTALL)[1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 500])
def test_axe_finds_no_violation(browser, axe, html, tmp_path, scheme, width):
    assert violations(browser, axe, html, tmp_path, scheme, width) == "[]"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_violation_in_a_site(browser, axe, small_site, tmp_path, name, scheme):
    width = 1280 if scheme == "light" else 500
    assert violations(browser, axe, small_site.texts[name], tmp_path, scheme, width) == "[]"
