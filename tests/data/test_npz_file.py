"""What a file promises is compared with what it holds, and with the free memory, before any of it is asked for."""

import tracemalloc
import zipfile

import numpy as np
import pytest

from rethinking_audit.fixtures.data import folder, listing, npz, room
from tests.builders.inputs import changed, header_of_a_png, header_of_an_array, put, rezipped
from tests.builders.inputs import npz as write_npz

MUCH = 5e6  # bytes


def read_npz(root, **_):
    npz.decode(str(root / "mine.npz"))


def read_folder(root):
    listing.listing.cache_clear()
    folder.decode(str(root))


def zeros(root, megabytes):
    """A member that unpacks to more than it packs: its header says as much."""
    head = header_of_an_array((megabytes, 1024, 1024))
    write_npz(root)
    with zipfile.ZipFile(root / "mine.npz", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in ("train_images", "train_labels", "test_images", "test_labels"):
            with archive.open(f"{name}.npy", "w") as file:
                file.write(head)
                for _ in range(megabytes):
                    file.write(bytes(2**20))


def bombs():
    promise = header_of_an_array((10**9, 28, 28))
    beyond = header_of_an_array((2**62, 2**62), "<f8")
    long_header = b"\x93NUMPY\x02\x00" + (2**31).to_bytes(4, "little") + b" " * 50_000
    pictures = [header_of_a_png(side, side) for side in (9_000, 30_000, 2**30)]
    return {
        "a promise": (
            lambda root: rezipped(root, lambda _: promise),
            read_npz,
            r"uint8 \(1000000000, 28, 28\) by their header",
        ),
        "beyond all numbers": (lambda root: rezipped(root, lambda _: beyond), read_npz, "by their header"),
        "nothing at all": (
            lambda root: rezipped(root, lambda _: header_of_an_array((10**9, 8, 8), "<U0")),
            read_npz,
            "train_images are of type <U0, expected numbers",
        ),
        "less than nothing": (
            lambda root: rezipped(root, lambda _: header_of_an_array((-2, -2, 8, 8))),
            read_npz,
            "by their header",
        ),
        "a long header": (lambda root: rezipped(root, lambda _: long_header), read_npz, "train_images cannot be read"),
        "zeros": (lambda root: zeros(root, 30), read_npz, r"its arrays need 0\.3 GB of memory, and 20\.0 MB are free"),
        **{
            f"a picture of {len(picture)} bytes and much more {number}": (
                lambda root, picture=picture: changed(
                    root, lambda root: [put(f"train/{name}/0.png", picture)(root) for name in ("cat", "dog")]
                ),
                read_folder,
                "the images need|cannot be read as an image",
            )
            for number, picture in enumerate(pictures)
        },
    }


@pytest.mark.parametrize(("make", "read", "said"), bombs().values(), ids=bombs())
def test_a_bomb_takes_no_memory(tmp_path, monkeypatch, make, read, said):
    monkeypatch.setattr(room, "free", lambda: 20_000_000)
    make(tmp_path)
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=said) as caught:
            read(tmp_path)
        assert tracemalloc.get_traced_memory()[1] < MUCH
    finally:
        tracemalloc.stop()
    assert "\n" not in str(caught.value)


def test_the_free_memory_is_known_here():
    assert room.free() is None or 0 < room.free() < 2**50


@pytest.mark.parametrize(
    ("limit", "taken", "expected"),
    [("1000000\n", "anon 400000\nfile 500000\n", 600_000), ("max\n", "anon 1\n", None), ("5\n", "anon 9\n", 0)],
)
def test_a_containers_limit_counts(tmp_path, monkeypatch, limit, taken, expected):
    for name, text in (("max", limit), ("stat", taken)):
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(room, "GROUPS", ((str(tmp_path / "max"), str(tmp_path / "stat"), "anon"),))
    monkeypatch.setattr(room, "_available", list)
    assert room.free() == expected


def test_what_fits_is_read_and_what_numpy_warns_of_is_said(tmp_path, monkeypatch):
    """Python 2 wrote whole numbers with an L, and numpy warns of it."""
    old = rezipped(tmp_path, lambda content: content.replace(b"(12, 10, 10, 3), }  ", b"(12L, 10, 10, 3), } "))
    data = npz.decode(old.removeprefix("npz:"))
    assert len(data.train_images) == 12
    assert [remark.partition(":")[0] for remark in data.remarks] == ["a decoder warns of train_images"]
    monkeypatch.setattr(room, "free", lambda: None)  # a system that does not say
    assert len(npz.decode(write_npz(tmp_path).removeprefix("npz:")).test_images) == 6
    assert np.load(tmp_path / "mine.npz")["test_images"].shape == (6, 10, 10, 3)
