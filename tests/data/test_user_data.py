"""A user's own images are read as they are, or refused in one sentence that quotes the name."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from rethinking_audit.fixtures.data import cifar10, contracts, datasets
from rethinking_audit.fixtures.data.corruption import INPUTS
from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.data.experiment import prepare
from rethinking_audit.fixtures.plugin.provenance import describe_data
from tests.builders.places import ROOT
from tests.builders.user_data import arrays, write_folder

pytestmark = pytest.mark.usefixtures("own_folders")


@pytest.mark.parametrize("test", ["test", "val"])
@pytest.mark.parametrize(("mode", "channels"), [("RGB", 3), ("L", 1)])
def test_a_folder_of_images_is_read(tmp_path, test, mode, channels):
    name = write_folder(tmp_path / "mine", test, mode=mode)
    about, data = datasets.find(name).about, datasets.find(name).load()
    assert (about.train, about.test, about.shape, about.crop, about.channels, about.classes) == (
        8,
        2,
        (8, 8),
        (7, 7),
        channels,
        2,
    )
    assert about.stand_in is None
    assert data.train_images.shape == (8, channels, 8, 8)
    assert data.train_labels.tolist() == [0] * 4 + [1] * 4
    original = np.asarray(Image.open(tmp_path / "mine" / "train" / "dog" / "1.png")).reshape(8, 8, channels)
    assert np.array_equal(data.train_images[5].transpose(1, 2, 0), original)
    assert datasets.find(name).digest() == data.digest


def test_cifar10_in_other_files_is_a_stand_in(tmp_path, monkeypatch):
    """It is named as one in the audit: the same classes and counts are not the same pixels."""
    monkeypatch.setattr(cifar10, "ABOUT", replace(cifar10.ABOUT, train=20, test=10))
    name = write_folder(tmp_path / "jpegs", count=2, side=32, classes=cifar10.CLASSES)
    recorded = describe_data({datasets.find(name), datasets.find("digits")})
    assert recorded["folder:jpegs"]["stand_in"] is True  # by its last part: where it lies is nobody's business
    assert recorded["folder:jpegs"]["title"].startswith("stand-in for CIFAR-10: images in the folder 'jpegs'")
    assert str(tmp_path) not in recorded["folder:jpegs"]["title"]
    assert recorded["digits"]["stand_in"] is False


def test_a_changed_folder_is_decoded_again(tmp_path, new_process):
    name = write_folder(tmp_path / "mine")
    before = datasets.find(name).digest()
    Image.new("RGB", (8, 8), "red").save(tmp_path / "mine" / "train" / "cat" / "0.png")
    new_process()
    assert datasets.find(name).digest() != before
    assert datasets.find(name).digest() == datasets.find(name).load().digest


def spoil_nothing_there(root):
    return root / "absent"


def spoil_no_test(root):
    (root / "test").rename(root / "held-out")


def spoil_classes(root):
    (root / "test" / "dog").rename(root / "test" / "wolf")


def spoil_emptied(root):
    (root / "test" / "dog" / "0.png").unlink()


def spoil_size(root):
    Image.new("RGB", (8, 9)).save(root / "train" / "dog" / "3.png")


def spoil_first_size(root):
    Image.new("RGB", (8, 9)).save(root / "train" / "dog" / "0.png")


def spoil_image(root):
    (root / "test" / "dog" / "0.png").write_bytes((root / "test" / "dog" / "0.png").read_bytes()[:60])


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (spoil_nothing_there, r"absent: it is no folder; expected train/CLASS/"),
        (spoil_no_test, "there is no test/ or val/ with one folder per class"),
        (spoil_classes, r"test/ has other classes than the training images \(dog, wolf\)"),
        (spoil_emptied, "test/dog holds no image"),
        (spoil_size, "train/dog/3.png has 8x9 pixels, expected 8x8"),
        (spoil_first_size, "images of 8x8, 8x9 pixels, expected square images of one size"),
        (spoil_image, "test/dog/0.png cannot be read as an image"),
    ],
)
def test_a_folder_that_is_no_data_set_is_refused(tmp_path, spoil, message):
    root = tmp_path / "mine"
    write_folder(root)
    root = spoil(root) or root
    with pytest.raises(ValueError, match=message) as caught:
        datasets.find(f"folder:{root}").load()
    assert f"folder:{root}" in str(caught.value)


def test_colour_among_grey_images_is_refused(tmp_path):
    name = write_folder(tmp_path / "mine", mode="L")
    Image.new("RGB", (8, 8), "red").save(tmp_path / "mine" / "train" / "dog" / "3.png")
    with pytest.raises(ValueError, match=r"train/dog/3.png is in colour, expected grey"):
        datasets.find(name).load()


@pytest.mark.parametrize("pack", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("order", ["last", "first", "grey"])
def test_a_numpy_file_is_read(tmp_path, pack, order):
    made = arrays(train_labels=(np.arange(12, dtype=np.uint8) % 3)[:, None])
    for name in ("train_images", "test_images"):
        made[name] = {"last": made[name], "first": made[name].transpose(0, 3, 1, 2), "grey": made[name][..., 0]}[order]
    pack(tmp_path / "mine.npz", **made)
    name = f"npz:{tmp_path / 'mine.npz'}"
    about, data = datasets.find(name).about, datasets.find(name).load()
    assert (about.train, about.test, about.shape, about.crop, about.classes) == (12, 6, (10, 10), (8, 8), 3)
    assert data.train_images.shape == (12, about.channels, 10, 10)
    assert np.array_equal(data.train_images[:, 0], arrays()["train_images"][..., 0])
    assert data.test_labels.tolist() == [0, 1, 2, 0, 1, 2]
    assert datasets.find(name).digest() == data.digest


def test_what_is_no_numpy_file_is_refused(tmp_path):
    (tmp_path / "mine.npz").write_text("hello")
    for name in (f"npz:{tmp_path / 'mine.npz'}", f"npz:{tmp_path / 'absent.npz'}"):
        for ask in (lambda name: datasets.find(name).about, lambda name: datasets.find(name).load()):
            with pytest.raises(ValueError, match="expected a file with train_images") as caught:
                ask(name)
            assert name in str(caught.value)


@pytest.mark.parametrize("name", ["folder:", "npz:", "zip:x.zip", "", "MNIST", "npz:a\nb.npz", "folder:a\n"])
def test_unknown_names_are_quoted(name):
    with pytest.raises(ValueError, match="no data set is named") as caught:
        datasets.find(name)
    assert repr(name) in str(caught.value)


@pytest.mark.parametrize("kind", INPUTS)
def test_colour_images_keep_the_contracts(tmp_path, kind):
    """Also where one channel is darker than the others, as blue is in photographs."""
    draw = np.random.default_rng(3)
    made = {f"{split}_images": draw.integers(0, 256, (1000, 10, 10, 3), dtype=np.uint8) for split in ("train", "test")}
    for images in made.values():
        images[..., 2] //= 2
    labels = np.arange(1000) % 10
    np.savez(tmp_path / "mine.npz", **made, train_labels=labels, test_labels=labels)
    experiment = prepare(find(f"npz:{tmp_path / 'mine.npz'}"), None, kind, 0.5, 0)
    assert len(contracts.check(experiment)) == len(contracts.CONTRACTS)


def test_describing_needs_no_torch(tmp_path):
    """Nor does reading: an audit is planned in every worker, and torch takes seconds to import."""
    name = write_folder(tmp_path / "mine")
    script = (
        "import sys; from rethinking_audit.fixtures.data import datasets;"
        "[datasets.find(name).about for name in ('digits', 'mnist', 'cifar10', sys.argv[1])];"
        "datasets.find(sys.argv[1]).digest(); assert not {'torch', 'torchvision', 'sklearn'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script, name], cwd=ROOT, check=True, timeout=60)
