"""A record with everything that the page of the paper's figures and tables needs."""

from rethinking_audit.fixtures.claimkit.paper import figure, section
from tests.builders.places import ROOT
from tests.builders.records import give, key_of, synthetic

BOOK, POINTS = ROOT / "claims" / "paper.toml", ROOT / "claims" / "figures.csv"


DEVIATION = {
    "claim": "family/claim-2",
    "tier": "fast",
    "network": "alexnet",
    "data": "digits",
    "verdict": "REFUTED",
    "since": "2026-11-21",
    "reason": "no plateau forms",
}


def training(data, seed, *, network="inception", corruption=0.0, inputs="original", train_size=None, **recipe):
    """Return the key and run of a finished training with all curves."""
    spec = {"data": data, "network": network, "corruption": corruption, "inputs": inputs, "seed": seed, "width": 1.0}
    spec |= {"train_size": train_size, "recipe": {"max_epochs": 100, **recipe}}
    loss = [round(2.3 * (0.7 - 0.3 * (corruption == 0)) ** epoch, 5) for epoch in range(12)]
    return key_of(spec), {
        "spec": spec,
        "status": "fit",
        "epochs": 11,
        "steps_per_epoch": 391,
        "fit_loss": 5 + seed + round(10 * corruption),
        "fit_exact": 11,
        "curves": {
            "train_loss": loss,
            "train_error": [*(min(0.9, value) for value in loss[:-1]), 0.0],
            "online_error": loss[1:],
            "tested_epochs": [5, 11],
            "test_error": [0.3, 0.9 * corruption + 0.1 * (1 - corruption)],
        },
        "confusion": [[45, 45], [45, 761]],
        "parameters": 100,
        "labels_digest": "0" * 64,
        "inputs_digest": "0" * 64,
        "divergence": None,
        "seconds": 3.0,
    }


def full(data="cifar10", train_size=None):
    """Return an audit with the paper's points, its tables, and runs that replicate them."""
    audit = give(synthetic(claims=4), 2, "alexnet", verdict="REFUTED", deviation=DEVIATION)
    audit = give(audit, 3, "alexnet", verdict="INCONCLUSIVE", reason="its interval straddles the limit")
    arms = [
        {f"level {level:g}": [training(data, seed, corruption=level, train_size=train_size) for seed in range(3)]}
        for level in (0.0, 0.5, 1.0)
    ]
    arms += [
        {kind: [training(data, seed, inputs=kind, train_size=train_size) for seed in range(3)]}
        for kind in ("gaussian", "random")
    ]
    arms.append({"end": [training(data, seed, to_the_end=True, train_size=train_size) for seed in range(3)]})
    arms.append({"weight decay": [training(data, 0, corruption=1.0, weight_decay=1e-4, train_size=train_size)]})
    case = audit["claims"][0]["cases"][0]
    case.update(data=data, tier="paper", network="inception", runs={})
    for arm in arms:
        for name, pairs in arm.items():
            case["runs"][name] = {"0.0": [key for key, _ in pairs]}
            audit["runs"].update(pairs)
    audit["data"][data] = {**audit["data"]["digits"], "title": data}
    return audit | {
        "figures": {name: figure(POINTS, name, 80) for name in ("1a", "1b", "1c", "2a", "2b")},
        **{name: section(BOOK, name) for name in ("tables", "open", "consistency")},
        "replication": [
            {"place": "Table 1", "network": "inception", "what": "test accuracy, random labels", "paper": 0.0978}
            | {"measured": 0.1, "seeds": 3, "low": 0.09, "high": 0.11, "agrees": True, "why": None}
        ],
    }
