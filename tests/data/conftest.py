"""What several tests of the data use."""

import pytest


@pytest.fixture
def place(own_folders):
    """The data folder."""
    return own_folders
