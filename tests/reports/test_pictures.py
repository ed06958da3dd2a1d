"""A training example is drawn as the paper randomizes it: an image as a PNG, a signal as a line."""

import base64
import io

import numpy as np
from PIL import Image

from rethinking_audit.fixtures.data import datasets
from rethinking_audit.fixtures.data.example import example
from rethinking_audit.reports.pictures import LEARNED, pictures, png
from tests.builders.everything import EXAMPLE, everything
from tests.builders.records import synthetic


def test_a_png_has_the_values():
    for channels, mode in ((1, "L"), (3, "RGB")):
        values = bytes(range(4 * 5 * channels))
        image = Image.open(io.BytesIO(png(values, 4, 5, channels)))
        assert (image.mode, image.size) == (mode, (5, 4))
        assert np.asarray(image).tobytes() == values


def test_a_further_channel_is_left_out():
    assert Image.open(io.BytesIO(png(bytes(2 * 2 * 4), 2, 2, 4))).mode == "RGB"


def test_the_first_whole_example_is_shown():
    found = pictures(everything())
    assert found.title == "MNIST"
    assert [one.caption for one in found.shown] == [
        "label 3",
        "random label 7",
        "shuffled pixels",
        "random pixels",
        "noise",
    ]
    assert pictures(synthetic()) is None


def test_only_a_data_set_on_which_every_kind_was_fitted_is_called_learned():
    made = everything()
    made["data"]["digits"] = {**made["data"]["digits"], "title": "digits", "example": EXAMPLE}
    for claim, name in zip(made["claims"], LEARNED, strict=False):
        claim["id"] = name
        for case in claim["cases"]:
            case.update(verdict="HELD", data="mnist")
    assert (pictures(made).title, pictures(made).learned) == ("MNIST", True)
    made["claims"][1]["cases"][0]["verdict"] = "REFUTED"
    assert (pictures(made).title, pictures(made).learned) == ("digits", False)


def test_an_example_that_is_not_whole_is_not_shown():
    made = everything()
    for broken in ({**EXAMPLE, "shape": [512, 4096, 3]}, {**EXAMPLE, "inputs": {"original": "AP8A/w=="}}):
        made["data"]["mnist"]["example"] = broken
        assert pictures(made) is None


def test_a_signal_is_a_line_from_left_to_right():
    made = everything()
    values = base64.b64encode(bytes([0, 255, 51])).decode()
    kinds = dict.fromkeys(("original", "shuffled", "random", "gaussian"), values)
    made["data"]["mnist"]["example"] = {**EXAMPLE, "shape": [1, 3, 1], "inputs": kinds}
    assert {one.path for one in pictures(made).shown} == {"M0 100L1 0L2 80"}


def test_an_example_keeps_its_pixels_when_they_are_shuffled():
    made = example(datasets.find("digits"), 0)
    assert (made["shape"], made["label"] != made["random_label"]) == ([8, 8, 1], True)
    bytes_of = {kind: sorted(base64.b64decode(text)) for kind, text in made["inputs"].items()}
    assert bytes_of["original"] == bytes_of["shuffled"] == bytes_of["random"] != bytes_of["gaussian"]
    assert example(datasets.find("mnist1d"), 0)["shape"] == [1, 40, 1]
