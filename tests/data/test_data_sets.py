"""The digits and CIFAR-10 are read exactly as they were published, and refused by name if they were not."""

import importlib.machinery
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits

from rethinking_audit.fixtures.data import cifar10, datasets, digits, mnist, pickles
from rethinking_audit.fixtures.data.cifar10_archives import BINARY, PYTHON, UNPACKED
from rethinking_audit.fixtures.data.dataset import DataMissing, DataUnavailable
from rethinking_audit.fixtures.data.published import Published, digest_of_bytes
from tests.attacks.make_cifar10 import BATCH, binary_members, make_batches, python_members, write_archive, write_unpacked
from tests.attacks.make_pickle import hostile_pickles, python2_pickle
from tests.attacks.make_tar import HOSTILE_MEMBERS, write_tar

BATCHES = make_batches()


def expect_batches(data):
    """Every pixel and label is where the original format has it: a plane of red, one of green, one of blue."""
    images = np.concatenate([images for images, _ in BATCHES])
    assert np.concatenate([data.train_images, data.test_images]).tobytes() == images.tobytes()
    assert data.train_images.shape == (5 * BATCH, 3, 32, 32)
    assert np.array_equal(data.train_images[3, 1, 2, 5], images[3, 1024 + 2 * 32 + 5])
    assert np.concatenate([data.train_labels, data.test_labels]).tolist() == [int(y) for _, part in BATCHES for y in part]


def test_the_digits_are_scikit_learns_every_other_one_of_a_class_for_tests():
    bundle, data = load_digits(), digits.load()
    images = {image.astype(np.uint8).tobytes(): label for image, label in zip(bundle.images, bundle.target, strict=True)}
    for pictures, labels in ((data.train_images, data.train_labels), (data.test_images, data.test_labels)):
        assert [images[picture.tobytes()] for picture in pictures] == labels.tolist()
    assert len(data.train_images) + len(data.test_images) == len(bundle.images) == 1797
    assert np.abs(np.bincount(data.train_labels) - np.bincount(data.test_labels)).max() == 1


@pytest.mark.parametrize("found", [None, importlib.machinery.ModuleSpec("sklearn", None, is_package=True)])
def test_digits_that_scikit_learn_has_not_are_named(monkeypatch, found):
    monkeypatch.setattr(digits, "find_spec", lambda name: found)
    with pytest.raises(DataUnavailable, match=r"expected sklearn/datasets/data/digits\.csv\.gz"):
        digits.load()


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


def test_a_flipped_byte_in_the_unpacked_folder_is_refused(place):
    unpacked = write_unpacked(place, python_members(BATCHES))
    path = place / PYTHON.batches[4]
    content = bytearray(path.read_bytes())
    content[30_000] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataUnavailable, match="data_batch_5 is damaged or another file: md5:"):
        cifar10.decode(place, python=replace(PYTHON, batch=BATCH), unpacked=unpacked)
    path.unlink()
    with pytest.raises(DataUnavailable, match=r"incomplete: .*data_batch_5 is missing"):
        cifar10.decode(place, python=replace(PYTHON, batch=BATCH), unpacked=unpacked)


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
    assert not Path("/escaped-from-an-archive").exists()


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
    with pytest.raises(DataUnavailable, match=r"batch (cannot be read as a pickle|holds NoneType)"):
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
        datasets.find("cifar10").load()
    for part in (
        str(place),
        "cifar-10-binary.tar.gz (170,052,171 bytes, sha256:c4a38c50",
        "fetch cifar10",
        "RETHINKING_DATA",
    ):
        assert part in str(caught.value)
    with pytest.raises(DataMissing, match=r"train-images-idx3-ubyte .*md5:6bbc9ace898e44ae57da46a324031adb"):
        datasets.find("mnist").digest()


def test_a_tar_of_links_alone_holds_nothing(place):
    """The builder of hostile archives itself makes what it says."""
    import tarfile

    write_tar(place / "x.tar.gz", HOSTILE_MEMBERS.values())
    with tarfile.open(place / "x.tar.gz") as archive:
        assert sum(member.issym() or member.islnk() or member.isdev() for member in archive) == 5
