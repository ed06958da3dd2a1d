"""The reference loop: what it trains on, when it ends, and that it does the same again."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from rethinking_audit.fixtures.data.augmentation import Views
from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.data.experiment import prepare
from rethinking_audit.fixtures.data.preprocessing import centre_crop, standardize
from rethinking_audit.fixtures.networks.build import build
from rethinking_audit.fixtures.training.loop import train, train_epoch
from rethinking_audit.fixtures.training.numerics import reproducible
from rethinking_audit.fixtures.training.result import BUDGET_EXHAUSTED, DIVERGED, FIT, STALLED, Curves, Result
from rethinking_audit.fixtures.training.run import set_dropout
from rethinking_audit.fixtures.training.spec import Recipe
from rethinking_audit.fixtures.training.stopping import StoppingRule
from rethinking_audit.fixtures.training.tensors import Tensors, batches

RECIPE = Recipe(batch=64, learning_rate=0.1, momentum=0.9, lr_decay=0.99, max_epochs=60, patience=40)
TRUE = prepare(find("digits"), 100, "original", 0.0, 0)
RANDOM = prepare(find("digits"), 100, "original", 1.0, 0)


def trained(recipe=RECIPE, data=RANDOM, name="mlp-1x512", seed=0, **kwargs) -> Result:
    with reproducible("cpu"):
        torch.manual_seed(seed)
        return train(build(name, (7, 7), 1, 10, 0.25), data, recipe, seed, "cpu", **kwargs)


def test_random_labels_are_fitted_and_both_criteria_recorded():
    result = trained()
    assert result.status == FIT
    assert result.train_error == 0
    assert result.curves.train_loss[result.fit_loss] < 0.05 <= result.curves.train_loss[result.fit_loss - 1]
    assert result.curves.train_error[result.fit_exact] == 0 < result.curves.train_error[result.fit_exact - 1]
    assert result.epochs >= max(result.fit_loss, result.fit_exact)
    assert result.curves.train_loss[-1] < 0.05
    assert len(result.curves.train_loss) == result.epochs + 1
    assert np.sum(result.confusion) == len(RANDOM.test_labels)


@pytest.mark.parametrize(("to_the_end", "ended"), [(False, [None, None, FIT]), (True, [None, None, None])])
def test_a_run_has_fitted_when_both_criteria_are_met_at_once(to_the_end, ended):
    stopping = StoppingRule(replace(RECIPE, to_the_end=to_the_end, max_epochs=4))
    found = []
    for epoch, (loss, error) in enumerate([(0.04, 0.01), (0.06, 0.0), (0.04, 0.0)], start=1):
        stopping.see(epoch, Curves(train_loss=[2.3, loss], train_error=[0.9, error]), loss, 0.1)
        found.append(stopping.status)
    assert found == ended
    assert (stopping.fit_loss, stopping.fit_exact) == (1, 2)
    if to_the_end:
        stopping.see(4, Curves(train_loss=[2.3, 0.06], train_error=[0.9, 0.0]), 0.06, 0.1)
        assert stopping.status == FIT


@pytest.mark.parametrize(("after", "most", "epochs"), [(0, 100, 3), (4, 100, 7), (4, 5, 5), (0, 3, 3)])
def test_a_run_ends_so_many_epochs_after_its_fit_and_never_beyond_its_budget(after, most, epochs):
    rule = StoppingRule(replace(RECIPE, max_epochs=most, after_fit=after))
    curves = Curves(train_loss=[2.3])
    for epoch in range(1, most + 1):
        curves.train_loss.append(0.01 if epoch >= 3 else 1.0)
        curves.train_error.append(0.0 if epoch == 3 else 0.5)  # only the first fit counts
        rule.see(epoch, curves, curves.train_loss[-1], 0.1)
        if rule.status:
            break
    assert (rule.status, epoch, rule.fitted_at) == (FIT, epochs, 3)


def test_a_run_trains_on_after_its_fit():
    plain, longer = trained(), trained(replace(RECIPE, after_fit=2))
    assert (longer.epochs, longer.status, longer.fit_exact) == (plain.epochs + 2, FIT, plain.fit_exact)
    assert longer.curves.train_loss[: plain.epochs + 1] == plain.curves.train_loss


def test_a_result_names_its_predictions_and_the_norm_of_its_weights():
    short = replace(RECIPE, max_epochs=2)
    once, again, decayed = trained(short), trained(short), trained(replace(short, weight_decay=0.1))
    assert (once.predictions, once.weight_norm) == (again.predictions, again.weight_norm)
    assert decayed.weight_norm < once.weight_norm
    assert decayed.predictions != once.predictions
    assert len(once.predictions) == 64


def test_the_same_run_twice_is_the_same_to_the_last_bit():
    first = trained(name="inception", recipe=replace(RECIPE, max_epochs=3, crop=True), data=TRUE)
    torch.rand(7)
    assert trained(name="inception", recipe=replace(RECIPE, max_epochs=3, crop=True), data=TRUE) == first


def test_seeds_differ():
    assert trained(seed=1).curves != trained(seed=0).curves


def test_a_run_leaves_the_callers_generator_and_settings_alone():
    before = torch.get_rng_state(), torch.are_deterministic_algorithms_enabled(), torch.get_num_threads()
    trained(recipe=replace(RECIPE, max_epochs=1))
    assert np.float64(5e-324) * 1.0 > 0, "denormals are still flushed to zero"
    assert torch.equal(before[0], torch.get_rng_state())
    assert before[1:] == (torch.are_deterministic_algorithms_enabled(), torch.get_num_threads())


@pytest.mark.parametrize(
    ("recipe", "name", "status"),
    [
        (replace(RECIPE, max_epochs=2), "mlp-1x512", BUDGET_EXHAUSTED),
        (replace(RECIPE, max_epochs=2, lr_decay=0.11), "mlp-1x512", BUDGET_EXHAUSTED),
        (replace(RECIPE, max_epochs=2, lr_decay=0.09), "mlp-1x512", STALLED),  # its learning rate is spent
        (replace(RECIPE, learning_rate=0.0, patience=5), "mlp-1x512", STALLED),
        (replace(RECIPE, max_epochs=300, patience=20), "linear", STALLED),
        (replace(RECIPE, learning_rate=1e6), "mlp-3x512", DIVERGED),
    ],
)
def test_a_run_ends_as_it_must(recipe, name, status):
    data = prepare(find("digits"), 300, "original", 1.0, 0)
    assert trained(recipe, data, name).status == status


def test_divergence_says_where():
    divergence = trained(replace(RECIPE, learning_rate=1e6), name="mlp-3x512").divergence
    assert divergence["epoch"] >= 1
    assert 0 <= divergence["step"] <= 2
    assert divergence["learning_rate"] == pytest.approx(1e6 * 0.99 ** (divergence["epoch"] - 1))
    assert math.isfinite(divergence["last_finite_loss"])


def test_divergence_without_a_nan():
    """A loss above twice its start for two epochs, all numbers finite."""
    result = trained(replace(RECIPE, learning_rate=30.0, momentum=0.0, max_epochs=20))
    assert result.status == DIVERGED
    assert all(math.isfinite(loss) for loss in result.curves.train_loss)


def test_the_order_is_a_function_of_seed_and_epoch():
    data = Tensors.of(RANDOM, "cpu", RECIPE)

    def labels(seed, epoch):
        return torch.cat([labels for _, labels in batches(data, RECIPE, seed, epoch)])

    assert torch.equal(labels(0, 5), labels(0, 5))
    assert not torch.equal(labels(0, 5), labels(0, 6))
    assert not torch.equal(labels(0, 5), labels(1, 5))
    assert torch.equal(labels(0, 5).sort().values, data.labels.sort().values)


def test_the_last_batch_is_what_is_left():
    sizes = [len(labels) for _, labels in batches(Tensors.of(RANDOM, "cpu", RECIPE), RECIPE, 0, 1)]
    assert sizes == [64, 36]


def test_an_epoch_is_sgd_with_momentum_and_weight_decay():
    """Against the update written out: v = m v + (g + wd w), w = w - lr v."""
    recipe = replace(RECIPE, weight_decay=0.01, batch=30)
    data = Tensors.of(RANDOM, "cpu", recipe)
    network, copy = (build("linear", (7, 7), 1, 10) for _ in range(2))
    copy.load_state_dict(network.state_dict())
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9, weight_decay=0.01)
    train_epoch(network, data, optimizer, recipe, 0, 1)
    velocity = [torch.zeros_like(weight) for weight in copy.parameters()]
    for images, labels in batches(data, recipe, 0, 1):
        gradients = torch.autograd.grad(functional.cross_entropy(copy(images), labels), list(copy.parameters()))
        for weight, speed, gradient in zip(copy.parameters(), velocity, gradients, strict=True):
            speed.mul_(0.9).add_(gradient + 0.01 * weight.detach())
            weight.data.sub_(0.1 * speed)
    for one, other in zip(network.parameters(), copy.parameters(), strict=True):
        torch.testing.assert_close(one, other)


def test_weight_decay_and_crop_change_the_run():
    curves = [
        trained(recipe, TRUE).curves for recipe in (RECIPE, replace(RECIPE, weight_decay=0.1), replace(RECIPE, crop=True))
    ]
    assert curves[0] != curves[1] != curves[2] != curves[0]


def test_augmentation_of_randomized_inputs_is_refused():
    with pytest.raises(ValueError, match="gaussian inputs"):
        trained(replace(RECIPE, crop=True), prepare(find("digits"), 100, "gaussian", 0.0, 0))


def test_dropout_is_set_and_drawn_by_epoch():
    network = nn.Sequential(nn.Flatten(), nn.Dropout(0.9), nn.Linear(49, 10))
    set_dropout(network, 0.25)
    assert network[1].p == 0.25
    data = Tensors.of(RANDOM, "cpu", RECIPE)
    frozen = torch.optim.SGD(network.parameters(), lr=0.0)
    losses = [train_epoch(network, data, frozen, RECIPE, 0, epoch)[0] for epoch in (1, 2, 1)]
    assert torch.equal(losses[0], losses[2])
    assert not torch.equal(losses[0], losses[1])


def test_the_test_set_is_looked_at_as_often_as_asked():
    looks = {every: trained(replace(RECIPE, max_epochs=5, eval_every=every)).curves.tested_epochs for every in (0, 1, 2)}
    assert looks == {0: [5], 1: [0, 1, 2, 3, 4, 5], 2: [0, 2, 4, 5]}


def test_the_heartbeat_is_told_of_each_epoch():
    beats = []
    result = trained(heartbeat=lambda epoch, loss: beats.append((epoch, loss)))
    assert beats == [(epoch, result.curves.train_loss[epoch]) for epoch in range(1, result.epochs + 1)]


def test_standardization_is_the_papers():
    """(x - mean) / max(deviation, 1/sqrt(N)) over all values of an image."""
    images = torch.rand(5, 3, 28, 28)
    images[4] = 0.5
    standard = standardize(images)
    flat = images.flatten(1)
    expected = (flat - flat.mean(1, keepdim=True)) / flat.std(1, correction=0, keepdim=True).clamp(min=2352**-0.5)
    torch.testing.assert_close(standard.flatten(1), expected)
    assert torch.equal(standard[4], torch.zeros(3, 28, 28))


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_crops():
    images = torch.arange(2 * 3 * 8 * 8, dtype=torch.float32).view(2, 3, 8, 8)
    assert torch.equal(centre_crop(images, (6, 6)), images[:, :, 1:7, 1:7])
    windows = {
        (top, left): images[0, :, top : top + 6, left : left + 6] for top in range(3) for left in range(3)
    }  # every window of the first image
    seen = set()
    for seed in range(60):
        crop = Views.drawn(2, generator(seed), spare=(2, 2)).of(images, (6, 6))
        seen |= {place for place, window in windows.items() if torch.equal(crop[0], window)}
    assert seen == set(windows)


def test_a_crop_draws_all_rows_and_then_all_columns():
    """Another order would change the numbers of every augmented run."""
    corners, draw = Views.drawn(9, generator(3), spare=(4, 4)).corners, generator(3)
    assert torch.equal(corners, torch.stack([torch.randint(5, (9,), generator=draw) for _ in range(2)], dim=1))


def test_a_signal_is_cropped_along_its_width_alone():
    signals = torch.arange(40.0).expand(3, 2, 1, 40)
    assert torch.equal(centre_crop(signals, (1, 36)), signals[..., 2:38])
    views = Views.drawn(200, generator(), spare=(0, 4))
    assert set(map(tuple, views.corners.tolist())) == {(0, left) for left in range(5)}
    cut = views.at(slice(3)).of(signals, (1, 36))
    assert cut.shape == (3, 2, 1, 36)
    assert cut[:, 1, 0, 0].tolist() == views.corners[:3, 1].tolist()


def test_flips_are_half_and_whole():
    images = torch.rand(400, 1, 4, 4)
    flipped = Views.drawn(400, generator(), flip=True).of(images, (4, 4))
    mirrored = (flipped == images.flip(3)).flatten(1).all(1)
    kept = (flipped == images).flatten(1).all(1)
    assert bool((mirrored | kept).all())
    assert 150 < int(mirrored.sum()) < 250


def test_rotation_turns_about_the_centre():
    images = torch.rand(50, 3, 9, 9)
    turned, still = (Views.drawn(50, generator(), degrees=degrees).of(images, (9, 9)) for degrees in (25.0, 1e-6))
    torch.testing.assert_close(turned[:, :, 4, 4], images[:, :, 4, 4])
    torch.testing.assert_close(still, images)
    assert not torch.allclose(turned, images)
