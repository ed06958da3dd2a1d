"""A user's network is made by the text that names it, and fits images of any kind that it can take."""

import sys

import pytest
import torch

from rethinking_audit.fixtures.guests.strings import Refused
from rethinking_audit.fixtures.networks import guest, guest_makers
from rethinking_audit.fixtures.networks.build import build
from rethinking_audit.fixtures.networks.guest_names import name_of
from tests.builders.guests import write_code

pytestmark = pytest.mark.usefixtures("no_guest_stays")


def admitted(text):
    made = guest_makers.maker(text)
    guest.admit(name_of(text), made.make, made.digest)
    return name_of(text)


def factory(folder, text):
    return f"{write_code(folder, f'import torch{chr(10)}from torch import nn{chr(10)}{text}')}:net"


@pytest.mark.parametrize("text", ["", "resnet18", "torchvision:", "timm: ", "model.py:net()", "keras:resnet:net"])
def test_what_names_no_network_is_quoted(text):
    with pytest.raises(
        Refused, match=r"expected torchvision:NAME, timm:NAME, module:factory or file\.py:factory"
    ) as caught:
        name_of(text)
    assert repr(text) in str(caught.value)


def test_the_name_of_a_network_has_no_path():
    assert [name_of(text) for text in ("torchvision:resnet18", "../a/b.py:net", "a.b:Net")] == [
        "torchvision:resnet18",
        "b.py:net",
        "a.b:Net",
    ]


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("def net(classes, channels, height, width): return Seen(locals())", {"classes", "channels", "height", "width"}),
        ("def net(width, *, classes=3, depth=2): return Seen(locals())", {"classes", "width"}),
        ("def net(*args, **kwargs): return Seen(kwargs)", set()),
        ("class net(Seen):\n    def __init__(self, height): super().__init__({'height': height})", {"height"}),
    ],
)
def test_a_factory_gets_what_its_signature_has(tmp_path, text, arguments):
    seen = "class Seen(nn.Module):\n    def __init__(self, got):\n        super().__init__()\n        self.got = got\n"
    name = admitted(factory(tmp_path, seen + text))
    offered = {"classes": 10, "channels": 3, "height": 7, "width": 9}
    got = build(name, (7, 9), 3, 10).network.got
    assert {one: value for one, value in got.items() if one in offered} == {one: offered[one] for one in arguments}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def net(depth): pass", "needs an argument 'depth', expected none but classes, channels, height, width"),
        ("def net(classes, /): pass", "needs an argument 'classes'"),
        ("net = print if False else type", "has no signature that can be read"),
    ],
)
def test_a_factory_that_needs_something_else_is_refused(tmp_path, text, said):
    with pytest.raises(Refused, match=said):
        guest_makers.maker(factory(tmp_path, text))


@pytest.mark.parametrize("returned", ["None", "nn.ReLU", "[nn.ReLU()]", "3"])
def test_what_is_no_module_is_refused(tmp_path, returned):
    name = admitted(factory(tmp_path, f"def net(): return {returned}"))
    with pytest.raises(Refused, match=r"returned \w+, expected a torch.nn.Module"):
        build(name, (7, 7), 1, 10)


@pytest.mark.parametrize(("channels", "copies"), [(1, 3), (3, 1)])
def test_a_network_for_colours_sees_one_channel_three_times(channels, copies):
    network = build(admitted("torchvision:squeezenet1_1"), (33, 40), channels, 7).eval()
    assert network.copies == copies
    images = torch.randn(2, channels, 33, 40)
    assert network(images).shape == (2, 7)
    assert torch.equal(network(images), network.network(images.repeat(1, copies, 1, 1)))


def test_a_network_for_one_channel_sees_it_once(tmp_path):
    text = "def net(channels): return nn.Sequential(nn.Conv2d(channels, 3, 3), nn.Conv2d(3, 10, 5), nn.Flatten())"
    network = build(admitted(factory(tmp_path, text)), (7, 7), 1, 10)
    assert network.copies == 1
    assert network(torch.randn(2, 1, 7, 7)).shape == (2, 10)


VIEWS = """
class net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.last = nn.Conv2d(3, 4, 3), nn.Linear(100, 10)

    def forward(self, images):
        images.view(len(images), -1)
        return self.last(self.conv(images).view(-1, 100))
"""


def test_view_works_on_the_images_and_on_what_convolutions_make_of_them(tmp_path):
    network = build(admitted(factory(tmp_path, VIEWS)), (7, 7), 3, 10).to("cpu").to(memory_format=torch.channels_last)
    images = torch.randn(2, 3, 7, 7).to(memory_format=torch.channels_last)
    assert network(images).shape == (2, 10)


@pytest.mark.parametrize("name", ["googlenet", "inception_v3"])
def test_a_second_output_is_left_out(name):
    network = build(admitted(f"torchvision:{name}"), (75, 75), 3, 10)
    assert network.train()(torch.randn(2, 3, 75, 75)).shape == (2, 10)


def test_a_network_that_torchvision_lacks_is_named_with_some_that_it_has():
    with pytest.raises(Refused, match=r"torchvision has no network 'resnet19'; expected one of its \d+, such as .+"):
        guest_makers.maker("torchvision:resnet19")


def test_a_library_that_is_not_installed_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "timm", None)
    with pytest.raises(Refused, match="'timm:resnet18' needs the package timm, which is not installed here"):
        guest_makers.maker("timm:resnet18")


def test_timm_is_asked_for_the_network_by_its_name(tmp_path, monkeypatch):
    """With a stand-in for timm, which is no dependency."""
    fake = "from torch import nn\ndef list_models(): return ['tiny', 'tiny_vit']\n"
    fake += "def create_model(name, pretrained, num_classes):\n    assert (name, pretrained) == ('tiny', False)\n"
    fake += "    return nn.Sequential(nn.Conv2d(3, num_classes, 7), nn.Flatten())\n"
    write_code(tmp_path, fake, name="timm")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(guest_makers, "version", lambda name: f"of {name}")
    monkeypatch.delitem(sys.modules, "timm", raising=False)
    made = guest_makers.maker("timm:tiny")
    assert made.digest == "timm of timm"
    assert build(admitted("timm:tiny"), (7, 7), 1, 5)(torch.randn(2, 1, 7, 7)).shape == (2, 5)
    with pytest.raises(Refused, match="timm has no network 'tiny_resnet'; expected one of its 2, such as tiny_vit, tiny"):
        guest_makers.maker("timm:tiny_resnet")
    monkeypatch.delitem(sys.modules, "timm")


def test_a_guest_that_nobody_knows_is_none():
    with pytest.raises(AttributeError, match="no guest is known as 'guest_99'"):
        guest.__getattr__("guest_99")
