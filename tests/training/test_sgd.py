"""SGD is torch's own, to the bit, and imports none of what torch's does; so are the runs by its steps."""

import subprocess
import sys
from dataclasses import replace

import pytest
import torch

from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.networks.build import build
from rethinking_audit.fixtures.runs.carry_out import carry_out
from rethinking_audit.fixtures.tasks.target import Target
from rethinking_audit.fixtures.tasks.training import Training
from rethinking_audit.fixtures.tasks.witness import STEPS
from rethinking_audit.fixtures.training.engine import DIRECT, REFERENCE
from rethinking_audit.fixtures.training.sgd import SGD, overheard
from rethinking_audit.fixtures.training.spec import Recipe

RECIPE = Recipe(batch=20, learning_rate=0.1, momentum=0.9, lr_decay=0.9, max_epochs=5, patience=5)


def networks(name):
    """Two with equal weights."""
    torch.manual_seed(0)
    one, other = (build(name, (7, 7), 1, 10, 0.25).to(memory_format=torch.channels_last) for _ in range(2))
    other.load_state_dict(one.state_dict())
    return one, other


def slope(network, seed):
    """Put the gradients of a random batch into the network."""
    draw = torch.Generator().manual_seed(seed)
    images, labels = torch.randn(20, 1, 7, 7, generator=draw), torch.randint(0, 10, (20,), generator=draw)
    torch.nn.functional.cross_entropy(network(images), labels).backward()


@pytest.mark.parametrize("recipe", [RECIPE, replace(RECIPE, weight_decay=0.01), replace(RECIPE, momentum=0.0)])
@pytest.mark.parametrize("name", ["mlp-1x512", "inception", "alexnet"])
def test_every_step_is_torchs_to_the_bit(name, recipe):
    one, other = networks(name)
    ours = SGD(one.parameters(), recipe)
    settings = {"momentum": recipe.momentum, "weight_decay": recipe.weight_decay}
    torch_sgd = torch.optim.SGD(other.parameters(), lr=recipe.learning_rate, fused=True, **settings)
    for step in range(6):
        ours.param_groups[0]["lr"] = torch_sgd.param_groups[0]["lr"] = recipe.learning_rate * recipe.lr_decay**step
        for network, optimizer in ((one, ours), (other, torch_sgd)):
            optimizer.zero_grad()
            slope(network, step)
            optimizer.step()
        assert all(map(torch.equal, one.parameters(), other.parameters()))


@pytest.mark.parametrize("change", [{}, {"crop": True, "weight_decay": 1e-4}, {"batch": 75}], ids=str)
@pytest.mark.parametrize("name", ["inception", "alexnet", "mlp-3x512"])
def test_a_run_by_direct_steps_is_the_reference_loops_to_the_bit(name, change):
    """75 images are three batches of 20 and one of 15, or one."""
    recipe = replace(RECIPE, **change)
    spec = Training(data=find("digits"), network=name, recipe=recipe, seed=3, train_size=75, width=0.1, corruption=0.5)
    one, other = carry_out(spec, Target(engine="reference")), carry_out(spec, Target(engine=DIRECT))
    assert one["result"] == other["result"]
    assert STEPS in other["result"]["contracts"]
    assert [made["context"]["engine"]["name"] for made in (one, other)] == [REFERENCE, DIRECT]


def test_gradients_that_are_not_forgotten_add_up():
    one, other = networks("linear")
    for network in (one, other):
        slope(network, 0)
    optimizer = SGD(one.parameters(), RECIPE)
    optimizer.zero_grad()
    for network in (one, other):
        slope(network, 1)
    assert not any(map(torch.equal, *([weight.grad for weight in network.parameters()] for network in (one, other))))


def test_whoever_listens_hears_of_each_step_until_it_is_over():
    network, _ = networks("linear")
    optimizer, heard = SGD(network.parameters(), RECIPE), []
    with overheard(heard.append):
        for seed in range(3):
            slope(network, seed)
            optimizer.step()
    optimizer.step()
    assert heard == [optimizer] * 3


def test_a_weight_without_a_gradient_stays_where_it_is():
    network, other = networks("mlp-1x512")
    network[1].requires_grad_(False)
    slope(network, 0)
    SGD(network.parameters(), RECIPE).step()
    same = [torch.equal(*pair) for pair in zip(network.parameters(), other.parameters(), strict=True)]
    assert same == [True, True, False, False]


def test_unasked_a_cpu_does_without_torchs_compiler():
    """Which takes more than a second to import, in every worker."""
    code = """
import sys
from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.runs.carry_out import carry_out
from rethinking_audit.fixtures.tasks.target import Target
from rethinking_audit.fixtures.tasks.training import Training
from rethinking_audit.fixtures.training.spec import Recipe
recipe = Recipe(batch=50, learning_rate=0.01, momentum=0.9, lr_decay=1.0, max_epochs=1, patience=1)
for network in ("mlp-1x512", "inception", "alexnet"):
    spec = Training(data=find("digits"), network=network, recipe=recipe, seed=0, train_size=50, width=0.1)
    carry_out(spec, Target())
    spec.expected(), spec.memory(Target())
print({"torch._dynamo", "torch._inductor", "sympy"} & set(sys.modules))
"""
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert made.stdout == "set()\n"
