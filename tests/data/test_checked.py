"""What is known of images from a run before is not found out again, and whatever changed is found all the same."""

import weakref
from dataclasses import replace

import numpy as np
import pytest

from rethinking_audit.fixtures.data import checked, contracts, corruption
from rethinking_audit.fixtures.data.contracts import REPLACED, ContractBroken
from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.data.experiment import cropped, prepare, standardized
from rethinking_audit.fixtures.data.matching import marks, shared, surely_the_same
from rethinking_audit.fixtures.data.parts import BYTES, parts

RNG = np.random.default_rng(2)
KINDS = ["original", "shuffled", "random", "gaussian"]
ARRAYS = ("inputs", "labels", "test_inputs", "test_labels", "pixels", "test_pixels")


@pytest.fixture(autouse=True)
def nothing_known():
    checked.forget()
    yield
    checked.forget()


def read(kind="original", probability=1.0, seed=0, train_size=300):
    return checked.checked(find("digits"), train_size, kind, probability, seed)


def broken(contract, *arguments):
    with pytest.raises(ContractBroken) as found:
        read(*arguments)
    assert found.value.contract == contract


def change(monkeypatch, changed):
    """From now on what is prepared is changed before anybody sees it."""
    monkeypatch.setattr(checked, "prepare", lambda *what: changed(prepare(*what)))


@pytest.fixture
def asked(monkeypatch):
    """The contracts that are asked about, by name."""
    names = []

    def noted(contract):
        return lambda experiment: (names.append(contract.__name__), contract(experiment))

    for name in ("CONTRACTS", "OF_LABELS"):
        monkeypatch.setattr(contracts, name, tuple(map(noted, getattr(contracts, name))))
    return names


@pytest.mark.parametrize("kind", KINDS)
def test_an_experiment_is_the_same_whether_its_images_are_known_or_not(kind):
    for seed, probability in [(0, 1.0), (0, 0.5), (1, 0.0), (0, 0.0)]:
        found, kept = read(kind, probability, seed)
        expected = prepare(find("digits"), 300, kind, probability, seed)
        for name in ARRAYS:
            assert np.array_equal(getattr(found, name), getattr(expected, name))
        assert (found.kind, found.corruption) == (kind, probability)
        assert kept == [contract.__name__ for contract in contracts.CONTRACTS]


def test_contracts_of_images_are_asked_once_and_those_of_labels_each_time(asked):
    labels, everything = len(contracts.OF_LABELS), len(contracts.CONTRACTS)
    for kind, seed, number in [
        ("original", 0, everything),
        ("original", 1, labels),
        ("random", 1, everything),
        ("random", 1, labels),
        ("random", 2, everything),  # other pixels
    ]:
        asked.clear()
        read(kind, 0.5, seed, None)
        assert len(asked) == number


def test_contracts_of_images_are_asked_for_each_seed_that_draws_its_own(asked):
    for seed, number in [(0, len(contracts.CONTRACTS)), (1, len(contracts.CONTRACTS)), (0, len(contracts.OF_LABELS))]:
        asked.clear()
        read("original", 0.5, seed)
        assert len(asked) == number


@pytest.mark.parametrize("kind", KINDS)
def test_known_images_are_made_no_more(monkeypatch, kind):
    made = []
    monkeypatch.setattr(
        "rethinking_audit.fixtures.data.experiment.standardized",
        lambda *what, **more: made.append(0) or standardized(*what),
    )
    first, _ = read(kind)
    assert len(made) == 4  # two splits, each made twice and compared
    again, _ = read(kind, 0.0)
    assert len(made) == 4
    assert again.inputs is first.inputs


def test_images_that_are_kept_no_more_are_made_once_and_known_by_their_digest(asked):
    read("random", seed=0)
    for seed in range(1, checked.ROOM + 1):
        read("random", seed=seed)
    asked.clear()
    read("random", seed=0)
    assert len(asked) == len(contracts.OF_LABELS)


@pytest.mark.parametrize(
    ("name", "contract"),
    [("inputs", "same on every read"), ("test_inputs", "same on every read"), ("pixels", "true inputs")],
)
def test_images_that_a_training_wrote_into_are_unknown(name, contract):
    images = getattr(read()[0], name)
    images[7] = images[8]
    broken(contract)


def test_a_test_image_that_leaks_into_known_images(monkeypatch):
    def leaked(experiment):
        pixels = experiment.pixels.copy()
        pixels[0] = experiment.test_pixels[0]
        return replace(experiment, pixels=pixels)

    read()
    change(monkeypatch, leaked)
    broken("separate splits")


def test_known_images_under_the_name_of_another_kind(monkeypatch):
    read("original")
    noise, _ = read("random")
    change(monkeypatch, lambda experiment: replace(experiment, inputs=noise.inputs, test_inputs=noise.test_inputs))
    broken("true inputs", "original")


def test_known_images_that_are_drawn_anew(monkeypatch):
    read("gaussian")
    change(monkeypatch, lambda one: replace(one, inputs=RNG.standard_normal(one.inputs.shape, dtype=np.float32)))
    broken("same on every read", "gaussian")


def test_labels_of_known_images_that_are_drawn_anew(monkeypatch):
    read()
    change(monkeypatch, lambda one: replace(one, labels=RNG.integers(0, 10, len(one.labels))))
    broken("same on every read")


def test_labels_of_known_images_that_are_forced_to_differ(monkeypatch):
    read()
    shift = RNG.integers(1, 10, 300)
    change(monkeypatch, lambda one: replace(one, labels=(one.clean_labels + shift) % 10))
    broken(REPLACED)


def test_what_broke_a_contract_is_not_known_afterwards(monkeypatch):
    for _ in range(2):
        with monkeypatch.context() as patch:
            change(patch, lambda experiment: replace(experiment, inputs=experiment.inputs / 255))
            broken("standardized inputs")
    read()


def test_no_more_than_two_sets_of_images_are_kept():
    alive = [weakref.ref(read("gaussian", seed=seed)[0].inputs) for seed in range(5)]
    assert [found() is not None for found in alive] == [False, False, False, True, True]


def test_images_made_of_the_same_pixels_share_them():
    assert read("shuffled")[0].pixels is read("original")[0].pixels


# Part by part


def test_parts_are_all_of_the_images_in_their_order():
    images = np.arange(3 * BYTES).astype(np.uint8).reshape(-1, 3, 1, 2**10)
    pieces = [images[part] for part in parts(images)]
    assert len(pieces) > 1
    assert max(piece.nbytes for piece in pieces) <= BYTES
    assert np.array_equal(np.concatenate(pieces), images)
    assert [part.indices(1) for part in parts(images[:1])] == [(0, 1, 1)]


@pytest.mark.parametrize("count", [1, 111, 112, 500])
def test_images_are_standardized_and_moved_to_the_same_bits_part_by_part(monkeypatch, count):
    images = RNG.random((count, 3, 28, 28), dtype=np.float32)
    whole, moved = standardized(images), corruption.randomize_inputs(images, "random", "d", 0, "train", images)
    assert (len(list(parts(images))) > 1) == (count > 111)
    for module in ("rethinking_audit.fixtures.data.experiment", "rethinking_audit.fixtures.data.corruption"):
        monkeypatch.setattr(f"{module}.parts", lambda images: [slice(None)])
    assert np.array_equal(standardized(images), whole)
    assert np.array_equal(corruption.randomize_inputs(images, "random", "d", 0, "train", images), moved)


def test_standardized_images_may_take_the_place_of_the_others():
    images = RNG.random((5, 3, 8, 8), dtype=np.float32)
    expected = standardized(images)
    assert standardized(images, into=images) is images
    assert np.array_equal(images, expected)


def test_a_crop_is_the_same_before_and_after_division():
    images = RNG.integers(0, 256, (4, 3, 9, 9), dtype=np.uint8)
    assert np.array_equal(cropped(images, (7, 7)) / np.float32(255), cropped(images / np.float32(255), (7, 7)))


# Which images are the same


def some(count, values=300):
    return RNG.integers(0, 256, (count, 3, values // 3, 1)).astype(np.float32)


def test_a_mark_is_a_few_values_from_all_over_an_image():
    images = some(2)
    images[1] = images[0]
    images[1, 2, -4] += 1  # a multiple of 4 from the first
    first, second = marks(images)
    assert first != second
    assert len(first) == 4 * 75


def test_shared_images_are_found_by_all_their_values():
    train, test = some(20), some(10)
    test[3], test[4], test[5] = train[7], train[7], train[8]
    test[5, 0, 1] += 1  # its mark is the other's
    assert marks(test)[5] == marks(train)[8]
    assert shared(train, test) == [train[7].tobytes()] * 2
    assert shared(train, test[:3]) == []


@pytest.mark.parametrize(
    ("wrong", "same"),
    [
        (lambda images, labels: None, True),
        (lambda images, labels: labels.put([0, 1], [labels[1], labels[0]]), False),
        (lambda images, labels: images[3].put(1, -1.0), False),  # where the mark does not look
        (lambda images, labels: images[3].put(0, -1.0), False),
        (lambda images, labels: (images.__setitem__(1, images[0]), labels.put(1, labels[0])), False),  # twice
    ],
    ids=["sound", "labels", "value", "mark", "twice"],
)
def test_batches_hold_every_image_once(wrong, same):
    images, labels = some(9), np.arange(9)
    order = RNG.permutation(9)
    mixed, theirs = images[order], labels[order]
    wrong(mixed, theirs)
    batches = [(mixed[:5], theirs[:5]), (mixed[5:], theirs[5:])]
    assert surely_the_same(batches, images, labels) == same
    assert not surely_the_same(batches[:1], images, labels)


def test_two_images_of_one_mark_are_not_surely_told_apart():
    images, labels = some(4), np.zeros(4, dtype=np.int64)
    images[1] = images[0]
    assert not surely_the_same([(images, labels)], images, labels)
    assert surely_the_same([(images, np.arange(4))], images, np.arange(4))
