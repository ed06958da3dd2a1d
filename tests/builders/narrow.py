"""What the committed audit of the narrow Inception v3 holds, as the documents tell it."""

from statistics import fmean

from rethinking_audit.fixtures.record.reading import read_audit
from tests.builders.places import ROOT


def regularizers(run):
    recipe = run["spec"]["recipe"]
    return recipe["crop"], recipe["dropout"], recipe["weight_decay"]


AUDIT = read_audit(ROOT / "reports" / "baselines" / "imagenet-narrow-tiny-imagenet-2-core-cpu" / "audit.json")
RUNS = AUDIT["runs"].values()
CASES = [case for claim in AUDIT["claims"] for case in claim["cases"]]
NOTES = "\n".join(note for case in CASES for note in (*case["judgement"]["notes"], case["control"]["reason"]))
COMPARED = [run for run in RUNS if run["spec"]["train_size"] == 2_500]
# Test accuracy without regularizers and with weight decay alone: ours, and Table 2's.
ACCURACY = [
    round(1 - fmean(run["curves"]["test_error"][-1] for run in COMPARED if regularizers(run) == (False, 0.0, decay)), 4)
    for decay in (0.0, 4e-5)
]
TABLE_2 = [AUDIT["tables"]["2"]["rows"][row]["test_top1"] for row in (3, 2)]
