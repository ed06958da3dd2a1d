"""What axe says of the page, wide and narrow, light and dark."""

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
from tests.builders.places import ROOT
from tests.builders.records import synthetic

FAST = ROOT / "reports" / "baselines" / "fast-2-core-cpu" / "audit.json"
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


PAGES = {
    "audit": lambda: render(read_audit(FAST)),
    "audit since a baseline": lambda: render(everything(), compare(synthetic(4), everything())),
    "comparison": lambda: page("comparison.html", comparison=compare(synthetic(4), everything()), kinds=KINDS),
    "certificate": lambda: certificate(everything(), b""),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 500])
@pytest.mark.parametrize("shown", PAGES)
def test_axe_finds_no_violation(browser, axe, tmp_path, shown, scheme, width):
    opened = re.sub(r'<details( class="body")?>', "<details open>", PAGES[shown]())
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
