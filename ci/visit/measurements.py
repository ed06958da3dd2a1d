"""Measure on a GPU what was predicted for this audit; each figure stands beside its prediction.

python -m ci.visit.measurements speed --device cuda:0 --seconds 85 --output speed.json

One measurement is one record. A failed measurement is a record with its error, a measurement without time is `skipped`, and
the others go on. On a CPU `--small` tests that the script works; the figures mean nothing there.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import torch

from ci.visit.bench import Bench
from ci.visit.predictions import COPY, GROUPS, Measurement
from rethinking_audit.fixtures.runs import cards
from rethinking_audit.fixtures.training.numerics import reproducible


def record(one: Measurement, bench: Bench, bandwidth: float | None) -> dict[str, Any]:
    """Measure, and return the record, also of an error. `bandwidth` is in TB/s."""
    found: dict[str, Any] = {"what": one.what, "unit": one.unit, "predicted": one.predicted}
    started = time.perf_counter()
    try:
        with reproducible(bench.device):  # as an audit trains
            value = one.measure(bench)
        low, high = one.predicted or (0.0, 0.0)
        told = one.predicted and (one.must or bench.device != "cpu")
        found |= {"value": value, "verdict": ("confirmed" if low <= value <= high else "falsified") if told else "-"}
        if one.floor and bandwidth:
            found["floor"] = one.floor * bench.width * 1e-3 / bandwidth / value
    except Exception as error:  # the other figures are still worth having
        found |= {"verdict": "failed", "error": f"{type(error).__name__}: {error}"}
    return {**found, "seconds": round(time.perf_counter() - started, 2)}


def line(found: dict[str, Any]) -> str:
    """Return a record as one line."""
    predicted = "" if found["predicted"] is None else " (predicted {:.3g} to {:.3g})".format(*found["predicted"])
    value = f"{found['value']:.4g} {found['unit']}" if "value" in found else found.get("error", "no time")
    floor = f", {found['floor']:.0%} of the memory's floor" if "floor" in found else ""
    return f"{found['what']}: {value}{predicted}{floor}: {found['verdict']} [{found.get('seconds', 0)} s]"


def main() -> int:
    """Measure a group and write the records after each; return 1 if one failed, or one that must hold does not."""
    parser = argparse.ArgumentParser(description="Measure what was predicted for this audit on a GPU.")
    parser.add_argument("group", choices=GROUPS, help="parity: compare with the CPU in float64; speed: with predictions")
    parser.add_argument("--device", default="cuda:0", help="cuda:0, or cpu to try the script")
    parser.add_argument("--small", action="store_true", help="use a small size; the figures mean nothing")
    parser.add_argument("--seconds", type=float, default=300.0, help="start no measurement that would end later")
    parser.add_argument("--output", type=Path, default=Path("figures.json"), help="where the figures go, as JSON")
    parser.add_argument("-k", dest="word", default="", help="only measurements with this in their name")
    options = parser.parse_args()
    end = time.monotonic() + options.seconds
    bench = Bench(cards.first(options.device), options.small)
    card = torch.cuda.get_device_name(bench.device) if bench.device != "cpu" else "cpu"
    wanted = [one for one in GROUPS[options.group]() if options.word in one.what]
    found: list[dict[str, Any]] = []
    options.output.parent.mkdir(parents=True, exist_ok=True)
    for one in wanted:
        if time.monotonic() + one.about > end:
            found.append({"what": one.what, "unit": one.unit, "predicted": one.predicted, "verdict": "skipped"})
        else:
            bandwidth = next((past.get("value") for past in found if past["what"] == COPY), None)
            found.append(record(one, bench, bandwidth))
        print(line(found[-1]), flush=True)
        report = {"device": card, "torch": torch.__version__, "small": bench.small, "found": found}
        options.output.write_text(json.dumps(report, indent=1), encoding="utf-8")
    musts = {one.what for one in wanted if one.must}
    broken = [
        one for one in found if one["verdict"] == "failed" or (one["verdict"] == "falsified" and one["what"] in musts)
    ]
    return int(bool(broken))


if __name__ == "__main__":
    raise SystemExit(main())
