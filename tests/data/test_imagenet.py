"""ImageNet or a folder in its place: described by its names alone, and known by its content."""

import pytest

from rethinking_audit.fixtures.data import datasets, imagenet, listing, source
from rethinking_audit.fixtures.data.dataset import DataMissing
from rethinking_audit.fixtures.data.source import DataSource
from tests.builders.trees import break_image, tree


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("RETHINKING_CACHE", str(tmp_path / "cache"))
    forget()
    return tree(tmp_path / "images")


def forget():
    for known in (listing.listing, source.describe, source.digest):
        known.cache_clear()


def test_a_folder_is_a_stand_in_that_says_so_and_is_not_decoded(folder):
    break_image(folder)
    about = datasets.streamed(datasets.find(f"folder:{folder}")).about
    assert about.title.startswith(
        "stand-in for ImageNet (1,281,167 + 50,000 images of 1,000 classes): images in the folder "
    )
    assert (about.train, about.test, about.classes) == (12, 6, 6)


def test_the_digest_is_of_the_content(folder):
    data = DataSource("imagenet", str(folder))
    before = data.digest()
    break_image(folder)
    forget()
    assert data.digest() != before


def test_the_digest_is_the_same_in_another_place(folder, tmp_path):
    before = DataSource("imagenet", str(folder)).digest()
    folder.rename(tmp_path / "elsewhere")
    assert DataSource("imagenet", str(tmp_path / "elsewhere")).digest() == before


def test_imagenet_itself_is_described_and_not_downloaded(monkeypatch, tmp_path):
    monkeypatch.setenv("RETHINKING_DATA", str(tmp_path))
    assert datasets.find("imagenet").about == imagenet.ABOUT
    with pytest.raises(DataMissing, match=r"ImageNet is not on this machine, expected train/ and val/ in .*imagenet"):
        imagenet.digest("")


def test_its_images_are_not_held_in_memory(folder):
    with pytest.raises(ValueError, match="are read as a run trains, expected a data set that is held in memory"):
        DataSource("imagenet", str(folder)).load()


@pytest.mark.parametrize("name", ["cifar10", "npz:images.npz"])
def test_no_other_data_set_is_streamed(name):
    with pytest.raises(ValueError, match=f"--dataset is {name}, expected folder:PATH"):
        datasets.streamed(datasets.find(name))
