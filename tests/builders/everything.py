"""One audit with everything that a page can show."""

from tests.builders.records import claim, judgement, key_of, outcome, synthetic

CONTROL = {"verdict": "HELD", "expected": "HELD", "description": "ridge regression, of which it is true"}
EXAMPLE = {
    "label": 3,
    "random_label": 7,
    "shape": [2, 2, 1],
    "inputs": {"original": "AP8A/w==", "shuffled": "AAD//w==", "random": "/wAA/w==", "gaussian": "CxaA/w=="},
}


def training(network, seed, corruption=0.0, fit=3, train_size=300, width=0.5, **recipe):
    """Return the key and run of a finished training of three epochs."""
    spec = {"data": "cifar10", "network": network, "corruption": corruption, "inputs": "original", "seed": seed}
    spec |= {"train_size": train_size, "width": width, "recipe": {"batch": 64, "max_epochs": 30, **recipe}}
    return key_of(spec), {
        "spec": spec,
        "status": "fit",
        "epochs": 3,
        "steps_per_epoch": 5,
        "fit_loss": fit,
        "fit_exact": 3,
        "curves": {
            "train_loss": [2.3, 1.1 + 0.1 * seed, 0.3, 0.04],
            "train_error": [0.9, 0.4, 0.1, 0.0],
            "online_error": [0.8, 0.3, 0.02 + 0.01 * seed],
            "tested_epochs": [3],
            "test_error": [0.4 + 0.02 * seed],
        },
        "confusion": [[45, 45], [45, 761]],
        "parameters": 100,
        "labels_digest": "0" * 64,
        "inputs_digest": "0" * 64,
        "divergence": None,
        "seconds": 3.0,
    }


def solve(problem, seed=0, **values):
    """Return the key and run of a solved problem."""
    spec = {
        "data": "mnist",
        "problem": problem,
        "seed": seed,
        "train_size": values.get("images"),
        "corruption": 0.0,
        "parameters": {},
    }
    return key_of(spec), {"spec": spec, "values": values, "seconds": 1.5}


def judged(values, verdict="HELD", unit="%", low=None, high=None, width=0.01, **fields):
    """Return a judgement of the values between the limits."""
    made = judgement(values, verdict, unit=unit)
    if width is None:
        made["interval"] = {"low": None, "high": None}
    else:
        made["interval"] = {"low": made["measured"] - width, "high": made["measured"] + width}
    return {**made, "accepted": {"low": low, "high": high}, **fields}


def case(number, network, made, verdict="HELD", runs=(), tier="paper", data="cifar10", **fields):
    """Return a case; `runs` are by arm and level."""
    came = {**outcome([0.1], "HELD"), "verdict": verdict, "reason": None, "judgement": made}
    listed = {
        arm: {level: [key for key, _ in pairs] for level, pairs in levels.items()} for arm, levels in dict(runs).items()
    }
    place = {"nodeid": f"claims/test_x.py::test_{number}[{network}]", "tier": tier, "data": data, "network": network}
    return {**place, **came, "runs": listed, "control": outcome([0.9], "REFUTED"), **fields}


def everything():
    """Return an audit with every verdict and kind of limit, looks, controls, deviations, readings, solves and tables."""
    true = {network: [training(network, seed) for seed in range(2)] for network in ("inception", "mlp-1x512")}
    random = {network: [training(network, seed, 1.0) for seed in range(2)] for network in ("inception", "mlp-1x512")}
    decay = [training("mlp-1x512", 0, 1.0, weight_decay=1e-4)]
    kernels = [
        solve("raw", images=images, test_error=0.3 - images / 5000, l2_test_error=0.05 + images / 1e5)
        for images in (500, 1000)
    ]
    small = [solve("gabor", seed, points=20, dimensions=64) for seed in range(2)]
    look = {"seeds": 2, "alpha": 0.005, "measured": 0.2, "interval": {"low": None, "high": 0.6}, "verdict": "INCONCLUSIVE"}
    look["further"] = None
    deviation = {"claim": "family/claim-1", "tier": "paper", "network": "inception", "data": "cifar10"}
    deviation |= {"verdict": "REFUTED", "since": "2026-11-20", "reason": "no plateau forms"}
    sweep = {f"{level:g}": [training("inception", 0, level, fit=4)] for level in (0.2, 0.4, 0.6, 0.8)}
    claims = [
        claim(
            0,
            "INCONCLUSIVE",
            case(
                0,
                "inception",
                judged([0.1, 0.2], high=0.5, notes=["a note"]),
                runs={"random": {"1.0": random["inception"]}, "true_labels": {"0.0": true["inception"]}},
                looks=[
                    look,
                    {**look, "seeds": 4, "alpha": 0.0025, "interval": {"low": 0.1, "high": 0.2}, "verdict": "HELD"},
                ],
            ),
            case(
                0,
                "mlp-1x512",
                judged([0.45, 0.5], "INCONCLUSIVE", high=0.5, width=0.1, further=4),
                "INCONCLUSIVE",
                runs={"random": {"1.0": random["mlp-1x512"]}, "weight decay": {"1.0": decay}},
                reason="its interval straddles the limit",
                paper=None,
                other_controls=[{**outcome([0.1], "HELD"), **CONTROL}],
            ),
            case(0, "alexnet", None, "NOT RUN", reason="no GPU", control=None, paper=None),
            explanation="Why it matters.",
            source="section 2, Table 1 and Figure 1a",
        ),
        claim(
            1,
            "REFUTED",
            case(
                1,
                "inception",
                judged([2.0, 4.0], "REFUTED", "x", 1.2, 2.5, width=0.2),
                "REFUTED",
                runs={"levels": sweep},
                deviation=deviation,
                reason="it was REFUTED",
            ),
            source="Table 4",
        ),
        claim(
            2,
            "ERROR",
            case(2, "inception", None, "ERROR", reason="Traceback\nValueError: broke", control=outcome([0.1], "HELD")),
            case(2, "mlp-1x512", judged([0.9, 0.8], unit="", low=0.5, high=1.0, alpha=0.0), control=None),
        ),
        claim(
            3,
            "HELD",
            case(3, "inception", judged([-0.01, 0.02], low=-0.06, high=0.06)),
            case(3, "mlp-1x512", judged([0.91, 0.95], low=0.9)),
            case(
                3,
                "alexnet",
                judged([0.001], unit="", low=0.0004, width=None),
                tier="fast",
                data="digits",
                control=outcome([0.1], "NOT RUN"),
            ),
        ),
        claim(
            4,
            "HELD",
            case(4, "raw", judged([0.012], high=0.2), runs={"solved": {"0.0": kernels}}, tier="fast", data="mnist"),
            case(4, "gabor", judged([0.006, 0.008], high=0.2), runs={"solved": {"0.0": small}}, tier="fast", data="mnist"),
            id="kernel/interpolates-and-generalizes",
            paper_figure={"name": "x", "series": {"raw": [[2000, 0.014], [60000, 0.012]], "raw, with l2": [[1000, 0.01]]}},
        ),
    ]
    reading = claim(5, "REFUTED", id="readings/noise", expected="REFUTED", statement="Error falls as noise rises.")
    told = {**outcome([0.1], "HELD"), "expected": "HELD", "description": "levels permuted"}
    reading["cases"] = [
        case(
            5, "inception", judged([0.7], "REFUTED", high=0.5), "REFUTED", expected="REFUTED", control=None, deviation=None
        )
        | {"other_controls": [told], "reason": "it was REFUTED"}
    ]
    made = synthetic(0)
    data = made["data"]["digits"]
    rows = {"network": "inception", "labels": "true", "crop": False, "weight_decay": False, "train": 1.0, "test": 0.62}
    top = {"train_top1": 0.9218, "train_top5": 0.9921, "test_top1": 0.7784, "test_top5": 0.9392}
    kernel = {"data": "mnist", "preprocessing": "none", "l2": False, "test_error": 0.0118, "norm": 30.5}
    share = {"place": "Table 1", "network": "inception", "paper": 0.62, "measured": 0.59, "seeds": 2}
    return {
        **made,
        "claims": claims,
        "readings": [reading],
        "runs": {
            key: run
            for pairs in (*true.values(), *random.values(), decay, kernels, small, *sweep.values())
            for key, run in pairs
        },
        "data": {
            "digits": data,
            "cifar10": {**data, "title": "CIFAR-10", "stand_in": True},
            "mnist": {**data, "title": "MNIST (scans)", "example": EXAMPLE},
        },
        "summary": {"HELD": 7, "NOT RUN": 1, "INCONCLUSIVE": 1, "ERROR": 1, "REFUTED": 1},
        "exit_code": 1,
        "not_run": [{"reason": "no GPU", "cost": "3 h"}],
        "tables": {
            "1": {
                "title": "with and without regularizers",
                "rows": [
                    rows,
                    {**rows, "labels": "random", "test": 0.0978},
                    {**rows, "crop": True},
                    {**rows, "network": "mlp-1x512", "labels": "random", "weight_decay": True, "train": 0.998},
                ],
            },
            "2": {
                "title": "ImageNet",
                "rows": [
                    {"labels": "true", "augmentation": True, "dropout": True, "weight_decay": False, **top},
                    {"labels": "true", "network": "AlexNet", "test_top5": 0.836, "best_top1": 0.5, "best_top5": 0.7},
                ],
            },
            "3": {
                "title": "kernels",
                "rows": [
                    kernel,
                    {**kernel, "l2": True},
                    {"data": "mnist", "preprocessing": "Gabor filters", "l2": False, "test_error": 0.007},
                    {"data": "cifar10", "preprocessing": "none", "l2": False, "test_error": 0.46},
                ],
            },
            "4": {
                "title": "random labels with regularizers",
                "rows": [
                    {"network": "mlp-1x512", "regularizer": "weight decay", "train": 0.9921},
                    {"network": "inception", "regularizer": "random cropping"},
                    {"network": "inception", "regularizer": "dropout", "train": 0.5},
                ],
            },
        },
        "open": [{"what": "batch size", "choice": "128", "reason": "391 steps"}],
        "consistency": [{"item": "Table 2", "against": "Figure 2a", "view": "a slip"}],
        "replication": [
            {**share, "what": "test accuracy, regularizers: none", "low": 0.5, "high": 0.7, "agrees": True, "why": None},
            {
                **share,
                "what": "training accuracy, regularizers: none",
                "low": 0.99,
                "high": 1,
                "agrees": False,
                "why": None,
            },
            {**share, "what": "epochs to fit", "low": None, "high": None, "agrees": None, "why": "one seed"},
        ],
        "calibration": {
            "tiers": ["fast", "paper"],
            "false_alarms": {"value": 0.024, "low": 0.016, "high": 0.036},
            "undecided": {"value": 1.25, "low": 1.0, "high": 1.5},
            "audits": 12000,
            "seeds": 30,
            "date": "2026-11-21",
            "current": False,
        },
    }
