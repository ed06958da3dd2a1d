"""What one thread of this machine can do at best, measured in the process that is measured against it."""

import os
import time

import torch

SIDE = 1024
LARGE = 2**26  # 256 MB in float32, more than most caches hold


def seconds(work):
    """The processor seconds of a call, those of processes that it started and ended too: who else is here counts little."""
    started, before = time.process_time(), _children()
    work()
    return time.process_time() - started + _children() - before


def _children():
    """The processor seconds of the processes that this one has started and seen end."""
    times = os.times()
    return times.children_user + times.children_system


def product():
    """A function that multiplies two large matrices, and the floating-point operations of a call."""
    one, other, out = (torch.ones(SIDE, SIDE) for _ in range(3))
    return lambda: torch.mm(one, other, out=out), 2 * SIDE**3


def copy():
    """A function that copies a large array, and the bytes that a call reads and writes."""
    source, target = torch.zeros(LARGE), torch.zeros(LARGE)
    return lambda: target.copy_(source), 2 * 4 * LARGE
