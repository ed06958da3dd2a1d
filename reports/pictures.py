"""The paper's idea in pictures: a training example with its label, with a random one, and with its pixels randomized."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from markupsafe import Markup

from rethinking_audit.fixtures.record.measured import Example
from rethinking_audit.fixtures.record.types import Audit
from rethinking_audit.fixtures.record.verdict import HELD

KINDS = {"shuffled": "shuffled pixels", "random": "random pixels", "gaussian": "noise"}
LEARNED = ("random-labels/zero-training-error", "random-inputs/zero-training-error")
HIGH = 100  # of a drawn signal


@dataclass(frozen=True)
class Picture:
    """An image as a data address, or a signal as a path in a box that is `width` wide and HIGH high."""

    caption: str
    image: Markup | None
    path: str | None
    width: int


@dataclass(frozen=True)
class Pictures:
    """The pictures of one data set, and what the audit found of them."""

    title: str
    shown: list[Picture]
    learned: bool


def pictures(audit: Audit) -> Pictures | None:
    """Return the pictures of a data set with a whole example, a learned one if there is any; None without an example."""
    shown = {name: data for name, data in audit["data"].items() if (one := data.get("example")) and _whole(one)}
    if not shown:
        return None
    name = max(shown, key=lambda name: _learned(audit, name))
    return Pictures(shown[name]["title"].partition(" (")[0], _pictures(shown[name]["example"]), _learned(audit, name))


def _whole(one: Example) -> bool:
    """Whether there is a picture of each kind with as many values as its shape says."""
    return all(len(base64.b64decode(one["inputs"].get(kind, ""))) == prod(one["shape"]) for kind in ("original", *KINDS))


def _pictures(one: Example) -> list[Picture]:
    captions = {f"label {one['label']}": "original", f"random label {one['random_label']}": "original"}
    captions |= {caption: kind for kind, caption in KINDS.items()}
    return [_picture(caption, one["shape"], one["inputs"][kind]) for caption, kind in captions.items()]


def _learned(audit: Audit, data: str) -> bool:
    """Return whether random labels and random inputs of this data set were judged, and every network fitted them."""
    found = {claim["id"]: [case["verdict"] for case in claim["cases"] if case["data"] == data] for claim in audit["claims"]}
    return all(found.get(claim) and set(found[claim]) == {HELD} for claim in LEARNED)


def _picture(caption: str, shape: Sequence[int], text: str) -> Picture:
    rows, columns, channels = shape
    values = base64.b64decode(text)
    if rows == 1:
        return Picture(caption, None, _path(values[:columns]), columns - 1)
    return Picture(
        caption, Markup("data:image/png;base64,") + base64.b64encode(png(values, rows, columns, channels)).decode(), None, 0
    )


def _path(values: bytes) -> str:
    return "M" + "L".join(f"{place} {HIGH - HIGH * value // 255}" for place, value in enumerate(values))


def png(values: bytes, rows: int, columns: int, channels: int) -> bytes:
    """Return a PNG of one byte a value: grey for one channel, colour for three; further channels are left out."""
    kept = 3 if channels >= 3 else 1
    pixels = [values[place : place + kept] for place in range(0, rows * columns * channels, channels)]
    lines = (b"\0" + b"".join(pixels[row * columns : (row + 1) * columns]) for row in range(rows))
    header = struct.pack(">IIBBBBB", columns, rows, 8, 2 if kept == 3 else 0, 0, 0, 0)
    parts = (b"IHDR", header), (b"IDAT", zlib.compress(b"".join(lines), 9)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_part(name, body) for name, body in parts)


def _part(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
