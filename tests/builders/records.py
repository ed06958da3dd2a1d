"""Synthetic audit records, with as many claims, networks and seeds as a test needs."""

import copy
import hashlib
import json
import random

SEEDS = 5
DIGITS = {"title": "digits", "train": 901, "test": 896, "classes": 10, "digest": "0" * 64, "stand_in": False}


def key_of(spec):
    return hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()


def run(network, seed, draw, corruption=1.0, epochs=20):
    """Return the key, a hash of the spec, and the run of a finished training."""
    spec = {
        "data": "digits",
        "network": network,
        "corruption": corruption,
        "seed": seed,
        "train_size": 300,
        "width": 1.0,
        "recipe": {"batch": 64, "max_epochs": 300},
    }
    fit = max(2, round(draw.gauss(epochs, 1.5)))
    loss = [round(2.3 * 0.8**epoch, 5) for epoch in range(fit + 1)]
    return key_of(spec), {
        "spec": spec,
        "status": "fit",
        "epochs": fit + 1,
        "steps_per_epoch": 5,
        "fit_loss": fit,
        "fit_exact": fit + 1,
        "curves": {"train_loss": loss, "train_error": loss, "test_error": [0.9], "half_errors": [[0.9, 0.91]]},
        "confusion": [[45, 45], [45, 761]],
        "parameters": 100,
        "labels_digest": "0" * 64,
        "inputs_digest": "0" * 64,
        "divergence": None,
        "seconds": (fit + 1) * 5 * 0.004 * draw.lognormvariate(0, 0.03),
    }


def judgement(values, verdict="HELD", most=0.5, unit="%"):
    mean = sum(values) / len(values)
    return {
        "verdict": verdict,
        "rule": "mean over seeds, Student's interval",
        "quantity": "test error",
        "unit": unit,
        "measured": mean,
        "interval": {"low": mean - 0.01, "high": mean + 0.01},
        "accepted": {"low": None, "high": most},
        "alpha": 0.01,
        "values": {"by seed": values},
        "notes": [],
    }


def outcome(values, verdict="HELD"):
    reason = None if verdict == "HELD" else f"it was {verdict}"
    judged = judgement(values, verdict) if verdict in ("HELD", "REFUTED", "INCONCLUSIVE") else None
    paper = {"value": 0.3, "where": "Table 1", "origin": "Table 1"}
    return {"verdict": verdict, "reason": reason, "judgement": judged, "paper": paper, "seconds": 0.01}


def synthetic(claims=5, networks=("alexnet", "mlp-1x512"), seeds=SEEDS, first_seed=0, draw=0, runs=True):
    """Return an audit in which every claim held; `draw` seeds its random measurements."""
    chance = random.Random(draw)
    made, listed = {}, []
    for number in range(claims):
        cases = []
        for place, network in enumerate(networks):
            level = number / 1000
            pairs = [run(network, first_seed + seed, chance, level) for seed in range(seeds)]
            made.update(pairs if runs else [])
            mean = 0.1 + 0.002 * number + 0.01 * place
            values = [round(chance.gauss(mean, 0.01) * 896) / 896 for _ in range(seeds)]
            cases.append(
                {
                    "nodeid": f"claims/test_x.py::test_{number}[fast-{network}]",
                    "tier": "fast",
                    "data": "digits",
                    "network": network,
                    **outcome(values),
                    "runs": {"random": {str(level): [key for key, _ in pairs]}} if runs else {},
                    "control": outcome([0.9] * seeds, "REFUTED"),
                }
            )
        listed.append(claim(number, "HELD", *cases))
    return frame(listed, made, {"HELD": claims * len(networks)})


def claim(number, verdict, *cases, **fields):
    """Return a claim with its cases."""
    return {
        "id": f"family/claim-{number}",
        "statement": f"Statement {number}.",
        "explanation": "",
        "source": "section 1",
        "refuted_by": "something else",
        "control": "another",
        "figure": None,
        "paper_figure": None,
        "verdict": verdict,
        "cases": list(cases),
        **fields,
    }


def frame(claims, runs, summary, **fields):
    """Return an audit of digits with these claims and runs."""
    return {
        "schema": 1,
        "project": "rethinking-audit",
        "paper": {"title": "Understanding", "authors": "Zhang", "venue": "ICLR 2017"},
        "created": "2026-11-21T08:00:00Z",
        "seconds": 12.0,
        "command": "pytest claims -m fast",
        "summary": {"HELD": 0, "NOT RUN": 0, "INCONCLUSIVE": 0, "ERROR": 0, "REFUTED": 0, **summary},
        "exit_code": 0,
        "not_run": [],
        "claims": claims,
        "runs": runs,
        "data": {"digits": dict(DIGITS)},
        "provenance": {
            "machine": {"processor": "a CPU", "cores": 2, "system": "Linux", "gpu": None, "driver": None},
            "device": "cpu",
            "numerics": {"device": "cpu"},
            "python": "3.11",
            "packages": {"torch": "2.15.0"},
            "commit": "c" * 40,
            "dirty": False,
            "engine": "0" * 64,
            "workers": "2",
        },
        **fields,
    }


def give(audit, claim, network, values=None, verdict="HELD", **fields):
    """Return a copy of the audit in which one case has another outcome."""
    changed = copy.deepcopy(audit)
    for case in changed["claims"][claim]["cases"]:
        if case["network"] == network:
            case.update(outcome(values or case["judgement"]["values"]["by seed"], verdict), **fields)
    verdicts = [case["verdict"] for one in changed["claims"] for case in one["cases"]]
    changed["summary"] = {name: verdicts.count(name) for name in changed["summary"]}
    return changed
