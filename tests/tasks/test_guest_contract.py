"""A user's network keeps a contract before anything is trained; each breach is one sentence."""

from dataclasses import replace

import pytest
import torch

from rethinking_audit.fixtures.guests.strings import Refused
from rethinking_audit.fixtures.tasks import guests
from rethinking_audit.fixtures.tasks.guest_contract import check
from tests.builders.guests import SMALL, write_code
from tests.builders.specs import RECIPE

pytestmark = pytest.mark.usefixtures("no_guest_stays")

HEAD = """
import random
import numpy as np
import torch
from torch import nn

OWN = torch.Generator()

def mlp(classes, channels, height, width, units=8):
    return [nn.Flatten(), nn.Linear(channels * height * width, units), nn.ReLU(), nn.Linear(units, classes)]

class Around(nn.Module):
    def __init__(self, *arguments):
        super().__init__()
        self.inner = nn.Sequential(*mlp(*arguments))

    def forward(self, images):
        return self.inner(images)
"""


def layers(text):
    """Code of a network with these layers on flat images."""
    return f"def net(classes): return nn.Sequential(nn.Flatten(), {text})"


def forward(text):
    """Code of a network with this forward pass."""
    made = "    def __init__(self): super().__init__(10, 1, 7, 7)"
    return f"class net(Around):\n{made}\n    def forward(self, images): {text}\n"


def before(text):
    """Code of a factory that does this first."""
    return f"def net(classes):\n    {text}\n    made = nn.Sequential(*mlp(classes, 1, 7, 7))\n    return made\n"


ONES = """
def net():
    made = nn.Linear(49, 10)
    nn.init.ones_(made.weight), nn.init.ones_(made.bias)
    return nn.Sequential(nn.Flatten(), made)
"""
UNSEEDED = """
def net():
    made = nn.Linear(49, 10)
    made.bias.data.normal_(generator=OWN)
    return nn.Sequential(nn.Flatten(), made)
"""
ALWAYS_TRAINS = "    def train(self, mode=True): return super().train(True)\n"
COUNTS = """
class net(Around):
    def __init__(self):
        super().__init__(10, 1, 7, 7)
        self.register_buffer('seen', torch.zeros(()))

    def forward(self, images):
        self.seen += len(images)
        return self.inner(images)
"""
# A residual branch that starts at zero hides what is in it from the first gradient.
SCALED = """
class net(Around):
    def __init__(self):
        super().__init__(10, 1, 7, 7)
        self.scale, self.skip = nn.Parameter(torch.zeros(())), nn.Linear(49, 10)

    def forward(self, images):
        return self.skip(images.flatten(1)) + self.scale * self.inner(images)
"""


def admitted(folder, text):
    return guests.admit(f"{write_code(folder, text)}:net").name


def checked(folder, text, shape=(1, 7, 7), classes=10, images=50, recipe=RECIPE):
    return check(admitted(folder, HEAD + text), shape, classes, images, recipe)


BREACHES = [
    ("def net(): return nn.Flatten()", "has no weight to train"),
    (layers("nn.LazyLinear(classes)"), "the weight 1.weight of .* is lazy"),
    (layers("nn.Linear(49, 10)") + ".double()", "is torch.float64 on cpu, expected float32"),
    (layers("nn.Linear(49, 10, device='meta')"), "on meta, expected float32 on cpu"),
    ("one = nn.Sequential(nn.Flatten(), nn.Linear(49, 10))\ndef net(): return one", "share their weights"),
    (f"one = nn.Linear(49, 10)\n{layers('nn.Linear(49, 49), one')}", "share their weights"),
    (before("torch.manual_seed(7)"), "the factory of .* seeds torch's generator"),
    (before("torch.seed()"), "the factory of .* seeds torch's generator"),
    (ONES, "the same weights whatever the seed"),
    (UNSEEDED, "other weights at the second call with the same seed"),
    (before("np.random.rand()"), "the factory of .* changes numpy's generator"),
    (before("random.random()"), "changes random's generator"),
    (before("torch.set_default_dtype(torch.bfloat16)"), "changes torch's default dtype|is torch.bfloat16"),
    (before("torch.set_grad_enabled(False)"), "changes torch's grad mode"),
    (before("torch.set_num_threads(2)"), "changes torch's number of threads"),
    (before("1 / 0"), r"raises ZeroDivisionError: division by zero \("),
    (layers("nn.Linear(49, classes - 1)"), r"returned shape \(8, 9\) for 8 images of 1x7x7, expected \(8, 10\)"),
    (layers("nn.Linear(3, 10)"), "on 8 images of 1x7x7 in train mode raises RuntimeError"),
    (layers("nn.Unflatten(1, (1, 7, 7)), nn.Conv2d(1, 10, 9)"), "raises RuntimeError: .*[Kk]ernel size"),
    (forward("return self.inner(images), 0"), "returned tuple in train mode, expected a tensor"),
    (forward("return self.inner(images) * float('nan')"), "returned numbers that are not finite"),
    (forward("return self.inner(images).double()"), "returned torch.float64"),
    (forward("return self.inner(images.mul_(2))"), "changes the images that it is given"),
    (forward("return self.inner(images).detach().requires_grad_()"), "no gradient reaches the weight inner.1.weight"),
    (forward("return self.inner[3](self.inner[:3](images) * 0)"), "the gradient of the weight inner.1.bias of .* is zero"),
    (forward("return (self.inner(images) - self.inner(images).detach()).sqrt()"), "not finite"),
    (forward("return self.inner(images) + torch.rand(())"), "in eval mode changes torch's generator"),
    (forward("return self.inner(images) + torch.rand((), generator=OWN)"), "other outputs for the same images in eval"),
    (forward("return self.inner(images - images.mean(0))"), "gives an image other outputs in a batch than alone"),
    (forward("torch.set_num_threads(3); return self.inner(images)"), "in train mode changes torch's number of threads"),
    (
        layers("nn.BatchNorm1d(49, track_running_stats=False), nn.Linear(49, 10)"),
        "on 1 images of 1x7x7 in eval mode raises",
    ),
    (forward("return self.inner(images)") + ALWAYS_TRAINS, "stays in training mode after eval"),
    (COUNTS, "changes its buffer seen in eval mode"),
]


@pytest.mark.parametrize(("text", "said"), BREACHES)
def test_a_breach_is_one_sentence(tmp_path, text, said):
    with pytest.raises(Refused, match=said) as caught:
        checked(tmp_path, text)
    assert "\n" not in str(caught.value)
    assert torch.get_default_dtype() == torch.float32
    assert torch.is_grad_enabled()


@pytest.mark.parametrize(
    "text",
    [
        before("pass"),
        SCALED,
        before("pass").replace("    return", "    nn.init.zeros_(made[3].weight)\n    return"),
        before("pass").replace("    return", "    made[1].weight.requires_grad_(False)\n    return"),
        layers("nn.Dropout(0.5), nn.Linear(49, 10)"),
        layers("nn.Unflatten(1, (1, 7, 7)), nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(100, 10)"),
    ],
)
def test_a_network_that_keeps_the_contract_is_counted(tmp_path, text):
    assert checked(tmp_path, text) > 0


def test_the_last_batch_of_an_epoch_is_tried_too(tmp_path):
    text = layers("nn.BatchNorm1d(49), nn.Linear(49, 10)")
    assert checked(tmp_path, text, images=RECIPE.batch + 2)
    with pytest.raises(Refused, match=r"on 1 images of 1x7x7 in train mode raises ValueError: Expected more than 1 value"):
        checked(tmp_path, text, images=RECIPE.batch + 1)


def test_dropout_needs_a_layer(tmp_path):
    recipe = replace(RECIPE, dropout=0.5)
    with pytest.raises(Refused, match=r"has no dropout layer, and the recipe has a dropout of 0\.5"):
        checked(tmp_path, before("pass"), recipe=recipe)
    assert checked(tmp_path, layers("nn.Dropout(0.1), nn.Linear(49, 10)"), recipe=recipe)


@pytest.mark.parametrize("shape", [(1, 1, 36), (3, 28, 28), (1, 7, 9)])
def test_any_channels_height_width_and_classes(tmp_path, shape):
    name = admitted(tmp_path, SMALL)
    count = check(name, shape, 200, 500, RECIPE)
    assert count == shape[0] * shape[1] * shape[2] * 16 + 16 + 16 * 200 + 200


def test_torchvisions_resnet_keeps_it_on_signals():
    guests.admit("torchvision:resnet18")
    assert check("torchvision:resnet18", (1, 1, 36), 10, 500, RECIPE) == 11_181_642
