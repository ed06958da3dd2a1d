"""The shape of the project: how short its conftest is, and what is pinned."""

from tests.builders.places import ROOT


def test_conftest_fits_on_one_screen():
    assert len((ROOT / "conftest.py").read_text().splitlines()) <= 50
