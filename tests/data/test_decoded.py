"""Decoded arrays are kept once for all processes, and never used if they have changed."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rethinking_audit.fixtures.data import datasets, decoded
from rethinking_audit.fixtures.data import fetch as command
from rethinking_audit.fixtures.data.dataset import ARRAYS, DataSet, DataUnavailable, Description
from rethinking_audit.fixtures.data.given import Given
from tests.builders.places import ROOT
from tests.builders.user_data import arrays


@pytest.fixture
def kept(tmp_path, own_folders, new_process):
    """The name and the entry of a data set that has been decoded, in a new process."""
    np.savez(tmp_path / "mine.npz", **arrays())
    name = f"npz:{tmp_path / 'mine.npz'}"
    datasets.find(name).load()
    new_process()
    return name, datasets.find(name).decoder().entry


def in_memory(kind=DataSet, **more):
    images = {"train_images": np.zeros((5, 3, 8, 10), np.uint8), "test_images": np.zeros((4, 3, 8, 10), np.uint8)}
    return kind("x", 2, (7, 9), 255, **images, train_labels=np.zeros(5, int), test_labels=np.ones(4, int), **more)


def test_the_facts_are_those_of_the_images_in_memory_and_in_the_cache(tmp_path, own_folders):
    remarked = in_memory(Given, remarks=("one file was passed over",))
    expected = decoded.Facts(5, 4, (8, 10), (7, 9), 3, 2, ("one file was passed over",))
    assert decoded.Facts.of(remarked) == decoded.facts(decoded.Source("x", "key", lambda: remarked)) == expected
    assert decoded.load(decoded.Source("x", "key", lambda: remarked)).remarks == expected.remarks
    assert decoded.Facts.of(in_memory()).remarks == decoded.facts(decoded.Source("y", "key", in_memory)).remarks == ()


def test_a_data_set_is_described_by_its_facts():
    images = decoded.Facts(50_000, 1000, (8, 10), (7, 9), 3, 2, ())
    title = "images in 'mine' (50,000 + 1,000 images of 8x10)"
    assert images.described("in 'mine'") == Description(title, 50_000, 1000, (8, 10), (7, 9), 3, 2, None)
    told = images.described("from scikit-learn", "CIFAR-10")
    assert (told.title, told.stand_in) == (
        "stand-in for CIFAR-10: images from scikit-learn (50,000 + 1,000 images of 8x10)",
        "CIFAR-10",
    )
    signals = decoded.Facts(5, 4, (1, 40), (1, 40), 1, 10, ())
    assert signals.described("drawn").title == "signals drawn (5 + 4 signals of 1x40)"


def test_images_are_mapped_and_cannot_be_changed(kept):
    data = datasets.find(kept[0]).load()
    with pytest.raises(ValueError, match="read-only"):
        data.train_images[0] = 0
    assert isinstance(data.train_images.base, np.memmap)
    assert data.train_labels.flags.writeable  # torch warns of memory that it may not write to


def test_decoding_happens_once(kept, monkeypatch):
    monkeypatch.setattr("rethinking_audit.fixtures.data.npz.decode", lambda _: pytest.fail("decoded again"))
    assert datasets.find(kept[0]).load().digest == datasets.find(kept[0]).digest()


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("harm", ["flip", "cut", "remove"])
def test_a_damaged_array_is_named(kept, name, harm, capsys):
    path = kept[1] / f"{name}.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.unlink() if harm == "remove" else path.write_bytes(content if harm == "flip" else content[:-10])
    with pytest.raises(DataUnavailable, match=f"{name}.npy in the cache of decoded data"):
        datasets.find(kept[0]).load()
    with pytest.raises(DataUnavailable, match=f"{name}.npy"):
        datasets.find(kept[0]).load()  # asking again does not help
    assert command.main([kept[0]]) == 0
    assert f"{name}.npy in the cache of decoded data" in capsys.readouterr().err
    assert datasets.find(kept[0]).load().digest == datasets.find(kept[0]).digest()


@pytest.mark.parametrize("change", [{"white": 16}, {"files": None}, {"digest": "0"}], ids=str)
def test_a_changed_manifest_is_named(kept, change):
    path = kept[1] / decoded.MANIFEST
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps({**manifest, **change}))
    with pytest.raises(DataUnavailable, match=r"manifest.json in the cache of decoded data is damaged; remove"):
        datasets.find(kept[0]).digest()
    path.unlink()
    with pytest.raises(DataUnavailable, match=r"manifest.json in the cache of decoded data is missing; remove"):
        datasets.find(kept[0]).digest()


def test_a_failed_decoding_leaves_nothing(tmp_path, own_folders):
    def fail() -> DataSet:
        raise DataUnavailable("no")

    with pytest.raises(DataUnavailable, match="no"):
        decoded.load(decoded.Source("x", "key", fail))
    assert [path.suffix for path in (tmp_path / "cache").iterdir()] == [".lock"]


def test_a_cache_that_cannot_be_written_is_named(kept, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("RETHINKING_CACHE", str(tmp_path / "file"))
    with pytest.raises(DataUnavailable, match="RETHINKING_CACHE sets another folder"):
        datasets.find(kept[0]).load()


def test_two_processes_share_one_entry(tmp_path, own_folders):
    np.savez(tmp_path / "mine.npz", **arrays())
    order = [sys.executable, "-m", "rethinking_audit.fixtures.data.fetch", f"npz:{tmp_path / 'mine.npz'}"]
    both = [subprocess.Popen(order, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in "12"]
    said = [process.communicate(timeout=60)[0] for process in both]
    assert said[0] == said[1] != ""
    assert len([path for path in (tmp_path / "cache").iterdir() if path.is_dir()]) == 1


def test_what_is_kept_is_the_whole_data_set(kept, own_folders):
    decoded_now, mapped = datasets.find(kept[0]).decoder().decode(), datasets.find(kept[0]).load()
    for field in ("name", "classes", "crop", "max_value", "digest"):
        assert getattr(mapped, field) == getattr(decoded_now, field), field


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"sha256": 1}'])
def test_a_manifest_that_is_none_is_named(kept, text):
    path = kept[1] / decoded.MANIFEST
    path.write_text(text)
    with pytest.raises(DataUnavailable, match=f"^{path} in the cache of decoded data is damaged; remove {path.parent} to"):
        datasets.find(kept[0]).digest()


def test_a_manifest_may_name_its_arrays_in_any_order(kept):
    path = kept[1] / decoded.MANIFEST
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps(dict(reversed(manifest.items()))))
    assert datasets.find(kept[0]).digest() == manifest["digest"]


def test_a_pickle_is_never_read(tmp_path):
    for name in ("train_images.npy", "train_labels.npy"):
        np.save(tmp_path / name, np.array([{}]), allow_pickle=True)
        with pytest.raises(ValueError, match=r"allow_pickle|Python objects"):
            decoded._array(tmp_path / name, decoded.digest_of(tmp_path / name))


def test_a_pickle_is_never_written(tmp_path, own_folders):
    images = np.array([None])
    data = DataSet("x", 2, (1, 1), 1, images, images, images, images)
    with pytest.raises(ValueError, match="pickle"):
        decoded._write(data, tmp_path / "entry")


def test_an_entry_is_made_beside_its_place_in_a_folder_that_need_not_be_there(tmp_path, own_folders, monkeypatch):
    """A rename is atomic only within a file system."""
    np.savez(tmp_path / "mine.npz", **arrays())
    monkeypatch.setenv("RETHINKING_CACHE", str(tmp_path / "not" / "yet"))
    seen = []
    rename = Path.rename
    monkeypatch.setattr(Path, "rename", lambda path, target: (seen.append(path), rename(path, target))[1])
    datasets.find(f"npz:{tmp_path / 'mine.npz'}").load()
    assert [path.parent.parent for path in seen] == [tmp_path / "not" / "yet"]
    assert all(path.parent.name.startswith(".tmp-") for path in seen)


def test_a_cache_without_room_says_so_and_what_to_do(tmp_path, own_folders, monkeypatch):
    np.savez(tmp_path / "mine.npz", **arrays())
    name = f"npz:{tmp_path / 'mine.npz'}"
    reason = "cannot be cached in .*cache: No space left; RETHINKING_CACHE sets another folder$"

    def full(error):
        def fail(*_):
            raise error

        monkeypatch.setattr(decoded, "_write", fail)
        with pytest.raises(DataUnavailable, match=reason):
            datasets.find(name).load()

    full(OSError(28, "No space left"))
    full(OSError("No space left"))


def test_a_folder_that_a_file_server_keeps_for_now_keeps_nobody_from_decoding(tmp_path, own_folders, monkeypatch):
    """NFS leaves a file behind where another process still has it open, and says that the folder is not empty."""
    np.savez(tmp_path / "mine.npz", **arrays())

    def kept(*_, **__):
        raise OSError(39, "Directory not empty")

    monkeypatch.setattr(decoded.os, "rmdir", kept)
    assert datasets.find(f"npz:{tmp_path / 'mine.npz'}").load().classes == 3


def test_a_manifest_has_a_line_for_each_array(kept):
    text = (kept[1] / decoded.MANIFEST).read_text()
    assert text == json.dumps(json.loads(text), indent=1)


def test_a_manifest_is_in_one_encoding_everywhere(tmp_path, own_folders, new_process, encodings_named):
    np.savez(tmp_path / "mine.npz", **arrays())
    name = f"npz:{tmp_path / 'mine.npz'}"
    made = datasets.find(name).load().digest
    new_process()
    assert datasets.find(name).load().digest == datasets.find(name).digest() == made
