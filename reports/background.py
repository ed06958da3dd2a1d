"""The background of the verdicts: controls, deviations, replication, and the rate of false alarms."""

from __future__ import annotations

from dataclasses import dataclass

from rethinking_audit.fixtures.record.judged import Claim, Control, Deviation
from rethinking_audit.fixtures.record.measured import Replication
from rethinking_audit.fixtures.record.outcome import as_it_must_be, controls_of, vouching_networks
from rethinking_audit.fixtures.record.types import Audit
from rethinking_audit.fixtures.record.verdict import ERROR, HELD, NOT_RUN
from rethinking_audit.fixtures.record.words import SIGNS, cannot_show, number
from rethinking_audit.reports.overview import MOST_DRAWN

CAUGHT, IDLE = SIGNS[HELD], "–"


@dataclass(frozen=True)
class Background:
    """The rows of the tables at the end of the page."""

    networks: list[str]
    controls: list[tuple[str, list[str]]]  # claim, a sign per network; with very many claims, only faulty ones
    claims: int
    caught: int  # claims whose controls all got the verdict they must get
    false_alarms: str
    calibration: str
    deviations: list[tuple[str, str, Deviation, bool]]  # claim, case, the deviation, whether the case matches it
    replication: list[tuple[Replication, str, str, str]]  # the row, the paper's, ours, the interval


def background(audit: Audit) -> Background:
    """Return the tables at the end of the page."""
    own = (case["network"] for claim in audit["claims"] for case in claim["cases"])
    others = (network for claim in audit["claims"] for case in claim["cases"] for network in vouching_networks(case))
    networks = list(dict.fromkeys([*own, *others]))
    controls = [(claim["id"], _signs(claim, networks)) for claim in audit["claims"]]
    return Background(
        networks,
        controls if len(controls) <= MOST_DRAWN else [row for row in controls if not _sound(row[1])],
        len(controls),
        sum(_sound(signs) for _, signs in controls),
        _false_alarms(audit),
        _calibration(audit),
        [
            (claim["id"], f"{case['tier']}, {case['network']}", found, found["verdict"] == case["verdict"])
            for claim in audit["claims"]
            for case in claim["cases"]
            if (found := case.get("deviation"))
        ],
        [_replication(row) for row in audit.get("replication", ())],
    )


def _sound(signs: list[str]) -> bool:
    return CAUGHT in signs and set(signs) <= {CAUGHT, IDLE}


def _signs(claim: Claim, networks: list[str]) -> list[str]:
    """The outcome of the controls on each network: the first wrong verdict, or one sign for all."""
    found: dict[str, list[Control]] = {name: [] for name in networks}
    for case in claim["cases"]:
        for control in controls_of(case):
            found[control.get("network", case["network"])].append(control)
    return [_sign(controls) for controls in found.values()]


def _sign(controls: list[Control]) -> str:
    run = [control for control in controls if control["verdict"] != NOT_RUN]
    wrong = [control["verdict"] for control in run if not as_it_must_be(control)]
    if wrong:
        return f"{SIGNS[ERROR]} {wrong[0]}"
    return CAUGHT if run else IDLE


def _false_alarms(audit: Audit) -> str:
    """How many wrong verdicts the rules allow if every quantity lies exactly on its limit."""
    alphas = [
        sum(look["alpha"] for look in case.get("looks", ())) or judgement["alpha"]
        for claim in audit["claims"]
        for case in claim["cases"]
        if (judgement := case["judgement"])
    ]
    if not alphas:
        return ""
    return (
        f"{len(alphas)} decisions, each wrong with probability at most {max(alphas):g} where the quantity lies exactly on"
        f" its limit: at most {sum(alphas):.2g} wrong verdicts are expected in an audit like this one."
    )


def _calibration(audit: Audit) -> str:
    """How many audits raise a false alarm, measured by resampling."""
    found = audit.get("calibration")
    if not found:
        return ""
    red, undecided = found["false_alarms"], found["undecided"]
    since = "" if found["current"] else " The code that makes the numbers has changed since."
    return (
        f"Of 1,000 audits of the tier {' and '.join(found['tiers'])}, as it is declared, {red['value']:.2f} raise a false"
        f" alarm (95 % interval {red['low']:.2f} to {red['high']:.2f}) and {undecided['value']:.1f} leave something"
        f" undecided: {found['audits']:,} were resampled from {found['seeds']} seeds of each run on {found['date']};"
        f" {cannot_show(found['seeds'])}.{since}"
    )


def _replication(row: Replication) -> tuple[Replication, str, str, str]:
    unit = "" if "epochs" in row["what"] else "%"
    ends = "–" if row["low"] is None else f"{number(row['low'], unit)} to {number(row['high'], unit)}"
    return row, number(row["paper"], unit), number(row["measured"], unit), ends
