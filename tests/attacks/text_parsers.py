"""The parsers of texts and of files of text, each with sound inputs to damage and the errors that it documents."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from rethinking_audit.fixtures.claimkit import recipe_file, tier_file
from rethinking_audit.fixtures.claimkit.tiers import Scale
from rethinking_audit.fixtures.guests import strings
from rethinking_audit.fixtures.networks import guest_names
from rethinking_audit.fixtures.plugin.shard import Shard
from rethinking_audit.fixtures.record.reading import UnreadableAudit, read_audit
from rethinking_audit.fixtures.runs.store import DamagedRecord, Store
from rethinking_audit.fixtures.subjects import script
from rethinking_audit.fixtures.subjects.call import BadSubject
from rethinking_audit.fixtures.subjects.given import BadGiven
from tests.attacks.apart import Make
from tests.attacks.attack import Parser
from tests.attacks.mutate_text import mutated
from tests.builders.places import CLAIMS
from tests.builders.records import synthetic

NAMES = ["a.py:net", "pkg.module:factory", "torchvision:resnet18", "timm:vit_tiny", "/a/b c/d.py:f", "~/x.py:g"]
RECIPE = "batch = 64\nlearning_rate = 0.1\ncrop = true\n"
AUDIT = json.dumps(synthetic(1, seeds=1, networks=("a",)))
TIERS = '[fast]\ndata = "digits"\nseeds = 2\n[fast.problems.a]\nsolver = "lemma"\n'


def of_texts(texts: list[str], read: Callable[[str], Any], *documented: type[Exception]) -> Make:
    """Return what makes the parser of a text."""
    return lambda folder: Parser(partial(damaged, texts), read, documented)


def of_files(texts: list[str], read: Callable[[Path], Any], *documented: type[Exception]) -> Make:
    """Return what makes the parser of a file."""
    return lambda folder: Parser(partial(damaged, texts), read, documented, partial(written, folder / "file"))


def damaged(texts: list[str], draw: random.Random) -> str:
    """Return one of the texts, damaged."""
    return mutated(draw.choice(texts), draw)


def written(path: Path, text: str) -> Path:
    """Write a text to a file; return its path."""
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    return path


def _figure(text: str) -> None:
    if found := script.pattern(text).search("Accuracy: 9/10, 0.5, inf, nan, 1e999"):
        script.read(found)


def _printed(text: str) -> None:
    if found := re.search(r"Accuracy: ([^,/]*)/?([^,]*)", text):
        script.read(found)


def _networks(text: str) -> None:
    tier = tier_file.read(CLAIMS / "tiers.toml")["fast"]
    tier.cut(Scale(networks=tuple(name.strip() for name in text.split(",") if name.strip())))


def _stored(folder: Path) -> Parser:
    """Damage a record of a store: it is read as it was written, or is damaged."""
    store, key = Store(folder), "a" * 64
    store.write(key, {"result": {"loss": [0.5, None], "status": "fit"}})
    whole, as_written = store.path(key).read_text(), store.read(key)

    def read(_: Path) -> None:
        if store.read(key) != as_written:
            raise AssertionError("a changed record was read")

    return Parser(partial(damaged, [whole]), read, (DamagedRecord,), partial(written, store.path(key)))


PARSERS: dict[str, Make] = {
    "import-string": of_texts(NAMES, strings.parse),
    "network-name": of_texts(NAMES, guest_names.name_of, strings.Refused),
    "accuracy": of_texts([r"Accuracy: (\d+)/(\d+)", r"([0-9.]+)%"], _figure, BadGiven, BadSubject),
    "figure": of_texts(["Accuracy: 9/10", "Accuracy: 0.5"], _printed, BadSubject),
    "shard": of_texts(["1/2", "10/12"], Shard.of, ValueError),
    "networks": of_texts(["mlp-1x512,alexnet", "inception"], _networks, ValueError),
    "recipe": of_files([RECIPE], recipe_file.read, ValueError),
    "tiers": of_files([TIERS], tier_file.read.__wrapped__, ValueError),
    "audit.json": of_files([AUDIT], read_audit, UnreadableAudit),
    "stored-run": _stored,
}
