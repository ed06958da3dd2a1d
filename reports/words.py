"""How every report says things: verdicts, numbers with their unit, limits, and text that hides nothing of what it says."""

from __future__ import annotations

import re
from typing import Any

VERDICTS = ("REFUTED", "ERROR", "INCONCLUSIVE", "NOT RUN", "HELD")  # the worst first
SIGNS = {"HELD": "✓", "REFUTED": "✗", "INCONCLUSIVE": "?", "ERROR": "!", "NOT RUN": "–"}
EXPECTED = "expected deviation"

SMALL = 0.005  # a plain number below this is written with an exponent
MOST_DRAWN = 60  # claims of which a page draws everything
LONGEST = 10_000
LONGEST_LINE = 500
# Control and formatting characters can make text read otherwise than it is; the last two ranges no file can hold.
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff\ud800-\udfff]"
)


def clean(value: object) -> str:
    """Return text without characters that hide or turn what it says, and not longer than a page can bear."""
    text = UNSEEN.sub("\ufffd", str(value))
    return text if len(text) <= LONGEST else text[:LONGEST] + " … (cut)"


def line(value: object) -> str:
    """Return text in one short line."""
    text = " ".join(clean(value).split())
    return text if len(text) <= LONGEST_LINE else text[:LONGEST_LINE] + " … (cut)"


def number(value: float | None, unit: str, missing: str = "?") -> str:
    """Return a value as a percentage, a factor or a plain number."""
    if value is None:
        return missing
    if not unit and 0 < abs(value) < SMALL:
        return f"{value:.1e}"
    scaled, sign = (100 * value, " %") if unit == "%" else (value, " ×" if unit == "x" else "")
    return f"{scaled:.2f}{sign}" if abs(scaled) < 1e9 else f"{scaled:.3g}{sign}"


def numbers(values: list[float | None], unit: str) -> str:
    """Return several values in a row, their unit once."""
    told = [number(value, unit, "∞") for value in values]
    *others, last = told or ["–"]
    return ", ".join([*(text.removesuffix(" %").removesuffix(" ×") for text in others), last])


def interval(judgement: dict[str, Any]) -> str:
    """Return the interval that was measured, in words."""
    ends, unit = judgement["interval"], judgement["unit"]
    return f"{number(ends['low'], unit, '−∞')} to {number(ends['high'], unit, '∞')}"


def limit(judgement: dict[str, Any]) -> str:
    """Return in words what is accepted."""
    unit, least, most = judgement["unit"], judgement["accepted"]["low"], judgement["accepted"]["high"]
    if least == most:
        return f"exactly {number(most, unit)}"
    if least is None or (least == 0 and most is not None) or (unit == "%" and least <= -1):
        return f"at most {number(most, unit)}"
    if most is None or (not unit and most == 1):
        return f"at least {number(least, unit)}"
    return f"{number(least, unit)} to {number(most, unit)}"


def unit_of_values(judgement: dict[str, Any], series: str) -> str:
    """Return the unit of one series of measurements: a rank correlation has none, what is ranked are errors.

    A ratio is one of each pair of seeds, of the part that was judged; its arms, and what other parts measured, are none.
    """
    if judgement["quantity"].startswith("rank correlation"):
        return "%"
    part, _, name = series.rpartition(": ")
    paired = name == "by seed" and (not part or judgement["quantity"].endswith(f"({part})"))
    return "" if judgement["unit"] == "x" and not paired else str(judgement["unit"])


def expected(case: dict[str, Any]) -> bool:
    """Whether the case is no news: a deviation that the project's list foresees, or a reading that was refuted."""
    return case["verdict"] in (case.get("expected"), (case.get("deviation") or {}).get("verdict"))


def standing(case: dict[str, Any]) -> str:
    """Return the verdict as it counts: a reading that held is as bad as a claim that was refuted, and the reverse."""
    verdict = str(case["verdict"])
    return {"HELD": "REFUTED", "REFUTED": "HELD"}.get(verdict, verdict) if case.get("expected") == "REFUTED" else verdict


def plural(count: int, noun: str) -> str:
    """Return the noun with its number."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
