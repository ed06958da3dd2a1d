"""An emulated card: tensors that claim to lie on `card:0`, compute on the CPU and refuse to mix with CPU tensors.

It behaves as CUDA where CUDA differs from a CPU, so that code that would break there breaks here: operations between the
devices, gradients in another memory order, a bias without a gradient, an index out of range after which nothing works any
more, and graphs, which record operations without computing or waiting.

The tensors are wrappers on torch's private backend (`_setup_privateuseone_for_python_backend`). A dispatch mode creates
tensors on the device. They keep the CPU's strides.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager, nullcontext

import pytest
import torch
from torch.multiprocessing.reductions import StorageWeakRef
from torch.utils import backend_registration
from torch.utils._python_dispatch import TorchDispatchMode, return_and_correct_aliasing
from torch.utils._pytree import tree_flatten, tree_map_only

from rethinking_audit.fixtures.training.fused import FusedSweep

NAME = "card"
aten = torch.ops.aten
ACROSS = {aten._to_copy.default, aten.copy_.default, aten._local_scalar_dense.default}
INDEXED = {aten.index.Tensor, aten.index_put_.default}  # their indices may lie on the CPU: then the host waits
LOST = "CUDA error: device-side assert triggered"
REGISTER = getattr(backend_registration, "_setup_privateuseone_for_python_backend", None)


class Card:
    """The state of the device: how often the host waited and for what, whether it is lost, and the graph being recorded."""

    def __init__(self):
        self.waits, self.lost, self.graph = Counter(), False, None

    def waited(self, what):
        if self.graph is not None:
            raise RuntimeError(f"CUDA error: operation not permitted when stream is capturing ({what})")
        self.waits[str(what)] += 1


THE = Card()


class OnCard(torch.Tensor):
    """A tensor on the card; `raw` is the CPU tensor that computes."""

    @staticmethod
    def __new__(cls, raw, requires_grad=False):
        about = {"strides": raw.stride(), "storage_offset": raw.storage_offset(), "dtype": raw.dtype, "layout": raw.layout}
        return torch.Tensor._make_wrapper_subclass(
            cls, raw.size(), device=torch.device(NAME, 0), requires_grad=requires_grad, **about
        )

    def __init__(self, raw, requires_grad=False):
        self.raw = raw

    def __repr__(self):
        return f"OnCard({self.raw})"

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        if func == torch.Tensor.data.__set__:
            args[0].raw = args[1].raw
        if func is torch.Tensor.tolist:  # torch does not support it for a subclass
            THE.waited("tolist")
            return args[0].raw.tolist()
        with torch._C.DisableTorchFunctionSubclass():
            return func(*args, **(kwargs or {}))

    @classmethod
    def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
        return run(func, args, kwargs or {})


def run(func, args, kwargs):
    """Run an operation as the card would."""
    flat, _ = tree_flatten((args, kwargs))
    here = [one for one in flat if isinstance(one, OnCard)]
    there = [one for one in flat if isinstance(one, torch.Tensor) and not isinstance(one, OnCard) and one.dim() > 0]
    target = kwargs.get("device")
    to_card = torch.device(target).type == NAME if target is not None else bool(here)
    if here or to_card:
        if THE.lost:
            raise RuntimeError(LOST)
        check(func, here, there, to_card)
    given = {**kwargs, **({"device": torch.device("cpu")} if target is not None else {})}
    given |= {"pin_memory": False} if "pin_memory" in given else {}
    raw_args, raw_kwargs = tree_map_only(OnCard, lambda one: one.raw, (args, given))
    try:
        out = computed(func, raw_args, raw_kwargs, bool(here) or to_card)
    except IndexError as error:
        if not here:
            raise
        THE.lost = True  # on a card the error shows only at the next call, and every later call fails
        raise RuntimeError(f"{LOST}: {error}") from error
    if not to_card or func is aten._local_scalar_dense.default:
        return out
    if func is aten.copy_.default and not isinstance(args[0], OnCard):
        return args[0]
    wrapped = tree_map_only(torch.Tensor, lambda one: one if isinstance(one, OnCard) else OnCard(one), out)
    return return_and_correct_aliasing(func, args, kwargs, wrapped) if here else wrapped


def check(func, here, there, to_card):
    """Refuse what a card refuses, and count the waits of the host."""
    if here and there and func not in ACROSS | INDEXED:
        raise RuntimeError(f"{func}: tensors on {NAME}:0 and cpu")
    if func.overloadpacket is aten._fused_sgd_ and len({one.stride() for one in here if one.dim() > 1}) > 1:
        groups = {}
        for one in here:
            groups.setdefault(tuple(one.shape), set()).add(one.stride())
        if any(len(strides) > 1 for strides in groups.values()):
            raise RuntimeError("Tensors of the same index must have the same size, dtype, and strides")
    leaves = here and not to_card and func is aten._to_copy.default
    across = func is aten.copy_.default and here and there
    if leaves or across or func in (aten._local_scalar_dense.default, aten.equal.default) or (there and func in INDEXED):
        THE.waited(func)


def computed(func, args, kwargs, on_card):
    """Compute on the CPU; while a graph is recorded, only record the operation."""
    if THE.graph is not None and on_card:
        return THE.graph.record(func, args, kwargs)
    return as_cuda_gives_it(func, args, func(*args, **kwargs))


def as_cuda_gives_it(func, args, out):
    """Turn a CPU's result into the result of CUDA's kernels.

    `batch_norm_backward_cuda_template` in ATen/native/cuda/Normalization.cuh gives grad_bias the size of the weight, and
    makes it empty without a weight. cuDNN returns gradients of float64 convolutions in contiguous order.
    """
    if func is aten.native_batch_norm_backward.default and args[2] is None:
        return (*out[:2], out[2].new_empty(0))
    if func is aten.convolution_backward.default and out[1] is not None and out[1].dtype == torch.float64:
        return out[0], out[1].contiguous(), out[2]
    return out


class Address:
    """The address of a tensor that a graph did not make. The graph does not keep the tensor alive."""

    def __init__(self, tensor):
        self.storage = StorageWeakRef(tensor.untyped_storage())
        self.about = tensor.dtype, tensor.storage_offset(), tensor.size(), tensor.stride()

    def read(self):
        """Return a tensor of what the memory holds now."""
        if self.storage.expired() or (storage := torch.UntypedStorage._new_with_weak_ptr(self.storage.cdata)) is None:
            THE.lost = True
            raise RuntimeError("CUDA error: an illegal memory access was encountered")
        kind, *place = self.about
        return torch.empty(0, dtype=kind).set_(storage, *place)


class Graph:
    """A graph. Recording computes nothing; each replay computes into the same memory."""

    def __init__(self):
        self.steps = []
        self.own = set()  # the memory that the graph made

    def _write_down(self, func, args, kwargs, into):
        self.own.update(one.untyped_storage()._cdata for one in into)

        def held(one):
            return one if one.untyped_storage()._cdata in self.own else Address(one)

        self.steps.append((func, *tree_map_only(torch.Tensor, held, (args, kwargs)), into))

    def record(self, func, args, kwargs):
        """Record an operation, and return the tensors that each replay will write to."""
        schema = func._schema
        if schema.is_mutable:
            self._write_down(func, args, kwargs, ())
            alias = [place for place, one in enumerate(schema.arguments) if one.alias_info and one.alias_info.is_write]
            named = [kwargs[schema.arguments[place].name] if place >= len(args) else args[place] for place in alias]
            return named[0] if len(schema.returns) == 1 else None if not schema.returns else tuple(named)
        if any(one.alias_info for one in schema.returns):
            return func(*args, **kwargs)  # a view of existing memory
        # Only the shapes count yet. Copies are used because BatchNorm writes to arguments that its schema does not mark.
        copies = tree_map_only(torch.Tensor, torch.clone, (args, kwargs))
        out = as_cuda_gives_it(func, args, func(*copies[0], **copies[1]))
        into = tuple(one for one in tree_flatten(out)[0] if isinstance(one, torch.Tensor))
        self._write_down(func, args, kwargs, into)
        return out

    def replay(self):
        """Compute all recorded operations."""
        if THE.lost:
            raise RuntimeError(LOST)
        for func, held_args, held_kwargs, into in self.steps:
            args, kwargs = tree_map_only(Address, Address.read, (held_args, held_kwargs))
            out = as_cuda_gives_it(func, args, func(*args, **kwargs))
            found = [one for one in tree_flatten(out)[0] if isinstance(one, torch.Tensor)]
            for one, value in zip(into, found if into else (), strict=True):
                one.copy_(value)


class Stream:
    """A queue of work, which is done at once and in order."""

    def __init__(self, device=None):
        self.device = torch.device(NAME, 0)

    def wait_stream(self, other):
        pass

    def synchronize(self):
        THE.waited("synchronize")


class Backend(getattr(backend_registration, "_DummyBackendModule", object)):
    """The part of torch.cuda that this project uses, for the card."""

    Stream, CUDAGraph = Stream, Graph

    def __init__(self):
        self.default_generators = (torch.Generator(),)

    def get_amp_supported_dtype(self):
        return [torch.bfloat16, torch.float16]

    def current_stream(self, device=None):
        return Stream()

    def stream(self, stream):
        return nullcontext()

    @contextmanager
    def graph(self, graph, stream=None):
        THE.graph = graph
        try:
            yield
        finally:
            THE.graph = None

    def synchronize(self, device=None):
        if THE.lost:
            raise RuntimeError(LOST)
        THE.waited("synchronize")

    def mem_get_info(self, device=None):
        return 80 << 30, 80 << 30

    def memory_reserved(self, device=None):
        return 0

    def get_device_name(self, device=None):
        return "emulated card"

    def get_rng_state(self, device=None):
        return self.default_generators[0].get_state()

    def set_rng_state(self, state, device=None):
        self.default_generators[0].set_state(state)


class Made(TorchDispatchMode):
    """Creates tensors on the card if an operation asks for the card."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        return run(func, args, kwargs or {})


BACKEND = Backend()
CASTS = torch.library.Library("aten", "IMPL")
AUTOCAST = "AutocastPrivateUse1"


REST = torch.library.Library("_", "IMPL")


def register():
    """Register the device with torch, with autocast for convolutions and linear layers as on CUDA."""
    if REGISTER is None:
        return
    REGISTER(NAME, backend_module=BACKEND)
    REST.fallback(torch.library.fallthrough_kernel, AUTOCAST)
    for name in ("conv2d", "linear"):
        CASTS.impl(name, cast(getattr(aten, name)), AUTOCAST)


def cast(func):
    """Return the function computed in bfloat16."""
    key = torch._C.DispatchKeySet(getattr(torch._C.DispatchKey, AUTOCAST))

    def reduced(*args):
        with torch._C._ExcludeDispatchKeyGuard(key):
            return func(*(one.to(torch.bfloat16) if isinstance(one, torch.Tensor) else one for one in args))

    return reduced


@contextmanager
def emulated():
    """Emulate a machine with a card while the context lasts."""
    if REGISTER is None:
        pytest.skip("this version of torch has no private backend in Python")
    THE.__init__()
    swaps = torch.__future__.get_swap_module_params_on_conversion()
    torch.__future__.set_swap_module_params_on_conversion(True)  # parameters stay the same objects, as on CUDA
    train = FusedSweep._train
    FusedSweep._train = torch.no_grad()(train.__wrapped__)  # a wrapper cannot be a tensor of inference mode
    try:
        with Made():
            yield THE
    finally:
        FusedSweep._train = train
        torch.__future__.set_swap_module_params_on_conversion(swaps)


register()  # when tests are collected: torch counts its devices at the first backward pass of a process
