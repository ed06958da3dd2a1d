"""The file of the tiers: what all share, under each tier's own values, under each network's."""

from itertools import count

import pytest

from rethinking_audit.fixtures.claimkit.tier_file import read
from rethinking_audit.fixtures.data.datasets import find

SHARED = """
[all]
seeds = 2
levels = [0.0, 1.0]
[all.recipe]
batch = 32
momentum = 0.9
lr_decay = 0.99
max_epochs = 100
patience = 50
[all.networks]
alexnet = { learning_rate = 0.01 }
mlp-1x512 = { learning_rate = 0.1 }
[all.conditions]
crop = { crop = true, networks = ["alexnet"] }
decayed = { weight_decay = 0.1, max_epochs = 7 }
[all.problems]
lines = { solver = "sgd", seeds = 5, parameters = { points = 10, epochs = 5 } }
"""
FAST = """
[fast]
data = "digits"
train_size = 300
levels = [0.0, 0.5, 1.0]
recipe = { batch = 64 }
[fast.conditions]
decayed = { max_epochs = 9 }
[fast.networks.alexnet]
seeds = 3
learning_rate = 0.03
width = 0.5
recipe = { batch = 16 }
[fast.problems]
data = "mnist"
lines = { parameters = { points = 20 } }
"""
NUMBER = count()


@pytest.fixture
def tiers(tmp_path):
    """What is read of a text; each has a file of its own, for a file is read once."""

    def of(text):
        path = tmp_path / f"{next(NUMBER)}.toml"
        path.write_text(text)
        return read(path)

    return of


def test_a_networks_values_go_over_its_tiers_and_a_tiers_over_those_of_all(tiers):
    fast = tiers(SHARED + FAST)["fast"]
    plans = [fast.networks[name] for name in ("mlp-1x512", "alexnet")]
    assert [(plan.seeds, plan.train_size, plan.width) for plan in plans] == [(2, 300, 1.0), (3, 300, 0.5)]
    recipes = [plan.recipe for plan in plans]
    assert [(one.learning_rate, one.batch, one.momentum) for one in recipes] == [(0.1, 64, 0.9), (0.03, 16, 0.9)]
    assert [plan.levels for plan in plans] == [(0.0, 0.5, 1.0)] * 2


def test_conditions_are_merged_field_by_field(tiers):
    plan = tiers(SHARED + FAST)["fast"].networks["mlp-1x512"]
    assert plan.conditions["decayed"] == {"weight_decay": 0.1, "max_epochs": 9}


def test_a_condition_belongs_to_the_networks_that_it_names_or_to_all(tiers):
    networks = tiers(SHARED + FAST)["fast"].networks
    assert {name: list(plan.conditions) for name, plan in networks.items()} == {
        "alexnet": ["crop", "decayed"],
        "mlp-1x512": ["decayed"],
    }
    assert networks["alexnet"].conditions["crop"] == {"crop": True}


def test_problems_have_data_of_their_own_and_one_may_have_another(tiers):
    other = "words = { solver = 'sgd', data = 'cifar10', parameters = { points = 1, epochs = 1 } }\n"
    fast = tiers(SHARED + FAST + other)["fast"]
    assert [str(plan.data) for plan in fast.problems.values()] == ["mnist", "cifar10"]
    assert (str(fast.data), fast.networks["alexnet"].data) == ("digits", None)
    assert fast.problems["lines"].parameters == {"points": 20, "epochs": 5}
    assert tiers(SHARED + '[fast]\ndata = "digits"\n')["fast"].problems["lines"].data is None


def test_a_network_may_have_data_of_its_own(tiers):
    networks = tiers(SHARED + FAST.replace("width = 0.5", 'data = "mnist1d"'))["fast"].networks
    assert (networks["alexnet"].data, networks["mlp-1x512"].data) == (find("mnist1d"), None)


def test_a_tier_judges_all_its_networks_or_those_that_it_names(tiers):
    assert tiers(SHARED + FAST)["fast"].judged == ("alexnet", "mlp-1x512")
    named = FAST.replace("train_size = 300", 'train_size = 300\njudged = ["mlp-1x512"]')
    assert tiers(SHARED + named)["fast"].judged == ("mlp-1x512",)


def test_two_tiers_do_not_touch_each_other_or_what_all_share(tiers):
    found = tiers(SHARED + FAST + '[paper]\ndata = "cifar10"\nneeds_gpu = true\n')
    fast, paper = (found[name].networks["alexnet"] for name in ("fast", "paper"))
    assert (fast.needs_gpu, paper.needs_gpu) == (False, True)
    assert (paper.seeds, paper.width, paper.levels, paper.conditions["decayed"]["max_epochs"]) == (2, 1.0, (0.0, 1.0), 7)
    assert "all" not in found


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("train_size = 300", "train_sise = 300", r"\] has train_sise = 300, .*; did you mean train_size\?"),
        ("width = 0.5", "with = 0.5", r"networks.alexnet\] has with = 0.5, .*; did you mean width\?"),
        ("recipe = { batch = 64 }", "recipe = { speed = 3 }", "recipe.*speed"),
        ("recipe = { batch = 16 }", "recipe = { speed = 3 }", "networks.alexnet.recipe.*speed"),
        ("decayed = { max_epochs = 9 }", "decayed = { speed = 9 }", "conditions.decayed.*speed"),
        ("lines = { parameters", "lines = { seats = 3, parameters", "problems.lines.*seats"),
        (
            "lines = { parameters",
            'lines = { solver = "b", parameters',
            r"problems.lines\] has solver = 'b', expected one of two",
        ),
        (
            "{ points = 20 }",
            "{ points = 20, depths = [2] }",
            r"problems.lines\]: its solver sgd has the parameter depths = ",
        ),
    ],
)
def test_an_unknown_field_is_refused_by_tier_and_network(tiers, old, new, where):
    assert old in FAST
    with pytest.raises(ValueError, match=rf"\d\.toml, \[fast.?{where}"):
        tiers(SHARED + FAST.replace(old, new))


@pytest.mark.parametrize("line", ["seeds = 2\n", "batch = 32\n", "lr_decay = 0.99\n"])
def test_a_tier_without_a_field_that_it_needs_is_refused(tiers, line):
    assert line in SHARED
    with pytest.raises(ValueError, match=r"\[fast.networks.\w+"):
        tiers(
            SHARED.replace(line, "", 1) + FAST.replace("recipe = { batch = 64 }", "").replace("recipe = { batch = 16 }", "")
        )


@pytest.mark.parametrize("where", ['judged = ["nobody"]', 'conditions.crop = { crop = true, networks = ["nobody"] }'])
def test_a_network_that_the_tier_lacks_is_refused_by_name(tmp_path, where):
    path = tmp_path / "tiers.toml"
    recipe = "batch = 32, momentum = 0.9, lr_decay = 0.95, max_epochs = 9, patience = 9"
    path.write_text(
        f'[fast]\ndata = "digits"\nseeds = 2\n{where}\n'
        f"recipe = {{ {recipe} }}\nnetworks.linear = {{ learning_rate = 0.1 }}\n"
    )
    with pytest.raises(ValueError, match=r"tiers.toml, \[fast\] names the network 'nobody', expected one of linear"):
        read(path)
