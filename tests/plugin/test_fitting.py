"""A tier is cut to a small data set, and says so; more classes than images are refused before anything runs."""

from dataclasses import replace

import pytest

from rethinking_audit.fixtures.claimkit import tier_file
from rethinking_audit.fixtures.claimkit.tiers import ProblemPlan, Scale, swept
from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.plugin import fitting
from tests.builders.inputs import many
from tests.builders.places import CLAIMS

pytestmark = pytest.mark.usefixtures("own_folders")
TIERS = tier_file.read(CLAIMS / "tiers.toml")


def cut(root, images, classes=4, tier="fast", **scale):
    return TIERS[tier].cut(Scale(find(many(root, images, classes)), **scale))


def test_a_tier_is_cut_to_a_small_data_set(tmp_path):
    before = cut(tmp_path, 300)
    after = fitting.fitted(before)
    assert {after.networks[name].train_size for name in after.asked if after.networks[name].data is None} == {300}
    assert after.networks["mlp-1x512"].sizes == (125, 250)
    assert after.networks["mlp-1x512-on-digits"] == before.networks["mlp-1x512-on-digits"]
    assert after.problems == before.problems  # those of the fast tier are on the digits
    assert fitting.remarks([before], {"fast": after}) == [
        "npz:mine.npz has 300 training images: the fast tier uses all of them where it would train on 500"
    ]


def test_one_size_is_no_sweep(tmp_path):
    before = cut(tmp_path, 200)
    after = fitting.fitted(before)
    assert after.networks["mlp-1x512"].sizes == ()
    assert fitting.remarks([before], {"fast": after})[1] == (
        "npz:mine.npz has too few images for a sweep over sizes: none for mlp-1x512"
    )
    assert swept((1, 2, 3), 2, 3) == (2, 3)
    assert swept((1, 2, 3), 3, 9) == ()


def test_a_size_below_the_number_of_classes_is_left_out(tmp_path):
    assert fitting.fitted(cut(tmp_path, 600, 200)).networks["mlp-1x512"].sizes == (250, 500)


def test_the_paper_tiers_sweeps_and_problems_are_cut_too(tmp_path):
    before = cut(tmp_path, 3000, tier="paper")
    after = fitting.fitted(before)
    assert {after.networks[name].sizes for name in after.asked} == {()}
    assert after.problems["depth"].train_size == after.problems["raw-colour-full"].train_size == 3000
    assert after.problems["raw-colour"].sizes == (1000, 2000, 3000)
    assert after.problems["raw"] == before.problems["raw"]  # on MNIST
    assert ProblemPlan(solver="kernel", sizes=(10, 20)).within(50).sizes == (10, 20)


def test_a_tier_with_fewer_images_than_classes_is_refused(tmp_path):
    tier = fitting.fitted(cut(tmp_path, 600, 510))
    with pytest.raises(
        ValueError, match=r"has 510 classes, and the fast tier trains on 500 images, .* --train-size 510 or more"
    ):
        fitting.expect_every_class(tier)
    fitting.expect_every_class(fitting.fitted(cut(tmp_path / "as-asked", 600, 510, train_size=510)))


def test_a_tier_that_fits_is_not_spoken_of(tmp_path):
    before = replace(cut(tmp_path, 2500))
    after = fitting.fitted(before)
    assert after == before
    assert fitting.remarks([before], {"fast": after}) == []
