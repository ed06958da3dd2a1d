"""CIFAR-10 in miniature, in the formats of the original: a handful of noise images per batch."""

from dataclasses import replace

import numpy as np

from rethinking_audit.fixtures.data.cifar10 import CLASSES
from rethinking_audit.fixtures.data.cifar10_archives import BATCHES, BINARY, PYTHON, UNPACKED
from rethinking_audit.fixtures.data.published import Published, digest_of, digest_of_bytes
from tests.attacks.make_pickle import python2_pickle
from tests.attacks.make_tar import write_tar

BATCH = 20


def make_batches():
    """Return six pairs of images (n, 3072) and labels (n,): the training batches, then the test batch."""
    draw = np.random.default_rng(0)
    return [
        (draw.integers(0, 256, (BATCH, 3072), dtype=np.uint8), draw.permutation(np.arange(BATCH) % 10)) for _ in BATCHES
    ]


def binary_members(batches, classes=CLASSES):
    """Return the members of `cifar-10-binary.tar.gz`: records of a class and its 3,072 pixels."""
    records = [np.concatenate([labels[:, None].astype(np.uint8), images], axis=1).tobytes() for images, labels in batches]
    return [
        *zip(BINARY.batches, records, strict=True),
        (BINARY.names, "\n".join((*classes, "", "")).encode()),
        ("cifar-10-batches-bin/readme.html", b"<html>"),
    ]


def python_members(batches, classes=CLASSES):
    """Return the members of `cifar-10-python.tar.gz`: what Python 2 pickled."""
    pickled = [
        python2_pickle(
            {
                b"batch_label": name.encode(),
                b"labels": [int(label) for label in labels],
                b"data": images,
                b"filenames": [b"%d.png" % index for index in range(len(labels))],
            }
        )
        for name, (images, labels) in zip(BATCHES, batches, strict=True)
    ]
    names = {b"num_cases_per_batch": BATCH, b"label_names": [name.encode() for name in classes], b"num_vis": 3072}
    return [*zip(PYTHON.batches, pickled, strict=True), (PYTHON.names, python2_pickle(names))]


def write_archive(folder, members, like=BINARY):
    """Write the archive under its published name; return what would be published of it."""
    path = folder / like.file.name
    write_tar(path, members)
    return replace(like, file=Published(path.name, path.stat().st_size, digest_of(path)), batch=BATCH)


def write_unpacked(folder, members):
    """Write the members as files; return what would be published of them, in torchvision's order."""
    content = dict(members)
    for name, data in content.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    return tuple(Published(file.name, None, digest_of_bytes(content[file.name], "md5")) for file in UNPACKED)
