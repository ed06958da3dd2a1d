"""What several tests of the data use."""

import numpy as np
import pytest

from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.data.experiment import prepare


@pytest.fixture
def place(own_folders):
    """The data folder."""
    return own_folders


@pytest.fixture
def coloured(tmp_path, own_folders):
    """Images higher than wide, whose blue is darker than their red, as in photographs, and varies less."""
    draw = np.random.default_rng(1)
    shades, spread, counts = np.array([150, 120, 90]), np.array([1.0, 0.8, 0.6]), {"train": 120, "test": 60}
    images = {name: shades + spread * draw.integers(-90, 90, (count, 12, 9, 3)) for name, count in counts.items()}
    labels = {name: np.arange(len(part)) % 4 for name, part in images.items()}
    arrays = {f"{name}_images": part.astype(np.uint8) for name, part in images.items()}
    np.savez(tmp_path / "rgb.npz", **arrays, **{f"{name}_labels": part for name, part in labels.items()})
    return lambda kind: prepare(find(f"npz:{tmp_path / 'rgb.npz'}"), None, kind, 1.0, seed=0)
