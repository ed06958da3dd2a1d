"""Small folders of JPEG images as ImageNet has them, and streamed runs on them."""

import numpy as np
from PIL import Image

from rethinking_audit.fixtures.data.source import DataSource
from rethinking_audit.fixtures.streaming.spec import Stream
from rethinking_audit.fixtures.tasks.streamed import Streamed
from rethinking_audit.fixtures.training.spec import Recipe

SIDE = 55  # of a file; a run sees 48, the fewest that the network takes
RECIPE = Recipe(batch=6, learning_rate=0.001, momentum=0.9, lr_decay=0.9, max_epochs=2, patience=1, eval_every=0)
STREAM = Stream(side=48, parts=2, optimizer="sgd")


def tree(folder, classes=6, train=2, test=1):
    """Write so many images of each class into train/ and val/; a class has a shade of its own, under noise."""
    draw = np.random.default_rng(0)
    for split, count in (("train", train), ("val", test)):
        for label in range(classes):
            place = folder / split / f"class-{label:02}"
            place.mkdir(parents=True)
            for number in range(count):
                shade = 255 * label // classes + draw.integers(-20, 20, (SIDE, SIDE + 10, 3))
                Image.fromarray(shade.clip(0, 255).astype(np.uint8)).save(place / f"{number}.jpg")
    return folder


def run(folder, recipe=RECIPE, stream=STREAM, **fields):
    """A streamed run on a tree, narrow enough for a test."""
    data = DataSource("imagenet", str(folder))
    defaults = {"network": "inception-v3", "seed": 0, "width": 1 / 16}
    return Streamed(data=data, recipe=recipe, stream=stream, **{**defaults, **fields})


def break_image(folder, name="train/class-01/0.jpg"):
    """Leave the beginning of a JPEG file alone."""
    path = folder / name
    path.write_bytes(path.read_bytes()[:300])
    return name
