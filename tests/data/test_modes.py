"""Each of Pillow's modes is read as it is, converted as ImageFolder does, or refused."""

import numpy as np
import pytest
from PIL import Image

from rethinking_audit.fixtures.data import modes
from rethinking_audit.fixtures.data.modes import COLOUR, GREY, SIXTEEN_BITS, STEP, Unlike
from tests.builders.inputs import noise

ALL = (
    "1",
    "L",
    "P",
    "RGB",
    "RGBA",
    "CMYK",
    "YCbCr",
    "LAB",
    "HSV",
    "I",
    "F",
    "LA",
    "PA",
    "RGBX",
    "RGBa",
    "La",
    *SIXTEEN_BITS,
)


@pytest.mark.parametrize("mode", ALL)
def test_each_mode_is_decided(mode):
    image = Image.new(mode, (8, 8))
    if mode in ("LAB", "I", "F"):
        with pytest.raises(Unlike, match=f"^has the mode {mode}, expected one of 1, L"):
            modes.is_grey(image)
        return
    grey = mode in (*GREY, *SIXTEEN_BITS)
    assert modes.is_grey(image) is grey
    assert grey is (mode not in COLOUR)
    assert modes.pixels(image, 3).shape == (3, 8, 8)
    if grey:
        assert modes.pixels(image, 1).shape == (1, 8, 8)
    else:
        with pytest.raises(Unlike, match=r"^is in colour, expected grey"):
            modes.pixels(image, 1)


@pytest.mark.parametrize("mode", ["1", "L", "LA"])
def test_grey_is_kept(mode):
    image = noise(mode)
    kept = np.asarray(image.convert("L"))
    assert np.array_equal(modes.pixels(image, 1), kept[None])
    assert np.array_equal(modes.pixels(image, 3), np.stack([kept] * 3))


@pytest.mark.parametrize(("suffix", "mode"), [("png", "I;16"), ("tiff", "I;16"), ("tiff", "I;16B"), ("pgm", "I")])
def test_sixteen_bits_are_scaled(tmp_path, suffix, mode):
    """White stays white, black stays black, and what lies between is rounded."""
    values = np.resize(np.array([0, 128, 129, 257, 32_896, 65_406, 65_407, 65_535]), (8, 8))
    kind = {"I": np.int32, "I;16": np.uint16, "I;16B": ">u2"}[mode]
    Image.fromarray(values.astype(kind)).save(tmp_path / f"x.{suffix}")
    with Image.open(tmp_path / f"x.{suffix}") as image:
        assert image.mode == mode
        assert modes.pixels(image, 1)[0, 0].tolist() == [0, 0, 1, 1, 128, 254, 255, 255]
        assert np.array_equal(modes.pixels(image, 3)[2], np.round(values / STEP))


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "CMYK", "YCbCr", "HSV", "P"])
def test_colour_is_converted_as_imagefolder_does(mode):
    image = noise(mode)
    assert np.array_equal(modes.pixels(image, 3).transpose(1, 2, 0), np.asarray(image.convert("RGB")))
