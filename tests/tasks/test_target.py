"""A target: what another machine must know of this one to compute its keys."""

import pytest
import torch

from rethinking_audit.fixtures.tasks import target
from rethinking_audit.fixtures.tasks.target import Target, processor_capability


@pytest.fixture
def cpuinfo(monkeypatch):
    """What Linux says of a processor."""

    def says(**about):
        monkeypatch.setattr(target, "_cpuinfo", lambda: about)
        return processor_capability.__wrapped__()

    for name in ("ATEN_CPU_CAPABILITY", *target.LIMITS):
        monkeypatch.delenv(name, raising=False)
    return says


def test_the_vectors_are_those_that_torch_chooses(monkeypatch):
    for name in target.LIMITS:
        monkeypatch.delenv(name, raising=False)
    assert processor_capability.__wrapped__().split()[-1] == torch.backends.cpu.get_cpu_capability()


AVX2 = "sse2 avx avx2 fma"


@pytest.mark.parametrize(
    ("flags", "found"),
    [
        (AVX2, "AVX2"),
        (f"{AVX2} avx512f avx512vl avx512bw avx512dq", "AVX512"),
        (f"{AVX2} avx512f", "AVX2"),
        ("sse2", "DEFAULT"),
    ],
)
def test_a_processor_is_its_maker_and_its_vectors(cpuinfo, flags, found):
    assert cpuinfo(vendor_id="GenuineIntel", flags=flags) == f"GenuineIntel {found}"


def test_what_torch_is_told_to_use_counts(cpuinfo, monkeypatch):
    monkeypatch.setenv("ATEN_CPU_CAPABILITY", "avx2")
    assert cpuinfo(vendor_id="AuthenticAMD", flags=f"{AVX2} avx512vl avx512bw avx512dq") == "AuthenticAMD AVX2"


@pytest.mark.parametrize("name", target.LIMITS)
def test_a_limit_that_the_environment_sets_for_a_library_counts(cpuinfo, monkeypatch, name):
    monkeypatch.setenv(name, "SSE41")
    assert cpuinfo(vendor_id="AuthenticAMD", flags=AVX2) == f"AuthenticAMD AVX2, {name}=SSE41"
    monkeypatch.setenv(name, "")
    assert cpuinfo(vendor_id="AuthenticAMD", flags=AVX2) == "AuthenticAMD AVX2"


def test_a_processor_that_says_nothing_is_known_by_its_architecture(cpuinfo, monkeypatch):
    monkeypatch.setattr("platform.machine", lambda: "arm64")
    assert cpuinfo() == "arm64 DEFAULT"


def test_a_target_on_the_processor_of_the_same_machine():
    card = Target("cuda:1", "fused", "GenuineIntel AVX2", "9.0")
    assert (card.kind, card.is_cpu, card.numerics()["capability"]) == ("cuda", False, "9.0")
    there = card.on_cpu()
    assert (there.device, there.engine, there.is_cpu, there.numerics()["capability"]) == (
        "cpu",
        "fused",
        True,
        "GenuineIntel AVX2",
    )
