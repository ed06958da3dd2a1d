"""The rows of docs/data.md by their first cell, each with what makes such data sets in a folder: one name or several."""

import os
import zipfile
from functools import partial

import numpy as np
from PIL import Image

from tests.builders import inputs
from tests.builders.inputs import (
    all_of,
    changed,
    copied,
    encoded,
    factory,
    folder,
    linked,
    moved,
    npz,
    put,
    relabelled,
    revalued,
    tiny_imagenet,
)
from tests.builders.user_data import arrays

FIRST = "train/cat/0.png"
LIST = "val/val_annotations.txt"


def spoilt(content, name=FIRST, **options):
    """Return what makes a folder with one other image; one of another suffix takes the place of the first."""

    def made(root):
        found = changed(root, put(name, content), **options)
        if not name.endswith(".png"):
            (root / FIRST).unlink()
        return found

    return made


def listed(root, change):
    """Write Tiny ImageNet as it is published, and change it."""
    name = tiny_imagenet(root)
    change(root)
    return name


def both(*makers):
    return lambda root: [maker(root / str(number)) for number, maker in enumerate(makers)]


def several(maker, changes):
    return lambda root: [maker(root / str(number), change) for number, change in enumerate(changes)]


def first_of_all_splits(root):
    """A folder whose test images are all training images."""
    pairs = [(f"train/{name}/{index}.png", f"test/{name}/{index}.png") for name in ("cat", "dog") for index in (0, 1)]
    return changed(root, all_of(*(copied(*pair) for pair in pairs)))


FOLDERS = {
    "train/CLASS and test/CLASS with square images of one size": folder,
    "other names: training, train_set; testing, test_set, val, valid, validation, dev, eval; in capitals too": (
        lambda root: changed(root, all_of(moved("train", "Training"), moved("test", "validation")))
    ),
    "both test and val": lambda root: changed(root, copied("test/cat/0.png", "val/cat/0.png")),
    "Tiny ImageNet as published: val_annotations.txt and test/images without labels": tiny_imagenet,
    "Tiny ImageNet with val sorted into classes": partial(tiny_imagenet, sorted_into_classes=True),
    "an image that the list beside the images does not name": lambda root: listed(
        root, copied("val/images/val_n010.JPEG", "val/images/x.JPEG")
    ),
    "a list with a class that no training image has": lambda root: listed(root, put(LIST, b"val_n010.JPEG\tn03\n")),
    "a list with a line without a tab": lambda root: listed(root, put(LIST, b"val_n010.JPEG n01\n")),
    "a list with an image that is not there": lambda root: listed(root, put(LIST, b"x.JPEG\tn01\n")),
    "an empty list": lambda root: listed(root, put(LIST, b"")),
    "a file beside the folders of the classes": lambda root: changed(root, put("train/README.txt", b"x")),
    "two folders of training images": lambda root: changed(root, lambda root: (root / "training").mkdir()),
    "no folder of test images": lambda root: changed(root, moved("test", "holdout")),
    "a class that one split lacks": lambda root: changed(root, moved("test/dog", "dog")),
    "one class alone": lambda root: changed(root, all_of(moved("train/dog", "dog"), moved("test/dog", "dogs"))),
    "a class without an image": lambda root: changed(root, all_of(moved("train/dog", "x"), put("train/dog/.keep", b""))),
    "images in folders within a class": lambda root: changed(
        root, all_of(lambda root: (root / "train/cat/a").mkdir(), moved(FIRST, "train/cat/a/0.png"))
    ),
    "links to images and to folders": lambda root: changed(
        root,
        all_of(
            moved(FIRST, "x.png"), linked(FIRST, root / "x.png"), moved("test/dog", "y"), linked("test/dog", root / "y")
        ),
    ),
    "a link that leads back to a folder above it": lambda root: changed(root, linked("train/cat/back", root / "train")),
    "one folder deeper, as an archive unpacks": lambda root: (folder(root / "data"), f"folder:{root}")[1],
    "a folder within its like, as train/train/CLASS": lambda root: changed(
        root, all_of(moved("train", "x"), lambda root: (root / "train").mkdir(), moved("x", "train/train"))
    ),
    "test/ is a link to train/": lambda root: changed(root, all_of(moved("test", "x"), linked("test", root / "train"))),
    "a link to nothing": lambda root: changed(root, linked("train/cat/x.png", root / "nothing")),
    "hidden files and folders, such as Jupyter's, and what tools leave: @eaDir, lost+found, __MACOSX, desktop.ini": (
        both(
            lambda root: changed(root, copied(FIRST, "train/cat/.ipynb_checkpoints/0-checkpoint.png")),
            lambda root: changed(root, copied(FIRST, "train/@eaDir/0.png/SYNOPHOTO_THUMB_M.jpg")),
            lambda root: changed(root, put("test/dog/Thumbs.db", b"x")),
            lambda root: changed(root, copied(FIRST, "train/@Recycle/0.png")),
            lambda root: changed(root, copied(FIRST, "test/cat/lost+found/0.png")),
            lambda root: changed(root, put("test/dog/._0.png", b"x")),
        )
    ),
    "files with another suffix than ImageFolder's: .jpg .jpeg .png .ppm .bmp .pgm .tif .tiff .webp": (
        lambda root: changed(root, put("train/cat/0.gif", b"GIF89a"))
    ),
    "a pipe or a device with an image's name": lambda root: changed(root, lambda root: os.mkfifo(root / "train/cat/x.png")),
    "names with blanks, Cyrillic, emoji or bytes that are no text": lambda root: changed(
        root,
        all_of(
            moved("train/cat/0.png", "train/cat/кот \N{CAT FACE}.png"),
            moved("train/dog/0.png", os.fsdecode(b"train/dog/\xff.png")),
        ),
    ),
    "an image of another size": spoilt(encoded(inputs.noise(side=9), "png"), "train/dog/1.png"),
    "images that are not square, or smaller than 8x8": both(
        spoilt(encoded(Image.new("RGB", (9, 8)), "png")), spoilt(encoded(Image.new("RGB", (7, 7)), "png"))
    ),
}
IMAGES = {
    "1, L": lambda root: inputs.of_modes(root, "1", "L"),
    "LA": lambda root: inputs.of_modes(root, "LA"),
    "I;16 in either order of bytes, and I in PNG and PGM: grey of 16 bits": lambda root: [
        *inputs.of_modes(root, "I;16"),
        *inputs.of_modes(root / "tiff", "I;16", "I;16B", suffix="tiff"),
        *inputs.of_modes(root / "pgm", "I", suffix="pgm"),
    ],
    "RGB, P, RGBA, CMYK, YCbCr": lambda root: [
        *inputs.of_modes(root, "RGB", "P", "RGBA"),
        *inputs.of_modes(root / "jpeg", "CMYK", "YCbCr", suffix="jpg"),
    ],
    "colour of 16 bits in PNG": spoilt(inputs.png_of_bits(16, colour=True)),
    "grey of 1, 2 or 4 bits in PNG": several(
        lambda root, bits: spoilt(inputs.png_of_bits(bits), mode="L")(root), (1, 2, 4)
    ),
    "several frames: animated PNG or WebP, TIFF of several pages, two pictures in a JPEG": both(
        *(spoilt(inputs.frames(kind), f"train/cat/0.{suffix}") for kind, suffix in inputs.OF_FRAMES.items())
    ),
    "P with transparent colours": inputs.transparent_palette,
    "I in TIFF: grey of 32 bits": lambda root: inputs.of_modes(root, "I", suffix="tiff"),
    "F: floats": lambda root: inputs.of_modes(root, "F", suffix="tiff"),
    "LAB": lambda root: inputs.of_modes(root, "LAB", suffix="tiff"),
    "colour among grey images": spoilt(encoded(inputs.noise(), "png"), "train/dog/1.png", mode="L"),
    "a turned photograph (EXIF orientation)": lambda root: folder(
        root, suffix="jpg", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0"
    ),
    "a damaged EXIF block in a JPEG": spoilt(encoded(inputs.noise(), "jpeg", exif=inputs.CUT_EXIF), "train/cat/0.jpg"),
    "a damaged directory in a TIFF": spoilt(encoded(inputs.noise(), "tiff")[:40] + b"\xff" * 200, "train/cat/0.tiff"),
    "a truncated or empty file, HTML by an image's name": both(
        spoilt(b""), spoilt(b"<html>"), spoilt(encoded(inputs.noise(), "png")[:90])
    ),
    "HEIC, AVIF or JPEG 2000 by a JPEG's name": both(
        *(spoilt(content, "train/cat/0.jpg") for content in (inputs.HEIC, inputs.AVIF, inputs.JPEG_2000))
    ),
    "a wrong checksum in a PNG, other bytes after a JPEG": both(
        spoilt(inputs.wrong_checksum(encoded(inputs.noise(), "png"))),
        spoilt(encoded(inputs.noise(), "jpeg") + b"bytes" * 100, "train/cat/0.jpg"),
    ),
    "PostScript or PDF by an image's name": both(
        spoilt(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 8 8\n%%EOF\n"), spoilt(b"%PDF-1.4\n")
    ),
    "a decompression bomb": spoilt(inputs.header_of_a_png(30_000, 30_000)),
    "images that do not fit into memory": lambda root: changed(
        root, all_of(*(put(f"train/{name}/0.png", inputs.header_of_a_png(9_000, 9_000)) for name in ("cat", "dog")))
    ),
}
VALUES = {
    "whole numbers from 0 to 255 of any type; if the largest is at most 127, it counts as white": several(
        revalued, [lambda x: x.astype(np.int64), lambda x: x // 16, lambda x: x.astype(">u2")]
    ),
    "booleans": lambda root: revalued(root, lambda x: x > 127),
    "other whole numbers, such as 12 bits or signed": several(
        revalued, [lambda x: x.astype(np.int16) * 16, lambda x: x.astype(np.int16) - 128]
    ),
    "floats from 0 to 1, from -1 to 1, from 0 to 255": several(
        revalued,
        [lambda x: x / 255, lambda x: x / 127.5 - 1, lambda x: x.astype(np.float64), lambda x: (x / 255).astype("f2")],
    ),
    "floats whose largest is below 0.5 or above a million": several(revalued, [lambda x: x / 1e6, lambda x: x * 1e300]),
    "rows of shape (n, d)": both(
        lambda root: revalued(root, lambda x: x.reshape(len(x), -1)),
        partial(factory, body="((X[:12], y[:12]), (X[12:], y[12:]))"),
    ),
    "bytes in one split and floats in the other": lambda root: npz(root, train_images=arrays()["train_images"] / 255),
    "numbers that are not finite": lambda root: revalued(root, lambda x: np.where(x > 250, np.nan, x)),
    "text, complex numbers, objects": several(
        revalued, [lambda x: x.astype("U3"), lambda x: x * 1j, lambda x: x.astype(object)]
    ),
    "another shape, two or four channels, a side below 8": several(
        revalued,
        [lambda x: x[:, 0, 0, 0], lambda x: x[..., :2], lambda x: x[:, :7], lambda x: np.concatenate([x, x[..., :1]], 3)],
    ),
}
LABELS = {
    "whole numbers from 0 without a gap, of any type, signed or not": several(
        relabelled, [lambda y: y.astype(np.uint8), lambda y: y.astype(">i2"), lambda y: y.astype(np.uint64)]
    ),
    "a column (n, 1), booleans, floats without a fraction": several(
        relabelled, [lambda y: y[:, None], lambda y: y > 0, lambda y: y.astype(np.float32)]
    ),
    "from 1, as EMNIST's letters and SVHN": lambda root: relabelled(root, lambda y: y + 1),
    "with a gap": lambda root: relabelled(root, lambda y: y * 2),
    "negative": lambda root: relabelled(root, lambda y: y - 1),
    "huge, such as hashes": lambda root: relabelled(root, lambda y: y * 2**40),
    "fractions, not finite": several(relabelled, [lambda y: y / 2, lambda y: np.where(y > 1, np.nan, y)]),
    "text": lambda root: relabelled(root, lambda y: np.array(["cat", "dog", "emu"])[y]),
    "one-hot": lambda root: relabelled(root, inputs.one_hot),
    "one class alone": lambda root: relabelled(root, lambda y: y * 0),
    "a test label that no training image has": lambda root: npz(root, test_labels=np.array([0, 1, 2, 3, 0, 1])),
    "a class without a test image": lambda root: npz(root, test_labels=np.arange(6) % 2),
    "more or fewer labels than images": lambda root: npz(root, train_labels=np.arange(11) % 3),
}
FILES = {
    "of savez or savez_compressed, arrays in either order of rows and columns": both(
        npz, partial(npz, pack=np.savez_compressed), lambda root: revalued(root, np.asfortranarray)
    ),
    "other names, such as x_train": lambda root: npz(
        root, pack=lambda path, **found: np.savez(path, x_train=found["train_images"])
    ),
    "no archive, or cut short": both(
        lambda root: npz(root, pack=lambda path, **_: path.write_bytes(b"hello")),
        lambda root: npz(
            root, pack=lambda path, **found: (np.savez(path, **found), path.write_bytes(path.read_bytes()[:900]))
        ),
    ),
    "a damaged header": several(
        inputs.rezipped,
        [lambda x: x[:4], lambda x: x.replace(b"'shape'", b"'shape("), lambda x: x.replace(b"(12,", b"(12(")],
    ),
    "a header that promises more than the archive holds": lambda root: inputs.rezipped(
        root, lambda _: inputs.header_of_an_array((10**9, 28, 28))
    ),
    "arrays that do not fit into memory": npz,
    "encrypted": partial(inputs.flagged, place=6, value=1),
    "compressed by another method": partial(inputs.rezipped, change=bytes, method=zipfile.ZIP_LZMA),
    "arrays in a folder within the archive": inputs.nested,
    "an npy, .mat or .pt file by an npz's name": several(
        inputs.by_an_npzs_name, (b"\x93NUMPY\x01\0", b"MATLAB 5.0 MAT-file" + bytes(200), inputs.AN_ARCHIVE)
    ),
    "pickled objects": lambda root: npz(root, train_labels=np.array([print] * 12, dtype=object)),
}
COPIES = {
    "in training, with one label": lambda root: changed(root, copied(FIRST, "train/cat/x.png")),
    "in another format, or linked to the same file": both(
        lambda root: changed(root, lambda root: Image.open(root / FIRST).save(root / "train/cat/x.bmp")),
        lambda root: changed(root, linked("train/cat/x.png", root / FIRST)),
    ),
    "in training, with several labels": lambda root: changed(root, copied(FIRST, "train/dog/x.png")),
    "in training and in test": lambda root: changed(root, copied(FIRST, "test/dog/x.png")),
    "all test images": first_of_all_splits,
    "all images of a class": lambda root: changed(
        root, all_of(copied(FIRST, "train/dog/x.png"), moved("train/cat/1.png", "x.png"))
    ),
    "in a NumPy file": lambda root: npz(
        root, **{name: np.concatenate([found, found[:1]]) for name, found in arrays().items() if name.startswith("train")}
    ),
    "in test alone": lambda root: changed(root, copied("test/cat/0.png", "test/cat/x.png")),
}
SMALL = {
    "fewer training images than the tier asks for": lambda root: inputs.many(root, 24, 4),
    "too few images for a sweep over sizes": lambda root: inputs.many(root, 150, 4),
    "more classes than the tier trains on images": lambda root: inputs.many(root, 600, 510),
    "as many classes as images": lambda root: inputs.many(root, 24, 24),
}
# In the order of the tables.
ROWS = [FOLDERS, IMAGES, VALUES, LABELS, FILES, COPIES, SMALL]
