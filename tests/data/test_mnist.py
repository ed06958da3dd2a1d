"""MNIST is read exactly as it was published, and refused by name if it was not."""

import gzip

import numpy as np
import pytest

from rethinking_audit.fixtures.data import datasets, decoded, mnist, validation
from rethinking_audit.fixtures.data import fetch as command
from rethinking_audit.fixtures.data.dataset import ARRAYS, DataUnavailable
from rethinking_audit.fixtures.data.published import Published, digest_of_bytes
from tests.attacks.make_mirror import mirror
from tests.builders.places import SHARED

REAL_MNIST = SHARED / "data" / "MNIST" / "raw"


def images_and_labels(data):
    return [getattr(data, name) for name in ARRAYS]


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

    found = datasets.find("mnist").load()
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
    assert unpacked.digest == found.digest == datasets.find("mnist").digest()
    assert validation.shared_images(found) == 0


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


def tiny_mnist():
    """Return the four idx files of ten training and ten test images, packed."""
    draw = np.random.default_rng(0)
    files = {}
    for file in mnist.UNPACKED:
        shape = (10, 28, 28) if "images" in file.name else (10,)
        values = draw.integers(0, 256, shape, dtype=np.uint8) if len(shape) == 3 else np.arange(10, dtype=np.uint8)
        header = bytes((0, 0, 8, len(shape))) + b"".join(size.to_bytes(4, "big") for size in shape)
        files[file.name] = header + values.tobytes()
    return files


@pytest.mark.parametrize("packed", [True, False])
def test_a_flipped_byte_in_an_idx_file_is_refused(place, packed):
    content = tiny_mnist()
    published = tuple(Published(name, len(part), digest_of_bytes(part, "md5")) for name, part in content.items())
    for name, part in content.items():
        changed = part[:-1] + bytes([part[-1] ^ 1]) if name == "t10k-images-idx3-ubyte" else part
        path = place / (f"{name}.gz" if packed else name)
        path.write_bytes(gzip.compress(changed) if packed else changed)
    with pytest.raises(DataUnavailable, match=r"t10k-images-idx3-ubyte\S* is damaged or another file: md5:"):
        mnist.decode(place, published, (10, 10))


def test_fetch_downloads_and_decodes(place, monkeypatch, capsys, new_process):
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
    new_process()
    assert datasets.find("mnist").load().train_labels.tolist() == list(range(10))
    assert datasets.find("mnist").digest() in capsys.readouterr().out
