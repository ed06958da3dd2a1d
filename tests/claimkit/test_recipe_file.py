"""A user's recipe is a few fields, each of its type and in its range; anything else is quoted."""

from dataclasses import fields

import pytest

from rethinking_audit.fixtures.claimkit.recipe_file import FIELDS, read
from rethinking_audit.fixtures.training.spec import Recipe


def written(folder, text):
    path = folder / "mine.toml"
    path.write_text(text)
    return path


def test_every_field_of_a_recipe_may_be_set():
    assert list(FIELDS) == [one.name for one in fields(Recipe)]
    for one in fields(Recipe):
        assert one.type == FIELDS[one.name].kind.__name__


def test_the_fields_that_a_file_sets_are_read(tmp_path):
    text = "batch = 16\nlearning_rate = 1\nlr_decay = 1.0\nweight_decay = 5e-4\ncrop = true\neval_every = 0\n"
    found = read(written(tmp_path, text))
    assert found == {
        "batch": 16,
        "learning_rate": 1.0,
        "lr_decay": 1.0,
        "weight_decay": 5e-4,
        "crop": True,
        "eval_every": 0,
    }
    assert type(found["learning_rate"]) is float
    assert read(written(tmp_path, "")) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("speed = 3", "has speed = 3, expected one of batch, learning_rate, "),
        ("[recipe]\nbatch = 3", "has recipe = {'batch': 3}, expected one of batch"),
        ("batch = 0", "has batch = 0, expected a whole number from 1"),
        ("batch = 16.0", "has batch = 16.0, expected a whole number from 1"),
        ("batch = true", "has batch = True, expected a whole number from 1"),
        ("learning_rate = 0", "has learning_rate = 0, expected a number above 0"),
        ("learning_rate = nan", "has learning_rate = nan, expected a number above 0"),
        ("learning_rate = inf", "has learning_rate = inf, expected a number above 0"),
        ("learning_rate = '0.1'", "has learning_rate = '0.1', expected a number above 0"),
        ("momentum = 1.0", "has momentum = 1.0, expected a number from 0 and below 1"),
        ("lr_decay = 1.1", "has lr_decay = 1.1, expected a number above 0 and at most 1"),
        ("max_epochs = -1", "has max_epochs = -1, expected a whole number from 1"),
        ("weight_decay = -1e-4", "has weight_decay = -0.0001, expected a number from 0"),
        ("dropout = true", "has dropout = True, expected a number from 0 and below 1"),
        ("crop = 1", "has crop = 1, expected true or false"),
        ("rotation = 400", "has rotation = 400, expected an angle from 0 to 180 degrees"),
        ("after_fit = -1", "has after_fit = -1, expected a whole number from 0"),
        ("batch 3", "is not a TOML file: "),
        ("batch = 3\nbatch = 4", "is not a TOML file: "),
    ],
)
def test_what_is_wrong_is_quoted_with_the_file(tmp_path, text, said):
    with pytest.raises(ValueError, match=r"mine\.toml") as caught:
        read(written(tmp_path, text))
    assert f"mine.toml {said}" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"gone.toml cannot be read \(No such file or directory\), expected a TOML file"):
        read(tmp_path / "gone.toml")
    path = written(tmp_path, "")
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ValueError, match=r"mine.toml is not a TOML file: 'utf-8' codec"):
        read(path)
