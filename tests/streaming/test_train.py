"""A streamed run: it stops and goes on, leaves damaged images out, and measures what it says."""

from dataclasses import replace

import pytest

from rethinking_audit.fixtures.streaming import checkpoint
from rethinking_audit.fixtures.streaming.checkpoint import NAME, NoCheckpoint
from rethinking_audit.fixtures.streaming.samples import samples
from rethinking_audit.fixtures.streaming.train import Streaming, Way, train
from tests.builders.trees import RECIPE, STREAM, break_image, run


@pytest.fixture
def safetensors():
    return pytest.importorskip("safetensors", reason="safetensors is not installed: pip install '.[imagenet]'")


def stopped(spec, way, after):
    """Take some steps and stop, as if the process were killed at once."""
    under_way = Streaming(spec, samples(spec), way)
    for _ in range(after):
        under_way.take()
        if under_way.step % under_way.steps == 0:
            under_way.end_epoch()
    under_way.save()


REGULARIZED = replace(RECIPE, crop=True, flip=True, dropout=0.5, weight_decay=1e-3)


@pytest.mark.parametrize("optimizer", ["sgd", "rmsprop"])
@pytest.mark.parametrize("after", [1, 2, 3])
def test_a_run_that_was_stopped_ends_as_one_that_was_not(safetensors, folder, tmp_path, after, optimizer):
    """Weights, curves and predictions, with all that an epoch draws."""
    spec = run(folder, REGULARIZED, replace(STREAM, optimizer=optimizer), corruption=0.0)
    whole = train(spec, samples(spec), Way())
    way = Way(folder=tmp_path / "kept")
    stopped(spec, way, after)
    assert train(spec, samples(spec), way) == whole
    assert not way.folder.exists()


def test_a_run_writes_its_checkpoints_and_removes_the_last(safetensors, folder, tmp_path, monkeypatch):
    saved = []
    monkeypatch.setattr(checkpoint, "save", lambda folder, network, optimizer, about: saved.append(about["step"]))
    spec = run(folder)
    train(spec, samples(spec), Way(folder=tmp_path / "kept", every=2))
    assert saved == [2, 4]


def test_a_checkpoint_of_another_recipe_is_refused(safetensors, folder, tmp_path):
    spec, way = run(folder), Way(folder=tmp_path / "kept")
    stopped(spec, way, 1)
    other = replace(spec, recipe=replace(RECIPE, learning_rate=0.5))
    with pytest.raises(NoCheckpoint, match=r"is of another run, .*lr 0\.001.*, expected one of .*lr 0\.5"):
        train(other, samples(other), way)


def test_a_damaged_checkpoint_is_refused(safetensors, folder, tmp_path):
    spec, way = run(folder), Way(folder=tmp_path / "kept")
    stopped(spec, way, 1)
    (way.folder / NAME).write_bytes((way.folder / NAME).read_bytes()[:-10])
    with pytest.raises(NoCheckpoint, match=r"safetensors is damaged \(.*\), expected a checkpoint; remove it"):
        train(spec, samples(spec), way)


def test_a_damaged_image_is_named_once_and_left_out(folder):
    """The run goes on without it."""
    name = break_image(folder)
    spec = run(folder)
    with pytest.warns(UserWarning, match=f"{name} cannot be decoded and is left out") as warned:
        result = train(spec, samples(spec), Way())
    assert len(warned) == 1
    assert result["left_out"] == [name]
    assert result["epochs"] == 2


def test_a_damaged_test_image_is_counted_in_no_error(folder):
    name = break_image(folder, "val/class-02/0.jpg")
    spec = run(folder)
    result = train(spec, samples(spec), Way())
    assert result["left_out"] == [name]
    assert sum(map(sum, result["confusion"])) == 5


def test_a_batch_without_a_sound_image_ends_the_run(folder):
    for image in (folder / "train").rglob("*.jpg"):
        break_image(folder, image.relative_to(folder))
    spec = run(folder)
    with pytest.warns(UserWarning, match="left out"), pytest.raises(ValueError, match="0 of 3 images of a batch can"):
        train(spec, samples(spec), Way())


def test_readers_change_no_number(folder):
    """They decode in processes of their own."""
    spec = run(folder, replace(REGULARIZED, max_epochs=1))
    assert train(spec, samples(spec), Way(readers=2)) == train(spec, samples(spec), Way())


def test_a_run_without_safetensors_says_what_to_install(folder, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "safetensors.torch", None)
    spec = run(folder)
    with pytest.raises(NoCheckpoint, match=r"safetensors is not installed.*pip install '\.\[imagenet\]'"):
        train(spec, samples(spec), Way(folder=tmp_path / "kept", every=1))


def test_labels_are_those_of_the_seed_in_every_epoch(folder):
    one, again, other = (samples(run(folder, corruption=1.0, seed=seed)) for seed in (0, 0, 1))
    assert (one.train.labels == again.train.labels).all()
    assert (one.train.labels != other.train.labels).any()
    assert (one.test.labels == other.test.labels).all()


def test_a_seed_draws_classes_and_equally_many_images_of_each(folder):
    found = samples(run(folder, stream=replace(STREAM, classes=3), train_size=3))
    assert (found.classes, sorted(found.train.labels), sorted(found.test.labels)) == (3, [0, 1, 2], [0, 1, 2])
