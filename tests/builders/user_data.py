"""Small folders and files of images, as a user would provide them."""

import itertools

import numpy as np


def write_folder(root, test="test", count=4, side=8, mode="RGB", classes=("cat", "dog")):
    """Write noise images, `count` of each class in train and one in test, and a text file in each folder."""
    from PIL import Image

    draw = np.random.default_rng(1)
    for split, name in itertools.product(("train", test), classes):
        (root / split / name).mkdir(parents=True)
        (root / split / name / "notes.txt").write_text("not an image")
        for index in range(count if split == "train" else 1):
            shape = (side, side, 3) if mode == "RGB" else (side, side)
            Image.fromarray(draw.integers(0, 256, shape, dtype=np.uint8)).save(root / split / name / f"{index}.png")
    return f"folder:{root}"


def arrays(**other):
    """Return the four arrays of a small file; `other` replaces some."""
    draw = np.random.default_rng(2)
    found = {
        "train_images": draw.integers(0, 256, (12, 10, 10, 3), dtype=np.uint8),
        "train_labels": np.arange(12) % 3,
        "test_images": draw.integers(0, 256, (6, 10, 10, 3), dtype=np.uint8),
        "test_labels": np.arange(6) % 3,
    }
    return {**found, **other}
