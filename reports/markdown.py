"""An audit, or a comparison of two, as Markdown for a CI summary: the worst first, within GitHub's size limit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rethinking_audit.fixtures.record.judged import Case, Claim
from rethinking_audit.fixtures.record.outcome import as_expected, paper_value
from rethinking_audit.fixtures.record.types import Audit
from rethinking_audit.fixtures.record.verdict import HELD, NOT_RUN, VERDICTS
from rethinking_audit.fixtures.record.words import EXPECTED, SIGNS, interval, limit, line, number, plural
from rethinking_audit.reports.comparison import KINDS, Comparison, Finding

# GitHub refuses a summary of more than 1 MiB; the steps of one job share it.
MOST_BYTES = 900_000
# Characters with a meaning in a line of GitHub's Markdown.
MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+!|~$&@:-])")


def escape(value: object) -> str:
    """Return text that Markdown shows unchanged, in one line."""
    return MARKUP.sub(r"\\\1", line(value))


def code(value: object) -> str:
    """Return text in a code span, also inside a table."""
    return f"`{line(value).replace('`', chr(0x2019)).replace('|', '/') or ' '}`"


def summary(audit: Audit) -> str:
    """Return the summary of an audit."""
    return "\n".join(_fitting(_audit(audit), "The rest is in audit.html.")) + "\n"


def differences(comparison: Comparison) -> str:
    """Return the summary of a comparison."""
    return "\n".join(_fitting(_comparison(comparison), "The rest is in the comparison's JSON.")) + "\n"


def _fitting(lines: Iterable[str], rest: str) -> Iterator[str]:
    """Yield whole lines while they fit."""
    used = 0
    for text in lines:
        used += len(text.encode("utf-8")) + 1
        if used > MOST_BYTES:
            yield f"\n**Cut here: a summary may not be longer.** {rest}"
            return
        yield text


def _audit(audit: Audit) -> Iterator[str]:
    counts = ", ".join(f"{SIGNS[name]} {audit['summary'][name]} {name}" for name in VERDICTS if audit["summary"][name])
    yield f"## Audit: {counts or 'nothing was judged'}"
    yield ""
    machine, packages = audit["provenance"]["machine"], audit["provenance"]["packages"]
    where = f"{machine.get('gpu') or machine.get('processor')}, torch {packages.get('torch')}"
    images = [data["title"] + (" (a stand-in)" if data["stand_in"] else "") for data in audit["data"].values()]
    yield f"{escape(audit['paper'].get('title'))}. On {escape(', '.join(images) or 'nothing')}; {escape(where)}."
    yield f"{escape(audit['created'])}, {audit['seconds']:g} s, {code(audit['command'])}, exit code {audit['exit_code']}."
    for idle in audit["not_run"]:
        yield f"Not run: {escape(idle['reason'])}; {escape(idle['cost'])}."
    for verdict in VERDICTS:
        cases = [(claim, case) for claim in audit["claims"] for case in claim["cases"] if case["verdict"] == verdict]
        if cases:
            yield from _section(verdict, cases)
    if readings := audit.get("readings"):
        yield from _readings(readings)


def _readings(readings: list[Claim]) -> Iterator[str]:
    """The readings of the paper, and their verdicts."""
    yield "\n### Readings that the data contradict\n"
    yield "| reading | case | what the data say | it would take | verdict |"
    yield "|---|---|---|---|---|"
    for reading in readings:
        for case in reading["cases"]:
            measured, accepted, _ = _figures(case)
            what = f"{case['judgement']['quantity']}: {measured}" if case["judgement"] else case["reason"]
            verdict = f"{case['verdict']}, {'as it must be' if as_expected(case) else 'expected REFUTED'}"
            cells = (
                f"\u201c{reading['statement']}\u201d",
                f"{case['tier']}, {case['data']}, {case['network']}",
                what,
                accepted,
            )
            yield f"| {' | '.join(map(escape, cells))} | {verdict} |"


def _section(verdict: str, cases: list[tuple[Claim, Case]]) -> Iterator[str]:
    folded = verdict in (NOT_RUN, HELD)
    heading = f"{SIGNS[verdict]} {verdict} ({len(cases)})"
    yield f"\n<details><summary>{heading}</summary>\n" if folded else f"\n### {heading}\n"
    yield "| claim | case | measured | accepted | paper |"
    yield "|---|---|---|---|---|"
    for claim, case in cases:
        yield f"| {code(claim['id'])} | {escape(_case(case))} | {' | '.join(_figures(case))} |"
    reasons = [(claim, case) for claim, case in cases if case["reason"] and verdict != HELD]
    if reasons:
        yield ""
    for claim, case in reasons:
        yield f"- {code(claim['id'])} {escape(_case(case))}: {escape(case['reason'])}"
    if folded:
        yield "\n</details>"


def _case(case: Case) -> str:
    return f"{case['tier']}, {case['data']}, {case['network']}" + (f" ({EXPECTED})" if as_expected(case) else "")


def _figures(case: Case) -> tuple[str, str, str]:
    judged = case["judgement"]
    if judged is None:
        return "", "", ""
    measured = f"{number(judged['measured'], judged['unit'])}, {interval(judged['interval'], judged['unit'])}"
    return measured, limit(judged), number(paper_value(case), judged["unit"], "–")


def _comparison(comparison: Comparison) -> Iterator[str]:
    regressions = comparison.regressions
    yield f"## {'✗ ' + plural(len(regressions), 'regression') if regressions else '✓ Nothing regressed'}"
    yield f"\n{escape(comparison.headline)}"
    yield ""
    yield from (f"- **{finding.kind}** {_finding(finding)}" for finding in regressions)
    for kind, heading in KINDS.items():
        others = [finding for finding in comparison.of(kind) if not finding.regressed]
        if others:
            yield f"\n<details><summary>{heading} ({len(others)})</summary>\n"
            yield from (f"- {_finding(finding)}" for finding in others)
            yield "\n</details>"
    yield f"\n{escape(comparison.how)}"


def _finding(finding: Finding) -> str:
    return f"{code(finding.subject)}: {escape(finding.text)}"
