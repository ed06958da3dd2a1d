"""The folders of published data sets: which has the training images, which the test images, and what gives the classes."""

import itertools

import pytest

from rethinking_audit.fixtures.data import listing
from rethinking_audit.fixtures.data.splits import TEST, TRAIN
from tests.builders.inputs import put, tiny_imagenet


def laid_out(root, *splits, classes=("cat", "dog")):
    for split, name in itertools.product(splits, classes):
        put(f"{split}/{name}/0.png", f"{split}{name}".encode())(root)
    return str(root)


def looked(root):
    listing.listing.cache_clear()
    return listing.listing(str(root))


@pytest.mark.parametrize("change", [str, str.upper, str.title])
@pytest.mark.parametrize(("train", "test"), [*((name, "test") for name in TRAIN), *(("train", name) for name in TEST[1:])])
def test_the_names_of_published_splits_are_known(tmp_path, train, test, change):
    found = looked(laid_out(tmp_path, change(train), change(test)))
    assert found.train == ((f"{change(train)}/cat/0.png", 0), (f"{change(train)}/dog/0.png", 1))
    assert found.test == ((f"{change(test)}/cat/0.png", 0), (f"{change(test)}/dog/0.png", 1))
    assert (found.classes, found.remarks) == (("cat", "dog"), ())


def test_two_folders_of_training_images_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r": train/ and training/ are there, expected one folder of training images"):
        looked(laid_out(tmp_path, "train", "training", "test"))


def test_the_first_sound_folder_of_test_images_is_used(tmp_path):
    put("test/images/0.png", b"x")(tmp_path)
    found = looked(laid_out(tmp_path, "train", "val", "dev"))
    assert {name.partition("/")[0] for name, _ in found.test} == {"val"}
    assert found.remarks == (
        "the test images are those of val/: test/ has other classes than the training images (cat, dog, images); "
        "dev/ is not used",
    )


def test_no_sound_folder_of_test_images_is_refused_with_every_reason(tmp_path):
    put("test/images/0.png", b"x")(tmp_path)
    put("val/dog/0.png", b"x")(tmp_path)
    with pytest.raises(
        ValueError, match=r"test/ has other classes .*\(cat, dog, images\); val/ has other classes .*\(cat\)"
    ):
        looked(laid_out(tmp_path, "train"))


def test_a_list_beside_the_images_gives_their_classes(tmp_path):
    tiny_imagenet(tmp_path)
    found = looked(tmp_path)
    assert found.classes == ("n01", "n02")
    assert found.test == (
        ("val/images/val_n010.JPEG", 0),
        ("val/images/val_n011.JPEG", 0),
        ("val/images/val_n020.JPEG", 1),
        ("val/images/val_n021.JPEG", 1),
    )
    assert found.remarks == (
        "the test images are those of val/: test/ has other classes than the training images (images, n01, n02)",
    )


def test_files_of_no_class_are_passed_over(tmp_path):
    tiny_imagenet(tmp_path)
    images, counted = looked(tmp_path).test, "passed over: beside the classes (2), not in the list (1)"
    for name in ("train/README.txt", "val/README.txt", "val/images/x.JPEG"):
        put(name, b"x")(tmp_path)
    found = looked(tmp_path)
    assert (found.test, found.remarks[0]) == (images, f"3 files of no class {counted}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("val_n010.JPEG\tn03\t0\n", "line 1, has the class 'n03', expected an image and a class of the training images"),
        ("val_n010.JPEG n01\n", "line 1, has no tab"),
        ("x.JPEG\tn01\n", "val/ lists x.JPEG, which is not in val/images"),
        ("../../x.JPEG\tn01\n", "which is not in val/images"),
        ("", "val_annotations.txt is empty"),
        ("\0\xff\t\r\x1b", "has the class"),
    ],
)
def test_a_list_that_fits_no_images_is_refused(tmp_path, text, said):
    tiny_imagenet(tmp_path)
    (tmp_path / "val" / "val_annotations.txt").write_text(text)
    with pytest.raises(ValueError, match=said) as caught:
        looked(tmp_path)
    assert str(caught.value).isprintable()


def test_another_class_makes_another_state(tmp_path):
    tiny_imagenet(tmp_path)
    file = tmp_path / "val" / "val_annotations.txt"
    before, lines = looked(tmp_path).state, file.read_text()
    file.write_text(lines.replace("val_n010.JPEG\tn01", "val_n010.JPEG\tn02"))
    assert looked(tmp_path).state != before


@pytest.mark.parametrize(
    ("splits", "said"),
    [
        (("data/train", "data/test"), r"or val/CLASS/; data/ has one$"),
        (("train/train", "test/test"), r"one per class; train/train/ has folders$"),
        (("seg_train", "seg_test"), r"or val/CLASS/$"),
        (("a/b/train", "a/b/test"), r"or val/CLASS/$"),
    ],
)
def test_where_else_the_images_may_be_is_said(tmp_path, splits, said):
    laid_out(tmp_path, *splits)
    with pytest.raises(ValueError, match=said):
        looked(tmp_path)
