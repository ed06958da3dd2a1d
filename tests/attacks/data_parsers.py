"""The parsers of data, each with sound inputs to damage, and the one error that it documents."""

import gzip
import io
import pickle
import tarfile
import zipfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from rethinking_audit.fixtures.data import cifar10_archives, folder, idx, listing, mnist, npz, tars
from rethinking_audit.fixtures.data.dataset import DataUnavailable
from tests.attacks.make_cifar10 import binary_members, make_batches, python_members
from tests.builders.user_data import arrays, write_folder

DRAW = np.random.default_rng(0)


@dataclass
class Parser:
    """A parser: sound inputs, how one of them is damaged, and how it is read. `target` is the file that is written."""

    inputs: list[Any]
    read: Any
    documented: type[Exception]
    target: Path
    made_of: Any = None

    def made(self, draw, mutated):
        """Return a damaged input."""
        found = draw.choice(self.inputs)
        return self.made_of(found, draw, mutated) if self.made_of else mutated(found, draw)


def _of_bytes(inputs, read, place):
    return Parser(inputs, read, DataUnavailable, place)


def _of_file(inputs, read, target, documented=DataUnavailable, made_of=None):
    def written(content):
        target.write_bytes(content)
        return read(target)

    return Parser(inputs, written, documented, target, made_of)


def of_idx(place):
    images = b"\0\0\x08\x03" + np.array([2, 5, 3], ">u4").tobytes() + bytes(30)
    return _of_bytes([images], lambda content: idx.read(content, 3, "images"), place)


def of_gzip(place):
    packed = [gzip.compress(bytes(range(256)) * 20), gzip.compress(b"x")]
    return _of_file(packed, lambda path: mnist._unpacked(path, 5_000), place / "images.gz")


def of_cifar10_records(place):
    members = dict(binary_members(make_batches()))
    content = members[cifar10_archives.BINARY.batches[0]]
    return _of_bytes([content], lambda content: cifar10_archives.read_binary_batch(content, "batch"), place)


def of_cifar10_pickles(place):
    members = dict(python_members([(images[:2], labels[:2]) for images, labels in make_batches()]))
    small = {"data": DRAW.integers(0, 256, (2, 3072), dtype=np.uint8), "labels": [3, 4]}
    inputs = [members[cifar10_archives.PYTHON.batches[0]], *(pickle.dumps(small, protocol) for protocol in range(5))]

    def made_of(content, draw, mutated):
        # All but the pixels is structure, and damage is best done there.
        start = content.find(bytes(small["data"][0, :8]))
        return (
            mutated(content[:start], draw) + content[start:]
            if start > 0 and draw.random() < 0.5
            else mutated(content, draw)
        )

    read = partial(cifar10_archives.read_pickled_batch, where="batch")
    return Parser(inputs, read, DataUnavailable, place, made_of)


def of_cifar10_names(place):
    members = dict(python_members(make_batches()))
    read = partial(cifar10_archives.read_pickled_names, where="names")
    return _of_bytes([members[cifar10_archives.PYTHON.names]], read, place)


def of_tar(place):
    """Damage the archive, or what was compressed."""

    def made_of(members, draw, mutated):
        file = io.BytesIO()
        with tarfile.open(fileobj=file, mode="w") as archive:
            for name, content in members:
                info = tarfile.TarInfo(name)
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
        if draw.random() < 0.5:
            return mutated(gzip.compress(file.getvalue(), 1), draw)
        return gzip.compress(mutated(file.getvalue(), draw), 1)

    members = [("a/one", b"1" * 700), ("a/two", b"2"), ("a/readme", b"3")]
    read = partial(tars.read_members, names=("a/one", "a/two"))
    return _of_file([members], read, place / "archive.tar.gz", made_of=made_of)


def of_npz(place):
    """Damage the archive, or one array in a sound archive."""

    def made_of(found, draw, mutated):
        members = {}
        for name, array in found.items():
            file = io.BytesIO()
            np.save(file, array)
            members[f"{name}.npy"] = file.getvalue()
        sound = draw.random() < 0.5
        if sound:
            name = draw.choice(list(members))
            members[name] = mutated(members[name][:128], draw) + members[name][128:]
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", draw.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])) as archive:
            for name, content in members.items():
                archive.writestr(name, content)
        return file.getvalue() if sound else mutated(file.getvalue(), draw)

    return _of_file([arrays()], lambda path: npz.decode(str(path)), place / "mine.npz", ValueError, made_of)


def _of_image(place, suffix, **options):
    """Damage one image of a folder: the first of its class, or another."""
    root = place / "images"
    write_folder(root, count=2)
    content = io.BytesIO()
    smooth = np.add.outer(np.arange(8), np.arange(8)) * 16
    Image.fromarray(np.dstack([smooth, smooth[::-1], smooth.T]).astype(np.uint8)).save(content, suffix, **options)
    spoilt = root / "train" / "dog" / f"0.{suffix}"
    (root / "train" / "dog" / "0.png").unlink()

    def read(path):
        listing.listing.cache_clear()
        return folder.decode(str(root))

    spoilt.write_bytes(content.getvalue())
    return _of_file([content.getvalue()], read, spoilt, ValueError)


PARSERS = {
    "idx": of_idx,
    "gzip": of_gzip,
    "cifar10-records": of_cifar10_records,
    "cifar10-pickles": of_cifar10_pickles,
    "cifar10-names": of_cifar10_names,
    "tar": of_tar,
    "npz": of_npz,
    "png": partial(_of_image, suffix="png"),
    "jpeg": partial(
        _of_image, suffix="jpeg", exif=b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x01\0\0\0\0\0\0\0"
    ),
    "tiff": partial(_of_image, suffix="tiff"),
    "webp": partial(_of_image, suffix="webp"),
    "bmp": partial(_of_image, suffix="bmp"),
    "ppm": partial(_of_image, suffix="ppm"),
}
