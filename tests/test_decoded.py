"""Decoded arrays are kept once for all processes, and never used if they have changed."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from fixtures.data import datasets, decoded
from fixtures.data import fetch as command
from fixtures.data.dataset import ARRAYS, DataSet, DataUnavailable
from tests.attacks.make_user_data import arrays

CHECKOUT = Path(__file__).parents[1]


@pytest.fixture
def kept(tmp_path, own_folders, new_process):
    """The name and the entry of a data set that has been decoded, in a new process."""
    np.savez(tmp_path / "mine.npz", **arrays())
    name = f"npz:{tmp_path / 'mine.npz'}"
    datasets.load(name)
    new_process()
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


def test_a_failed_decoding_leaves_nothing(tmp_path, own_folders):
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


def test_two_processes_share_one_entry(tmp_path, own_folders):
    np.savez(tmp_path / "mine.npz", **arrays())
    order = [sys.executable, "-m", "fixtures.data.fetch", f"npz:{tmp_path / 'mine.npz'}"]
    both = [subprocess.Popen(order, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) for _ in "12"]
    said = [process.communicate(timeout=60)[0] for process in both]
    assert said[0] == said[1] != ""
    assert len([path for path in (tmp_path / "cache").iterdir() if path.is_dir()]) == 1
