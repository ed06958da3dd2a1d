"""The claims about random labels and inputs deviate to their wrong values, and the audit then finds them false."""

import numpy as np
import pytest

from rethinking_audit.fixtures.calibration.deviate import deviating, of_part
from rethinking_audit.fixtures.calibration.resample import drawn, verdicts
from rethinking_audit.fixtures.calibration.sample import Sample
from rethinking_audit.fixtures.calibration.seeds import Calibrated
from rethinking_audit.fixtures.claimkit.case import Case
from rethinking_audit.fixtures.claimkit.paper import Paper
from rethinking_audit.fixtures.claimkit.tiers import NetworkPlan, Tier
from rethinking_audit.fixtures.data.datasets import find as find_data
from tests.builders.claims import import_file
from tests.builders.places import ROOT
from tests.builders.samples import training
from tests.builders.specs import RECIPE
from tests.builders.tables import table

SEEDS, CALIBRATED = 7, 30
LEVELS = tuple(level / 10 for level in range(11))
SIZES = (63, 125, 250, 500)
NETWORKS = {
    name: NetworkPlan(RECIPE, seeds=SEEDS, levels=LEVELS, sizes=SIZES, train_size=500)
    for name in ("inception", "mlp-1x512")
}
TIER = Tier("fast", find_data("digits"), NETWORKS, tuple(NETWORKS))
CORRUPTION, INPUTS, LABELS = (
    import_file(ROOT / "claims" / f"test_{name}.py") for name in ("label_corruption", "random_inputs", "random_labels")
)
EPOCHS = {"original": 16.0, "shuffled": 19.5, "gaussian": 21.2, "random": 21.6}  # on true labels


def made(spec):
    """Return a run of a network that does as the paper says, or of a linear one that never fits."""
    if spec.network == "linear":
        return training(train_error=0.8, fit=None)
    kind = sum(map(ord, spec.inputs))
    noise = np.exp(0.03 * np.random.default_rng([spec.seed, round(100 * spec.corruption), kind]).standard_normal())
    confusion = np.array(table(0.1 + 0.8 * (1 - spec.corruption), spec.seed))
    wrong = float(1 - np.trace(confusion) / confusion.sum())
    fit = spec.train_size / 500 * EPOCHS[spec.inputs] * (1 + 0.55 * spec.corruption) * float(noise)
    return training(test_error=wrong, fit=fit, confusion=confusion.tolist())


def with_control(test, network):
    paper = Paper.read(ROOT / "claims" / "paper.toml", test.claim.id, "fast", network)
    cases = (Case(test.claim, TIER, network, control) for control in (None, test.claim.controls[0]))
    return [Sample.of(Calibrated.of(case, CALIBRATED), made, paper) for case in cases]


@pytest.mark.parametrize(
    ("test", "network"),
    [
        (LABELS.test_training_error_reaches_zero, "mlp-1x512"),
        (INPUTS.test_training_error_reaches_zero_on_noise, "mlp-1x512"),
        (INPUTS.test_noise_is_fitted_before_random_labels, "inception"),
        (CORRUPTION.test_training_error_is_zero_at_every_level, "mlp-1x512"),
        (CORRUPTION.test_generalization_error_grows_to_chance, "mlp-1x512"),
        (CORRUPTION.test_time_to_fit_grows_by_a_small_factor, "mlp-1x512"),
        (CORRUPTION.test_the_factor_does_not_grow_with_the_number_of_images, "mlp-1x512"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_the_claim_holds_and_at_its_wrong_value_it_is_refuted(test, network):
    own, control = with_control(test, network)
    draws = drawn(60, CALIBRATED, SEEDS, seed=0)
    assert control.judge_all().verdict == "REFUTED"
    assert verdicts(own, draws).count("HELD") >= 54
    part = own.paper.fields.get("wrong_part")
    moved, fraction = deviating(own, control, own.paper.wrong, part)
    assert fraction > 0
    assert of_part(moved.judge_all(), part).measured == pytest.approx(own.paper.wrong, abs=0.03)
    assert verdicts(moved, draws).count("REFUTED") >= 57
