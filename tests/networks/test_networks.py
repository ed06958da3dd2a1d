"""The networks are the paper's: their parameter counts say so."""

import pytest
import torch
from torch import nn

from rethinking_audit.fixtures.networks import NETWORKS
from rethinking_audit.fixtures.networks.build import build, parameter_count
from rethinking_audit.fixtures.networks.layers import Pointwise, ShiftBatchNorm
from rethinking_audit.fixtures.networks.response_norm import ResponseNorm


@pytest.mark.parametrize(("name", "count"), [(name, one.parameters) for name, one in NETWORKS.items() if one.parameters])
def test_parameter_count_is_the_papers(name, count):
    assert parameter_count(build(name, (28, 28), 3, 10)) == count


@pytest.mark.parametrize("form", [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize("bias", [False, True])
def test_a_pointwise_convolution_is_torchs(bias, form):
    layer = Pointwise(5, 3, 1, bias=bias).double()
    images = torch.randn(4, 5, 6, 7, dtype=torch.float64).to(memory_format=form).requires_grad_()
    others = layer(images), torch.conv2d(images, layer.weight, layer.bias)
    torch.testing.assert_close(*others)
    assert others[0].is_contiguous(memory_format=torch.channels_last)
    torch.testing.assert_close(*(torch.autograd.grad(one.square().sum(), [images, layer.weight]) for one in others))
    layer.to(memory_format=torch.channels_last)(images).sum().backward()
    assert layer.weight.grad.stride() == layer.weight.stride()


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize(
    ("shape", "channels", "classes", "width"),
    [((7, 7), 1, 10, 0.25), ((28, 28), 3, 10, 0.1), ((33, 20), 2, 7, 0.02), ((1, 36), 1, 10, 0.25)],
)
def test_any_height_and_width_and_number_of_classes(name, shape, channels, classes, width):
    network = build(name, shape, channels, classes, width)
    assert network(torch.randn(2, channels, *shape)).shape == (2, classes)


def test_feature_maps_halve_as_in_figure_3():
    network = build("inception", (28, 28), 3, 10, 0.1)
    sides = []
    for layer in network:
        layer.register_forward_hook(lambda module, inputs, output: sides.append(output.shape[-1]))
    network(torch.randn(1, 3, 28, 28))
    assert sides[:-2] == [28, 28, 28, 14, 14, 14, 14, 14, 7, 7, 7]


@pytest.mark.parametrize("name", NETWORKS)
def test_on_a_signal_no_layer_has_a_height(name):
    network = build(name, (1, 36), 1, 10, 0.1)
    layers = [layer for layer in network.modules() if isinstance(layer, nn.Conv2d | nn.MaxPool2d)]
    assert {(layer.kernel_size[0], layer.stride[0], layer.padding[0]) for layer in layers} <= {(1, 1, 0)}
    square = build(name, (36, 36), 1, 10, 0.1)
    sizes = [layer.kernel_size for layer in square.modules() if isinstance(layer, nn.Conv2d | nn.MaxPool2d)]
    assert [layer.kernel_size for layer in layers] == [(1, width) for _, width in sizes]


@pytest.mark.parametrize(("name", "widths"), [("inception", [36, 18, 9]), ("alexnet", [36, 18, 9])])
def test_feature_maps_of_a_signal_halve_along_its_width(name, widths):
    network, shapes = build(name, (1, 36), 1, 10, 0.1), []
    for layer in network.modules():
        layer.register_forward_hook(lambda module, inputs, output: shapes.append(output.shape[2:]))
    network(torch.randn(1, 1, 1, 36))
    assert list(dict.fromkeys(shape for shape in shapes if len(shape) == 2)) == [(1, width) for width in widths]


def test_a_network_on_signals_has_the_papers_filters_of_height_1():
    """Inception has a third of its 3x3 weights, and so at most; the perceptrons only fewer inputs."""
    shape = (1, 36)
    assert parameter_count(build("mlp-1x512", shape, 1, 10)) == 36 * 512 + 512 + 512 * 10 + 10
    convs = [layer for layer in build("alexnet", shape, 1, 10).modules() if isinstance(layer, nn.Conv2d)]
    assert [tuple(conv.weight.shape) for conv in convs] == [(64, 1, 1, 5), (64, 64, 1, 5)]


def test_batch_norm_shifts_and_does_not_scale():
    norms = [layer for layer in build("inception", (7, 7), 1, 10).modules() if isinstance(layer, nn.BatchNorm2d)]
    assert sum(norm.bias.numel() for norm in norms) == sum(
        layer.out_channels for layer in build("inception", (7, 7), 1, 10).modules() if isinstance(layer, nn.Conv2d)
    )
    assert all(norm.weight is None for norm in norms)


def test_batch_norm_is_torchs():
    """In training, running statistics included, and in evaluation."""
    own, torch_sgd = ShiftBatchNorm(5), nn.BatchNorm2d(5)
    images = torch.randn(8, 5, 4, 4) * 3 + 1
    for _ in range(3):
        assert torch.equal(own(images), torch_sgd(images))
    assert torch.equal(own.running_var, torch_sgd.running_var)
    assert torch.equal(own.eval()(images), torch_sgd.eval()(images))


def test_normalizing_two_branches_at_once_is_normalizing_each():
    network = build("inception", (7, 7), 1, 10, 0.25)
    module, images = network[1], torch.randn(4, 24, 7, 7)
    both, norm, _ = module
    apart = [
        nn.functional.batch_norm(branch(images), None, None, None, bias, training=True, eps=norm.eps).relu()
        for branch, bias in zip(both.branches, norm.bias.split(8), strict=True)
    ]
    torch.testing.assert_close(module(images), torch.cat(apart, dim=1))


def test_conv_bias_stands_beside_no_batch_norm():
    for name, has_bias in (("inception", False), ("inception-without-batch-norm", True)):
        convs = [layer for layer in build(name, (7, 7), 1, 10).modules() if isinstance(layer, nn.Conv2d)]
        assert all((conv.bias is not None) is has_bias for conv in convs)


def test_local_response_normalization_is_tensorflows():
    """Which is x / (1 + 0.001/9 * sum of squares over 9 channels) ** 0.75, which leaves small activations alone."""
    norm = next(layer for layer in build("alexnet", (7, 7), 1, 10).modules() if isinstance(layer, ResponseNorm))
    images = torch.randn(2, 64, 3, 3)
    squares = nn.functional.pad(images**2, (0, 0, 0, 0, 4, 4)).unfold(1, 9, 1).sum(-1)
    torch.testing.assert_close(norm(images), images / (1 + 0.001 / 9 * squares) ** 0.75)


def test_local_response_normalization_has_the_gradient_of_torchs():
    norm, torch_sgd = ResponseNorm(12, radius=4, alpha=0.0625).double(), nn.LocalResponseNorm(9, alpha=9 * 0.0625, k=1.0)
    images, weights = (torch.randn(2, 12, 3, 3, dtype=torch.float64) for _ in range(2))
    of_both = []
    for layer in (norm, torch_sgd):
        copy = images.clone(memory_format=torch.channels_last).requires_grad_()
        (layer(copy) * weights).sum().backward()
        of_both.append(copy.grad)
    torch.testing.assert_close(*of_both, rtol=1e-10, atol=1e-12)


def test_local_response_normalization_stays_in_float32_under_autocast():
    images = torch.randn(2, 12, 3, 3, requires_grad=True)
    with torch.autocast("cpu", torch.bfloat16):
        outputs = ResponseNorm(12, radius=4, alpha=0.1)(images.bfloat16())
    assert outputs.dtype == torch.float32
    outputs.sum().backward()
    assert images.grad.isfinite().all()


def test_the_same_seed_gives_the_same_weights():
    first, second = [], []
    for weights in (first, second):
        torch.manual_seed(3)
        weights += [parameter.clone() for parameter in build("alexnet", (7, 7), 1, 10, 0.5).parameters()]
    assert all(torch.equal(one, other) for one, other in zip(first, second, strict=True))


@pytest.mark.parametrize(("name", "width", "message"), [("resnet", 1.0, "'resnet'"), ("mlp-1x512", 0.0, "0.0")])
def test_what_is_not_a_network_is_quoted(name, width, message):
    with pytest.raises(ValueError, match=message):
        build(name, (7, 7), 1, 10, width)


@pytest.mark.parametrize("name", NETWORKS)
def test_what_a_fused_sweep_can_train_is_said_of_each_network(name):
    layers = list(build(name, (7, 7), 1, 10, 0.1).children())
    assert all(isinstance(layer, nn.Flatten | nn.Linear | nn.ReLU) for layer in layers) is NETWORKS[name].perceptron
