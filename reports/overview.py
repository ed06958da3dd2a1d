"""The first screen: every claim's interval in units of its tolerance, and what is undecided and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rethinking_audit.fixtures.record.judged import Case, Claim, Judgement
from rethinking_audit.fixtures.record.outcome import as_expected, found_since, is_since, papers_own
from rethinking_audit.fixtures.record.types import Audit
from rethinking_audit.fixtures.record.verdict import ERROR, HELD, NOT_RUN, REFUTED, VERDICTS
from rethinking_audit.fixtures.record.words import IN_HUNDREDTHS, interval, limit, number, plural
from rethinking_audit.fixtures.record.words import anchor as anchor_of

Position = Callable[[float], float]

EDGE = 2.2  # tolerances from the middle to the edge of the picture
MOST_NAMED = 3  # cases of one line
HALF, STEP = 200, 7
MOST_DRAWN = 60  # a page with more claims draws less of each


@dataclass(frozen=True)
class Strip:
    """The intervals of a claim's cases against its limits, as paths in a drawing 400 wide."""

    height: int
    shade: str
    intervals: str


@dataclass(frozen=True)
class Line:
    """One claim on the first screen."""

    claim: Claim
    anchor: str
    strip: Strip | None
    nearest: str
    about: str
    expected: bool
    since: bool  # found since 2017, no claim of the paper


@dataclass(frozen=True)
class Undecided:
    """The cases that did not hold for the same reason."""

    verdict: str
    reason: str
    cases: list[str]
    anchor: str
    since: str | None


def anchor(claim: Claim) -> str:
    """Return a claim's id for links."""
    return anchor_of(claim["id"])


def lines(audit: Audit) -> list[Line]:
    """Return a line for each claim: the paper's in the order of the audit, then those found since."""
    return [_line(claim) for claim in (*papers_own(audit), *found_since(audit))]


def _line(claim: Claim) -> Line:
    judged = [(case["network"], judgement) for case in claim["cases"] if (judgement := case["judgement"])]
    placed = [(network, judgement, position) for network, judgement in judged if (position := tolerance(judgement))]
    nearest = about = ""
    if placed:
        about, judgement, _ = max(placed, key=lambda one: _margin(one[1], one[2]))
        nearest = f"{number(judgement['measured'], judgement['unit'])}, accepted {limit(judgement)}".replace(
            " %", "\N{NO-BREAK SPACE}%"
        )
        about += f", the closest of {len(judged)}" if len(judged) > 1 else ""
    elif (first := claim["cases"][0])["verdict"] in (HELD, REFUTED, NOT_RUN) and first["reason"]:
        nearest = first["reason"]  # what an exact check found, or why there is nothing
    strip = _strip([(judgement, position) for _, judgement, position in placed])
    return Line(claim, anchor(claim), strip, nearest, about, no_news(claim), is_since(claim))


def no_news(claim: Claim) -> bool:
    """Return whether all cases with the claim's verdict match their expected deviation."""
    failed = [case for case in claim["cases"] if case["verdict"] == claim["verdict"]]
    return bool(failed) and all(map(as_expected, failed))


def tolerance(judgement: Judgement) -> Position | None:
    """Return where a value lies in units of the tolerance: -1 and 1 are the limits, 0 is the ideal between them.

    A one-sided limit is scaled from the ideal value: 0 for an upper limit, a share of 1 for a lower one. An order has no
    tolerance, only a limit: its unit is half of the interval.
    """
    low, high = _limits(judgement)
    if low is not None and high is not None and high > low:
        middle, half = (low + high) / 2, (high - low) / 2
        return lambda value: (value - middle) / half
    if high is not None and high > 0:
        most = high
        return lambda value: value / most
    if low is not None and 0 < low < 1 and judgement["unit"] != "x":
        least = low
        return lambda value: (value - 1) / (1 - least)
    return _by_interval(judgement, low, high)


def _by_interval(judgement: Judgement, low: float | None, high: float | None) -> Position | None:
    ends = judgement["interval"]
    if (low is None) == (high is None) or ends["low"] is None or ends["high"] is None:
        return None
    half = (ends["high"] - ends["low"]) / 2 or 1.0
    if low is not None:
        least = low
        return lambda value: (value - least) / half - 1
    most = high or 0.0
    return lambda value: (value - most) / half + 1


def _limits(judgement: Judgement) -> tuple[float | None, float | None]:
    """The limits that a value can pass: shares and correlations end at 1, errors and ratios at 0."""
    low, high, unit = judgement["accepted"]["low"], judgement["accepted"]["high"], judgement["unit"]
    if low is not None and ((low == 0 and high is not None and high > 0) or (unit in IN_HUNDREDTHS and low <= -1)):
        low = None
    if high is not None and unit != "x" and high >= 1 and low is not None:
        high = None
    return low, high


def _margin(judgement: Judgement, position: Position) -> float:
    """The nearness of the interval to a limit: 1 is on the limit."""
    low, high = _limits(judgement)
    ends = judgement["interval"]
    near = [position(ends["high"])] if high is not None and ends["high"] is not None else []
    near += [-position(ends["low"])] if low is not None and ends["low"] is not None else []
    return max(near, default=EDGE)


def _strip(placed: list[tuple[Judgement, Position]]) -> Strip | None:
    if not placed:
        return None
    intervals = []
    for row, (judgement, position) in enumerate(placed):
        y = 7 + STEP * row
        low, high = judgement["interval"]["low"], judgement["interval"]["high"]
        left = 0 if low is None else _place(position(low))
        right = 2 * HALF if high is None else _place(position(high))
        intervals.append(f"M{left} {y}H{right}")
        if judgement["measured"] is not None:
            intervals.append(f"M{_place(position(judgement['measured']))} {y - 2}v4")
    height = 7 + STEP * len(placed)
    shades = [_shade(judgement) for judgement, _ in placed]
    if len(set(shades)) == 1:
        return Strip(height, _box(shades[0], 0, height), "".join(intervals))
    boxes = [_box(shade, 3 + STEP * row, 3 + STEP * (row + 1)) for row, shade in enumerate(shades)]
    return Strip(height, "".join(boxes), "".join(intervals))


def _shade(judgement: Judgement) -> tuple[int, int]:
    """The ends of the accepted range; without a limit, the edge."""
    low, high = _limits(judgement)
    return 0 if low is None else _place(-1), 2 * HALF if high is None else _place(1)


def _box(ends: tuple[int, int], top: int, bottom: int) -> str:
    return f"M{ends[0]} {top}H{ends[1]}V{bottom}H{ends[0]}z"


def _place(units: float) -> int:
    return round(HALF + max(-EDGE, min(EDGE, units)) / EDGE * (HALF - 2))


def undecided(audit: Audit) -> list[Undecided]:
    """Return what did not hold, by verdict and reason, the worst first; cases with one reason are grouped.

    A check of training code that does not apply is no news; its line among all claims says why.
    """
    own = "subject" in audit
    found: dict[tuple[str, str, str | None], list[tuple[str, str]]] = {}
    for claim in audit["claims"]:
        for case in claim["cases"]:
            if case["verdict"] != HELD and not (own and case["verdict"] == NOT_RUN):
                foreseen = case.get("deviation") if as_expected(case) else None
                reason = foreseen["reason"] if foreseen else _first_line(case)
                key = (case["verdict"], reason, foreseen["since"] if foreseen else None)
                where = "" if own else f" [{case['tier']}, {case['network']}]"
                name = claim["statement"].removesuffix(".") + where
                found.setdefault(key, []).append((name, anchor(claim)))
    ordered = sorted(found.items(), key=lambda item: (VERDICTS.index(item[0][0]), item[0][2] is not None))
    return [
        Undecided(verdict, reason, _some([name for name, _ in cases]), cases[0][1], since)
        for (verdict, reason, since), cases in ordered
    ]


def _first_line(case: Case) -> str:
    reason = (case["reason"] or "no reason was recorded").strip()
    lines = reason.splitlines() or [""]
    text = lines[-1] if case["verdict"] == ERROR else lines[0]
    if (judgement := case["judgement"]) and not case["reason"]:
        text = f"measured {interval(judgement['interval'], judgement['unit'])}, accepted {limit(judgement)}"
    return text[:300] + ("…" if len(text) > 300 else "")


def _some(names: list[str]) -> list[str]:
    more = len(names) - MOST_NAMED + 1
    return names if more < 2 else [*names[:-more], f"and {plural(more, 'other case')}"]
