"""Data sets as people have them: what a row of docs/data.md is about, made small. Each returns names for `--dataset`."""

import io
import itertools
import zipfile
import zlib

import numpy as np
from PIL import Image

from tests.builders.guests import write_code
from tests.builders.user_data import arrays

DRAW = np.random.default_rng(5)
CUT_EXIF = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0"


def noise(mode="RGB", side=8):
    """Return an image of noise in a mode of Pillow's."""
    if mode.startswith("I;16") or mode == "I":
        values = DRAW.integers(0, 65536, (side, side), dtype=np.uint16)
        values = values.astype(np.int32) if mode == "I" else values.astype(">u2") if mode == "I;16B" else values
        return Image.fromarray(values)
    if mode == "F":
        return Image.fromarray(DRAW.random((side, side), dtype=np.float32))
    if mode == "LAB":
        return Image.frombytes("LAB", (side, side), DRAW.bytes(3 * side * side))
    found = Image.fromarray(DRAW.integers(0, 256, (side, side, 4), dtype=np.uint8))
    if mode == "RGBA":
        return found
    return found.convert("RGB").quantize(64) if mode == "P" else found.convert("RGB").convert(mode)


def folder(root, mode="RGB", suffix="png", count=2, **options):
    """Write images of noise in a mode: of two classes, in train and test."""
    for split, name, index in itertools.product(("train", "test"), ("cat", "dog"), range(count)):
        place = root / split / name
        place.mkdir(parents=True, exist_ok=True)
        noise(mode).save(place / f"{index}.{suffix}", **options)
    return f"folder:{root}"


def changed(root, change, **options):
    """Write a folder of noise, and change it."""
    name = folder(root, **options)
    change(root)
    return name


def of_modes(root, *modes, suffix="png", **options):
    """Write a folder for each mode."""
    return [folder(root / mode.replace(";", "-"), mode, suffix, **options) for mode in modes]


def put(name, content):
    """Return a change that writes a file."""

    def change(root):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)

    return change


def moved(old, new):
    return lambda root: (root / old).rename(root / new)


def copied(old, new):
    return lambda root: put(new, (root / old).read_bytes())(root)


def linked(new, to):
    return lambda root: (root / new).symlink_to(to)


def all_of(*changes):
    return lambda root: [change(root) for change in changes]


def encoded(image, suffix, **options):
    file = io.BytesIO()
    image.save(file, suffix, **options)
    return file.getvalue()


def header_of_a_png(width, height):
    """Return a PNG of so many pixels that has none of them."""
    return _png(width.to_bytes(4) + height.to_bytes(4) + b"\x08\x02\0\0\0", b"")


def png_of_bits(bits, colour=False):
    """Return a PNG of noise with so many bits in a value."""
    lines = (b"\0" + DRAW.bytes(bits * (3 if colour else 1)) for _ in range(8))
    return _png((8).to_bytes(4) * 2 + bytes([bits, 2 if colour else 0, 0, 0, 0]), zlib.compress(b"".join(lines)))


def _png(header, pixels):
    parts = [(b"IHDR", header), (b"IDAT", pixels), (b"IEND", b"")]
    chunks = (len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4) for kind, data in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def wrong_checksum(content):
    """Return a PNG whose pixels have another checksum."""
    end = content.index(b"IEND") - 4
    return content[: end - 1] + bytes([content[end - 1] ^ 1]) + content[end:]


OF_FRAMES = {"png": "png", "webp": "webp", "tiff": "tif", "mpo": "jpg"}  # Pillow's format: the suffix
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100)
AVIF = b"\0\0\0\x18ftypavif\0\0\0\0mif1avif" + bytes(100)
JPEG_2000 = b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(100)
AN_ARCHIVE = b"PK\x05\x06" + bytes(18)  # a zip without members; torch writes zips


def frames(kind):
    """Return a file of three frames of noise."""
    return encoded(noise(), kind, save_all=True, append_images=[noise(), noise()])


def tiny_imagenet(root, sorted_into_classes=False):
    """Write Tiny ImageNet as it is published, or with its validation images in folders of their classes."""
    lines = []
    for name, index in itertools.product(("n01", "n02"), range(2)):
        (root / "train" / name / "images").mkdir(parents=True, exist_ok=True)
        noise().save(root / "train" / name / "images" / f"{name}_{index}.JPEG")
        place = root / "val" / (f"{name}/images" if sorted_into_classes else "images")
        place.mkdir(parents=True, exist_ok=True)
        noise().save(place / f"val_{name}{index}.JPEG")
        lines.append(f"val_{name}{index}.JPEG\t{name}\t0\t0\t8\t8\n")
    (root / "val" / "val_annotations.txt").write_text("".join(lines))
    (root / "test" / "images").mkdir(parents=True)
    noise().save(root / "test" / "images" / "test_0.JPEG")
    return f"folder:{root}"


def npz(root, pack=np.savez, **other):
    """Write a NumPy file with four arrays, some of them replaced."""
    root.mkdir(parents=True, exist_ok=True)
    pack(root / "mine.npz", **arrays(**other))
    return f"npz:{root / 'mine.npz'}"


def relabelled(root, change, **options):
    """Write a NumPy file whose labels are changed in both splits."""
    found = arrays()
    return npz(root, **{name: change(found[name]) for name in ("train_labels", "test_labels")}, **options)


def revalued(root, change):
    """Write a NumPy file whose images are changed in both splits."""
    found = arrays()
    return npz(root, **{name: change(found[name]) for name in ("train_images", "test_images")})


def rezipped(root, change, method=zipfile.ZIP_DEFLATED):
    """Write a NumPy file whose member train_images.npy is changed."""
    name = npz(root)
    with zipfile.ZipFile(root / "mine.npz") as archive:
        members = {member: archive.read(member) for member in archive.namelist()}
    members["train_images.npy"] = change(members["train_images.npy"])
    with zipfile.ZipFile(root / "mine.npz", "w", method) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return name


def header_of_an_array(shape, dtype="|u1"):
    """Return the beginning of a .npy file: its header alone."""
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": dtype, "fortran_order": False, "shape": shape})
    return file.getvalue()


def flagged(root, place, value):
    """Write a NumPy file, and change a field of each member in both of zip's tables: flags at 6, method at 8."""
    name = npz(root)
    content = bytearray((root / "mine.npz").read_bytes())
    for mark, shift in ((b"PK\x03\x04", 0), (b"PK\x01\x02", 2)):
        at = content.find(mark)
        while at >= 0:
            content[at + place + shift] = value
            at = content.find(mark, at + 4)
    (root / "mine.npz").write_bytes(content)
    return name


def factory(root, body):
    """Write code that returns a data set."""
    root.mkdir(parents=True, exist_ok=True)
    head = "import numpy as np\ndraw = np.random.default_rng(3)\nX = draw.normal(size=(18, 11))\ny = np.arange(18) % 3\n"
    return f"{write_code(root, f'{head}def data(): return {body}')}:data"


def many(root, images, classes, side=8):
    """Write a NumPy file with so many training images and classes."""
    return npz(
        root,
        train_images=DRAW.integers(0, 256, (images, side, side), dtype=np.uint8),
        train_labels=np.arange(images) % classes,
        test_images=DRAW.integers(0, 256, (20, side, side), dtype=np.uint8),
        test_labels=np.arange(20) % classes,
    )


def one_hot(labels):
    return np.eye(3, dtype=int)[labels]


def transparent_palette(root):
    """Write images with a palette whose colours are transparent in part, which Pillow warns about."""
    return folder(root, "P", transparency=bytes(range(64)))


def nested(root):
    """Write a NumPy file whose arrays lie in a folder of the archive."""
    name = npz(root)
    with zipfile.ZipFile(root / "mine.npz") as archive:
        members = {member: archive.read(member) for member in archive.namelist()}
    with zipfile.ZipFile(root / "mine.npz", "w") as archive:
        for member, content in members.items():
            archive.writestr(f"data/{member}", content)
    return name


def by_an_npzs_name(root, content):
    put("mine.npz", content)(root)
    return f"npz:{root / 'mine.npz'}"
