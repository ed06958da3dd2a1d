"""The parsers of data, each with sound inputs to damage, and the one error that it documents."""

import gzip
import io
import pickle
import tarfile
import zipfile
from dataclasses import replace
from functools import partial

import numpy as np
from PIL import Image

from rethinking_audit.fixtures.data import cifar10_archives, folder, idx, listing, mnist, npz, tars
from rethinking_audit.fixtures.data.dataset import DataUnavailable
from rethinking_audit.fixtures.subjects import locate
from rethinking_audit.fixtures.subjects.given import BadGiven
from tests.attacks.attack import Parser
from tests.attacks.make_cifar10 import binary_members, make_batches, python_members
from tests.attacks.mutate_bytes import mutated
from tests.builders.user_data import arrays, write_folder

DRAW = np.random.default_rng(0)


def _of_bytes(inputs, read, made_of=mutated):
    """Return the parser of bytes; `made_of` damages one of the inputs."""
    return Parser(lambda draw: made_of(draw.choice(inputs), draw), read, (DataUnavailable,))


def _of_file(inputs, read, target, documented=DataUnavailable, made_of=mutated):
    """Return the parser of a file, which is given its path."""

    def put(content):
        target.write_bytes(content)
        return target

    return Parser(lambda draw: made_of(draw.choice(inputs), draw), read, (documented,), put)


def of_idx(_):
    images = b"\0\0\x08\x03" + np.array([2, 5, 3], ">u4").tobytes() + bytes(30)
    return _of_bytes([images], lambda content: idx.read(content, 3, "images"))


def of_gzip(place):
    packed = [gzip.compress(bytes(range(256)) * 20), gzip.compress(b"x")]
    return _of_file(packed, lambda path: mnist._unpacked(path, 5_000), place / "images.gz")


def of_cifar10_records(_):
    members = dict(binary_members(make_batches()))
    content = members[cifar10_archives.BINARY.batches[0]]
    return _of_bytes([content], lambda content: cifar10_archives.read_binary_batch(content, "batch"))


def of_cifar10_pickles(_):
    members = dict(python_members([(images[:2], labels[:2]) for images, labels in make_batches()]))
    small = {"data": DRAW.integers(0, 256, (2, 3072), dtype=np.uint8), "labels": [3, 4]}
    inputs = [members[cifar10_archives.PYTHON.batches[0]], *(pickle.dumps(small, protocol) for protocol in range(5))]

    def made_of(content, draw):
        # All but the pixels is structure, and damage is best done there.
        start = content.find(bytes(small["data"][0, :8]))
        return (
            mutated(content[:start], draw) + content[start:]
            if start > 0 and draw.random() < 0.5
            else mutated(content, draw)
        )

    read = partial(cifar10_archives.read_pickled_batch, where="batch")
    return _of_bytes(inputs, read, made_of)


def of_cifar10_names(_):
    members = dict(python_members(make_batches()))
    read = partial(cifar10_archives.read_pickled_names, where="names")
    return _of_bytes([members[cifar10_archives.PYTHON.names]], read)


def of_tar(place):
    """Damage the archive, or what was compressed."""

    def made_of(members, draw):
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


def _npz_made_of(found, draw):
    """Damage the archive, or one array in a sound archive."""
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


def of_npz(place):
    return _of_file([arrays()], lambda path: npz.decode(str(path)), place / "mine.npz", ValueError, _npz_made_of)


def of_rows(place):
    """The npz file of a user's own training code."""
    inputs = [{"X": DRAW.random((30, 2)), "y": np.arange(30) % 3, "groups": np.arange(30) // 2}]
    return _of_file(inputs, lambda path: locate.load_data(f"npz:{path}"), place / "rows.npz", BadGiven, _npz_made_of)


def of_table(place):
    """The csv file of a user's own training code."""
    table = "a,b,label\n" + "".join(f'{row},"{row % 3}",{row % 2}\n' for row in range(30))
    return _of_file([table.encode()], lambda path: locate.load_data(f"csv:{path}::label"), place / "table.csv", BadGiven)


def of_groups(place):
    """The file with the groups of the rows."""
    file = io.BytesIO()
    np.save(file, np.arange(178) // 2)

    def put(content):
        path = place / ("groups.npy" if content.startswith(b"\x93") else "groups.txt")
        path.write_bytes(content)
        return path

    found = _of_file([file.getvalue(), b"a\nb\n" * 89], lambda path: locate.load_data("wine", str(path)), place, BadGiven)
    return replace(found, put=put)


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
    "rows": of_rows,
    "table": of_table,
    "groups": of_groups,
    "png": partial(_of_image, suffix="png"),
    "jpeg": partial(
        _of_image, suffix="jpeg", exif=b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x01\0\0\0\0\0\0\0"
    ),
    "tiff": partial(_of_image, suffix="tiff"),
    "webp": partial(_of_image, suffix="webp"),
    "bmp": partial(_of_image, suffix="bmp"),
    "ppm": partial(_of_image, suffix="ppm"),
}
