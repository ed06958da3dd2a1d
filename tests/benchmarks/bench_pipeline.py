"""Images from files to batches, for runs that read them as they train, against what decoding alone allows here."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from rethinking_audit.fixtures.data.source import DataSource
from rethinking_audit.fixtures.streaming.pipeline import Images, batches, decode
from rethinking_audit.fixtures.streaming.samples import Split
from rethinking_audit.fixtures.streaming.spec import Stream, StreamSpec
from tests.benchmarks.work import RECIPE

COUNT, BATCH = 64, 16


def photographs(folder, width, height):
    """JPEG files that are as dense as photographs: smooth shades with a little noise."""
    draw = np.random.default_rng(0)
    shades = np.linspace(0, 200, width)[None, :, None] + np.linspace(0, 40, height)[:, None, None]
    names = []
    for number in range(COUNT):
        pixels = (shades + draw.normal(0, 8, (height, width, 3))).clip(0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.jpg", quality=90)
        names.append(f"{number}.jpg".encode())
    return Split(folder, np.array(names), np.zeros(COUNT, np.int64))


@pytest.mark.parametrize(("width", "height", "side"), [(64, 64, 56), (500, 375, 299)])
@pytest.mark.parametrize("augments", [False, True])
def test_pipeline(benchmark, against, say, tmp_path, width, height, side, augments):
    """One process, without readers: `share` is the part of the decoding rate that is left."""
    split = photographs(tmp_path, width, height)
    recipe = replace(RECIPE, crop=augments, flip=augments)
    data, stream = DataSource("imagenet", str(tmp_path)), Stream(side=side, parts=1, optimizer="sgd")
    spec = StreamSpec(data=data, network="inception-v3", recipe=recipe, seed=0, stream=stream)
    places = [[(1, place) for place in range(start, start + BATCH)] for start in range(0, COUNT, BATCH)]
    images = Images(split, spec, augments)

    def decoding():
        for name in split.names:
            decode(str(tmp_path / name.decode()))

    took = against(lambda: list(batches(images, places, 0)), decoding=decoding)
    share = took["decoding"] / took["own"]
    say(images_a_second=COUNT / took["own"], decoding_a_second=COUNT / took["decoding"], share=share)
