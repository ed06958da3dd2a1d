"""Data sets are read exactly as they were published, and refused by name if they were not."""

import gzip
import itertools
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fixtures.data import cifar10, datasets, decoded, folder, listing, meaning, mnist, pickles
from fixtures.data import fetch as command
from fixtures.data.cifar10_archives import BINARY, PYTHON, UNPACKED
from fixtures.data.dataset import ARRAYS, DataMissing, DataSet, DataUnavailable
from fixtures.data.published import Published, digest_of_bytes
from fixtures.plugin.provenance import describe_data
from tests.attacks.make_cifar10 import (
    BATCH,
    binary_members,
    make_batches,
    python_members,
    write_archive,
    write_unpacked,
)
from tests.attacks.make_mirror import mirror
from tests.attacks.make_pickle import hostile_pickles, python2_pickle
from tests.attacks.make_tar import HOSTILE_MEMBERS, write_tar

CHECKOUT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("RETHINKING_SHARED") or CHECKOUT.parent / "shared")
REAL_MNIST = SHARED / "data" / "MNIST" / "raw"
BATCHES = make_batches()


@pytest.fixture(autouse=True)
def own_folders(monkeypatch, tmp_path):
    """Every test has data and cache folders of its own, and no memory of another's."""
    monkeypatch.setenv("RETHINKING_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("RETHINKING_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    (tmp_path / "data").mkdir()
    forget()
    yield
    forget()


@pytest.fixture
def place(tmp_path):
    return tmp_path / "data"


def forget():
    """What a new process would not know."""
    for cached in (datasets.describe, datasets.load, datasets.digest, listing.listing, folder._shape):
        cached.cache_clear()


def images_and_labels(data):
    return [getattr(data, name) for name in ARRAYS]


def expect_batches(data, batches=BATCHES):
    """Every pixel and label is where the original format has it: a plane of red, one of green, one of blue."""
    images = np.concatenate([images for images, _ in batches])
    assert np.concatenate([data.train_images, data.test_images]).tobytes() == images.tobytes()
    assert data.train_images.shape == (5 * BATCH, 3, 32, 32)
    assert np.array_equal(data.train_images[3, 1, 2, 5], images[3, 1024 + 2 * 32 + 5])
    assert np.concatenate([data.train_labels, data.test_labels]).tolist() == [int(y) for _, part in batches for y in part]


# CIFAR-10


def test_the_binary_archive_is_read_byte_by_byte(place):
    expect_batches(cifar10.decode(place, binary=write_archive(place, binary_members(BATCHES))))


def test_the_python_archive_is_read_byte_by_byte(place):
    expect_batches(cifar10.decode(place, python=write_archive(place, python_members(BATCHES), PYTHON)))


def test_the_unpacked_folder_is_read_byte_by_byte(place):
    unpacked = write_unpacked(place, python_members(BATCHES))
    expect_batches(cifar10.decode(place, python=replace(PYTHON, batch=BATCH), unpacked=unpacked))


def test_the_archive_without_pickles_is_preferred(place):
    binary = write_archive(place, binary_members(BATCHES))
    (place / PYTHON.file.name).write_bytes(b"never looked at")
    expect_batches(cifar10.decode(place, binary=binary))


def test_the_sums_are_torchvisions():
    from torchvision.datasets import CIFAR10, MNIST

    assert [PYTHON.file.name, CIFAR10.meta["filename"]] == [CIFAR10.filename, Path(PYTHON.names).name]
    assert CIFAR10.url == PYTHON.file.mirrors[0] + PYTHON.file.name
    sums = [*CIFAR10.train_list, *CIFAR10.test_list, (CIFAR10.meta["filename"], CIFAR10.meta["md5"])]
    assert [(file.name, file.digest) for file in UNPACKED] == [
        (f"{CIFAR10.base_folder}/{name}", f"md5:{md5}") for name, md5 in sums
    ]
    assert {(file.name, file.digest) for file in mnist.PACKED} == {(name, f"md5:{md5}") for name, md5 in MNIST.resources}
    assert list(mnist.MIRRORS) == MNIST.mirrors


@pytest.mark.parametrize("where", [10, 0.5, -1])
def test_a_flipped_byte_is_refused(place, where):
    binary = write_archive(place, binary_members(BATCHES))
    path = place / binary.file.name
    content = bytearray(path.read_bytes())
    content[int(where * len(content)) if isinstance(where, float) else where] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataUnavailable, match="damaged or another file: sha256:") as caught:
        cifar10.decode(place, binary=binary)
    assert binary.file.digest in str(caught.value)
    assert path.read_bytes() == content
    assert list(place.iterdir()) == [path]


def test_a_cut_archive_is_refused(place):
    binary = write_archive(place, binary_members(BATCHES))
    path = place / binary.file.name
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(DataUnavailable, match=f"bytes, expected {binary.file.size:,} .it was cut short"):
        cifar10.decode(place, binary=binary)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_an_archive_published_cut_is_refused(place, share):
    """Its digest is right, and it still ends too soon."""
    write_archive(place, binary_members(BATCHES))
    path = place / BINARY.file.name
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    cut = replace(BINARY, file=Published(path.name, None, digest_of_bytes(path.read_bytes(), "sha256")), batch=BATCH)
    with pytest.raises(DataUnavailable, match=r"cannot be read as a tar archive|holds no"):
        cifar10.decode(place, binary=cut)


@pytest.mark.parametrize("kind", HOSTILE_MEMBERS)
@pytest.mark.parametrize("first", [True, False])
def test_a_hostile_member_is_refused(place, tmp_path, kind, first):
    members = binary_members(BATCHES)
    members = [HOSTILE_MEMBERS[kind], *members] if first else [*members, HOSTILE_MEMBERS[kind]]
    binary = write_archive(place, members)
    with pytest.raises(DataUnavailable, match=r"refused, member '.*' (leaves|is)"):
        cifar10.decode(place, binary=binary)
    assert list(place.iterdir()) == [place / binary.file.name]
    assert list(tmp_path.rglob("escaped")) == []
    assert not Path("/tmp/escaped").exists()


@pytest.mark.parametrize("kind", hostile_pickles(""))
@pytest.mark.parametrize("unpacked", [True, False])
def test_a_hostile_pickle_is_refused(place, tmp_path, kind, unpacked):
    marker = tmp_path / "marker"
    members = dict(python_members(BATCHES))
    members[PYTHON.batches[2]] = hostile_pickles(marker)[kind]
    if unpacked:
        forms = {"python": replace(PYTHON, batch=BATCH), "unpacked": write_unpacked(place, members.items())}
    else:
        forms = {"python": write_archive(place, members.items(), PYTHON)}
    with pytest.raises(DataUnavailable, match=rf"data_batch_3 is a pickle that asks for \S*{kind}; refused"):
        cifar10.decode(place, **forms)
    assert not marker.exists()


@pytest.mark.parametrize("content", [b"", b"\x80", python2_pickle({b"data": BATCHES[0][0]})[:500], b"\x80\x04N."])
def test_a_broken_pickle_is_refused(content):
    with pytest.raises(DataUnavailable, match=r"batch (is not a whole pickle|holds a NoneType)"):
        pickles.read(content, "batch")


def relabelled(change):
    """Return the batches with other labels."""
    return [(images, change(labels)) for images, labels in BATCHES]


def leaked():
    """Return the batches with three training images in the test batch."""
    return [*BATCHES[:-1], (np.concatenate([BATCHES[1][0][:3], BATCHES[-1][0][3:]]), BATCHES[-1][1])]


def short():
    """Return the batches without the last class's worth of images."""
    return [*BATCHES[:-1], tuple(part[: BATCH // 2] for part in BATCHES[-1])]


@pytest.mark.parametrize(
    ("batches", "message"),
    [
        (
            relabelled(lambda labels: np.where(labels == 3, 5, labels)),
            "class counts of the training labels are 10, 10, 10, 0",
        ),
        (relabelled(lambda labels: labels + 1), "training labels from 1 to 10, expected 0 to 9"),
        ([*BATCHES[:-1], (BATCHES[-1][0], BATCHES[-1][1] * 0)], "class counts of the test labels are 20, 0"),
        (leaked(), "3 images occur in both splits"),
        (short(), "10 test images, expected 20"),
    ],
)
def test_intact_but_wrong_data_is_refused(place, batches, message):
    """Every digest is right, and the data is not CIFAR-10."""
    binary = write_archive(place, binary_members(batches))
    python = write_archive(place, python_members(batches), PYTHON)
    with pytest.raises(DataUnavailable, match=message):
        cifar10.decode(place, binary=binary)
    (place / binary.file.name).unlink()
    with pytest.raises(DataUnavailable, match=message):
        cifar10.decode(place, python=python)


@pytest.mark.parametrize(("make", "like"), [(binary_members, BINARY), (python_members, PYTHON)])
def test_classes_in_another_order_are_refused(place, make, like):
    archive = write_archive(place, make(BATCHES, classes=sorted(cifar10.CLASSES, reverse=True)), like)
    with pytest.raises(DataUnavailable, match="names the classes truck, ship"):
        cifar10.decode(place, **{"binary" if like is BINARY else "python": archive})


def test_missing_data_are_named_with_size_digest_and_place(place):
    with pytest.raises(DataMissing) as caught:
        datasets.load("cifar10")
    for part in (
        str(place),
        "cifar-10-binary.tar.gz (170,052,171 bytes, sha256:c4a38c50",
        "fetch cifar10",
        "RETHINKING_DATA",
    ):
        assert part in str(caught.value)
    with pytest.raises(DataMissing, match=r"train-images-idx3-ubyte .*md5:6bbc9ace898e44ae57da46a324031adb"):
        datasets.digest("mnist")


# MNIST


@pytest.fixture
def real_mnist(place):
    """The published files, as `.gz`."""
    if not REAL_MNIST.is_dir():
        pytest.skip(f"the real MNIST is not in {REAL_MNIST} (RETHINKING_SHARED names the folder above data/)")
    raw = place / mnist.FOLDER
    raw.mkdir(parents=True)
    for file in mnist.PACKED:
        (raw / file.name).symlink_to(REAL_MNIST / file.name)
    return raw


def test_mnist_is_read_exactly(real_mnist, place):
    """The four files have the published md5 sums, and torchvision reads the same images and labels from them."""
    from torchvision.datasets import MNIST

    found = datasets.load("mnist")
    for file in mnist.UNPACKED:
        content = gzip.decompress((real_mnist / f"{file.name}.gz").read_bytes())
        assert digest_of_bytes(content, "md5") == file.digest
        (real_mnist / file.name).write_bytes(content)
    (real_mnist / "train-labels-idx1-ubyte.gz").unlink()  # either form will do
    unpacked = mnist.decode(real_mnist)
    for train in (True, False):
        theirs = MNIST(place, train=train)
        images, labels = images_and_labels(found)[:2] if train else images_and_labels(found)[2:]
        assert np.array_equal(images[:, 0], theirs.data.numpy())
        assert np.array_equal(labels, theirs.targets.numpy())
    assert unpacked.digest == found.digest == datasets.digest("mnist")
    assert meaning.shared_images(found) == 0


def test_a_changed_mnist_is_refused(real_mnist):
    labels = real_mnist / "t10k-labels-idx1-ubyte"
    content = bytearray(gzip.decompress((real_mnist / f"{labels.name}.gz").read_bytes()))
    content[100] ^= 1
    labels.write_bytes(content)
    with pytest.raises(DataUnavailable, match=r"t10k-labels-idx1-ubyte is damaged or another file: md5:.*27ae3e4e"):
        mnist.decode(real_mnist)
    labels.write_bytes(content[:500])
    with pytest.raises(DataUnavailable, match="has 500 bytes, expected 10,008"):
        mnist.decode(real_mnist)


def tiny_mnist(seed=0):
    """Return the four idx files of ten training and ten test images, packed."""
    draw = np.random.default_rng(seed)
    files = {}
    for file in mnist.UNPACKED:
        shape = (10, 28, 28) if "images" in file.name else (10,)
        values = draw.integers(0, 256, shape, dtype=np.uint8) if len(shape) == 3 else np.arange(10, dtype=np.uint8)
        header = bytes((0, 0, 8, len(shape))) + b"".join(size.to_bytes(4, "big") for size in shape)
        files[file.name] = header + values.tobytes()
    return files


def test_fetch_downloads_and_decodes(place, monkeypatch, capsys):
    """Afterwards the data set is there without a network, and without the downloaded files."""
    monkeypatch.setenv("no_proxy", "*")
    content = tiny_mnist()
    whole = tuple(Published(name, len(part), digest_of_bytes(part, "md5")) for name, part in content.items())
    made = decoded.Source("mnist", "tiny", lambda: mnist.decode(place / mnist.FOLDER, whole, (10, 10)))
    monkeypatch.setattr(mnist, "source", lambda _: made)
    packed, served = [], []
    for name, part in content.items():
        body = gzip.compress(part)
        server = mirror(body, cut_after=100)
        served.append(server)
        packed.append(Published(f"{name}.gz", len(body), digest_of_bytes(body, "md5"), (served[-1].__enter__()[0],)))
    monkeypatch.setattr(mnist, "PACKED", tuple(packed))
    assert command.main(["mnist"]) == 0
    for server in served:
        server.__exit__(None, None, None)
    for path in (place / mnist.FOLDER).iterdir():
        path.unlink()
    forget()
    assert datasets.load("mnist").train_labels.tolist() == list(range(10))
    assert datasets.digest("mnist") in capsys.readouterr().out


# A user's own images


def write_folder(root, test="test", count=4, side=8, mode="RGB", classes=("cat", "dog")):
    """Write noise images, `count` of each class in train and one in test, and a file that is no image."""
    from PIL import Image

    draw = np.random.default_rng(1)
    for split, name in itertools.product(("train", test), classes):
        (root / split / name).mkdir(parents=True)
        (root / split / name / "notes.txt").write_text("not an image")
        for index in range(count if split == "train" else 1):
            shape = (side, side, 3) if mode == "RGB" else (side, side)
            Image.fromarray(draw.integers(0, 256, shape, dtype=np.uint8)).save(root / split / name / f"{index}.png")
    return f"folder:{root}"


@pytest.mark.parametrize("test", ["test", "val"])
@pytest.mark.parametrize(("mode", "channels"), [("RGB", 3), ("L", 1)])
def test_a_folder_of_images_is_read(tmp_path, test, mode, channels):
    from PIL import Image

    name = write_folder(tmp_path / "mine", test, mode=mode)
    about, data = datasets.describe(name), datasets.load(name)
    assert (about.train, about.test, about.side, about.crop, about.channels, about.classes) == (8, 2, 8, 7, channels, 2)
    assert about.stand_in is None
    assert data.train_images.shape == (8, channels, 8, 8)
    assert data.train_labels.tolist() == [0] * 4 + [1] * 4
    original = np.asarray(Image.open(tmp_path / "mine" / "train" / "dog" / "1.png")).reshape(8, 8, channels)
    assert np.array_equal(data.train_images[5].transpose(1, 2, 0), original)
    assert datasets.digest(name) == data.digest


def test_cifar10_in_other_files_is_a_stand_in(tmp_path, monkeypatch):
    """It is named as one in the audit: the same classes and counts are not the same pixels."""
    monkeypatch.setattr(cifar10, "ABOUT", replace(cifar10.ABOUT, train=20, test=10))
    name = write_folder(tmp_path / "jpegs", count=2, side=32, classes=cifar10.CLASSES)
    recorded = describe_data({name, "digits"})
    assert recorded[name]["stand_in"] is True
    assert recorded[name]["title"].startswith("stand-in for CIFAR-10: images in the folder 'jpegs'")
    assert str(tmp_path) not in recorded[name]["title"]
    assert recorded["digits"]["stand_in"] is False


def test_a_changed_folder_is_decoded_again(tmp_path):
    from PIL import Image

    name = write_folder(tmp_path / "mine")
    before = datasets.digest(name)
    Image.new("RGB", (8, 8), "red").save(tmp_path / "mine" / "train" / "cat" / "0.png")
    forget()
    assert datasets.digest(name) != before
    assert datasets.digest(name) == datasets.load(name).digest


def spoil_nothing_there(root):
    return root / "absent"


def spoil_no_test(root):
    (root / "test").rename(root / "held-out")


def spoil_classes(root):
    (root / "test" / "dog").rename(root / "test" / "wolf")


def spoil_emptied(root):
    (root / "test" / "dog" / "0.png").unlink()


def spoil_size(root):
    from PIL import Image

    Image.new("RGB", (8, 9)).save(root / "train" / "dog" / "3.png")


def spoil_first_size(root):
    from PIL import Image

    Image.new("RGB", (8, 9)).save(root / "train" / "dog" / "0.png")


def spoil_image(root):
    (root / "test" / "dog" / "0.png").write_bytes((root / "test" / "dog" / "0.png").read_bytes()[:60])


def spoil_leak(root):
    (root / "test" / "dog" / "0.png").write_bytes((root / "train" / "cat" / "2.png").read_bytes())


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (spoil_nothing_there, r"absent is not a folder; expected one with train/CLASS/"),
        (spoil_no_test, "has no val/ with one folder per class"),
        (spoil_classes, r"different classes \(dog, wolf\)"),
        (spoil_emptied, "test/dog holds no image"),
        (spoil_size, "train/dog/3.png has 8x9 pixels, expected 8x8"),
        (spoil_first_size, "images of 8x8, 8x9 pixels, expected square images of one size"),
        (spoil_image, "test/dog/0.png is not an image that can be read"),
        (spoil_leak, "1 images occur in both splits"),
    ],
)
def test_a_folder_that_is_no_data_set_is_refused(tmp_path, spoil, message):
    root = tmp_path / "mine"
    write_folder(root)
    root = spoil(root) or root
    with pytest.raises(ValueError, match=message) as caught:
        datasets.load(f"folder:{root}")
    assert f"folder:{root}" in str(caught.value)


def test_colour_among_grey_images_is_refused(tmp_path):
    from PIL import Image

    name = write_folder(tmp_path / "mine", mode="L")
    Image.new("RGB", (8, 8), "red").save(tmp_path / "mine" / "train" / "dog" / "3.png")
    with pytest.raises(ValueError, match=r"train/dog/3.png is in colour, expected grey"):
        datasets.load(name)


def arrays(**other):
    """Return the four arrays of a small file, some replaced."""
    draw = np.random.default_rng(2)
    found = {
        "train_images": draw.integers(0, 256, (12, 10, 10, 3), dtype=np.uint8),
        "train_labels": np.arange(12) % 3,
        "test_images": draw.integers(0, 256, (6, 10, 10, 3), dtype=np.uint8),
        "test_labels": np.arange(6) % 3,
    }
    return {**found, **other}


@pytest.mark.parametrize("pack", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("order", ["last", "first", "grey"])
def test_a_numpy_file_is_read(tmp_path, pack, order):
    made = arrays(train_labels=(np.arange(12, dtype=np.uint8) % 3)[:, None])
    for name in ("train_images", "test_images"):
        made[name] = {"last": made[name], "first": made[name].transpose(0, 3, 1, 2), "grey": made[name][..., 0]}[order]
    pack(tmp_path / "mine.npz", **made)
    name = f"npz:{tmp_path / 'mine.npz'}"
    about, data = datasets.describe(name), datasets.load(name)
    assert (about.train, about.test, about.side, about.crop, about.classes) == (12, 6, 10, 8, 3)
    assert data.train_images.shape == (12, about.channels, 10, 10)
    assert np.array_equal(data.train_images[:, 0], arrays()["train_images"][..., 0])
    assert data.test_labels.tolist() == [0, 1, 2, 0, 1, 2]
    assert datasets.digest(name) == data.digest


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"train_images": np.zeros((12, 10, 10), np.float32)}, "train_images is float32"),
        ({"train_images": np.zeros((12, 10, 9), np.uint8)}, "expected uint8"),
        ({"train_images": np.zeros((12, 4, 4), np.uint8)}, "side at least 8"),
        ({"test_images": np.zeros((6, 12, 12, 3), np.uint8)}, "test images of 12x12x3"),
        ({"train_labels": np.zeros(12)}, "train_labels is float64"),
        ({"train_labels": np.arange(11) % 3}, "12 training images have 11 labels"),
        ({"train_labels": np.arange(12) % 3 * 2}, "no training image of class 1"),
        ({"test_labels": np.arange(6)}, "test labels from 0 to 5, expected 0 to 2"),
        ({"test_labels": -np.arange(6)}, "test labels from -5 to 0"),
        ({"test_images": arrays()["train_images"][:6]}, "6 images occur in both splits"),
        ({"train_labels": np.array([print] * 12, dtype=object)}, "train_labels cannot be read"),
    ],
)
def test_a_numpy_file_that_is_no_data_set_is_refused(tmp_path, other, message):
    np.savez(tmp_path / "mine.npz", **arrays(**other))
    with pytest.raises(ValueError, match=message) as caught:
        datasets.load(f"npz:{tmp_path / 'mine.npz'}")
    assert f"npz:{tmp_path}" in str(caught.value)


def test_what_is_no_numpy_file_is_refused(tmp_path):
    (tmp_path / "mine.npz").write_text("hello")
    for name in (f"npz:{tmp_path / 'mine.npz'}", f"npz:{tmp_path / 'absent.npz'}"):
        for ask in (datasets.describe, datasets.load):
            with pytest.raises(ValueError, match="expected a file with train_images") as caught:
                ask(name)
            assert name in str(caught.value)


@pytest.mark.parametrize("name", ["folder:", "npz:", "zip:x", "", "MNIST"])
def test_unknown_names_are_quoted(name):
    with pytest.raises(ValueError, match="no data set is named") as caught:
        datasets.describe(name)
    assert repr(name) in str(caught.value)


# The cache


@pytest.fixture
def kept(tmp_path):
    """The name and the entry of a data set that has been decoded, in a new process."""
    np.savez(tmp_path / "mine.npz", **arrays())
    name = f"npz:{tmp_path / 'mine.npz'}"
    datasets.load(name)
    forget()
    return name, datasets.source(name).entry


def test_images_are_mapped_and_cannot_be_changed(kept):
    data = datasets.load(kept[0])
    with pytest.raises(ValueError, match="read-only"):
        data.train_images[0] = 0
    assert isinstance(data.train_images.base, np.memmap)
    assert data.train_labels.flags.writeable  # torch warns of memory that it may not write to


def test_decoding_happens_once(kept, monkeypatch):
    monkeypatch.setattr("fixtures.data.npz.decode", lambda _: pytest.fail("decoded again"))
    assert datasets.load(kept[0]).digest == datasets.digest(kept[0])


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("harm", ["flip", "cut", "remove"])
def test_a_damaged_array_is_named(kept, name, harm, capsys):
    path = kept[1] / f"{name}.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.unlink() if harm == "remove" else path.write_bytes(content if harm == "flip" else content[:-10])
    with pytest.raises(DataUnavailable, match=f"{name}.npy in the cache of decoded data"):
        datasets.load(kept[0])
    with pytest.raises(DataUnavailable, match=f"{name}.npy"):
        datasets.load(kept[0])  # asking again does not help
    assert command.main([kept[0]]) == 0
    assert f"{name}.npy in the cache of decoded data" in capsys.readouterr().err
    assert datasets.load(kept[0]).digest == datasets.digest(kept[0])


@pytest.mark.parametrize("change", [{"white": 16}, {"files": None}, {"digest": "0"}], ids=str)
def test_a_changed_manifest_is_named(kept, change):
    path = kept[1] / decoded.MANIFEST
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps({**manifest, **change}))
    with pytest.raises(DataUnavailable, match=r"manifest.json in the cache of decoded data is damaged; remove"):
        datasets.digest(kept[0])
    path.unlink()
    with pytest.raises(DataUnavailable, match=r"manifest.json in the cache of decoded data is missing; remove"):
        datasets.digest(kept[0])


def test_a_failed_decoding_leaves_nothing(tmp_path):
    def fail() -> DataSet:
        raise DataUnavailable("no")

    with pytest.raises(DataUnavailable, match="no"):
        decoded.load(decoded.Source("x", "key", fail))
    assert [path.suffix for path in (tmp_path / "cache").iterdir()] == [".lock"]


def test_a_cache_that_cannot_be_written_is_named(kept, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("RETHINKING_CACHE", str(tmp_path / "file"))
    with pytest.raises(DataUnavailable, match="RETHINKING_CACHE names another folder"):
        datasets.load(kept[0])


def test_two_processes_share_one_entry(tmp_path):
    np.savez(tmp_path / "mine.npz", **arrays())
    order = [sys.executable, "-m", "fixtures.data.fetch", f"npz:{tmp_path / 'mine.npz'}"]
    both = [subprocess.Popen(order, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) for _ in "12"]
    said = [process.communicate(timeout=60)[0] for process in both]
    assert said[0] == said[1] != ""
    assert len([path for path in (tmp_path / "cache").iterdir() if path.is_dir()]) == 1


def test_describing_needs_no_torch(tmp_path):
    """Nor does reading: an audit is planned in every worker, and torch takes seconds to import."""
    name = write_folder(tmp_path / "mine")
    script = (
        "import sys; from fixtures.data import datasets;"
        "[datasets.describe(name) for name in ('digits', 'mnist', 'cifar10', sys.argv[1])];"
        "datasets.digest(sys.argv[1]); assert not {'torch', 'torchvision', 'sklearn'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script, name], cwd=CHECKOUT, check=True, timeout=60)


def test_a_tar_of_links_alone_holds_nothing(place):
    """The builder of hostile archives itself makes what it says."""
    import tarfile

    write_tar(place / "x.tar.gz", HOSTILE_MEMBERS.values())
    with tarfile.open(place / "x.tar.gz") as archive:
        assert sum(member.issym() or member.islnk() or member.isdev() for member in archive) == 5
