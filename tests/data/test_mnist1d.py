"""MNIST-1D is the published recipe: seed 42 makes the published set, and every run draws signals of its own."""

import hashlib

import numpy as np
import pytest
from numpy.random import RandomState

from rethinking_audit.fixtures.data import checked, mnist1d
from rethinking_audit.fixtures.data.contracts import CONTRACTS
from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.data.experiment import prepare
from rethinking_audit.fixtures.data.fetch import main
from rethinking_audit.fixtures.data.matching import shared
from rethinking_audit.fixtures.tasks import sample

SIGNALS = find("mnist1d")
# SHA-256 of what PyPI's mnist1d 0.0.2 makes with its own settings, as float32 and int64, training part first.
PUBLISHED = {
    "x": "d53506bddd12d3b72c7153b1ae7f34807724b1dd078a7273809bf9d0792319f6",
    "y": "d97dc7aecec8ad6b5d8f143ba3e9c4bd7e25c420d7dfc2eb990591cfc0ed3e15",
    "x_test": "30addc43827c82aafa5db8bc97cea63349ca687e87db2f201cc4f5415d9a4ebd",
    "y_test": "8de99be3ff9dab15ae0dc072c3d6ced7cf6b33d365888ce4a386fc944489452c",
}


@pytest.fixture(scope="module")
def published():
    values, labels = mnist1d.signals(5000, RandomState(42))
    return {"x": values[:4000], "y": labels[:4000], "x_test": values[4000:], "y_test": labels[4000:]}


def test_seed_42_makes_the_published_set(published):
    found = {name: array.astype(np.float32 if "x" in name else np.int64) for name, array in published.items()}
    assert {name: hashlib.sha256(array.tobytes()).hexdigest() for name, array in found.items()} == PUBLISHED


def test_some_published_values_are_these(published):
    assert published["x"][0, :4].tolist() == pytest.approx(
        [-0.33200566736939013, -0.4719103656557236, -0.778697076293495, -1.0097408265367045], rel=1e-12
    )
    assert published["x_test"][-1, -3:].tolist() == pytest.approx(
        [0.6598756470890784, 0.8777343497528006, 1.1931518368352758], rel=1e-12
    )
    assert published["y"][:12].tolist() == [2, 6, 4, 5, 6, 6, 6, 0, 3, 1, 6, 9]


def test_the_package_makes_the_same_set(published):
    package = pytest.importorskip("mnist1d.data", reason="mnist1d is no dependency", exc_type=ImportError)
    before = np.random.get_state()  # the package seeds the global generator
    try:
        made = package.make_dataset()
    finally:
        np.random.set_state(before)
    for name, array in published.items():
        np.testing.assert_allclose(array, made[name], rtol=1e-12, atol=1e-12)


def test_a_seed_draws_the_same_signals_each_time_and_another_seed_draws_others():
    first, again, other = (mnist1d.draw.__wrapped__(50, seed) for seed in (1, 1, 2))
    assert first.digest == again.digest
    for name in ("train_images", "test_images"):
        assert shared(getattr(first, name), getattr(other, name)) == []


def test_drawing_leaves_the_global_generator_alone():
    before = np.random.get_state()[1].tolist()
    mnist1d.draw.__wrapped__(50, 1)
    assert np.random.get_state()[1].tolist() == before


@pytest.mark.parametrize("size", [10, 503, 5000])
def test_both_splits_have_equally_many_signals_of_each_class(size):
    data = SIGNALS.draw(size, 3)
    assert data.train_images.shape == (size, 1, 1, 40)
    assert data.test_images.shape == (2000, 1, 1, 40)
    assert data.train_images.dtype == data.test_images.dtype == np.float32
    assert np.ptp(np.bincount(data.train_labels, minlength=10)) == (size % 10 > 0)
    assert np.bincount(data.test_labels).tolist() == [200] * 10
    assert (np.diff(data.train_labels) < 0).any()  # in random order


def test_a_run_has_4000_signals_by_default_and_the_test_signals_of_its_seed_at_any_size():
    small, whole = SIGNALS.draw(20, 5), SIGNALS.draw(None, 5)
    assert len(whole.train_labels) == SIGNALS.about.train == 4000
    assert np.array_equal(small.test_images, whole.test_images)
    assert shared(whole.train_images, whole.test_images) == []


def test_fewer_signals_than_classes_are_refused():
    with pytest.raises(ValueError, match="a draw of 9 signals of mnist1d is not possible, expected 10 or more"):
        SIGNALS.draw(9, 0)


def test_a_kept_draw_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        SIGNALS.draw(20, 0).train_images[0] = 0


def test_a_drawn_data_set_cannot_be_loaded_whole():
    with pytest.raises(ValueError, match="mnist1d is drawn anew for each seed, expected a data set of fixed images"):
        SIGNALS.load()


def test_another_generator_has_another_digest(monkeypatch):
    """The digest is a part of every run's key."""
    assert mnist1d.digest.__wrapped__() == SIGNALS.digest()
    monkeypatch.setattr(mnist1d, "WHITE", 0.021)
    assert mnist1d.digest.__wrapped__() != SIGNALS.digest()


@pytest.mark.parametrize("kind", ["original", "shuffled", "random", "gaussian"])
def test_signals_keep_every_contract(kind):
    checked.forget()
    experiment, kept = checked.checked(SIGNALS, 500, kind, 0.5, 1000)
    assert kept == [contract.__name__ for contract in CONTRACTS]
    assert experiment.inputs.shape == (500, 1, 1, 36)
    assert np.array_equal(experiment.pixels, SIGNALS.draw(500, 1000).train_images)


def test_the_images_of_a_run_are_those_of_its_seed_whichever_run_came_before():
    checked.forget()
    for seed in (1, 2, 1):
        found, _ = checked.checked(SIGNALS, 50, "original", 0.0, seed)
        assert np.array_equal(found.inputs, prepare(SIGNALS, 50, "original", 0.0, seed).inputs)


def test_a_solve_gets_the_signals_of_its_seed():
    found, _ = sample.checked(SIGNALS, 50, 0.0, 7)
    assert np.array_equal(found.images, SIGNALS.draw(50, 7).train_images)
    assert found.max_value == 1


def test_there_is_nothing_to_fetch_and_that_is_no_error(capsys, own_folders):
    assert main(["mnist1d"]) == 0
    assert capsys.readouterr().out.startswith("mnist1d: MNIST-1D (synthetic signals of 40 numbers, drawn anew")
