"""Seeds that choose never decide, and each seed has its own images."""

import argparse
import tomllib
from types import SimpleNamespace

import numpy as np
import pytest

from rethinking_audit.fixtures.calibration.record import read as read_calibration
from rethinking_audit.fixtures.calibration.seeds import LEAST, Calibrated
from rethinking_audit.fixtures.claimkit import tier_file
from rethinking_audit.fixtures.claimkit.case import cases
from rethinking_audit.fixtures.claimkit.seeds import FILE, development, development_remarks, first
from rethinking_audit.fixtures.claimkit.tiers import Scale
from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.data.experiment import prepare
from rethinking_audit.fixtures.plugin.options import pytest_addoption
from rethinking_audit.fixtures.plugin.scale import first_seed
from tests.builders.claims import CLAIM_FILES, import_file
from tests.builders.places import CLAIMS
from tests.builders.projects import Project

SEEDS = CLAIMS / FILE
UNTIL_DECIDED = 4  # `--until-decided` takes at most as many times the declared seeds
ONE_PROBLEM = """
[fast]
data = "digits"
[fast.problems.interleaved]
solver = "lemma"
variants.spoiled = { interleave = false }
"""


def every_case():
    declared = tier_file.read(CLAIMS / "tiers.toml")
    tiers = {name: tier.cut(Scale(first_seed=first(SEEDS, name))) for name, tier in declared.items()}
    claims = [test.claim for path in CLAIM_FILES for test in vars(import_file(path)).values() if hasattr(test, "claim")]
    return [case for claim in claims for case in cases(claim, tiers)]


def seeds_of(tasks):
    return {task.seed for levels in tasks.values() for seeds in levels.values() for task in seeds}


# Which seeds choose and which decide (row 11)


def test_verdicts_and_their_further_looks_use_no_development_seed():
    for case in every_case():
        judged = seeds_of(case.grown(UNTIL_DECIDED, None).tasks())
        assert min(judged) == first(SEEDS, case.tier.name)
        assert judged.isdisjoint(development(SEEDS))
    assert first(SEEDS) == tomllib.loads(SEEDS.read_text())["verdicts"]["first"]


def test_a_tier_whose_seeds_were_seen_counts_from_its_own_first_seed(tmp_path):
    path = tmp_path / FILE
    path.write_text("[verdicts]\nfirst = 3000\ntiers = { imagenet = 3100 }\n")
    assert (first(path), first(path, "fast"), first(path, "imagenet")) == (3000, 3000, 3100)


def test_a_calibration_uses_no_development_seed(calibration):
    for many in (LEAST, calibration.made["seeds"]):
        ends = set()
        for case in every_case():
            drawn, begin = seeds_of(Calibrated.of(case, many).tasks()), first(SEEDS, case.tier.name)
            assert min(drawn) == begin
            assert drawn.isdisjoint(development(SEEDS))
            ends.add(max(drawn) - begin)
        assert max(ends) == many - 1
    assert calibration.made["first_seed"] == first(SEEDS)


def test_a_run_without_the_option_begins_with_the_first_seed_of_verdicts():
    parser = argparse.ArgumentParser()
    pytest_addoption(SimpleNamespace(getgroup=lambda *names: SimpleNamespace(addoption=parser.add_argument)))
    asked = [parser.parse_args(line) for line in ([], ["--first-seed", "7"])]
    assert [first_seed(SimpleNamespace(option=one, rootpath=CLAIMS.parent)) for one in asked] == [first(SEEDS), 7]


def test_development_seeds_are_said_to_decide_nothing(tmp_path):
    (told,) = development_remarks([1005, 2100, 1000, 1000], SEEDS)
    assert told == "seeds 1000 to 1005: these are development seeds: they decide nothing (claims/seeds.toml)"
    assert development_remarks(range(2100, 4000), SEEDS) == []
    assert development_remarks([1000], tmp_path / FILE) == []
    assert first(tmp_path / FILE) == 0


@pytest.fixture
def project(tmp_path):
    project = Project(tmp_path / "project")
    (project.folder / "claims" / "tiers.toml").write_text(ONE_PROBLEM)
    (project.folder / "claims" / "deviations.toml").unlink()  # they are of its network
    return project


def test_a_record_made_on_development_seeds_says_so_and_keeps_its_exit_code(project):
    said = "seeds 1000 to 1000: these are development seeds: they decide nothing"
    code, output = project.run("-m", "fast")
    assert said not in output
    assert "remarks" not in project.audit()
    again, output = project.run("-m", "fast", "--first-seed", "1000")
    assert again == code == 0
    assert said in output
    (remark,) = project.audit()["remarks"]
    assert remark.startswith(said)


def test_a_calibration_on_development_seeds_says_so_and_counts_from_them(project):
    code, output = project.run("-m", "fast", "--calibrate", "--first-seed", "1090")
    assert code == 10
    assert "seeds 1090 to 1099: these are development seeds: they decide nothing" in output
    assert read_calibration(project.folder / "claims" / "calibration.toml").made["first_seed"] == 1090


# The seed draws the images (row 2)


@pytest.mark.parametrize("name", ["digits", "mnist1d"])
def test_two_seeds_have_other_images_and_equally_many_of_each_class(name):
    one, other = (prepare(find(name), 100, "original", 0.0, seed) for seed in (1000, 1001))
    assert one.inputs_digest != other.inputs_digest
    assert len(np.unique(np.concatenate([one.pixels, other.pixels]), axis=0)) > 100
    assert np.bincount(one.labels).tolist() == np.bincount(other.labels).tolist() == [10] * 10
