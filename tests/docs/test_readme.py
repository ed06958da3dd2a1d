"""The tables of verdicts are those of the committed audit, and the README is short."""

import io
import re
from collections import Counter

import pytest
from rich.console import Console

from rethinking_audit.fixtures.plugin import terminal, verdict_table
from rethinking_audit.fixtures.record.outcome import as_expected, papers_own
from rethinking_audit.fixtures.record.reading import read_audit
from rethinking_audit.fixtures.record.words import limit, number, span
from tests.attacks.parsers import PARSERS
from tests.builders.places import ROOT
from tests.faults.score import scorecard

FAST, SMALL = "fast-2-core-cpu", "small-cifar10-jpeg-2-core-cpu"
README = (ROOT / "README.md").read_text()
RESULTS = (ROOT / "docs" / "results.md").read_text()


def baseline(name):
    return read_audit(ROOT / "reports" / "baselines" / name / "audit.json")


def row(claim):
    """What the README says of a claim: its first network with a judgement."""
    cases = [case for case in claim["cases"] if case["judgement"]]
    judged, paper = cases[0]["judgement"], cases[0]["paper"]["value"]
    unit = judged["unit"]
    measured, ends = number(judged["measured"], unit), judged["interval"]
    if {number(end, unit) for end in ends.values()} != {measured}:
        measured += f" ({span(ends, unit)})"
    verdicts = Counter(case["verdict"] + (", expected" if as_expected(case) else "") for case in cases)
    told = "; ".join(
        f"{verdict} {count} of {len(cases)}" if len(verdicts) > 1 else verdict for verdict, count in verdicts.items()
    )
    columns = claim["statement"], cases[0]["network"], measured, limit(judged), number(paper, unit, "–"), told
    return f"| {' | '.join(columns)} |"


@pytest.mark.parametrize("claim", baseline(FAST)["claims"], ids=lambda claim: claim["id"])
def test_the_verdicts_are_those_of_the_committed_audit(claim):
    assert row(claim) in RESULTS


def by_case(name):
    """The cases of the paper's claims in a committed audit, with their claims, by claim and network."""
    claims = papers_own(read_audit(ROOT / "reports" / "baselines" / name / "audit.json"))
    return {(claim["id"], case["network"]): (claim, case) for claim in claims for case in claim["cases"]}


def came_out(case):
    """The verdict of a case with what was measured; a dash if it was not judged."""
    if not case or not case["judgement"]:
        return "–"
    judged = case["judgement"]
    return f"{case['verdict']}: {number(judged['measured'], judged['unit'])} ({span(judged['interval'], judged['unit'])})"


def frank():
    """What the README says of each case that did not hold in both tiers, up to what we found."""
    fast, small = by_case(FAST), by_case(SMALL)
    for key, (claim, case) in (small | fast).items():
        tiers = [found[1] if (found := tier.get(key)) else None for tier in (fast, small)]
        if any(one and one["verdict"] not in ("HELD", "NOT RUN") for one in tiers):
            paper = number(case["paper"]["value"], case["judgement"]["unit"], "–")
            reason = (case.get("deviation") or {}).get("reason", "")
            yield f"| {' | '.join((claim['statement'], key[1], *map(came_out, tiers), paper))} | {reason}"


def test_the_readme_says_what_did_not_hold():
    title = "| did not hold | network | fast | small | the paper | what we found |\n|---|---|---|---|---|---|\n"
    shown = README.partition(title)[2].partition("\n\n")[0].splitlines()
    expected = list(frank())
    assert len(shown) == len(expected)
    for line, begun in zip(sorted(shown), sorted(expected), strict=True):
        assert line.startswith(begun)
        assert len(line) > len(begun) or begun.rpartition("| ")[2]


def test_the_line_of_the_faults_counts_what_there_is():
    rows, inputs = len(scorecard()), 500 * len(PARSERS)
    assert f"\nfaults {rows}/{rows}, intake" in README
    assert f", fuzzed {inputs:,} inputs\n" in README


def test_the_readme_shows_some_of_them():
    title = "| claim | judged on | measured | accepted | the paper | verdict |\n|---|---|---|---|---|---|\n"
    shown = README.partition(title)[2].partition("\n\n")[0].splitlines()
    assert len(shown) == 6
    assert set(shown) <= set(RESULTS.splitlines())


def test_the_time_of_the_audit_is_the_committed_ones():
    assert f"in {round(baseline(FAST)['seconds'])} s from an empty store" in README


def test_every_baseline_is_whole_and_tells_no_path():
    for path in sorted((ROOT / "reports" / "baselines").glob("*/audit.json")):
        audit = read_audit(path)
        text = path.read_text()
        assert (path.parent / "audit.html").exists(), path
        assert audit["provenance"]["commit"], path
        assert not re.search(r"[\"= ](/[a-z]+){2,}|file://", text), path
        assert all(claim["verdict"] for claim in audit["claims"])


def test_the_readme_is_short():
    assert len(README.splitlines()) <= 120


def test_the_answer_stands_in_its_first_lines():
    verdicts = Counter(claim["verdict"] for claim in papers_own(baseline(FAST)))
    held, others = verdicts.pop("HELD"), sum(verdicts.values())
    assert f"yes: {held} of its {held + others} claims held, and {others} did not" in README.partition("\n\n")[2][:400]


def test_it_shows_what_the_audit_prints():
    audit, out = read_audit(ROOT / "reports" / "baselines" / FAST / "audit.json"), io.StringIO()
    verdict_table.COLUMNS.show(Console(file=out, width=130), verdict_table.claims(audit))
    printed = [*out.getvalue().splitlines(), terminal.counts(audit)]
    shown = README.partition("```text\n")[2].partition("```")[0].splitlines()
    assert len(shown) == 4
    assert [line for line in shown if line not in printed] == []
