"""What README and CONTRIBUTING say is so."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from reports.record import read_audit
from reports.words import expected, limit, number

FAST = "fast-digits-2-core-cpu"
ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()
RESULTS = (ROOT / "docs" / "results.md").read_text()
# A table of figures: the text that has it, its heading, and the audit that its second column comes from.
SHOWN = [
    (README, "### At the paper's scale", "paper-mlp-1x512-cifar10-jpeg-2-core-cpu"),
    (RESULTS, "## What needs no network", "theory-mnist-2-core-cpu"),
]


def test_the_commands_are_those_of_the_makefile():
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"^make (\w+)", README, re.M):
        assert f"\n{target}: " in makefile
    for command in ("claims -m fast -n auto", "tests -n auto --benchmark-disable"):
        assert f".venv/bin/pytest {command}" in README
        assert f"$(BIN)/pytest {command}" in makefile
    install = 'install --constraint ci/constraints.txt --editable ".[dev]"'
    assert install in README
    assert install in makefile.replace("--quiet ", "")


def test_every_option_that_is_named_exists(pytestconfig):
    known = {name for option in pytestconfig._parser._anonymous.options for name in option.names()}
    known |= {name for group in pytestconfig._parser._groups for option in group.options for name in option.names()}
    known |= {"--constraint", "--editable"}  # pip's
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", README)) <= known


@pytest.mark.parametrize("text", [README, CONTRIBUTING], ids=["README", "CONTRIBUTING"])
def test_every_file_that_is_named_exists(text):
    made = {"reports/out/audit.json", "reports/out/audit.html"}
    for name in re.findall(r"`((?:claims|fixtures|reports|tests|ci)/[\w./-]+)`", text):
        assert name in made or (ROOT / name).exists(), name


def test_every_exit_code_is_told():
    assert re.findall(r"^\| (\d+) \|", README, re.M) == ["0", "1", "2", "3", "4", "5", "10"]


def baseline(name):
    return json.loads((ROOT / "reports" / "baselines" / name / "audit.json").read_text())


def row(claim):
    """What the README says of a claim: its first network with a judgement."""
    cases = [case for case in claim["cases"] if case["judgement"]]
    judged, paper = cases[0]["judgement"], cases[0]["paper"]["value"]
    unit = judged["unit"]
    ends = ", ".join(number(judged["interval"][end], unit, "∞") for end in ("low", "high"))
    verdicts = Counter(case["verdict"] + (", expected" if expected(case) else "") for case in cases)
    told = "; ".join(
        f"{verdict} {count} of {len(cases)}" if len(verdicts) > 1 else verdict for verdict, count in verdicts.items()
    )
    measured = f"{number(judged['measured'], unit)} [{ends}]"
    columns = claim["statement"], cases[0]["network"], measured, limit(judged), number(paper, unit, "–"), told
    return f"| {' | '.join(columns)} |"


@pytest.mark.parametrize("claim", baseline(FAST)["claims"], ids=lambda claim: claim["id"])
def test_the_verdicts_are_those_of_the_committed_audit(claim):
    assert row(claim) in README


def test_the_time_of_the_audit_is_the_committed_ones():
    assert f"in {round(baseline(FAST)['seconds'])} s from an empty store" in README


def numbers(value):
    """Every number in a record, as a page would write it."""
    if isinstance(value, dict):
        return {text for item in value.values() for text in numbers(item)}
    if isinstance(value, list):
        return {text for item in value for text in numbers(item)}
    if not isinstance(value, int | float) or isinstance(value, bool):
        return set()
    return {f"{100 * value:.2f} %", f"{100 * (1 - value):.2f} %", f"{value:.2f}", f"{value:.1e}", f"{value:,}"}


@pytest.mark.parametrize(("text", "heading", "name"), SHOWN, ids=[name for *_, name in SHOWN])
def test_every_figure_of_a_table_stands_in_the_committed_audit(text, heading, name):
    section = text[text.index(heading) :]
    rows = re.findall(r"^\|(?!-)([^|]*)\|([^|]*)\|", section[: section.find("\n## ", 5)], re.M)
    known = numbers(baseline(name))
    shown = [figure for _, measured in rows for figure in re.findall(r"\d+\.\d\d(?: %)?|\d\.\de-\d+|\d+,\d{3}", measured)]
    assert len(shown) >= 8
    assert [figure for figure in shown if figure not in known] == []


def test_every_baseline_is_whole_and_tells_no_path():
    for path in sorted((ROOT / "reports" / "baselines").glob("*/audit.json")):
        audit = read_audit(path)
        text = path.read_text()
        assert (path.parent / "audit.html").exists(), path
        assert audit["provenance"]["commit"], path
        assert not re.search(r"[\"= ](/[a-z]+){2,}|file://", text), path
        assert all(claim["verdict"] for claim in audit["claims"])


def test_the_readme_is_short():
    assert len(README.splitlines()) <= 150


def test_what_is_said_of_ci_is_so():
    text = (ROOT / "ci" / "README.md").read_text()
    for name in re.findall(r"`((?:[\w.]+/)*[\w-]+\.(?:sh|yml|txt))`", text):
        assert any((folder / name).exists() for folder in (ROOT, ROOT / "ci", ROOT / ".github" / "workflows")), name
