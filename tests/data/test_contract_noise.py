"""Gaussian noise is as the images are, channel by channel: the contract is silent inside its limit, and speaks outside."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from rethinking_audit.fixtures.data import contracts
from rethinking_audit.fixtures.data.contracts import ContractBroken
from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.data.experiment import prepare
from tests.builders.contracts import experiment, says

RNG = np.random.default_rng(1)
MILLION = 1e-6  # a sound experiment is rejected once in a million


@pytest.mark.parametrize(("scale", "sound"), [(0.4, False), (0.7, True), (1.7, True), (2.5, False)])
def test_a_pixel_of_noise_deviates_by_a_half_to_two_of_its_channel(scale, sound):
    data = experiment("gaussian")
    scaled = replace(data, inputs=data.inputs * np.float32(scale))
    if sound:
        contracts.gaussian_inputs_are_normal(scaled)
        return
    noise = scaled.inputs.astype(np.float64)
    found = (noise - noise.mean(axis=(2, 3), keepdims=True)).std(axis=0)
    text = f"is {found.min():.2f} to {found.max():.2f} times that of its channel, expected 1"
    says(
        contracts.gaussian_inputs_are_normal,
        scaled,
        text=f"Gaussian inputs: the deviation of a pixel over the images {text}",
    )


@pytest.mark.parametrize("spread", [(1, 0.3, 0.1), (1, 1, 0.003), (1, 0, 0), (0, 1, 1e-6)])
@pytest.mark.parametrize("kind", ["original", "shuffled", "random", "gaussian"])
def test_a_channel_may_vary_less_than_the_others_or_not_at_all(spread, kind, tmp_path, own_folders):
    images = RNG.random((300, 12, 9, 3)) * spread + np.array([0.1, 0.8, 0.3])
    arrays = {f"{name}_images": part.astype(np.float32) for name, part in (("train", images[:200]), ("test", images[200:]))}
    labels = {f"{name}_labels": np.arange(count) % 4 for name, count in (("train", 200), ("test", 100))}
    np.savez(tmp_path / "rgb.npz", **arrays, **labels)
    for seed in range(5):
        contracts.check(prepare(find(f"npz:{tmp_path / 'rgb.npz'}"), None, kind, 1.0, seed))


def test_noise_has_the_variance_of_each_channel_and_not_one_for_all(coloured):
    data = coloured("gaussian")
    pixels = data.pixels * np.array([1, 1, 0.2], np.float32)[:, None, None]
    with pytest.raises(ContractBroken, match=r"Gaussian inputs: the deviation of a pixel .* its channel"):
        contracts.gaussian_inputs_are_normal(replace(data, pixels=pixels))


def test_the_noise_beside_a_channel_that_does_not_vary_is_looked_at_too(coloured):
    data = coloured("gaussian")
    pixels, inputs = data.pixels.copy(), data.inputs.copy()
    pixels[:, 0], inputs[:, 0] = 0.5, 0.1
    inputs[:, 1:] = np.sign(inputs[:, 1:])
    with pytest.raises(ContractBroken, match="Gaussian inputs"):
        contracts.gaussian_inputs_are_normal(replace(data, pixels=pixels, inputs=inputs))


def test_what_a_channel_varies_by_is_of_the_crop_alone(coloured):
    """The border of these images varies fifty times as much as what is left of it."""
    data = coloured("gaussian")
    top = (data.pixels.shape[2] - data.inputs.shape[2]) // 2
    pixels = data.pixels.copy()
    pixels[:, :, :top] = 50 * pixels[:, :, :top]
    contracts.gaussian_inputs_are_normal(replace(data, pixels=pixels))


def test_the_noise_of_a_pale_channel_is_looked_at_too(coloured):
    data = coloured("gaussian")
    blue = data.inputs[:, 2]
    mean = blue.mean(axis=(1, 2), keepdims=True)
    clipped = data.inputs.copy()
    clipped[:, 2] = mean + np.sign(blue - mean) * blue.std()
    with pytest.raises(ContractBroken, match=r"Gaussian inputs: the excess kurtosis is -1\.9\d, expected -0\.03"):
        contracts.gaussian_inputs_are_normal(replace(data, inputs=clipped))


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("sign", [-1, 1])
def test_the_kurtosis_of_noise_is_that_of_values_on_a_sphere_within_its_error(monkeypatch, channels, sign):
    inputs = RNG.standard_normal((100, channels, 5, 5), dtype=np.float32)
    pixels = RNG.random((100, channels, 5, 5), dtype=np.float32)
    data = replace(experiment("gaussian"), inputs=inputs, pixels=pixels)
    expected = -6 / (channels * 25 + 2)
    limit = stats.norm.isf(MILLION / 2 / channels) * np.sqrt(24 / (100 * 25)) + 0.05
    for factor in (0.9999, 1.0001):
        others = iter([expected + sign * factor * limit, expected - 0.9 * sign * limit, expected])
        monkeypatch.setattr(contracts.stats, "kurtosis", lambda *_, others=others, **__: next(others))
        if factor < 1:
            contracts.gaussian_inputs_are_normal(data)
            continue
        worst = expected + sign * factor * limit
        text = f"Gaussian inputs: the excess kurtosis is {worst:.2f}, expected {expected:.2f}"
        says(contracts.gaussian_inputs_are_normal, data, text=text)
