"""tests/measured.json: how often the audit of a user's code was right, and docs/own-measured.md, which shows it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rethinking_audit.fixtures.statistics.binomial import exact_interval
from rethinking_audit.fixtures.subjects.codes import codes
from tests.builders.leaks import CASES
from tests.builders.places import ROOT

FILE, PAGE = ROOT / "tests" / "measured.json", ROOT / "docs" / "own-measured.md"
Counts = Mapping[str, Any]
TITLE = """# How often the audit of your own code is right

`python -m tests.leaks --write` and `python -m tests.power --write` measured what follows and wrote this page. Each audit
had one thread of a CPU that others used as well, and a minute at most.
"""
LEAKS = """
## Leaks

Each audit has small data of its own, drawn at random; data and code are in `tests/builders/leaks.py`, the counts in
`tests/measured.json`. An audit is right if every code that must be red is red, and no code that must not be. It ends when
it has found what it must.

"""
SOUND = """
## Sound code

Nothing is wrong with this code, and its audits go to their end (`tests/measured.json`). R1 may be red if the model
memorizes nothing, and G2 if one nearest neighbour does better: then these are true. Any other red is a false alarm.

"""
POWER = """
## Each check and the fault that it must see

The page of each check shows wrong and right code. Both were audited on nine tenths of their rows, drawn anew for each audit
(`tests/measured.json`).

"""
ALARMS = """
Together {false_alarms} of {audits:,} audits of sound code raised a false alarm: {least_in_a_thousand:.2f} to
{most_in_a_thousand:.2f} in a thousand (exact interval, {percent:.0f} %).
"""
SURE = 0.95
HEADS = {
    "leaks": "| the leak | must be red | right | red as well | longest |",
    "sound": "| sound code | audits | red | undecided | longest |",
    "power": "| check | wrong code red | right code green | right code red |",
}
RULES = {name: "|" + "---|" * (head.count("|") - 1) for name, head in HEADS.items()}


def read() -> dict[str, dict[str, Counts]]:
    """Return what was measured: by command, then by case or code."""
    found: dict[str, dict[str, Counts]] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def write(command: str, name: str, counts: Counts) -> None:
    """Put the counts of one case in place of its old ones, and write the page anew."""
    found = read()
    found[command][name] = counts
    found["sound"] = together([found["leaks"][case.name] for case in CASES if not case.red and case.name in found["leaks"]])
    FILE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(found), encoding="utf-8")


def together(sound: list[Counts]) -> dict[str, float]:
    """Return how often the audits of sound code raised a false alarm, in a thousand, with the exact interval."""
    audits = sum(counts["audits"] for counts in sound)
    alarms = audits - sum(counts["right"] for counts in sound)
    ends = exact_interval(alarms, audits, (1 - SURE) / 2)
    return {
        "audits": audits,
        "false alarms": alarms,
        "least in a thousand": round(1000 * ends.low, 2),
        "most in a thousand": round(1000 * ends.high, 2),
        "sure": SURE,
    }


def page(found: dict[str, Any]) -> str:
    """Return the page of what was measured."""
    leaks, sound = ([case for case in CASES if bool(case.red) is leaky] for leaky in (True, False))
    lines = {
        "leaks": [leak_line(case, found["leaks"][case.name]) for case in leaks if case.name in found["leaks"]],
        "sound": [leak_line(case, found["leaks"][case.name]) for case in sound if case.name in found["leaks"]],
        "power": [power_line(code, found["power"][code]) for code in codes() if code in found["power"]],
    }
    tables = {name: "\n".join([HEADS[name], RULES[name], *lines[name]]) + "\n" for name in HEADS}
    alarms = ALARMS.format(**{name.replace(" ", "_"): value for name, value in found["sound"].items()}, percent=100 * SURE)
    return f"{TITLE}{LEAKS}{tables['leaks']}{SOUND}{tables['sound']}{alarms}{POWER}{tables['power']}"


def leak_line(case: Any, counts: Counts) -> str:
    """Return the line of a leak, or of sound code."""
    if case.red:
        told = [" ".join(case.red), f"{counts['right']} of {counts['audits']}", _told(counts["also red"])]
    else:
        told = [f"{counts['audits']:,}", str(counts["audits"] - counts["right"]), _told(counts["undecided"])]
    return f"| {' | '.join([case.name, *told, str(counts['longest'])])} s |"


def power_line(code: str, counts: Counts) -> str:
    """Return the line of a check."""
    shares = [f"{counts[name]} of {counts['audits']}" for name in ("wrong red", "right green", "right red")]
    return f"| {' | '.join([code, *shares])} |"


def _told(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{code} {count}" for code, count in counts.items()) or "–"
