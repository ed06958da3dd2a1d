"""A tree of images, and a cache of its own."""

import pytest

from rethinking_audit.fixtures.data import listing, source
from rethinking_audit.fixtures.training.numerics import reproducible
from tests.builders.trees import tree


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Twelve training images and six test images of six classes."""
    monkeypatch.setenv("RETHINKING_CACHE", str(tmp_path / "cache"))
    for known in (listing.listing, source.describe, source.digest):
        known.cache_clear()
    return tree(tmp_path / "images")


@pytest.fixture(autouse=True)
def as_in_an_audit():
    """One thread, and the same algorithms every time."""
    with reproducible("cpu"):
        yield
